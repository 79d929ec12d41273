/* stuck.h - between the watcher of a platform and what it finds
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_LUA_STUCK_H
#define WEFT_LUA_STUCK_H

#include <stdbool.h>

struct weft__lua_stuck;

/* From the hook: it is being dealt with. True: for the first time. */
bool weft__lua_stuck_answer(struct weft__lua_stuck *stuck);

#endif
