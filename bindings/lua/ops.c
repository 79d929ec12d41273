/* ops.c - waits of scripts on objects of the core: their tasks, who goes on
 * SPDX-License-Identifier: MIT
 */
#include "bindings/lua/ops.h"

#include "bindings/lua/channel.h"
#include "bindings/lua/core.h"
#include "bindings/lua/memory.h"
#include "bindings/lua/scope.h"
#include "bindings/lua/select.h"
#include "bindings/lua/service.h"
#include "weft/base/atomic.h"
#include "weft/channel.h"

enum { PUMP_MAX = 1000 }; /* resumes, before timers get their turn */

static struct weft__lua_ops *ops_of(const struct weft_lua *m)
{
    return &m->core->ops;
}

/* --- the executor -------------------------------------------------------- */

/* From anywhere: something has come for a wait. The count is the last touch of
 * the machine. */
static void kick(void *ctx)
{
    struct weft_lua *m = ctx;
    struct weft__lua_ops *ops = ops_of(m);

    if (weft_loop_current() != m->config.loop || !ops->inside) {
        weft_event_set(&m->wake);
    }
    (void)weft_atomic_fetch_add_acq_rel_u32(&ops->kicks, 1);
}

/* Somebody has ended the rest, and kicks or has kicked. */
static void disturbed(struct weft__lua_ops *ops)
{
    ops->owed += ops->rests;
    ops->rests = false;
}

/* Works off what has come, and rests again. With the kicks counted nobody is
 * in one when the machine goes. */
static void drain(struct weft__lua_ops *ops)
{
    if (weft_manual_drain(&ops->manual) > 0) {
        disturbed(ops);
    }
    while (!weft_manual_rest(&ops->manual)) {
        disturbed(ops);
        (void)weft_manual_drain(&ops->manual);
    }
    ops->rests = true;
}

/* Who waits for a channel of C's keeps the machine from its end. */
static void count(struct weft__lua_op *op, struct weft__lua_channel *channel,
                  unsigned by)
{
    channel->waiting += by;
    op->m->coming += channel->codec != NULL ? by : 0;
}

static void counted(struct weft__lua_op *op, int by)
{
    op->counted = by > 0;
    if (op->channel != NULL) {
        count(op, op->channel, (unsigned)by);
    }
    if (op->kind == WEFT__LUA_OP_SELECT) {
        struct weft__lua_select *select = op->element;
        for (uint32_t i = 0; i < select->count; i++) {
            count(op, weft__lua_select_choices(select)[i].channel,
                  (unsigned)by);
        }
    }
}

static void ended(struct weft__lua_op *op, int rc)
{
    struct weft__lua_ops *ops = ops_of(op->m);

    op->rc = rc;
    op->live = 0;
    ops->live--;
    if (op->counted) {
        counted(op, -1);
    }
    if (op->kind == WEFT__LUA_OP_CALL) {
        weft__lua_call_ended(op);
    }
    if (weft_list_linked(&op->in_scope)) {
        weft_list_remove(&op->in_scope);
    }
    if (op->wait != NULL || op->orphan) {
        weft_list_push_back(&ops->ready, &op->list);
    }
}

WEFT_TASK(weft__lua_op)
{
    int rc;

    WEFT_BEGIN;
    if (self->kind == WEFT__LUA_OP_RECV) {
        WEFT_AWAIT_RC(rc, weft_channel_recv, self->channel->channel,
                      self->element);
    } else if (self->kind == WEFT__LUA_OP_SEND) {
        WEFT_AWAIT_RC(rc, weft_channel_send, self->channel->channel,
                      self->element);
    } else if (self->kind == WEFT__LUA_OP_CALL) {
        WEFT_AWAIT_RC(rc, weft_event_wait, weft__lua_call_event(self));
    } else {
        WEFT_AWAIT_RC(rc, weft_select, weft__lua_select_cases(self->element),
                      ((struct weft__lua_select *)self->element)->count,
                      ((struct weft__lua_select *)self->element)->flags);
    }
    ended(self, rc);
    WEFT_END;
}

