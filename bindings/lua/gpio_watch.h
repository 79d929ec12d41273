/* gpio_watch.h - watched pins: from the board's edge to the script's callback
 * SPDX-License-Identifier: MIT
 *
 * The board tells an edge in any thread or interrupt; there it is only
 * counted. The machine's loop then calls the script, once for each edge.
 *
 * Context: the machine's loop.
 */
#ifndef WEFT_LUA_GPIO_WATCH_H
#define WEFT_LUA_GPIO_WATCH_H

#include "bindings/lua/device.h"

enum weft__lua_debounce {
    WEFT__LUA_COOLS = 0,   /* tells at once, then is deaf for so long */
    WEFT__LUA_SETTLES = 1, /* tells when it has stayed for so long */
};

/* A pin that was ever watched. Lives as long as the machine's state. */
struct weft__lua_watch {
    weft_runnable_t entry; /* first: submitted while queued */
    struct weft__lua_watch *next;
    struct weft_lua *m;
    unsigned pin;
    uint32_t pending; /* atomic: edges not yet told * 2 + the newest level */
    uint8_t queued;   /* atomic */
    uint8_t edge;     /* enum weft_pin_edge; NONE: not watched */
    uint8_t level;    /* of an edge that has to settle */
    bool counts;      /* for gpio.count: no callback */
    bool ripe;        /* settled; to be told by run */
    int callback;
    uint32_t counted;
    uint32_t generation; /* changes when the watch is set or ended */
    enum weft__lua_debounce debounce;
    uint32_t debounce_ms; /* 0: none */
    uint64_t deaf_until_us;
    weft_timer_t settled;
};

/* The record of a pin, made where there is none yet; NULL: no memory. */
struct weft__lua_watch *weft__lua_watch_make(struct weft_lua *m, unsigned pin);
/* The record of a pin, or NULL. */
struct weft__lua_watch *weft__lua_watch_find(const struct weft_lua *m,
                                             unsigned pin);

/* Watches from now on; callback: an index in L, 0: counts only. What the
 * board's pin_watch gave. */
int weft__lua_watch_start(lua_State *L, struct weft__lua_watch *watch,
                          enum weft_pin_edge edge, int callback);
/* Ends it: nothing that is still on its way is told. */
void weft__lua_watch_stop(lua_State *L, struct weft__lua_watch *watch);

/* ms 0: none. */
void weft__lua_watch_debounce(struct weft__lua_watch *watch, uint32_t ms,
                              enum weft__lua_debounce mode);

/* Edges since the last call. */
uint32_t weft__lua_watch_count(struct weft__lua_watch *watch);

#endif
