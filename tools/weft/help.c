/* help.c - what weft says about itself
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "tools/weft/commands.h"
#include "tools/weft/complain.h"
#include "tools/weft/world.h"
#include "weft/sim_board.h"
#include "weft/weft.h"

static const char general[] =
    "weft - runs Lua scripts that sleep, wait and react, on a simulated "
    "board\n"
    "\n"
    "  weft new DIR             make a small project in a new folder\n"
    "  weft new --board NAME DIR  the same as firmware for a board\n"
    "  weft run FILE.lua        run a script; Ctrl-C ends it\n"
    "  weft help [COMMAND]      this text, or all about a command\n"
    "  weft --version\n"
    "\n"
    "Not yet: sim, fuzz, trace, actor.\n"
    "\n"
    "Start here:\n"
    "  weft new hello && weft run hello/main.lua\n";

static const char run_text[] =
    "weft run FILE... [options]\n"
    "\n"
    "Runs Lua scripts on a simulated board, several files as several machines\n"
    "that each have a board of their own. Standard output is the script's;\n"
    "standard error shows what the board does. A script ends when nothing can\n"
    "happen in it any more, at --for, by os.exit(n), or by Ctrl-C (twice: at\n"
    "once). On a terminal keys press the board's buttons.\n"
    "\n"
    "  --for TIME             end after so long: 10s, 250ms, 5m, 1h\n"
    "  --virtual              simulate time: sleeping costs none, and the "
    "same\n"
    "                         seed gives the same run\n"
    "  --seed N               for math.random; with --virtual for all choices\n"
    "  --board NAME           which board (see below)\n"
    "  --press PIN@TIME       press a button for 100 ms, or "
    "PIN@TIME+DURATION;\n"
    "                         may be given often\n"
    "  --uart PORT=FILE       what a uart receives; PORT=IN,OUT: also where "
    "it\n"
    "                         sends; PORT=pty: a terminal of its own;\n"
    "                         PORT=loop: itself\n"
    "  --memory SIZE          limit of a machine's memory: 256K, 1M\n"
    "  --kill-stuck           stop a task that runs 2 s without waiting\n"
    "  --vcd FILE             write the pins' levels, for GTKWave\n"
    "  --trace FILE           write tasks, waits, messages, pins, for\n"
    "                         ui.perfetto.dev\n"
    "  -q, --quiet            say nothing but errors\n"
    "\n"
    "Exit status: 0; 1 after an error in a script; 2 for a bad file, option "
    "or\n"
    "value; n after os.exit(n); 130 after Ctrl-C twice.\n"
    "\n"
    "Boards:\n";

static const char new_text[] =
    "weft new DIR\n"
    "\n"
    "Makes a folder with a script that blinks an LED (main.lua), a README.md\n"
    "and a .gitignore. DIR may exist if it is empty.\n"
    "\n"
    "weft new --board NAME DIR\n"
    "\n"
    "Makes firmware in C: main.c with an LED and a button, and a Makefile "
    "that\n"
    "builds it with a checkout of Weft and runs it in QEMU. `weft new "
    "--board`\n"
    "lists the boards. A main.lua in the place of main.c is firmware too.\n";

static const char help_text[] =
    "weft help [COMMAND]\n"
    "\n"
    "Says what there is, or all about run, new or help.\n";

static void print_parts(const char *what, const weft_sim_part_t *parts,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        (void)printf("%s%s %s %u", i > 0 ? "," : ";", i > 0 ? "" : what,
                     parts[i].name, parts[i].pin);
        if (parts[i].key != '\0') {
            (void)printf(" (key %c)", parts[i].key);
        }
    }
}

static void print_boards(void)
{
    const weft_sim_kind_t *kind;

    for (size_t i = 0; (kind = weft_sim_board_kind_at(i)) != NULL; i++) {
        (void)printf("  %-9s %s", kind->name, kind->summary);
        print_parts(" LEDs", kind->leds, kind->led_count);
        print_parts(" buttons", kind->buttons, kind->button_count);
        (void)printf("%s\n", i == 0 ? " (default)" : "");
    }
}

int command_help(int argc, char **argv)
{
    const char *topic = argc > 1 ? argv[1] : NULL;

    if (argc > 2) {
        return complain("help: one command at a time");
    }
    if (topic == NULL) {
        (void)fputs(general, stdout);
    } else if (strcmp(topic, "run") == 0) {
        (void)fputs(run_text, stdout);
        print_boards();
    } else if (strcmp(topic, "new") == 0) {
        (void)fputs(new_text, stdout);
    } else if (strcmp(topic, "help") == 0) {
        (void)fputs(help_text, stdout);
    } else {
        return complain("help: no command '%s'; there are run, new and help",
                        topic);
    }
    return 0;
}

int command_version(void)
{
    (void)printf("weft %s%s\n", WEFT_VERSION,
                 world_is_virtual ? " (simulator)" : "");
    return 0;
}
