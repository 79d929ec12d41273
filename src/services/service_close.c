/* service_close.c - the end of a service: settles what is left, and goes
 * SPDX-License-Identifier: MIT
 *
 * A mailbox is closed to requests only while nothing is in it, so that who
 * sends a start and then requests never finds it closed between: a start takes
 * the mark away in the same step in which it comes, and one that came before
 * keeps it from being set. Then only starts, stops and answers come in, and
 * what is left to do has an end.
 */
#include "services/service.h"

#include "core/home.h"
#include "core/scope.h"

void weft__service_close(weft_service_t *service, int error, bool refuses)
{
    service->error = error;
    service->marks = (uint8_t)(refuses ? WEFT__SERVICE_REFUSES : 0);
    weft__service_phase(service, WEFT__SERVICE_CLOSING);
    if (weft__service_busy(service) != 0) {
        service->fiber_ops->cancel(service);
    }
    weft__service_kept_cancel(service);
}

static uintptr_t word_of(const weft_service_t *service)
{
    return weft_atomic_load_acquire_word(&service->mailbox.word);
}

/* A start behind the stop: that one is over, and the next life begins. */
static void reopen(weft_service_t *service, weft_request_t *start)
{
    weft_link_t *ends = service->ends;

    weft__service_kept_cancel(service);
    weft__service_replies_detach(service);
    service->ends = NULL;
    weft__service_ends_settle(ends, service->error, WEFT_OK);
    start->link.next = service->ready;
    if (service->ready == NULL) {
        service->ready_end = &start->link;
    }
    service->ready = &start->link;
    service->starts++;
    weft__service_phase(service, WEFT__SERVICE_OPENED);
}

void weft__service_refuse(weft_service_t *service, weft_request_t *request,
                          int error)
{
    if (weft__future_code(request) <= WEFT_SERVICE_CODE_MAX) {
        weft__service_uncount(service);
    }
    weft__future_end(request, weft_future_cancel_asked(request)
                                  ? WEFT_ERR_CANCELLED
                                  : error);
}

static void drain(weft_service_t *service, weft_request_t *request)
{
    unsigned code = weft__future_code(request);

    if (weft_future_settled(request)) {
        weft__reply_drop(request);
    } else if (code == WEFT_SERVICE_STOP) {
        weft__service_end_add(service, request);
    } else if (code == WEFT_SERVICE_START &&
               (service->marks & WEFT__SERVICE_REFUSES) == 0) {
        reopen(service, request);
    } else {
        weft__service_refuse(service, request, service->error);
    }
}

/* Closes the mailbox to requests; false: not yet, something has come. */
static bool close_mailbox(weft_service_t *service)
{
    uintptr_t empty = 0;

    if ((word_of(service) & WEFT__SERVICE_CLOSED) != 0 ||
        (service->starts > 0 &&
         (service->marks & WEFT__SERVICE_REFUSES) == 0)) {
        return true;
    }
    return weft_atomic_cas_acq_rel_word(&service->mailbox.word, &empty,
                                        WEFT__SERVICE_CLOSED);
}

bool weft__service_close_step(weft_service_t *service)
{
    if (weft__service_busy(service) != 0) {
        return false;
    }
    if (!close_mailbox(service)) {
        return true;
    }
    if (service->ready != NULL) {
        drain(service, weft__service_next(service));
        return true;
    }
    service->marks &= (uint8_t) ~(unsigned)WEFT__SERVICE_REFUSES;
    weft__service_kept_cancel(service);
    weft__service_replies_detach(service);
    return word_of(service) != WEFT__SERVICE_CLOSED;
}

/* The task ends without being finished: who starts it again need not wait for
 * that. Everything is as in a task that was never spawned before STOPPED can
 * be seen, and then nothing of the service is touched any more. */
static void reset(weft_service_t *service)
{
    weft_waiter_t *waiter = &service->task.waiter;

    waiter->label = 0;
    waiter->scope = NULL;
    weft_atomic_store_release_ptr(&waiter->home, NULL);
    service->ends = NULL;
    weft__service_phase(service, WEFT__SERVICE_OPENED);
}

bool weft__service_leave(weft_home_t *home, weft_waiter_t *waiter)
{
    weft_service_t *service =
        WEFT_CONTAINER_OF(waiter, weft_service_t, task.waiter);
    weft_local_t *local = weft__local();
    uintptr_t closed = WEFT__SERVICE_CLOSED;
    weft_link_t *ends = service->ends;
    int error = service->error;
    void *inbox = waiter->home;

    local->leave = NULL;
    if (weft__ticket_take(waiter)) {
        return false; /* a wake is on its way, and has it ask again */
    }
    weft__ticket_return(waiter);
    reset(service);
    if (!weft_atomic_cas_acq_rel_word(&service->mailbox.word, &closed,
                                      WEFT__SERVICE_STOPPED)) {
        weft_atomic_store_release_ptr(&waiter->home, inbox);
        service->ends = ends;
        weft__service_phase(service, WEFT__SERVICE_CLOSING);
        weft__wake(waiter);
        return false;
    }
    local->waiter = NULL;
    weft__service_ends_settle(ends, error, WEFT_OK);
    weft__home_leave(home);
    return true;
}

/* --- a start -------------------------------------------------------------- */

/* There is no task: what has come meanwhile is ours. */
static void refuse_all(weft_service_t *service, int rc)
{
    weft_link_t *link;

    weft__service_replies_detach(service);
    link = weft_link_reverse((weft_link_t *)weft_atomic_exchange_acq_rel_word(
        &service->mailbox.word, WEFT__SERVICE_STOPPED));
    while (link != NULL) {
        weft_request_t *request = weft__request_of(link);

        link = link->next;
        if (weft_future_settled(request)) {
            weft__reply_drop(request);
        } else if (weft__future_code(request) == WEFT_SERVICE_STOP) {
            weft__future_end(request, WEFT_OK);
        } else {
            weft__service_refuse(service, request, rc);
        }
    }
}

int weft__service_open(weft_service_t *service, weft_request_t *request)
{
    weft_node_t *waiting = NULL;
    uintptr_t stopped = WEFT__SERVICE_STOPPED;
    int rc;

    request->link.next = NULL;
    while (!weft_atomic_cas_acq_rel_word(&service->mailbox.word, &stopped,
                                         (uintptr_t)&request->link)) {
        if (weft__service_push(service, request, WEFT_SERVICE_START,
                               &waiting) == WEFT_OK) {
            weft__service_wake(waiting);
            return WEFT_OK;
        }
        request->link.next = NULL;
        stopped = WEFT__SERVICE_STOPPED;
    }
    rc = weft__spawn(service->executor->home, NULL,
                     weft_pool_task(&service->task));
    if (rc < 0) {
        refuse_all(service, rc);
    }
    return rc;
}
