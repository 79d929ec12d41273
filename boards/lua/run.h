/* run.h - what dev/embed_scripts.sh makes of a script for a board
 * SPDX-License-Identifier: MIT
 */
#ifndef BOARDS_LUA_RUN_H
#define BOARDS_LUA_RUN_H

#include <stdint.h>

#include "weft/lua.h"

/* A finger on a button: an emulated board has no other. */
typedef struct board_lua_press {
    uint64_t at_us;
    uint64_t for_us; /* 0: the last of a list */
    unsigned pin;
} board_lua_press_t;

/* What the script says in a comment about its own run. */
typedef struct board_lua_run {
    uint64_t for_us; /* 0: for ever */
    const board_lua_press_t *presses;
} board_lua_run_t;

/* The program is the first of them. */
extern const weft_lua_script_t board_lua_scripts[];
extern const board_lua_run_t board_lua_run;

#endif
