/* main.c - finds the command
 * SPDX-License-Identifier: MIT
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tools/weft/commands.h"
#include "tools/weft/complain.h"

static int no_command(void)
{
    char *help[] = {(char *)(size_t) "help", NULL};

    (void)command_help(1, help);
    return STATUS_USAGE;
}

static bool one_of(const char *word, const char *const *words)
{
    while (*words != NULL && strcmp(*words, word) != 0) {
        words++;
    }
    return *words != NULL;
}

static int unknown(const char *word)
{
    size_t size = strlen(word);

    if (word[0] == '-') {
        return complain("unknown option %s; see `weft help`", word);
    }
    if (size > 4 && strcmp(word + size - 4, ".lua") == 0) {
        return complain("no command '%s'; write `weft run %s`", word, word);
    }
    return complain("no command '%s'; see `weft help`", word);
}

static int find_command(int argc, char **argv)
{
    static const char *const help[] = {"help", "--help", "-h", NULL};
    static const char *const version[] = {"--version", "version", NULL};
    static const char *const later[] = {"sim", "fuzz", "trace", "actor", NULL};
    const char *word = argv[1];

    for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            char *ask[] = {argv[1], argv[1], NULL};

            return command_help(2, ask);
        }
    }
    if (strcmp(word, "run") == 0) {
        return command_run(argc - 1, argv + 1, argv);
    }
    if (strcmp(word, "new") == 0) {
        return command_new(argc - 1, argv + 1);
    }
    if (one_of(word, help)) {
        return command_help(argc - 1, argv + 1);
    }
    if (one_of(word, version)) {
        return argc == 2 ? command_version()
                         : complain("%s takes nothing more", word);
    }
    if (one_of(word, later)) {
        return complain("%s: not yet", word);
    }
    return unknown(word);
}

int main(int argc, char **argv)
{
    int status = argc < 2 ? no_command() : find_command(argc, argv);

    if (fflush(stdout) != 0 || ferror(stdout)) {
        (void)complain("standard output could not be written");
        return status != 0 ? status : STATUS_FAILED;
    }
    return status;
}