void weft__lua_ops_drain(struct weft_lua *m)
{
    struct weft__lua_ops *ops = ops_of(m);
    bool inside = ops->inside;

    ops->inside = true;
    drain(ops);
    ops->inside = inside;
}

/* --- a wait -------------------------------------------------------------- */

static void init(struct weft_lua *m, void *record, uint32_t index)
{
    struct weft__lua_op *op = record;

    op->m = m;
    op->index = index;
    op->element = op->small;
    op->room = sizeof(op->small);
}

static void make_room(struct weft_lua *m, lua_State *L, struct weft__lua_op *op,
                      size_t room)
{
    void *element;

    if (room <= op->room) {
        return;
    }
    element = weft__lua_alloc(m, NULL, 0, room);
    if (element == NULL) {
        luaL_error(L, "not enough memory");
    }
    if (op->element != op->small) {
        (void)weft__lua_alloc(m, op->element, op->room, 0);
    }
    op->element = element;
    op->room = room;
}

/* Finalizers that ran meanwhile may have used the record: then another one.
 * Where it throws the slot keeps nothing. */
struct weft__lua_op *weft__lua_op_prepare(struct weft_lua *m, lua_State *L,
                                          size_t room, uint32_t listeners,
                                          const char *who)
{
    struct weft__lua_ops *ops = ops_of(m);
    struct weft__lua_op *op;

    do {
        if (!weft__lua_pool_fill(m, &ops->pool, 1)) {
            luaL_error(L, "not enough memory");
        }
        op = weft__lua_pool_peek(&ops->pool);
        make_room(m, L, op, room);
        lua_pushboolean(L, 0); /* makes its place in the table */
        weft__lua_pool_set(&ops->pool, L, op->index);
        weft__lua_wait_reserve(m, L, listeners, who);
    } while (op != weft__lua_pool_peek(&ops->pool));
    weft__lua_pool_set(&ops->pool, L, op->index);
    op->channel = NULL;
    op->kind = WEFT__LUA_OP_NOTHING;
    return op;
}

static bool is_task(const struct weft__lua_op *op)
{
    return op->kind > WEFT__LUA_OP_JOIN;
}

static void spawn(struct weft__lua_ops *ops, struct weft__lua_op *op)
{
    int rc;

    ops->inside = true;
    rc = weft_spawn(&ops->manual.executor, weft__lua_op_task(op));
    if (rc < 0) {
        ended(op, rc);
    }
    drain(ops);
    ops->inside = false;
}

void weft__lua_op_begin(struct weft__lua_op *op, struct weft__lua_scope *scope)
{
    struct weft__lua_ops *ops = ops_of(op->m);

    (void)weft__lua_pool_take(&ops->pool);
    weft_list_node_init(&op->list);
    weft_list_node_init(&op->in_scope);
    op->wait = NULL;
    op->orphan = 0;
    op->counted = 0;
    op->live = 1;
    ops->live++;
    if (ops->stopped || (scope != NULL && weft__lua_scope_cancelled(scope))) {
        ended(op, WEFT_ERR_CANCELLED);
    } else if (is_task(op)) {
        spawn(ops, op);
    }
    if (op->live) {
        counted(op, 1);
        if (scope != NULL) {
            weft_list_push_back(&scope->ops, &op->in_scope);
        }
    }
}

void weft__lua_op_attach(struct weft__lua_op *op, struct weft__lua_wait *wait)
{
    wait->op = op->index & ((1u << WEFT__LUA_OP_BITS) - 1);
    op->wait = wait;
    if (!op->live) { /* it yields for the sake of others */
        weft_list_push_back(&ops_of(op->m)->ready, &op->list);
        weft_event_set(&op->m->wake);
    }
}

