/* new_board.c - `weft new --board NAME DIR`: firmware that builds and runs
 * SPDX-License-Identifier: MIT
 *
 * Its Makefile builds with dev/firmware.mk of a checkout of Weft: the one that
 * this program was built in, or what WEFT= says.
 */
#define _POSIX_C_SOURCE 200809L

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools/weft/complain.h"
#include "tools/weft/new.h"

struct board {
    const char *name;
    const char *summary;
};

/* Those of boards/; a test compares. */
static const struct board boards[] = {
    {"qemu-m0", "micro:bit, a Cortex-M0 with 16 KB of RAM"},
    {"qemu-m3", "Arm MPS2 AN385, a Cortex-M3"},
    {"qemu-m3-freertos", "the same under FreeRTOS"},
    {"qemu-m33", "Arm MPS2 AN521, two Cortex-M33"},
    {"qemu-rv32", "RISC-V, 32 bits, one to four harts"},
    {"qemu-rv64", "RISC-V, 64 bits, one to four harts"},
};
enum { BOARDS = sizeof(boards) / sizeof(boards[0]) };

static const char main_text[] =
    "/* main.c - an LED blinks, and the button switches another */\n"
    "#include \"boards/board.h\"\n"
    "#include \"weft/weft.h\"\n"
    "\n"
    "static weft_event_t pressed = WEFT_EVENT_INIT_AUTO;\n"
    "\n"
    "struct blink {\n"
    "    weft_task_t task;\n"
    "    weft_timer_node_t timer;\n"
    "    bool on;\n"
    "};\n"
    "WEFT_TASK(blink)\n"
    "{\n"
    "    WEFT_BEGIN;\n"
    "    for (;;) {\n"
    "        self->on = !self->on;\n"
    "        board_led(0, self->on);\n"
    "        WEFT_SLEEP(WEFT_MS(500));\n"
    "        if (!self->on) {\n"
    "            board_press(); /* QEMU has no finger; take it out for a chip "
    "*/\n"
    "        }\n"
    "    }\n"
    "    WEFT_END;\n"
    "}\n"
    "\n"
    "struct toggle {\n"
    "    weft_task_t task;\n"
    "    weft_await_t await;\n"
    "    bool on;\n"
    "};\n"
    "WEFT_TASK(toggle)\n"
    "{\n"
    "    WEFT_BEGIN;\n"
    "    for (;;) {\n"
    "        WEFT_AWAIT(weft_event_wait, &pressed);\n"
    "        self->on = !self->on;\n"
    "        board_led(1, self->on);\n"
    "    }\n"
    "    WEFT_END;\n"
    "}\n"
    "\n"
    "static void button_interrupt(void)\n"
    "{\n"
    "    weft_event_set(&pressed);\n"
    "}\n"
    "\n"
    "int main(void)\n"
    "{\n"
    "    static weft_loop_t loop;\n"
    "    static struct blink blink;\n"
    "    static struct toggle toggle;\n"
    "\n"
    "    weft_loop_init(&loop, NULL);\n"
    "    board_button_on_press(button_interrupt);\n"
    "    (void)weft_spawn(&loop.executor, blink_task(&blink));\n"
    "    (void)weft_spawn(&loop.executor, toggle_task(&toggle));\n"
    "    return weft_loop_run(&loop);\n"
    "}\n";

static const char makefile_text[] =
    "ifneq ($(words $(CURDIR)),1)\n"
    "$(error make takes no spaces in the name of a folder: $(CURDIR))\n"
    "endif\n"
    "IMAGE = build/$(BOARD)/main.elf\n"
    "export LIMIT ?= 10\n"
    "\n"
    ".PHONY: all run flash clean\n"
    "# All C files here are the program, or main.lua and the modules below.\n"
    "all:\n"
    "\t@[ -e '$(WEFT)/dev/firmware.mk' ] || \\\n"
    "\t\t{ echo 'no Weft in \"$(WEFT)\": make WEFT=its folder' >&2; false; }\n"
    "\t@$(MAKE) -s --no-print-directory -C $(WEFT) -f dev/firmware.mk \\\n"
    "\t\tBOARD=$(BOARD) BUILD=$(CURDIR)/build/$(BOARD) PROJECT=$(CURDIR)\n"
    "\n"
    "run: all # in QEMU, for LIMIT seconds\n"
    "\t@$(WEFT)/dev/firmware_run.sh $(BOARD) $(CURDIR)/$(IMAGE) || [ $$? = 124 "
    "]\n"
    "\n"
    "flash: all\n"
    "\t@echo \"$(BOARD) is emulated: there is nothing to flash. For a chip, "
    "with\"\n"
    "\t@echo \"a board.mk of its own (docs/porting.md): pyocd flash $(IMAGE), "
    "or\"\n"
    "\t@echo \"openocd -f YOUR.cfg -c 'program $(IMAGE) verify reset exit'\"\n"
    "\n"
    "clean:\n"
    "\t@rm -rf build\n";

