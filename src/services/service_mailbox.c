/* service_mailbox.c - sends to a service, and takes out what has come
 * SPDX-License-Identifier: MIT
 *
 * The word's diagram is in services/service.h.
 */
#include "services/service.h"

#include "core/home.h"

/* --- sending -------------------------------------------------------------- */

static bool is_request(unsigned code)
{
    return code <= WEFT_SERVICE_CODE_MAX;
}

static bool refuses(uintptr_t word, unsigned code)
{
    return word == WEFT__SERVICE_STOPPED ||
           (is_request(code) && (word & WEFT__SERVICE_CLOSED) != 0);
}

int weft__service_push(weft_service_t *service, weft_request_t *request,
                       unsigned code, weft_node_t **waiting)
{
    uintptr_t *word = &service->mailbox.word;
    uintptr_t old = weft_atomic_load_acquire_word(word);
    uintptr_t closed;
    uintptr_t rest;

    do {
        if (refuses(old, code)) {
            *waiting = NULL; /* of the round before, another's now */
            return WEFT_ERR_STOPPED;
        }
        closed = code == WEFT_SERVICE_START ? 0 : old & WEFT__SERVICE_CLOSED;
        rest = old & ~(uintptr_t)WEFT_TAG_MASK;
        *waiting =
            (old & WEFT__SERVICE_WAITING) != 0 ? (weft_node_t *)rest : NULL;
        request->link.next = *waiting != NULL ? NULL : (weft_link_t *)rest;
    } while (!weft_atomic_cas_acq_rel_word(word, &old,
                                           (uintptr_t)&request->link | closed));
    return WEFT_OK;
}

void weft__service_wake(weft_node_t *waiting)
{
    if (waiting != NULL) {
        weft_atomic_store_release_u8(&waiting->linked, 0);
        weft__deliver(waiting, WEFT_OK);
    }
}

/* node -> 0, as its time has come or somebody at home has something for it. */
static bool take_node(weft_service_t *service, uintptr_t old)
{
    return weft_atomic_cas_acq_rel_word(&service->mailbox.word, &old,
                                        old & WEFT__SERVICE_CLOSED);
}

void weft__service_poke(weft_service_t *service)
{
    uintptr_t old = weft_atomic_load_acquire_word(&service->mailbox.word);

    if ((old & WEFT__SERVICE_WAITING) != 0 && take_node(service, old)) {
        weft__service_wake((weft_node_t *)(old & ~(uintptr_t)WEFT_TAG_MASK));
    }
}

static bool withdraw(weft_node_t *node, int reason)
{
    weft_mailbox_t *mailbox = (weft_mailbox_t *)node->object;
    weft_service_t *service =
        WEFT_CONTAINER_OF(mailbox, weft_service_t, mailbox);
    uintptr_t old = weft_atomic_load_acquire_word(&mailbox->word);

    (void)reason;
    if ((old & WEFT__SERVICE_WAITING) == 0 || !take_node(service, old)) {
        return false;
    }
    weft_atomic_store_relaxed_u8(&node->linked, 0);
    return true;
}

const weft_object_ops_t weft__mailbox_ops = {"mailbox", withdraw};

/* Counts it where there is a bound; false: that is reached. Never more than
 * are queued: nobody is refused because another one just is. */
static bool count(weft_service_t *service)
{
    uint32_t queued;

    if (service->bound == 0) {
        return true;
    }
    queued = weft_atomic_load_relaxed_u32(&service->queued);
    do {
        if (queued >= service->bound) {
            return false;
        }
    } while (
        !weft_atomic_cas_acq_rel_u32(&service->queued, &queued, queued + 1));
    return true;
}

void weft__service_uncount(weft_service_t *service)
{
    if (service->bound != 0) {
        (void)weft_atomic_fetch_sub_acq_rel_u32(&service->queued, 1);
    }
}

