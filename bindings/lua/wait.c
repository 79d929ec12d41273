/* wait.c - how a coroutine waits: records with a timer, parked and resumed
 * SPDX-License-Identifier: MIT
 *
 * A record lives from the call that waits to the continuation of that call,
 * which is the one that frees it, whoever resumed the coroutine: our timer,
 * a message, or a script by hand. So no record has to be looked up.
 *
 * A parked coroutine is kept by the slot of its record. The slot stays as it
 * is when the coroutine goes on, since as a rule it parks again in the same
 * record: that makes a wait cost no table access at all.
 */
#include "bindings/lua/core.h"

static void fired(weft_timer_t *timer, void *ctx);

static void init(struct weft_lua *m, void *record, uint32_t index)
{
    struct weft__lua_wait *wait = record;

    weft_timer_init(&wait->timer, m->config.loop, fired, m);
    wait->index = index;
}

void weft__lua_open_waits(struct weft_lua *m, lua_State *L)
{
    struct weft__lua_core *core = m->core;

    weft__lua_pool_open(m, &core->waits, sizeof(struct weft__lua_wait), L,
                        init);
    weft__lua_pool_open(m, &core->subs, sizeof(struct weft__lua_sub), NULL,
                        NULL);
}

void weft__lua_arm(struct weft_lua *m, weft_timer_t *timer,
                   uint64_t deadline_us)
{
    if (deadline_us == WEFT_FOREVER) {
        weft__lua_disarm(m, timer);
        return;
    }
    m->core->armed += !weft_timer_active(timer);
    weft_timer_start(timer, deadline_us);
}

void weft__lua_arm_every(struct weft_lua *m, weft_timer_t *timer,
                         uint64_t period_us)
{
    uint64_t first_us = weft_deadline(period_us);

    weft__lua_disarm(m, timer);
    if (first_us != WEFT_FOREVER) {
        m->core->armed++;
        weft_timer_start_every(timer, first_us, period_us);
    }
}

void weft__lua_retire(struct weft_lua *m, weft_timer_t *timer)
{
    if (timer->period_us != 0 &&
        weft_deadline(timer->period_us) == WEFT_FOREVER) {
        weft__lua_disarm(m, timer);
    }
}

void weft__lua_disarm(struct weft_lua *m, weft_timer_t *timer)
{
    m->core->armed -= weft_timer_stop(timer) == WEFT_TIMER_PREVENTED;
}

void weft__lua_check_task(struct weft_lua *m, lua_State *L, const char *who)
{
    if (L == m->L || L == m->core->main) {
        luaL_error(L,
                   "%s: attempt to wait outside of a coroutine "
                   "(start a task with sys.taskInit)",
                   who);
    }
    if (!lua_isyieldable(L)) {
        luaL_error(L,
                   "%s: attempt to wait inside a function that C code called "
                   "(a comparison, a gsub callback, a metamethod)",
                   who);
    }
}

/* Room for a wait and so many listeners. Finalizers that ran in one fill may
 * have used up the other. */
static bool fill(struct weft__lua_core *core, struct weft_lua *m,
                 uint32_t listeners)
{
    return weft__lua_pool_fill(m, &core->subs, listeners) &&
           weft__lua_pool_fill(m, &core->waits, 1) &&
           core->subs.free_count >= listeners;
}

/* Everything that can fail, before anything is changed. */
static struct weft__lua_wait *reserve(struct weft_lua *m, lua_State *L,
                                      uint32_t listeners, const char *who)
{
    struct weft__lua_core *core = m->core;
    struct weft__lua_wait *wait;

    weft__lua_check_task(m, L, who);
    if (m->config.trace != NULL) {
        weft__lua_trace_new(m, L, L);
    }
    if (!fill(core, m, listeners)) {
        luaL_error(L, "not enough memory");
    }
    wait = weft__lua_pool_peek(&core->waits);
    if (!wait->anchored || wait->co != L) {
        lua_pushthread(L);
        weft__lua_pool_set(&core->waits, L, wait->index);
        wait->anchored = 1;
        wait->co = L;
    }
    return wait;
}

/* Nothing here fails. */
static void park(struct weft_lua *m, struct weft__lua_wait *wait,
                 uint64_t deadline_us)
{
    struct weft__lua_core *core = m->core;

    (void)weft__lua_pool_take(&core->waits);
    core->waiting++;
    wait->state = WEFT__LUA_PARKED;
    wait->forever = deadline_us == WEFT_FOREVER;
    core->parked = wait->co;
    wait->order = (uint32_t)++core->order;
    if (deadline_us != WEFT_FOREVER) {
        core->armed++;
        weft_timer_start(&wait->timer, deadline_us);
    }
}

