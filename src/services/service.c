/* service.c - the task that a service is, and how it handles
 * SPDX-License-Identifier: MIT
 */
#include "services/service.h"

#include "core/bitlock.h"
#include "core/home.h"
#include "core/wait.h"

/* --- handling ------------------------------------------------------------- */

void weft__service_lend_blocking(weft_service_t *service, weft_local_t *ours)
{
    weft_local_t *local = weft__local();

    *ours = *local;
    local->waiter = NULL;
    local->home = NULL;
    weft_atomic_store_relaxed_ptr(&service->blocked, local);
}

void weft__service_lent_blocking(weft_service_t *service, weft_local_t *ours)
{
    weft_local_t *local = weft__local();

    weft_atomic_store_relaxed_ptr(&service->blocked, NULL);
    ours->thread = local->thread;
    ours->random = local->random;
    *local = *ours;
}

int weft__service_run(weft_service_t *service, weft_handler_fn *fn,
                      weft_request_t *request)
{
    weft_local_t ours;
    int rc;

    weft__service_lend(service, &ours);
    rc = fn(service, request);
    weft__service_lent(service, &ours);
    return rc;
}

static void handle_reply(weft_service_t *service, weft_request_t *request)
{
    const weft_reply_t *reply = weft_request_reply_of(request);
    const weft_handler_t *handler = weft__service_handler(service, reply->code);

    if ((weft_atomic_load_acquire_word(&reply->service) &
         ~(uintptr_t)WEFT__BIT_LOCK) != (uintptr_t)service) {
        weft__reply_drop(request); /* it was asked for no more */
    } else if (handler == NULL) {
        service->dropped++;
        if ((service->marks & WEFT__SERVICE_WARNED) == 0) {
            service->marks |= WEFT__SERVICE_WARNED;
            weft_port_warn(service->type->name,
                           "an answer came that no handler takes");
        }
        weft__reply_drop(request);
    } else if ((handler->flags & WEFT_HANDLER_FIBER) != 0) {
        weft__future_arrived(request);
        service->fiber_ops->begin(service, handler->fn, request, 0, false);
    } else {
        weft__future_arrived(request);
        (void)weft__service_run(service, handler->fn, request);
    }
}

static void answer(weft_service_t *service, weft_handler_fn *fn,
                   weft_request_t *request)
{
    int rc;

    service->current = request;
    rc = weft__service_run(service, fn, request);
    if (service->current == NULL) {
        WEFT_ASSERT(rc == WEFT_PENDING,
                    "a handler answers what it has kept or passed on");
        return;
    }
    WEFT_ASSERT(rc != WEFT_PENDING, "a handler returned WEFT_PENDING and has "
                                    "neither kept nor passed on its request");
    service->current = NULL;
    weft__future_end(request, rc);
}

static void handle_request(weft_service_t *service, weft_request_t *request)
{
    const weft_handler_t *handler =
        weft__service_handler(service, weft__future_code(request));

    weft__service_uncount(service);
    if (weft_future_cancel_asked(request)) {
        weft__future_end_cancelled(request);
    } else if (handler == NULL) {
        weft__future_end(request, WEFT_ERR_NO_HANDLER);
    } else if ((handler->flags & WEFT_HANDLER_FIBER) != 0) {
        service->fiber_ops->begin(service, handler->fn, request, 0, true);
    } else {
        answer(service, handler->fn, request);
    }
}

static void handle(weft_service_t *service, weft_request_t *request)
{
    unsigned code = weft__future_code(request);

    if (weft_future_settled(request)) {
        handle_reply(service, request);
    } else if (code == WEFT_SERVICE_STOP) {
        weft__service_begin_stop(service, request);
    } else if (code == WEFT_SERVICE_START) {
        weft__future_end(request, WEFT_OK); /* it serves already */
    } else {
        handle_request(service, request);
    }
}

/* --- the task ------------------------------------------------------------- */

