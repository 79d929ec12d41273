/* future.c - futures of the four kinds: made, resolved, freed
 * SPDX-License-Identifier: MIT
 */
#include "bindings/asyncrtos/future.h"

#include <aos_future_awaitable.h>
#include <aos_future_forgettable.h>

#include "bindings/asyncrtos/memory.h"
#include "bindings/asyncrtos/task.h"
#include "weft/base/atomic.h"
#include "weft/base/hooks.h"

/* --- memory --------------------------------------------------------------- */

aos_future_t *aos__future_new(enum aos__kind kind, size_t size,
                              size_t args_size)
{
    const size_t align = _Alignof(max_align_t);
    size_t begin = (size + align - 1) / align * align;
    aos_future_t *future;

    if (args_size > SIZE_MAX - begin) {
        return NULL;
    }
    future = aos__alloc(begin + args_size);
    if (future == NULL) {
        return NULL;
    }
    future->kind = (uint8_t)kind;
    future->args = args_size == 0 ? NULL : (char *)future + begin;
    weft_future_init(&future->request);
    return future;
}

static void check(const aos_future_t *future)
{
    WEFT_ASSERT(future != NULL && future->kind >= AOS__GENERIC &&
                    future->kind < AOS__FREED,
                "a future that was freed, or none");
    (void)future;
}

void *aos__future_delete(aos_future_t *future)
{
    void *context = NULL;

    check(future);
    WEFT_ASSERT(weft_atomic_load_relaxed_u8(&future->travels) == 0,
                "a future freed on its way to a task");
    if (future->kind == AOS__GENERIC) {
        context = WEFT_CONTAINER_OF(future, aos__generic_t, future)->config.ctx;
    } else if (future->kind == AOS__EVENTFUL) {
        context = aos__eventful_of(future)->config.ctx;
        aos__task_unref(aos__eventful_of(future)->config.task);
    }
    future->kind = AOS__FREED;
    aos__free(future);
    return context;
}

void *aos_args_get(aos_future_t *future)
{
    check(future);
    return future->args;
}

/* --- its end -------------------------------------------------------------- */

static weft_future_t *answer_of(const aos_future_t *future)
{
    return &WEFT_CONTAINER_OF(future, aos__awaitable_t, future)->answer;
}

void aos__settle(aos_future_t *future, enum aos__state state)
{
    WEFT_ASSERT(weft_atomic_load_relaxed_u8(&future->travels) == 0,
                "a future resolved on its way to a task");
    weft_atomic_store_release_u8(&future->state, (uint8_t)state);
    switch (future->kind) {
    case AOS__AWAITABLE:
        (void)weft_future_settle(answer_of(future), state == AOS__RESOLVED
                                                        ? WEFT_OK
                                                        : WEFT_ERR_FAILED);
        break;
    case AOS__GENERIC:
        WEFT_CONTAINER_OF(future, aos__generic_t, future)->config.cb(future);
        break;
    case AOS__EVENTFUL: aos__eventful_respond(future); break;
    default: (void)aos__future_delete(future);
    }
}

static bool hold_move(aos_future_t *future, uint8_t to)
{
    uint8_t held = AOS__HELD;

    return weft_atomic_cas_acq_rel_u8(&future->holding, &held, to);
}

void aos_resolve(aos_future_t *future)
{
    check(future);
    if (!hold_move(future, AOS__ANSWERED)) {
        WEFT_ASSERT(weft_atomic_load_relaxed_u8(&future->holding) == AOS__LOOSE,
                    "the future of a start or stop resolved twice");
        aos__settle(future, AOS__RESOLVED);
    }
}

bool aos_isresolved(aos_future_t *future)
{
    check(future);
    if (weft_atomic_load_acquire_u8(&future->holding) == AOS__ANSWERED) {
        return true;
    }
    return future->kind == AOS__AWAITABLE
               ? weft_future_state(answer_of(future)) == WEFT_FUTURE_RESOLVED
               : weft_atomic_load_acquire_u8(&future->state) == AOS__RESOLVED;
}

