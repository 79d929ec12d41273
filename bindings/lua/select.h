/* select.h - weft.select: the memory of one, in its op
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_LUA_SELECT_INTERNAL_H
#define WEFT_LUA_SELECT_INTERNAL_H

#include <lua.h>

#include "bindings/lua/channel.h"
#include "weft/select.h"

struct weft__lua_choice {
    struct weft__lua_channel *channel;
    uint32_t element; /* where it is, from the begin of the select */
    uint32_t sends;
};

/* One block: this, the cases, the choices, the elements. */
struct weft__lua_select {
    uint32_t count;
    uint32_t flags;
    size_t size;
};

static inline weft_case_t *weft__lua_select_cases(
    struct weft__lua_select *select)
{
    return (weft_case_t *)(void *)(select + 1);
}

static inline struct weft__lua_choice *weft__lua_select_choices(
    struct weft__lua_select *select)
{
    return (struct weft__lua_choice *)(void *)(weft__lua_select_cases(select) +
                                               select->count);
}

/* The elements of an op that is over without anybody to have them. Its slot
 * is a table of the channels. */
void weft__lua_select_drop(const struct weft__lua_op *op, lua_State *L);

int weft__lua_l_select(lua_State *L);

#endif