/* Whether the next one may begin while fibers run, each of which has begun. */
static bool may_take(const weft_service_t *service)
{
    unsigned busy = weft__service_busy(service);

    return busy == 0 ||
           ((service->type->flags & WEFT_SERVICE_CONCURRENT) != 0 &&
            busy < service->fibers->count &&
            service->fiber_ops->settled(service));
}

/* A stop that is next, while all fibers wait, which nothing but it may end. */
static bool stop_next(weft_service_t *service)
{
    const weft_request_t *next = weft__request_of(service->ready);

    return service->stops > 0 &&
           (service->type->flags & WEFT_SERVICE_CONCURRENT) != 0 &&
           weft__service_busy(service) == service->fibers->count &&
           !weft_future_settled(next) &&
           weft__future_code(next) == WEFT_SERVICE_STOP;
}

static bool serve_step(weft_service_t *service)
{
    if (service->time_ops != NULL &&
        ((service->type->flags & WEFT_SERVICE_CONCURRENT) != 0 ||
         weft__service_busy(service) == 0)) {
        service->marks |=
            (uint8_t)(service->time_ops->run(service) ? WEFT__SERVICE_LOOPED
                                                      : 0);
    }
    if ((service->marks & WEFT__SERVICE_FAILED) != 0) {
        return weft__service_fail_step(service);
    }
    if (service->ready == NULL) {
        return false;
    }
    if (!may_take(service)) {
        if (!stop_next(service)) {
            return false;
        }
        if (service->type->on_stop != NULL &&
            (service->type->flags & WEFT_SERVICE_FIBER_HOOKS) != 0) {
            service->fiber_ops->cancel(service); /* the hook needs one */
            return false;
        }
    }
    handle(service, weft__service_next(service));
    return true;
}

static bool step(weft_service_t *service)
{
    if (weft__service_busy(service) != 0 && service->fiber_ops->reap(service)) {
        return true;
    }
    switch (service->phase) {
    case WEFT__SERVICE_OPENED: return weft__service_open_step(service);
    case WEFT__SERVICE_SERVES: return serve_step(service);
    case WEFT__SERVICE_FAILING: return weft__service_fail_step(service);
    case WEFT__SERVICE_PAUSE: return weft__service_pause_step(service);
    case WEFT__SERVICE_CLOSING: return weft__service_close_step(service);
    default: return false; /* a hook runs in a fiber */
    }
}

/* service->parked */
enum { AWAKE = 0, ASLEEP = 1, ASLEEP_UNTIL = 2 };

/* Waits for the mailbox, at most until the next time; 0: not now. */
static int park(weft_service_t *service)
{
    uintptr_t *word = &service->mailbox.word;
    uintptr_t old = weft_atomic_load_relaxed_word(word);
    uint64_t deadline_us = service->time_ops == NULL
                               ? WEFT_FOREVER
                               : service->time_ops->next(service);
    weft_node_t *node = service->await.node;

    if ((old & ~(uintptr_t)WEFT__SERVICE_CLOSED) != 0) {
        return WEFT_OK;
    }
    weft__armed(true);
    service->await.wait.flags = 0;
    weft_atomic_store_relaxed_u8(&node->linked, 1);
    if (!weft_atomic_cas_acq_rel_word(
            word, &old, (uintptr_t)node | WEFT__SERVICE_WAITING | old)) {
        weft_atomic_store_relaxed_u8(&node->linked, 0);
        weft__armed(false);
        return WEFT_OK;
    }
    service->parked = ASLEEP;
    if (deadline_us != WEFT_FOREVER) {
        service->parked = ASLEEP_UNTIL;
        service->time_ops->limit(service, deadline_us);
    }
    return WEFT_PENDING;
}

static bool still_parked(weft_service_t *service)
{
    int rc = WEFT_OK;

    if (service->parked != AWAKE) {
        rc = service->parked == ASLEEP ? weft_await_poll(&service->await)
                                       : service->time_ops->poll(service);
    }
    if (rc != WEFT_PENDING) {
        service->parked = AWAKE;
    }
    return rc == WEFT_PENDING;
}