/* The same for a coroutine that may be in a scope: *op is what its cancel
 * ends then, and NULL in none. */
static struct weft__lua_wait *reserve_in_scope(struct weft_lua *m, lua_State *L,
                                               uint32_t listeners,
                                               const char *who,
                                               struct weft__lua_op **op)
{
    struct weft__lua_scope *scope = weft__lua_scope_find(m, L, L);

    *op = NULL;
    if (scope == NULL) {
        return reserve(m, L, listeners, who);
    }
    lua_pushboolean(L, 1);
    *op = weft__lua_op_prepare(m, L, 0, listeners, who);
    weft__lua_op_begin(*op, scope);
    if (!(*op)->live && weft__lua_op_turn(&m->core->ops)) {
        weft__lua_op_free(*op);
        weft__lua_throw_cancelled(L);
    }
    return weft__lua_pool_peek(&m->core->waits);
}

struct weft__lua_wait *weft__lua_park(struct weft_lua *m, lua_State *L,
                                      uint64_t deadline_us, const char *who)
{
    struct weft__lua_op *op;
    struct weft__lua_wait *wait = reserve_in_scope(m, L, 0, who, &op);

    m->core->park_name = who;
    park(m, wait, deadline_us);
    if (op != NULL) {
        weft__lua_op_attach(op, wait);
    }
    return wait;
}

static void listen(struct weft__lua_core *core, struct weft__lua_wait *wait,
                   struct weft__lua_topic *topic)
{
    struct weft__lua_sub *sub = weft__lua_pool_take(&core->subs);

    sub->wait = wait;
    sub->next = wait->subs;
    wait->subs = sub;
    weft__lua_sub_link(core, sub, topic);
}

static void unlisten(struct weft__lua_core *core, struct weft__lua_wait *wait)
{
    while (wait->subs != NULL) {
        struct weft__lua_sub *sub = wait->subs;
        wait->subs = sub->next;
        weft__lua_sub_unlink(core, sub);
        weft__lua_pool_give(&core->subs, sub);
    }
}

/* Makes the topics of all values of the table at index; how many there are. */
static uint32_t make_topics(struct weft_lua *m, lua_State *L, int index)
{
    uint32_t count = 0;

    for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1)) {
        (void)weft__lua_topic(m, L, -1, true);
        count++;
    }
    return count;
}

void weft__lua_wait_reserve(struct weft_lua *m, lua_State *L,
                            uint32_t listeners, const char *who)
{
    (void)reserve(m, L, listeners, who);
}

struct weft__lua_wait *weft__lua_park_op(struct weft_lua *m,
                                         uint64_t deadline_us, const char *who)
{
    struct weft__lua_wait *wait = weft__lua_pool_peek(&m->core->waits);

    m->core->park_name = who;
    park(m, wait, deadline_us);
    return wait;
}

/* The topics are there, and room: nothing here fails. */
static void listen_all(struct weft_lua *m, lua_State *L, int index,
                       struct weft__lua_wait *wait)
{
    for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1)) {
        listen(m->core, wait, weft__lua_topic(m, L, -1, true));
    }
}

struct weft__lua_wait *weft__lua_park_until(struct weft_lua *m, lua_State *L,
                                            int index, uint64_t deadline_us,
                                            const char *who)
{
    struct weft__lua_wait *wait;
    struct weft__lua_topic *topic = NULL;
    struct weft__lua_op *op;
    uint32_t count = 1;

    weft__lua_topics_tidy(m, L);
    if (lua_type(L, index) == LUA_TTABLE) {
        count = make_topics(m, L, index);
    } else {
        topic = weft__lua_topic(m, L, index, true);
    }
    wait = reserve_in_scope(m, L, count, who, &op);
    if (m->config.trace != NULL) {
        m->core->park_name = weft__lua_value_name(m, L, index);
    }
    if (topic != NULL) {
        listen(m->core, wait, topic);
    } else {
        listen_all(m, L, index, wait);
    }
    park(m, wait, deadline_us);
    if (op != NULL) {
        weft__lua_op_attach(op, wait);
    }
    return wait;
}

