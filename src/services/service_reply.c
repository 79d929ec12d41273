/* service_reply.c - answers that come to a service as messages
 * SPDX-License-Identifier: MIT
 *
 * reply->service is the service, or 0 when it is stopped, with a lock's bit. An
 * answer is posted under that lock, as long as the post is one step: the
 * service detaches its replies before its mailbox ends, so there is something
 * to be posted to. What wakes the service comes after the lock: then it holds
 * the service's own wait.
 */
#include "services/service.h"

#include "core/bitlock.h"

static weft_reply_t *reply_of(weft_completion_t *completion)
{
    return WEFT_CONTAINER_OF(completion, weft_reply_t, completion);
}

weft_reply_t *weft_request_reply_of(const weft_request_t *request)
{
    return reply_of((weft_completion_t *)request->then);
}

void weft__reply_drop(weft_request_t *request)
{
    weft_future_fn *cleanup = weft_request_reply_of(request)->cleanup;

    weft__future_arrived(request);
    if (cleanup != NULL) {
        cleanup(request);
    }
}

static void complete(weft_completion_t *completion, weft_future_t *request)
{
    weft_reply_t *reply = reply_of(completion);
    weft_node_t *waiting = NULL;
    uintptr_t service;
    unsigned key;
    bool posted;

    key = weft__word_lock(&reply->service, &service);
    posted = service != 0 &&
             weft__service_push((weft_service_t *)service, request,
                                WEFT__SERVICE_REPLY, &waiting) == WEFT_OK;
    weft__word_unlock(&reply->service, service, key);
    if (posted) {
        weft__service_wake(waiting);
    } else {
        weft__reply_drop(request);
    }
}

/* A request from before the service's last stop may be on its way here: what it
 * reads is written under the lock, and only where it changes. */
void weft_reply_init(weft_reply_t *reply, weft_service_t *service,
                     unsigned code, weft_future_fn *cleanup)
{
    uintptr_t before;
    unsigned key;

    weft__service_made(service);
    WEFT_ASSERT(code <= WEFT_SERVICE_CODE_MAX,
                "a reply of a code that cannot be");
    weft_reply_deinit(reply);
    key = weft_lock_mask(&service->lock);
    weft_list_push_back(&service->replies, &reply->place);
    weft_unlock_mask(&service->lock, key);
    key = weft__word_lock(&reply->service, &before);
    if (reply->completion.complete == NULL || reply->code != code ||
        reply->cleanup != cleanup) {
        reply->completion = (weft_completion_t){complete, true};
        reply->code = (uint16_t)code;
        reply->cleanup = cleanup;
    }
    weft__word_unlock(&reply->service, (uintptr_t)service, key);
}

/* From now on nothing is posted; the service that it was for, or NULL. */
static weft_service_t *detach(weft_reply_t *reply)
{
    uintptr_t service;
    unsigned key = weft__word_lock(&reply->service, &service);

    weft__word_unlock(&reply->service, 0, key);
    return (weft_service_t *)service;
}

void weft_reply_deinit(weft_reply_t *reply)
{
    weft_service_t *service = detach(reply);
    unsigned key;

    if (service == NULL) {
        return;
    }
    key = weft_lock_mask(&service->lock);
    if (weft_list_linked(&reply->place)) {
        weft_list_remove(&reply->place);
    }
    weft_unlock_mask(&service->lock, key);
}

static weft_list_node_t *take_first(weft_service_t *service)
{
    unsigned key = weft_lock_mask(&service->lock);
    weft_list_node_t *place = weft_list_first(&service->replies);

    if (place != NULL) {
        weft_list_remove(place);
    }
    weft_unlock_mask(&service->lock, key);
    return place;
}

void weft__service_replies_detach(weft_service_t *service)
{
    weft_list_node_t *place;

    while ((place = take_first(service)) != NULL) {
        (void)detach(WEFT_CONTAINER_OF(place, weft_reply_t, place));
    }
}
