/* gpio_watch.c - edges of pins, on their way from the board to the script
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "bindings/lua/gpio_watch.h"
#include "weft/base/atomic.h"

/* --- the board's side: any thread or interrupt --------------------------- */

static void queue(struct weft__lua_watch *watch)
{
    if (weft_atomic_exchange_acq_rel_u8(&watch->queued, 1) == 0) {
        weft__lua_submit(watch->m, &watch->entry);
    }
}

static bool wants(const struct weft__lua_watch *watch, int level)
{
    unsigned edge = level != 0 ? WEFT_EDGE_RISING : WEFT_EDGE_FALLING;

    return (watch->edge & edge) != 0;
}

/* Levels of a pin alternate, so how many edges there were and the newest
 * level say all of them: nothing is lost, however late the loop comes. */
static void count(struct weft__lua_watch *watch, int level)
{
    uint32_t old = weft_atomic_load_relaxed_u32(&watch->pending);
    uint32_t now;

    do {
        now = ((old & ~1u) + 2) | (level != 0);
    } while (!weft_atomic_cas_acq_rel_u32(&watch->pending, &old, now));
}

/* The board tells both edges; for the one that the script does not want the
 * machine only looks whether it was the last thing that could happen. */
static void on_edge(void *ctx, unsigned pin, int level)
{
    struct weft__lua_watch *watch = ctx;

    (void)pin;
    if (wants(watch, level)) {
        count(watch, level);
    }
    queue(watch);
}

/* --- the loop's side ----------------------------------------------------- */

static void tell(struct weft__lua_watch *watch, int level)
{
    lua_State *L = weft__lua_base(watch->m);
    char what[32];

    if (watch->callback == LUA_NOREF) {
        return;
    }
    (void)snprintf(what, sizeof(what), "callback of gpio %u", watch->pin);
    lua_rawgeti(L, LUA_REGISTRYINDEX, watch->callback);
    lua_pushinteger(L, level);
    lua_pushinteger(L, (lua_Integer)watch->pin);
    (void)weft__lua_call(watch->m, L, 2, what);
}

/* The timer's part of it; the script is called by run, as for an edge. */
static void on_settled(weft_timer_t *timer, void *ctx)
{
    struct weft__lua_watch *watch = ctx;

    (void)timer;
    watch->m->coming--;
    watch->ripe = true;
    queue(watch);
}

static void stop_settling(struct weft__lua_watch *watch)
{
    if (weft_timer_stop(&watch->settled) == WEFT_TIMER_PREVENTED) {
        watch->m->coming--;
    }
    watch->ripe = false;
}

static void start_settling(struct weft__lua_watch *watch, int level)
{
    stop_settling(watch);
    watch->level = (uint8_t)level;
    watch->m->coming++;
    weft_timer_start(&watch->settled,
                     weft_deadline(WEFT_MS(watch->debounce_ms)));
}

/* It was quiet for long enough: tells it, if it is still there and wanted. */
static void tell_settled(struct weft__lua_watch *watch)
{
    weft_board_t *board = watch->m->config.board;

    watch->ripe = false;
    if (wants(watch, watch->level) && board->ops->pin_read != NULL &&
        board->ops->pin_read(board, watch->pin) == watch->level) {
        tell(watch, watch->level);
    }
}

static void one_edge(struct weft__lua_watch *watch, int level)
{
    uint64_t now_us = weft_now_us();

    if (watch->counts) {
        watch->counted++;
    } else if (watch->debounce_ms == 0) {
        tell(watch, level);
    } else if (watch->debounce == WEFT__LUA_SETTLES) {
        start_settling(watch, level);
    } else if (now_us >= watch->deaf_until_us) {
        watch->deaf_until_us = now_us + WEFT_MS(watch->debounce_ms);
        tell(watch, level);
    }
}

static uint32_t take(struct weft__lua_watch *watch, int *level)
{
    uint32_t all = weft_atomic_load_relaxed_u32(&watch->pending);

    while (!weft_atomic_cas_acq_rel_u32(&watch->pending, &all, 0)) {}
    *level = (int)(all & 1u);
    return all / 2;
}