struct weft__lua_wait *weft__lua_op_park(struct weft__lua_op *op,
                                         uint64_t deadline_us, const char *who)
{
    weft__lua_op_attach(op, weft__lua_park_op(op->m, deadline_us, who));
    return op->wait;
}

/* Asks it to end, which it does unless another core has claimed it. */
void weft__lua_op_cancel(struct weft__lua_op *op)
{
    struct weft__lua_ops *ops = ops_of(op->m);

    if (!is_task(op)) {
        ended(op, WEFT_ERR_CANCELLED);
        return;
    }
    ops->inside = true;
    weft_task_cancel(&op->task);
    drain(ops);
    ops->inside = false;
}

void weft__lua_op_end(struct weft__lua_op *op)
{
    ended(op, WEFT_OK);
    weft_event_set(&op->m->wake);
}

/* Whether it is over now. */
static bool withdraw(struct weft__lua_op *op)
{
    if (op->live) {
        weft__lua_op_cancel(op);
    }
    if (op->live) {
        return false;
    }
    if (weft_list_linked(&op->list)) {
        weft_list_remove(&op->list);
    }
    return true;
}

static struct weft__lua_op *op_of(struct weft_lua *m,
                                  const struct weft__lua_wait *wait)
{
    return weft__lua_pool_at(&ops_of(m)->pool, wait->op);
}

struct weft__lua_op *weft__lua_op_look(lua_State *L,
                                       struct weft__lua_wait *wait)
{
    struct weft_lua *m = wait->timer.ctx;
    struct weft__lua_op *op = op_of(m, wait);

    if (wait->state == WEFT__LUA_PARKED &&
        ((op->kind == WEFT__LUA_OP_JOIN && op->live) || !withdraw(op))) {
        m->core->parked = L;
        return NULL;
    }
    return op;
}

void weft__lua_op_free(struct weft__lua_op *op)
{
    struct weft_lua *m = op->m;
    struct weft__lua_ops *ops = ops_of(m);

    weft__lua_pool_clear(&ops->pool, weft__lua_base(m), op->index);
    weft__lua_pool_give(&ops->pool, op);
}

int weft__lua_op_unpark(lua_State *L, struct weft__lua_op *op)
{
    struct weft__lua_wait *wait = op->wait;

    wait->op = 0;
    weft__lua_op_free(op);
    return (int)weft__lua_unpark(L, wait);
}

/* What it got, or was to give, is nobody's any more. */
static void drop(struct weft__lua_op *op)
{
    if (op->channel != NULL) {
        weft__lua_channel_drop(op, weft__lua_base(op->m));
    } else if (op->kind == WEFT__LUA_OP_SELECT) {
        weft__lua_select_drop(op, weft__lua_base(op->m));
    }
    weft__lua_op_free(op);
}

void weft__lua_op_detach(struct weft_lua *m, struct weft__lua_wait *wait)
{
    struct weft__lua_op *op = op_of(m, wait);

    wait->op = 0;
    op->wait = NULL;
    if (withdraw(op)) {
        drop(op);
    } else {
        op->orphan = 1;
    }
}

bool weft__lua_op_limit(struct weft_lua *m, struct weft__lua_wait *wait)
{
    struct weft__lua_op *op = op_of(m, wait);

    if (!op->live) {
        return false; /* it came in time, and is queued */
    }
    if (!withdraw(op)) {
        return false;
    }
    if (op->rc == WEFT_ERR_CANCELLED) {
        return true;
    }
    weft_list_push_back(&ops_of(m)->ready, &op->list);
    return false;
}

/* --- going on ------------------------------------------------------------ */

bool weft__lua_ops_pending(struct weft_lua *m)
{
    return ops_of(m)->open && (!weft_list_empty(&ops_of(m)->ready) ||
                               weft__lua_serving_pending(m));
}