static const char readme_text[] =
    "# Firmware with Weft\n"
    "\n"
    "    make         # builds build/BOARD/main.elf\n"
    "    make run     # runs it in QEMU for ten seconds; LIMIT=60 make run for "
    "longer\n"
    "    make flash   # says which tool brings it onto a chip\n"
    "    make WEFT=/path/to/weft BOARD=qemu-rv32    # another place, another "
    "board\n"
    "\n"
    "The cross compiler and QEMU: `dev/install_deps.sh firmware` in Weft's "
    "folder.\n"
    "All C files of this folder are compiled. Without any, `main.lua` is "
    "firmware\n"
    "too: it is compiled in, with the modules below this folder. Not both.\n";

void new_board_list(void)
{
    for (int i = 0; i < BOARDS; i++) {
        (void)printf("%-17s %s\n", boards[i].name, boards[i].summary);
    }
}

static bool is_board(const char *name)
{
    for (int i = 0; i < BOARDS; i++) {
        if (strcmp(boards[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static int complain_of(const char *name)
{
    char names[256] = "";

    for (int i = 0; i < BOARDS; i++) {
        size_t used = strlen(names);
        (void)snprintf(names + used, sizeof(names) - used, "%s%s",
                       i > 0 ? ", " : "", boards[i].name);
    }
    return complain("new: no board '%s'; there are %s", name, names);
}

/* The folder above this program that is a checkout; empty: none. */
static void find_weft(char path[PATH_MAX])
{
    char probe[PATH_MAX + 32];
    ssize_t size = readlink("/proc/self/exe", path, PATH_MAX - 1);
    char *slash;

    path[size > 0 ? size : 0] = '\0';
    while ((slash = strrchr(path, '/')) != NULL) {
        *slash = '\0';
        (void)snprintf(probe, sizeof(probe), "%s/dev/firmware.mk", path);
        if (access(probe, R_OK) == 0) {
            return;
        }
    }
    path[0] = '\0';
}

/* What make takes as the name of a file as it is. */
static bool is_plain(const char *path)
{
    return strpbrk(path, " \t\n$#:%;=*?[]()|&<>~'\"`\\") == NULL;
}

/* A relative folder is below the one that is current. */
static int check_paths(const char *weft, const char *folder)
{
    char here[PATH_MAX] = "";
    const char *paths[] = {weft, folder, here};

    if (folder[0] != '/' && getcwd(here, sizeof(here)) == NULL) {
        here[0] = '\0';
    }
    for (int i = 0; i < 3; i++) {
        if (!is_plain(paths[i])) {
            return complain("new: make cannot build in '%s': it takes no "
                            "spaces and signs in names",
                            paths[i]);
        }
    }
    return 0;
}

int new_board_files(const char *board, const char *folder,
                    struct new_file files[NEW_BOARD_FILES])
{
    static char makefile[PATH_MAX + sizeof(makefile_text) + 256];
    char weft[PATH_MAX];

    if (!is_board(board)) {
        return complain_of(board);
    }
    find_weft(weft);
    if (check_paths(weft, folder) != 0) {
        return 2;
    }
    (void)snprintf(makefile, sizeof(makefile),
                   "# Makefile - firmware for a board\n"
                   "# WEFT is a checkout of Weft; both may be given to make.\n"
                   "WEFT := %s\n"
                   "BOARD := %s\n"
                   "%s",
                   weft, board, makefile_text);
    files[0] = (struct new_file){"Makefile", makefile};
    files[1] = (struct new_file){"main.c", main_text};
    files[2] = (struct new_file){"README.md", readme_text};
    files[3] = (struct new_file){".gitignore", "build/\n"};
    files[4] = (struct new_file){NULL, NULL};
    return 0;
}