/* Tells what came, oldest first, unless a callback ends or renews the watch. */
static int run(weft_runnable_t *entry)
{
    struct weft__lua_watch *watch = (struct weft__lua_watch *)(void *)entry;
    uint32_t generation = watch->generation;
    int newest = 0;

    (void)weft_atomic_exchange_acq_rel_u8(&watch->queued, 0);
    if (watch->ripe && weft__lua_alive(watch->m)) {
        tell_settled(watch);
    }
    uint32_t left = take(watch, &newest);
    while (left > 0 && weft__lua_alive(watch->m) &&
           watch->generation == generation) {
        left--;
        bool same = watch->edge != WEFT_EDGE_BOTH || left % 2 == 0;
        one_edge(watch, same ? newest : !newest);
    }
    return 0;
}

/* --- records ------------------------------------------------------------- */

struct weft__lua_watch *weft__lua_watch_find(const struct weft_lua *m,
                                             unsigned pin)
{
    struct weft__lua_watch *watch = m->slot[WEFT__LUA_GPIO];

    while (watch != NULL && watch->pin != pin) {
        watch = watch->next;
    }
    return watch;
}

struct weft__lua_watch *weft__lua_watch_make(struct weft_lua *m, unsigned pin)
{
    struct weft__lua_watch *watch = weft__lua_watch_find(m, pin);

    if (watch != NULL) {
        return watch;
    }
    watch = weft__lua_alloc(m, NULL, 0, sizeof(*watch));
    if (watch == NULL) {
        return NULL;
    }
    *watch = (struct weft__lua_watch){
        .entry = {.run = run},
        .next = m->slot[WEFT__LUA_GPIO],
        .m = m,
        .pin = pin,
        .callback = LUA_NOREF,
    };
    weft_timer_init(&watch->settled, m->config.loop, on_settled, watch);
    m->slot[WEFT__LUA_GPIO] = watch;
    return watch;
}

static void unwatch(struct weft__lua_watch *watch)
{
    weft_board_t *board = watch->m->config.board;

    if (watch->edge != WEFT_EDGE_NONE) {
        (void)board->ops->pin_watch(board, watch->pin, WEFT_EDGE_NONE, NULL,
                                    NULL);
    }
    watch->edge = WEFT_EDGE_NONE;
    watch->generation++;
    stop_settling(watch);
}

void weft__lua_watch_stop(lua_State *L, struct weft__lua_watch *watch)
{
    int level = 0;

    unwatch(watch);
    (void)take(watch, &level);
    watch->counts = false;
    watch->counted = 0;
    watch->deaf_until_us = 0;
    weft__lua_drop(L, &watch->callback);
}

int weft__lua_watch_start(lua_State *L, struct weft__lua_watch *watch,
                          enum weft_pin_edge edge, int callback)
{
    weft_board_t *board = watch->m->config.board;
    int rc = WEFT_ERR_UNSUPPORTED;

    weft__lua_watch_stop(L, watch);
    if (callback != 0) {
        weft__lua_keep(L, &watch->callback, callback);
    }
    watch->counts = callback == 0;
    watch->edge = (uint8_t)edge;
    if (board->ops->pin_watch != NULL) {
        rc = board->ops->pin_watch(board, watch->pin, WEFT_EDGE_BOTH, on_edge,
                                   watch);
    }
    if (rc < 0) {
        watch->edge = WEFT_EDGE_NONE;
    }
    return rc;
}

void weft__lua_watch_debounce(struct weft__lua_watch *watch, uint32_t ms,
                              enum weft__lua_debounce mode)
{
    stop_settling(watch);
    watch->debounce_ms = ms;
    watch->debounce = mode;
    watch->deaf_until_us = 0;
}

uint32_t weft__lua_watch_count(struct weft__lua_watch *watch)
{
    int level = 0;
    uint32_t edges = watch->counted;

    watch->counted = 0;
    return watch->counts ? edges + take(watch, &level) : edges;
}

/* --- the end of the machine's state -------------------------------------- */

void weft__lua_close_gpio(struct weft_lua *m)
{
    for (struct weft__lua_watch *watch = m->slot[WEFT__LUA_GPIO]; watch != NULL;
         watch = watch->next) {
        unwatch(watch);
    }
}

void weft__lua_free_gpio(struct weft_lua *m)
{
    struct weft__lua_watch *watch = m->slot[WEFT__LUA_GPIO];

    while (watch != NULL) {
        struct weft__lua_watch *next = watch->next;
        (void)weft__lua_alloc(m, watch, sizeof(*watch), 0);
        watch = next;
    }
    m->slot[WEFT__LUA_GPIO] = NULL;
}
