/* service_time.c - a service's loops, and the pause before a restart
 * SPDX-License-Identifier: MIT
 *
 * All loops that are due are run, the earliest first, each once, before the
 * next request is handled, and that after each request: neither holds up the
 * other for longer than one call. The search begins anew after each, so that
 * a loop may unset any.
 */
#include "services/service.h"

#include "core/timers.h"
#include "core/wait.h"
#include "weft/task.h"

static weft_service_loop_t *earliest(const weft_service_t *service)
{
    weft_service_loop_t *first = service->loops;
    weft_service_loop_t *loop;

    for (loop = first; loop != NULL; loop = loop->next) {
        if (loop->due_us < first->due_us) {
            first = loop;
        }
    }
    return first;
}

/* The next time on the grid of its interval that is later than now. */
static void advance(weft_service_loop_t *loop, uint64_t now_us)
{
    loop->due_us += loop->interval_us;
    if (loop->due_us <= now_us) {
        uint64_t missed = (now_us - loop->due_us) / loop->interval_us + 1;

        loop->due_us += missed * loop->interval_us;
        loop->missed += (uint32_t)missed;
    }
}

static void call(weft_service_t *service, weft_service_loop_t *loop)
{
    weft_local_t ours;

    weft__service_lend(service, &ours);
    loop->fn(service, loop);
    weft__service_lent(service, &ours);
}

static bool run(weft_service_t *service)
{
    bool any = false;
    weft_service_loop_t *loop = earliest(service);
    uint64_t now_us = loop == NULL ? 0 : weft_port_now_us();

    while (loop != NULL && loop->due_us <= now_us &&
           (service->marks & WEFT__SERVICE_FAILED) == 0) {
        any = true;
        advance(loop, now_us);
        call(service, loop);
        loop = earliest(service);
    }
    return any;
}

static void started(weft_service_t *service)
{
    weft_service_loop_t *loop;

    service->resume_us = weft_port_now_us();
    for (loop = service->loops; loop != NULL; loop = loop->next) {
        loop->due_us = weft_deadline(loop->interval_us);
    }
}

/* A serial service whose fiber waits has no time for loops. */
static uint64_t next(const weft_service_t *service)
{
    const weft_service_loop_t *loop = earliest(service);

    if (service->phase == WEFT__SERVICE_PAUSE) {
        return service->resume_us;
    }
    if (service->phase != WEFT__SERVICE_SERVES || loop == NULL ||
        (weft__service_busy(service) != 0 &&
         (service->type->flags & WEFT_SERVICE_CONCURRENT) == 0)) {
        return WEFT_FOREVER;
    }
    return loop->due_us;
}

/* Through the timers in any case, so that those of others come between: a loop
 * that takes longer than its interval is always late. */
static void limit(weft_service_t *service, uint64_t deadline_us)
{
    weft_waiter_t *waiter = &service->task.waiter;

    weft__timer_arm(weft__home_of(waiter), &service->timer, deadline_us,
                    (uintptr_t)waiter);
}

static int poll(weft_service_t *service)
{
    return weft__await_poll_limit(&service->await, &service->timer);
}

/* --- restarts ------------------------------------------------------------- */

static bool due(weft_service_t *service)
{
    return service->resume_us <= weft_port_now_us();
}

static void pause(weft_service_t *service)
{
    enum { FIRST_US = 100000, LONGEST_US = 10000000 };
    const weft_service_type_t *type = service->type;
    uint32_t first_us = type->backoff_us != 0 ? type->backoff_us : FIRST_US;
    uint32_t longest_us =
        type->backoff_max_us != 0 ? type->backoff_max_us : LONGEST_US;
    uint64_t now_us = weft_port_now_us();
    uint64_t pause_us = (uint64_t)service->pause_us * 2;

    if (pause_us == 0 || now_us - service->resume_us >= longest_us) {
        pause_us = first_us;
    }
    service->pause_us =
        (uint32_t)(pause_us < longest_us ? pause_us : longest_us);
    service->resume_us = weft_deadline(service->pause_us);
}

const weft__service_time_ops_t weft__service_time = {
    started, run, next, limit, poll, due, pause,
};

/* --- loops ---------------------------------------------------------------- */

void weft_service_loop_unset(weft_service_t *service, weft_service_loop_t *loop)
{
    weft_service_loop_t **at = &service->loops;

    while (*at != NULL && *at != loop) {
        at = &(*at)->next;
    }
    if (*at != NULL) {
        *at = loop->next;
    }
}

int weft_service_loop_set(weft_service_t *service, weft_service_loop_t *loop,
                          weft_service_loop_fn *fn, uint64_t interval_us)
{
    weft__service_made(service);
    if (interval_us == 0 || fn == NULL) {
        return WEFT_ERR_INVALID;
    }
    weft_service_loop_unset(service, loop);
    *loop = (weft_service_loop_t){
        .next = service->loops,
        .fn = fn,
        .interval_us = interval_us,
        .due_us = weft_deadline(interval_us),
    };
    service->loops = loop;
    service->time_ops = &weft__service_time;
    weft__service_poke(service);
    return WEFT_OK;
}