static void go_on(struct weft_lua *m, struct weft__lua_op *op)
{
    if (op->orphan) {
        drop(op);
    } else {
        weft__lua_wake(m, op->wait,
                       op->kind == WEFT__LUA_OP_NOTHING ? WEFT__LUA_CANCELLED
                                                        : WEFT__LUA_GIVEN);
    }
}

/* One of those whose waits are over, else a request; false: there is none. */
static bool next(struct weft_lua *m)
{
    weft_list_node_t *node = weft_list_pop(&ops_of(m)->ready);

    if (node == NULL) {
        return weft__lua_serve(m);
    }
    weft__lua_group_active(m);
    go_on(m, WEFT_CONTAINER_OF(node, struct weft__lua_op, list));
    return true;
}

bool weft__lua_pump(struct weft_lua *m)
{
    struct weft__lua_ops *ops = ops_of(m);
    unsigned left = PUMP_MAX;

    if (!ops->open) {
        return false;
    }
    drain(ops);
    while (m->core->ending == WEFT_LUA_RUNNING && left > 0 && next(m)) {
        left--;
        drain(ops);
    }
    if (weft__lua_ops_pending(m)) {
        weft_event_set(&m->wake);
    }
    return left < PUMP_MAX;
}

const char *weft__lua_op_reason(const struct weft_lua *m, uint32_t index)
{
    const struct weft__lua_op *op =
        index == 0 ? NULL : weft__lua_pool_at(&ops_of(m)->pool, index);

    if (op == NULL) {
        return NULL;
    }
    switch ((enum weft__lua_op_kind)op->kind) {
    case WEFT__LUA_OP_RECV: return "a value from a channel";
    case WEFT__LUA_OP_SEND: return "a channel to take its value";
    case WEFT__LUA_OP_SELECT: return "one of several channels";
    case WEFT__LUA_OP_CALL: return "the answer of a service";
    case WEFT__LUA_OP_JOIN: return "the tasks of its scope";
    case WEFT__LUA_OP_NOTHING: break;
    }
    return NULL;
}

/* --- beginning and end --------------------------------------------------- */

void weft__lua_ops_open(struct weft_lua *m, lua_State *L)
{
    struct weft__lua_ops *ops = ops_of(m);

    *ops = (struct weft__lua_ops){.turns = 0};
    weft_list_init(&ops->ready);
    weft_manual_init(&ops->manual);
    weft_manual_set_kick(&ops->manual, kick, m);
    ops->open = true;
    drain(ops);
    weft__lua_pool_open(m, &ops->pool, sizeof(struct weft__lua_op), L, init);
}

/* Afterwards no object of the core, and no other core, knows of a wait here.
 * The coroutines stay as they are. */
void weft__lua_ops_stop(struct weft_lua *m)
{
    struct weft__lua_ops *ops = ops_of(m);
    struct weft__lua_op *op;

    if (!ops->open || ops->stopped) {
        return;
    }
    ops->stopped = true;
    weft__lua_serving_stop(m);
    for (uint32_t i = 1; (op = weft__lua_pool_at(&ops->pool, i)) != NULL; i++) {
        if (op->live) {
            weft__lua_op_cancel(op);
        }
    }
    for (drain(ops); ops->live > 0; drain(ops)) {
        weft_hook_spin();
    }
    while (weft_atomic_load_acquire_u32(&ops->kicks) != ops->owed) {
        weft_hook_spin();
    }
}

void weft__lua_ops_close(struct weft_lua *m)
{
    struct weft__lua_ops *ops = ops_of(m);
    struct weft__lua_op *op;

    weft__lua_ops_stop(m);
    for (uint32_t i = 1; (op = weft__lua_pool_at(&ops->pool, i)) != NULL; i++) {
        if (op->element != op->small) {
            (void)weft__lua_alloc(m, op->element, op->room, 0);
        }
    }
    weft__lua_pool_close(m, &ops->pool);
    ops->open = false;
}