/* More is to be done, when the others had their turn. */
static int yield(weft_service_t *service)
{
    weft__armed(true);
    weft__wake(&service->task.waiter);
    return WEFT_PENDING;
}

static bool over(const weft_service_t *service)
{
    return service->phase == WEFT__SERVICE_CLOSING && service->ready == NULL &&
           weft__service_busy(service) == 0;
}

/* Requests handled before others of the executor have their turn: few, as a
 * loop looks at its timers only every WEFT_LOOP_BATCH turns, and fewer still
 * where they take long. Who handles just one need not look at the clock. */
enum { TURN = 16, LONG_US = 100 };

static bool turn_over(const weft_service_t *service, int left,
                      uint64_t *since_us)
{
    if ((service->marks & WEFT__SERVICE_LOOPED) != 0) {
        return true;
    }
    if (left == TURN && service->ready != NULL) {
        *since_us = weft_port_now_us();
    }
    return *since_us != 0 && left % 4 == 3 &&
           weft_port_now_us() - *since_us > LONG_US;
}

static int run(weft_runnable_t *runnable)
{
    weft_service_t *service =
        WEFT_CONTAINER_OF(runnable, weft_service_t, task.waiter.runnable);
    uint64_t since_us = 0;
    int left;

    if (still_parked(service)) {
        return WEFT_PENDING;
    }
    for (left = TURN; left > 0; left--) {
        weft__service_collect(service);
        service->marks &= (uint8_t) ~(unsigned)WEFT__SERVICE_LOOPED;
        if (step(service)) {
            if (turn_over(service, left, &since_us)) {
                break;
            }
            continue;
        }
        if (over(service)) {
            weft__local()->leave = weft__service_leave;
            weft__armed(true);
            return WEFT_PENDING;
        }
        if (weft__service_busy(service) != 0 &&
            !service->fiber_ops->settled(service)) {
            break;
        }
        if (park(service) == WEFT_PENDING) {
            return WEFT_PENDING;
        }
    }
    return yield(service);
}

/* --- being made ----------------------------------------------------------- */

void weft__service_begin(weft_service_t *service,
                         const weft_service_type_t *type,
                         weft_executor_t *executor)
{
    *service = (weft_service_t){
        .type = type,
        .executor = executor,
        .task = {.waiter = {.runnable = {.run = run}}},
        .mailbox = {&weft__mailbox_ops, WEFT__SERVICE_STOPPED},
    };
    weft__pool_task_mark(&service->task.waiter);
    weft__wait_prepare(&service->await, &service->task.waiter);
    service->await.node[0] = (weft_node_t){
        .wait = &service->await.wait,
        .object = &service->mailbox,
        .kind = WEFT__NODE_OBJECT,
    };
    weft_list_init(&service->kept);
    weft_list_init(&service->replies);
}

/* The phase first: where it says OPENED at the end of a stop the word is CLOSED
 * or STOPPED by then. */
enum weft_service_state weft_service_state(const weft_service_t *service)
{
    unsigned phase = weft_atomic_load_acquire_u8(&service->phase);
    uintptr_t word = weft_atomic_load_acquire_word(&service->mailbox.word);

    if (word == WEFT__SERVICE_STOPPED || service->type == NULL) {
        return WEFT_SERVICE_STOPPED;
    }
    switch (phase) {
    case WEFT__SERVICE_SERVES: return WEFT_SERVICE_SERVING;
    case WEFT__SERVICE_HOOK_STOP:
    case WEFT__SERVICE_CLOSING: return WEFT_SERVICE_STOPPING;
    case WEFT__SERVICE_FAILING:
    case WEFT__SERVICE_PAUSE: return WEFT_SERVICE_RESTARTING;
    default: /* or about to be stopped */
        return (word & WEFT__SERVICE_CLOSED) != 0 ? WEFT_SERVICE_STOPPING
                                                  : WEFT_SERVICE_STARTING;
    }
}
