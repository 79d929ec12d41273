/* service_answer.c - requests that are answered later
 * SPDX-License-Identifier: MIT
 *
 * What is kept has two who want it: the keeper, and the service that stops.
 * Who exchanges kept->request for NULL has it. The keeper then takes the place
 * out of the service's list, interrupts off in between, and the service, which
 * finds a place without a request, waits for that: so its memory stays until
 * the keeper is done with it. The service takes the place out first, as its
 * exchange is the last touch: a keeper that finds nothing may free the place,
 * and touches no service.
 */
#include "services/service.h"

#include "weft/base/atomic.h"

weft_request_t **weft__service_current(weft_service_t *service)
{
    weft_request_t **current = NULL;

    if (service->fiber_ops != NULL) {
        current = service->fiber_ops->current(service);
    }
    return current != NULL ? current : &service->current;
}

static void hand_over(weft_service_t *service, weft_request_t *request)
{
    weft_request_t **current = weft__service_current(service);

    WEFT_ASSERT(request != NULL && *current == request,
                "a request kept by who does not handle it");
    *current = NULL;
}

int weft_request_take(weft_service_t *service, weft_request_t *request)
{
    hand_over(service, request);
    return WEFT_PENDING;
}

void weft_request_settle(weft_request_t *request, int rc)
{
    weft__future_end(request, rc);
}

int weft_request_keep(weft_service_t *service, weft_request_t *request,
                      weft_kept_t *kept)
{
    unsigned key;

    hand_over(service, request);
    *kept = (weft_kept_t){.request = request, .service = service};
    key = weft_lock_mask(&service->lock);
    weft_list_push_back(&service->kept, &kept->place);
    weft_unlock_mask(&service->lock, key);
    return WEFT_PENDING;
}

static weft_request_t *claim(weft_kept_t *kept)
{
    return (weft_request_t *)weft_atomic_exchange_acq_rel_ptr(&kept->request,
                                                              NULL);
}

weft_request_t *weft_kept_take(weft_kept_t *kept)
{
    weft_service_t *service = kept->service;
    weft_request_t *request;
    unsigned key;

    WEFT_ASSERT(service != NULL,
                "an answer to what was not kept, or was answered before");
    kept->service = NULL;
    key = weft__mask();
    request = claim(kept);
    if (request != NULL) {
        unsigned inner = weft_lock_mask(&service->lock);

        weft_list_remove(&kept->place);
        weft_unlock_mask(&service->lock, inner);
    }
    weft__unmask(key);
    return request;
}

bool weft_kept_settle(weft_kept_t *kept, int rc)
{
    weft_request_t *request = weft_kept_take(kept);

    if (request != NULL) {
        weft__future_end(request, rc);
    }
    return request != NULL;
}

/* The first that is kept, out of the list. NULL: *left says if one is left
 * whose keeper is about to take it out. */
static weft_request_t *take_first(weft_service_t *service, bool *left)
{
    unsigned key = weft_lock_mask(&service->lock);
    weft_list_node_t *place = weft_list_first(&service->kept);
    weft_request_t *request = NULL;

    if (place != NULL) {
        weft_list_remove(place);
        request = claim(WEFT_CONTAINER_OF(place, weft_kept_t, place));
    }
    if (place != NULL && request == NULL) {
        weft_list_push_front(&service->kept, place);
    }
    weft_unlock_mask(&service->lock, key);
    *left = place != NULL;
    return request;
}

void weft__service_kept_cancel(weft_service_t *service)
{
    bool left;

    do {
        weft_request_t *request = take_first(service, &left);

        if (request != NULL) {
            weft__future_end_cancelled(request);
        } else if (left) {
            weft_hook_spin();
        }
    } while (left);
}