void aos__hold(aos_future_t *future)
{
    weft_atomic_store_release_u8(&future->holding, AOS__HELD);
}

void aos__hold_refuse(aos_future_t *future)
{
    (void)hold_move(future, AOS__REFUSED);
}

void aos__hold_end(aos_future_t *future)
{
    uint8_t was = weft_atomic_exchange_acq_rel_u8(&future->holding, AOS__LOOSE);

    if (was == AOS__ANSWERED || was == AOS__REFUSED) {
        aos__settle(future,
                    was == AOS__ANSWERED ? AOS__RESOLVED : AOS__REJECTED);
    }
}

/* --- its way to a task ---------------------------------------------------- */

/* What has ended before begins anew; what somebody waits for goes on. */
static void renew(aos_future_t *future)
{
    weft_atomic_store_release_u8(&future->state, AOS__NEW);
    if (future->kind == AOS__AWAITABLE &&
        weft_future_settled(answer_of(future))) {
        weft_future_init(answer_of(future));
    }
}

void aos__future_renew(aos_future_t *future)
{
    check(future);
    WEFT_ASSERT(weft_atomic_load_relaxed_u8(&future->travels) == 0,
                "a future sent that is on its way already");
    renew(future);
}

void aos__future_undelivered(aos_future_t *future)
{
    if (aos__future_is_response(future)) {
        aos__eventful_lost(future);
    } else {
        aos__settle(future, AOS__REJECTED);
    }
}

static void travelled(weft_request_t *request)
{
    aos_future_t *future = aos__future_of(request);

    if (weft_future_result(request) < 0) {
        weft_atomic_store_relaxed_u8(&future->travels, 0);
        aos__task_refused(future->at.task, future);
    }
}

void aos__future_send(aos_future_t *future, aos_task_t *task, unsigned code)
{
    weft_atomic_store_relaxed_u8(&future->travels, 1);
    future->at.task = task;
    weft_future_then(&future->request, travelled);
    (void)weft_service_send(&task->service, code, &future->request);
}

int aos__future_arrived(weft_service_t *service, weft_request_t *request)
{
    int rc = weft_request_take(service, request);

    weft_atomic_store_relaxed_u8(&aos__future_of(request)->travels, 0);
    weft_request_settle(request, WEFT_OK);
    return rc;
}

/* --- kinds ---------------------------------------------------------------- */

aos_future_t *aos_future_alloc(aos_future_config_t *config, size_t args_size)
{
    aos_future_t *future;

    if (config == NULL || config->cb == NULL) {
        return NULL;
    }
    future = aos__future_new(AOS__GENERIC, sizeof(aos__generic_t), args_size);
    if (future != NULL) {
        WEFT_CONTAINER_OF(future, aos__generic_t, future)->config = *config;
    }
    return future;
}

void *aos_future_free(aos_future_t *future)
{
    return future == NULL ? NULL : aos__future_delete(future);
}

aos_future_t *aos_forgettable_alloc(size_t args_size)
{
    return aos__future_new(AOS__FORGETTABLE, sizeof(aos_future_t), args_size);
}

aos_future_t *aos_awaitable_alloc(size_t args_size)
{
    aos_future_t *future =
        aos__future_new(AOS__AWAITABLE, sizeof(aos__awaitable_t), args_size);

    if (future != NULL) {
        weft_future_init(answer_of(future));
    }
    return future;
}

void aos_awaitable_free(aos_future_t *future)
{
    if (future != NULL) {
        (void)aos__future_delete(future);
    }
}

/* A cancel of the wait is no end of it: whoever waits frees the future next. */
aos_future_t *aos_await(aos_future_t *future)
{
    check(future);
    WEFT_ASSERT(future->kind == AOS__AWAITABLE,
                "an await of a future that is not awaitable");
    while (!weft_future_settled(answer_of(future))) {
        (void)weft_future_await(answer_of(future));
    }
    return future;
}
