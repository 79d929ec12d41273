/* select.c - the first of several: begin, end, withdrawal
 * SPDX-License-Identifier: MIT
 *
 * The nodes are in the cases; the one in the await is in no list and says
 * where they are: object: our operations, buffer: the cases, index: how many,
 * linked: whether there is a time among them, spare: which one's timer is
 * armed, from 1 on.
 * The word of the wait says who has it, see core/waiters.h. A begin goes from
 * case to case: each looks and, where there is nothing, links, in one hold of
 * its object's lock; so from the second case on a peer may be quicker. Who
 * ends it takes out those nodes that are still linked, under their locks.
 */
#include "weft/select.h"

#include "coro/block.h"
#include "core/timers.h"
#include "core/wait.h"
#include "core/waiters.h"
#include "weft/fiber.h"

const weft_case_ops_t weft__case_timer_ops = {NULL, NULL};

static weft_case_t *cases_of(const weft_await_t *await)
{
    return (weft_case_t *)await->node[0].buffer;
}

static bool is_timer(const weft_case_t *one)
{
    return one->ops == &weft__case_timer_ops;
}

/* Whether it has a node. */
static bool is_object(const weft_case_t *one)
{
    return one->ops != NULL && !is_timer(one);
}

/* --- times --------------------------------------------------------------- */

/* The case of the earliest time, or count. */
static size_t earliest(const weft_case_t *cases, size_t count)
{
    size_t found = count;
    size_t i;

    for (i = 0; i < count; i++) {
        if (is_timer(&cases[i]) &&
            (found == count ||
             cases[i].at.timer.place.key < cases[found].at.timer.place.key)) {
            found = i;
        }
    }
    return found;
}

static uint64_t due_of(const weft_case_t *cases, size_t count)
{
    size_t i = earliest(cases, count);

    return i < count ? cases[i].at.timer.place.key : WEFT_FOREVER;
}

/* The case whose time has come, or WEFT_PENDING. */
static int late_case(const weft_case_t *cases, size_t count)
{
    size_t i = earliest(cases, count);

    return i < count && cases[i].at.timer.place.key <= weft_port_now_us()
               ? (int)i
               : WEFT_PENDING;
}

/* --- the end ------------------------------------------------------------- */

/* An object whose node is linked is there: it takes out no nodes unasked. One
 * whose node is not may be gone. */
static void take_out(weft_case_t *one)
{
    weft_node_t *node = &one->at.node;

    if (is_object(one) && weft_atomic_load_acquire_u8(&node->linked) != 0) {
        (void)(*(const weft_object_ops_t *const *)node->object)
            ->withdraw(node, WEFT_OK);
    }
}

/* The timer was linked last and is taken out first. */
static void leave(weft_await_t *await)
{
    weft_case_t *cases = cases_of(await);
    size_t count = await->node[0].index;
    size_t i = await->node[0].spare;

    if (i > 0) {
        weft__timer_disarm(weft__home_of(await->wait.waiter),
                           &cases[i - 1].at.timer);
    }
    for (i = 0; i < count; i++) {
        take_out(&cases[i]);
    }
}

static int end(weft_await_t *await)
{
    int chosen =
        weft_atomic_load_acquire_u8(&await->wait.word) - WEFT__SELECT_CLAIMED;

    cases_of(await)[chosen].rc = await->wait.result;
    leave(await);
    return chosen;
}

static bool withdraw(weft_await_t *await)
{
    uint8_t seen = WEFT__SELECT_OPEN;

    if (!weft_atomic_cas_acq_rel_u8(&await->wait.word, &seen,
                                    WEFT__SELECT_WITHDRAWN)) {
        return false;
    }
    leave(await);
    return true;
}

static int late(const weft_await_t *await)
{
    weft_case_t *cases = cases_of(await);
    int i = await->node[0].linked == 0 ? WEFT_PENDING
                                       : late_case(cases, await->node[0].index);

    if (i >= 0) {
        cases[i].rc = WEFT_OK;
    }
    return i;
}

static const weft__select_ops_t select_ops = {end, withdraw, late};

/* --- the begin ----------------------------------------------------------- */

/* Marsaglia's xorshift; one state for each thread or core, none locked. */
static uint32_t draw(void)
{
    weft_local_t *local = weft__local();
    uint32_t x = local->random;

    if (x == 0) {
        x = (uint32_t)((uintptr_t)local >> 4) ^ (uint32_t)weft_port_now_us();
        x |= 1;
    }
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    local->random = x;
    return x;
}

/* The order of one look: as it is, or drawn, each time of those left. Of two
 * the first says it all. */
struct order {
    size_t count;
    size_t first;
    bool drawn;
    uint32_t random;
    uint8_t at[WEFT_SELECT_MAX];
};

static void order_begin(struct order *order, size_t count, unsigned flags)
{
    size_t i;

    order->count = count;
    order->drawn = (flags & WEFT_SELECT_ORDERED) == 0 && !weft__in_interrupt();
    order->random = order->drawn ? draw() : 0;
    order->first = (order->random >> 31) & (count - 1);
    for (i = 0; count > 2 && i < count; i++) {
        order->at[i] = (uint8_t)i;
    }
}

/* One of those left. What remains of the number is as random, for four times
 * of at most WEFT_SELECT_MAX. */
static size_t order_draw(struct order *order, size_t done)
{
    uint64_t scaled;

    if (done > 0 && done % 4 == 0) {
        order->random = draw();
    }
    scaled = (uint64_t)order->random * (order->count - done);
    order->random = (uint32_t)scaled;
    return done + (size_t)(scaled >> 32);
}

