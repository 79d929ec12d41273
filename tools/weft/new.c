/* new.c - `weft new [--board NAME] DIR`: a project that runs
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/weft/commands.h"
#include "tools/weft/complain.h"
#include "tools/weft/new.h"

static const struct new_file files[] = {
    {"main.lua", "-- blinks an LED and listens to a button\n"
                 "local sys = require \"sys\"\n"
                 "\n"
                 "local LED, BUTTON = 27, 0\n"
                 "local led = gpio.setup(LED, 0)\n"
                 "\n"
                 "sys.taskInit(function()\n"
                 "    while true do\n"
                 "        led(1)\n"
                 "        sys.wait(500)\n"
                 "        led(0)\n"
                 "        sys.wait(500)\n"
                 "    end\n"
                 "end)\n"
                 "\n"
                 "gpio.setup(BUTTON, function(level)\n"
                 "    if level == 0 then\n"
                 "        sys.publish(\"PRESSED\")\n"
                 "    end\n"
                 "end, gpio.PULLUP)\n"
                 "\n"
                 "sys.subscribe(\"PRESSED\", function()\n"
                 "    log.info(\"button\", \"pressed\")\n"
                 "end)\n"
                 "\n"
                 "sys.run()\n"},
    {"README.md",
     "# A Weft project\n"
     "\n"
     "    weft run main.lua                  # the key 0 presses the button\n"
     "    weft run main.lua --for 10s --press 0@2s\n"
     "    weft run main.lua --virtual --for 1h -q   # an hour in no time\n"
     "\n"
     "Ctrl-C ends it. `weft help run` lists all options.\n"},
    {".gitignore", "*.vcd\n*.trace.json\n"},
    {NULL, NULL},
};

/* Whether it holds anything; -1: it cannot be looked at. */
static int is_empty(const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    int count = 0;

    if (folder == NULL) {
        return -1;
    }
    while ((entry = readdir(folder)) != NULL) {
        count +=
            strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    (void)closedir(folder);
    return count == 0;
}

static int make_folder(const char *path)
{
    int empty;

    if (mkdir(path, 0777) == 0) {
        return 0;
    }
    if (errno != EEXIST) {
        return complain("new: cannot make '%s': %s", path, strerror(errno));
    }
    empty = is_empty(path);
    if (empty < 0) {
        return complain("new: '%s': %s", path, strerror(errno));
    }
    return empty ? 0
                 : complain("new: '%s' is not empty; name a new folder", path);
}

static bool write_file(const char *path, const char *text)
{
    FILE *out = fopen(path, "wx");
    bool good;

    if (out == NULL) {
        return false;
    }
    good = fputs(text, out) >= 0;
    return fclose(out) == 0 && good;
}

/* The command, in such quotes that a shell takes the name as one word. */
static void say_made(const char *name, const char *command, const char *file)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+:@%-";
    bool quotes = name[strspn(name, plain)] != '\0';

    (void)fprintf(stderr, "weft: made %s; now: %s %s", name, command,
                  quotes ? "'" : "");
    for (const char *at = name; *at != '\0'; at++) {
        if (*at == '\'') {
            (void)fputs("'\\''", stderr);
        } else {
            (void)fputc(*at, stderr);
        }
    }
    (void)fprintf(stderr, "%s%s\n", file, quotes ? "'" : "");
}

static int write_files(const char *folder, const struct new_file *file)
{
    char path[PATH_MAX];

    for (; file->name != NULL; file++) {
        int size = snprintf(path, sizeof(path), "%s/%s", folder, file->name);

        if (size < 0 || (size_t)size >= sizeof(path)) {
            return complain("new: the name is too long");
        }
        if (!write_file(path, file->text)) {
            return complain("new: cannot write '%s': %s", path,
                            strerror(errno));
        }
    }
    return 0;
}

static int make_project(const char *board, const char *folder)
{
    struct new_file firmware[NEW_BOARD_FILES];
    int rc = board == NULL ? 0 : new_board_files(board, folder, firmware);

    if (rc == 0) {
        rc = make_folder(folder);
    }
    if (rc == 0) {
        rc = write_files(folder, board == NULL ? files : firmware);
    }
    if (rc == 0 && board == NULL) {
        say_made(folder, "weft run", "/main.lua");
    } else if (rc == 0) {
        say_made(folder, "make run -C", "");
    }
    return rc;
}

int command_new(int argc, char **argv)
{
    const char *board = NULL;

    if (argc > 1 && strcmp(argv[1], "--board") == 0) {
        if (argc == 2) {
            new_board_list();
            return 0;
        }
        board = argv[2];
        argv += 2;
        argc -= 2;
    }
    if (argc != 2 || argv[1][0] == '\0') {
        return complain("new: which folder? write `weft new DIR`");
    }
    if (argv[1][0] == '-') {
        return complain("unknown option %s; see `weft help new`", argv[1]);
    }
    return make_project(board, argv[1]);
}