/* Puts what is in flight where it belongs; an error: it is still ours. */
static int post(weft_service_t *service, unsigned code, weft_request_t *request)
{
    weft_node_t *waiting = NULL;
    int rc;

    weft__service_made(service);
    if (is_request(code) && !count(service)) {
        return WEFT_ERR_FULL;
    }
    rc = weft__service_push(service, request, code, &waiting);
    if (rc < 0 && is_request(code)) {
        weft__service_uncount(service);
    }
    weft__service_wake(waiting);
    return rc;
}

bool weft__service_code_valid(unsigned code)
{
    return is_request(code) || code == WEFT_SERVICE_START ||
           code == WEFT_SERVICE_STOP;
}

int weft_service_send(weft_service_t *service, unsigned code,
                      weft_request_t *request)
{
    if (!weft__service_code_valid(code)) {
        return WEFT_ERR_INVALID;
    }
    return weft__future_send(request, code)
               ? weft__service_transmit(service, code, request)
               : WEFT_ERR_BUSY;
}

int weft__service_transmit(weft_service_t *service, unsigned code,
                           weft_request_t *request)
{
    int rc = post(service, code, request);

    if (rc == WEFT_ERR_STOPPED && code == WEFT_SERVICE_START) {
        return weft__service_open(service, request);
    }
    if (rc < 0) {
        /* Stopped already is what a stop wants. */
        rc = code == WEFT_SERVICE_STOP ? WEFT_OK : rc;
        weft__future_end(request, rc);
    }
    return rc;
}

int weft_request_forward(weft_service_t *service, weft_request_t *request,
                         weft_service_t *to, unsigned code)
{
    weft_request_t **current = weft__service_current(service);
    unsigned before = weft__future_code(request);
    int rc;

    WEFT_ASSERT(*current == request,
                "a request passed on by who does not handle it");
    if (code > WEFT_SERVICE_CODE_MAX) {
        return WEFT_ERR_INVALID;
    }
    *current = NULL;
    weft__future_recode(request, code);
    rc = post(to, code, request);
    if (rc < 0) {
        weft__future_recode(request, before);
        *current = request;
        return rc;
    }
    return WEFT_PENDING;
}

/* --- what has come -------------------------------------------------------- */

/* Keeps count of the starts and stops that are ready. */
static void note_end(weft_service_t *service, weft_request_t *request,
                     int change)
{
    unsigned code = weft__future_code(request);

    if (weft_future_settled(request)) {
        return;
    }
    if (code == WEFT_SERVICE_START) {
        service->starts += (uint32_t)change;
    } else if (code == WEFT_SERVICE_STOP) {
        service->stops += (uint32_t)change;
    }
}

WEFT__INLINE void note(weft_service_t *service, weft_request_t *request,
                       int change)
{
    if (weft__future_code(request) > WEFT_SERVICE_CODE_MAX) {
        note_end(service, request, change);
    }
}

void weft__service_collect(weft_service_t *service)
{
    uintptr_t *word = &service->mailbox.word;
    uintptr_t old = weft_atomic_load_relaxed_word(word);
    weft_link_t *link;

    if ((old & ~(uintptr_t)WEFT_TAG_MASK) == 0) {
        return;
    }
    while (!weft_atomic_cas_acq_rel_word(word, &old,
                                         old & WEFT__SERVICE_CLOSED)) {}
    link = weft_link_reverse((weft_link_t *)(old & ~(uintptr_t)WEFT_TAG_MASK));
    if (service->ready == NULL) {
        service->ready = link;
    } else {
        service->ready_end->next = link;
    }
    for (; link != NULL; link = link->next) {
        service->ready_end = link;
        note(service, weft__request_of(link), 1);
    }
}

weft_request_t *weft__service_next(weft_service_t *service)
{
    weft_link_t *link = service->ready;

    service->ready = link->next;
    note(service, weft__request_of(link), -1);
    return weft__request_of(link);
}