/* The next one behind those `done`. */
static size_t order_next(struct order *order, size_t done)
{
    bool choice = order->drawn && done + 1 < order->count;
    size_t at;
    size_t next;

    if (order->count <= 2) {
        return order->first ^ done;
    }
    at = choice ? order_draw(order, done) : done;
    next = order->at[at];
    order->at[at] = order->at[done];
    return next;
}

/* Count 2 stands for "several", also where there is one case: its claim is
 * that of the word, which tells the index. */
static void prepare(weft_await_t *await, weft_waiter_t *waiter,
                    weft_case_t *cases, size_t count)
{
    weft__wait_prepare(await, waiter);
    await->wait.count = 2;
    await->node[0].kind = WEFT__NODE_SELECT;
    await->node[0].object = (void *)(uintptr_t)&select_ops;
    await->node[0].buffer = (uintptr_t)cases;
    await->node[0].linked = 0;
    await->node[0].index = (uint8_t)count;
    await->node[0].spare = 0;
}

static int begin(weft_await_t *await, weft_case_t *one, size_t i)
{
    weft_node_t *node = &one->at.node;

    node->wait = &await->wait;
    node->index = (uint8_t)i;
    node->kind = WEFT__NODE_OBJECT;
    node->spare = 0;
    return one->ops->begin(node);
}

/* The index of a case that was ready, done; WEFT_PENDING: all are linked;
 * WEFT__LOST: a peer was quicker. Those behind it are linked nowhere: so
 * weft_case makes them, and each end leaves them so. */
static int look_and_link(weft_await_t *await, weft_case_t *cases, size_t count,
                         unsigned flags)
{
    struct order order;
    size_t done;

    order_begin(&order, count, flags);
    for (done = 0; done < count; done++) {
        size_t i = order_next(&order, done);
        int rc;

        if (!is_object(&cases[i])) {
            await->node[0].linked |= cases[i].ops != NULL;
            continue;
        }
        rc = begin(await, &cases[i], i);
        if (rc == WEFT_PENDING) {
            continue;
        }
        if (rc == WEFT__LOST) {
            return rc;
        }
        cases[i].rc = rc;
        return (int)i;
    }
    return WEFT_PENDING;
}

/* Nothing was ready: the time of a case has come, or is armed. A thread keeps
 * the time itself. */
static int time_begin(weft_await_t *await, weft_case_t *cases, size_t count)
{
    size_t i;
    int rc;

    if (await->node[0].linked == 0) {
        return WEFT_PENDING;
    }
    i = earliest(cases, count);
    rc = late(await);
    if (rc != WEFT_PENDING) {
        return withdraw(await) ? rc : WEFT_PENDING;
    }
    if (weft__kind(await->wait.waiter) != WEFT_WAITER_THREAD) {
        await->node[0].spare = (uint8_t)(i + 1);
        weft__timer_arm(weft__home_of(await->wait.waiter), &cases[i].at.timer,
                        cases[i].at.timer.place.key,
                        (uintptr_t)await->wait.waiter);
    }
    return WEFT_PENDING;
}

int weft_select_begin(weft_await_t *await, weft_case_t *cases, size_t count,
                      unsigned flags)
{
    weft_waiter_t *waiter;
    int rc = weft__wait_enter_waiter(await, &waiter);

    if (rc < 0) {
        return rc;
    }
    if (count == 0 || count > WEFT_SELECT_MAX) {
        return weft__wait_done(await, waiter, WEFT_ERR_INVALID);
    }
    prepare(await, waiter, cases, count);
    rc = look_and_link(await, cases, count, flags);
    if (rc >= 0) {
        leave(await);
    } else if (rc == WEFT_PENDING) {
        rc = time_begin(await, cases, count);
    }
    if (rc >= 0) {
        return weft__wait_done(await, waiter, rc);
    }
    weft__armed(true);
    return WEFT_PENDING;
}

weft_coroutine_t *weft__select_leaves(weft_await_t *await)
{
    weft_waiter_t *waiter = await->wait.waiter;

    /* One that has ended, and only lets others run first, has no cases. */
    if (weft__kind(waiter) == WEFT_WAITER_FIBER ||
        await->node[0].kind != WEFT__NODE_SELECT) {
        return weft__wait_leaves(await);
    }
    weft__block_once(waiter, due_of(cases_of(await), await->node[0].index));
    return NULL;
}

int weft_select_until(weft_case_t *cases, size_t count, unsigned flags,
                      uint64_t deadline_us)
{
    weft_await_t await;
    int rc = weft_select_begin(&await, cases, count, flags);

    if (rc == WEFT_PENDING &&
        weft__kind(await.wait.waiter) == WEFT_WAITER_THREAD) {
        uint64_t due = due_of(cases, count);

        deadline_us = due < deadline_us ? due : deadline_us;
    }
    return deadline_us == WEFT_FOREVER
               ? weft__block(&await, rc)
               : weft__block_until(&await, deadline_us, rc);
}

int weft_select(weft_case_t *cases, size_t count, unsigned flags)
{
    return weft_select_until(cases, count, flags, WEFT_FOREVER);
}

int weft_select_try(weft_case_t *cases, size_t count, unsigned flags)
{
    struct order order;
    size_t done;
    int rc;

    if (count == 0 || count > WEFT_SELECT_MAX) {
        return WEFT_ERR_INVALID;
    }
    order_begin(&order, count, flags);
    for (done = 0; done < count; done++) {
        size_t i = order_next(&order, done);

        rc = is_object(&cases[i]) ? cases[i].ops->attempt(&cases[i].at.node)
                                  : WEFT_PENDING;
        if (rc != WEFT_PENDING) {
            cases[i].rc = rc;
            return (int)i;
        }
    }
    rc = late_case(cases, count);
    if (rc < 0) {
        return WEFT_ERR_EMPTY;
    }
    cases[rc].rc = WEFT_OK;
    return rc;
}
