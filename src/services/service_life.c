/* service_life.c - starts, stops, failures and restarts of a service
 * SPDX-License-Identifier: MIT
 */
#include "services/service.h"

void weft__service_end_add(weft_service_t *service, weft_request_t *request)
{
    request->link.next = service->ends;
    service->ends = &request->link;
}

void weft__service_ends_settle(weft_link_t *ends, int start, int stop)
{
    while (ends != NULL) {
        weft_request_t *request = weft__request_of(ends);

        ends = ends->next;
        weft__future_end(
            request,
            weft__future_code(request) == WEFT_SERVICE_START ? start : stop);
    }
}

static void settle_ends(weft_service_t *service, int start, int stop)
{
    weft_link_t *ends = service->ends;

    service->ends = NULL;
    weft__service_ends_settle(ends, start, stop);
}

/* --- starting ------------------------------------------------------------- */

static void failed_again(weft_service_t *service, int error)
{
    service->error = error;
    service->marks |= WEFT__SERVICE_FAILED;
    weft__service_phase(service, WEFT__SERVICE_FAILING);
}

/* The start's hook has said so. */
static void started(weft_service_t *service, int rc)
{
    if (rc < 0 && (service->marks & WEFT__SERVICE_RESTARTS) != 0) {
        failed_again(service, rc);
        return;
    }
    if (rc < 0) {
        weft__service_close(service, rc, true);
        return;
    }
    service->marks &= (uint8_t) ~(unsigned)WEFT__SERVICE_RESTARTS;
    weft__service_phase(service, WEFT__SERVICE_SERVES);
    if (service->time_ops != NULL) {
        service->time_ops->started(service);
    }
    settle_ends(service, WEFT_OK, WEFT_OK);
}

static void stopped(weft_service_t *service, int rc)
{
    if (rc < 0) {
        weft__service_phase(service, WEFT__SERVICE_SERVES);
        settle_ends(service, rc, rc);
        return;
    }
    weft__service_close(service, WEFT_ERR_STOPPED, false);
}

void weft__service_hook_ended(weft_service_t *service, unsigned phase, int rc)
{
    if (phase == WEFT__SERVICE_HOOK_START) {
        started(service, rc);
    } else {
        stopped(service, rc);
    }
}

static void call_hook(weft_service_t *service, weft_handler_fn *hook,
                      weft_request_t *request, unsigned phase)
{
    int rc = WEFT_OK;

    weft__service_phase(service, phase);
    if (hook != NULL &&
        (service->type->flags & WEFT_SERVICE_FIBER_HOOKS) != 0) {
        service->fiber_ops->begin(service, hook, request, phase, false);
        return;
    }
    if (hook != NULL) {
        rc = weft__service_run(service, hook, request);
        WEFT_ASSERT(rc != WEFT_PENDING, "a hook keeps its request");
    }
    weft__service_hook_ended(service, phase, rc);
}

static void begin_start(weft_service_t *service, weft_request_t *start)
{
    if (start != NULL) {
        weft__service_end_add(service, start);
    }
    if (!weft__service_able(service)) {
        started(service, WEFT_ERR_INVALID);
    } else {
        call_hook(service, service->type->on_start, start,
                  WEFT__SERVICE_HOOK_START);
    }
}

/* The first that is ready is the start that has opened it. */
bool weft__service_open_step(weft_service_t *service)
{
    weft_request_t *start = weft__service_next(service);

    service->marks = 0;
    service->pause_us = 0;
    if (weft_future_cancel_asked(start)) {
        weft__service_close(service, WEFT_ERR_STOPPED, false);
        weft__future_end_cancelled(start);
    } else {
        begin_start(service, start);
    }
    return true;
}

/* --- stopping ------------------------------------------------------------- */

void weft__service_begin_stop(weft_service_t *service, weft_request_t *stop)
{
    if (weft_future_cancel_asked(stop)) {
        weft__future_end_cancelled(stop);
        return;
    }
    weft__service_end_add(service, stop);
    call_hook(service, service->type->on_stop, stop, WEFT__SERVICE_HOOK_STOP);
}

/* --- failing -------------------------------------------------------------- */

void weft_service_fail(weft_service_t *service, int error)
{
    if (service->phase > WEFT__SERVICE_HOOK_STOP) {
        return; /* it fails already, or stops */
    }
    service->error = error < 0 ? error : WEFT_ERR_FAILED;
    service->marks |= WEFT__SERVICE_FAILED;
    weft__service_poke(service);
}

static void pause_or_close(weft_service_t *service)
{
    unsigned policy = service->type->restart;
    bool again = (service->marks & WEFT__SERVICE_RESTARTED) != 0;

    if (policy == WEFT_RESTART_NEVER ||
        (policy == WEFT_RESTART_ONCE && again)) {
        weft__service_close(service, service->error, true);
        return;
    }
    service->marks |= WEFT__SERVICE_RESTARTED;
    if (policy == WEFT_RESTART_BACKOFF) {
        service->time_ops->pause(service);
    }
    weft__service_phase(service, WEFT__SERVICE_PAUSE);
}

/* What it is about is told once; then its fibers come to their ends. */
bool weft__service_fail_step(weft_service_t *service)
{
    if ((service->marks & WEFT__SERVICE_FAILED) != 0) {
        service->marks &= (uint8_t) ~(unsigned)WEFT__SERVICE_FAILED;
        weft__service_phase(service, WEFT__SERVICE_FAILING);
        if (service->type->on_fail != NULL) {
            weft_local_t ours;

            weft__service_lend(service, &ours);
            service->type->on_fail(service, service->error);
            weft__service_lent(service, &ours);
        }
        if (weft__service_busy(service) != 0) {
            service->fiber_ops->cancel(service);
        }
    }
    if (weft__service_busy(service) != 0) {
        return false;
    }
    weft__service_kept_cancel(service);
    pause_or_close(service);
    return true;
}

/* What is queued does not wait for the restart. */
static void fail_queued(weft_service_t *service, weft_request_t *request)
{
    if (weft_future_settled(request)) {
        weft__reply_drop(request);
    } else if (weft__future_code(request) == WEFT_SERVICE_START) {
        weft__service_end_add(service, request);
    } else {
        weft__service_refuse(service, request, service->error);
    }
}

bool weft__service_pause_step(weft_service_t *service)
{
    if (service->stops > 0) {
        weft__service_close(service, WEFT_ERR_STOPPED, false);
        return true;
    }
    if (service->ready != NULL && !service->type->restart_keeps) {
        fail_queued(service, weft__service_next(service));
        return true;
    }
    if (service->type->restart == WEFT_RESTART_BACKOFF &&
        !service->time_ops->due(service)) {
        return false;
    }
    service->marks |= WEFT__SERVICE_RESTARTS;
    begin_start(service, NULL);
    return true;
}