static void release(struct weft_lua *m, struct weft__lua_wait *wait)
{
    struct weft__lua_core *core = m->core;

    wait->state = WEFT__LUA_FREE;
    core->waiting--;
    weft__lua_pool_give(&core->waits, wait);
}

/* Ends it for everybody but the coroutine itself. */
static void withdraw(struct weft_lua *m, struct weft__lua_wait *wait)
{
    weft__lua_disarm(m, &wait->timer);
    if (wait->subs != NULL) {
        unlisten(m->core, wait);
    }
    if (wait->op != 0) {
        weft__lua_op_detach(m, wait);
    }
}

static void drop_anchor(struct weft_lua *m, lua_State *L,
                        struct weft__lua_wait *wait)
{
    if (wait->anchored) {
        wait->anchored = 0;
        wait->co = NULL;
        weft__lua_pool_clear(&m->core->waits, L, wait->index);
    }
}

enum weft__lua_wait_state weft__lua_unpark(lua_State *L,
                                           struct weft__lua_wait *wait)
{
    struct weft_lua *m = wait->timer.ctx;
    enum weft__lua_wait_state how = (enum weft__lua_wait_state)wait->state;

    if (how == WEFT__LUA_PARKED) { /* resumed by hand */
        withdraw(m, wait);
        drop_anchor(m, L, wait);
    } else if (wait->op != 0) {
        weft__lua_op_detach(m, wait);
    }
    release(m, wait);
    if (how == WEFT__LUA_CANCELLED) {
        (void)weft__lua_throw_cancelled(L);
    }
    return how;
}

void weft__lua_abandon(struct weft_lua *m, lua_State *L,
                       struct weft__lua_wait *wait)
{
    withdraw(m, wait);
    drop_anchor(m, L, wait);
    release(m, wait);
}

/* The coroutine goes on. Afterwards, unless it parked again in this record
 * (or another one did), nothing of ours keeps it any more. */
static void go_on(struct weft_lua *m, struct weft__lua_wait *wait, int nargs)
{
    lua_State *L = weft__lua_base(m);

    (void)weft__lua_resume(m, L, wait->co, nargs);
    if (wait->state == WEFT__LUA_FREE && wait->anchored) {
        drop_anchor(m, L, wait);
    }
}

void weft__lua_give(struct weft_lua *m, struct weft__lua_wait *wait, int nargs)
{
    withdraw(m, wait);
    wait->state = WEFT__LUA_GIVEN;
    go_on(m, wait, nargs);
}

void weft__lua_wake(struct weft_lua *m, struct weft__lua_wait *wait,
                    enum weft__lua_wait_state how)
{
    if (lua_status(wait->co) != LUA_YIELD) {
        weft__lua_abandon(m, weft__lua_base(m), wait);
        return;
    }
    weft__lua_disarm(m, &wait->timer);
    if (wait->subs != NULL) {
        unlisten(m->core, wait);
    }
    wait->state = how & 7u;
    go_on(m, wait, 0);
}

static void fired(weft_timer_t *timer, void *ctx)
{
    struct weft__lua_wait *wait =
        WEFT_CONTAINER_OF(timer, struct weft__lua_wait, timer);
    struct weft_lua *m = ctx;

    m->core->armed--;
    if (m->core->ending != WEFT_LUA_RUNNING) {
        return;
    }
    if (lua_status(wait->co) != LUA_YIELD) {
        weft__lua_abandon(m, weft__lua_base(m), wait);
    } else if (wait->op == 0 || weft__lua_op_limit(m, wait)) {
        if (wait->subs != NULL) {
            unlisten(m->core, wait);
        }
        wait->state = WEFT__LUA_TIMED;
        go_on(m, wait, 0);
    }
    weft__lua_settle(m);
}

struct weft__lua_wait *weft__lua_wait_of(struct weft_lua *m, lua_State *co)
{
    struct weft__lua_wait *wait;

    for (uint32_t i = 1; (wait = weft__lua_pool_at(&m->core->waits, i)) != NULL;
         i++) {
        if (wait->co == co && wait->state != WEFT__LUA_FREE) {
            return wait;
        }
    }
    return NULL;
}

void weft__lua_waits_stop(struct weft_lua *m)
{
    struct weft__lua_wait *wait;

    for (uint32_t i = 1; (wait = weft__lua_pool_at(&m->core->waits, i)) != NULL;
         i++) {
        if (wait->state == WEFT__LUA_PARKED) {
            weft__lua_disarm(m, &wait->timer);
        }
    }
}
