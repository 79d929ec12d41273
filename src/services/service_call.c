/* service_call.c - sends a request and waits for its answer
 * SPDX-License-Identifier: MIT
 */
#include "services/service.h"

#include "coro/block.h"
#include "core/wait.h"

/* Whether it is called by one of its own fibers. */
static bool by_fiber(weft_service_t *service)
{
    return service->fiber_ops != NULL &&
           service->fiber_ops->current(service) != NULL;
}

/* Whether it would wait for itself: for what it handles right now, or for one
 * of its fibers, all of which do so. */
static bool own(weft_service_t *service)
{
    if (weft_atomic_load_relaxed_ptr(&service->blocked) == weft__local()) {
        return true;
    }
    return by_fiber(service) &&
           ((service->type->flags & WEFT_SERVICE_CONCURRENT) == 0 ||
            service->fibers->calling >= service->fibers->count);
}

int weft_call_begin(weft_await_t *await, weft_service_t *service, unsigned code,
                    weft_request_t *request)
{
    int rc = weft__wait_enter(await);

    if (rc < 0) {
        return rc;
    }
    WEFT_ASSERT(!own(service), "a service that calls itself, and waits");
    if (!weft__service_code_valid(code)) {
        return weft__wait_ready(await, WEFT_ERR_INVALID);
    }
    if (!weft__future_call(request, code, await)) {
        return weft__wait_ready(await, WEFT_ERR_BUSY);
    }
    (void)weft__service_transmit(service, code, request);
    return WEFT_PENDING;
}

/* A fiber of the service's that calls it holds on to its place meanwhile. */
static bool begin_own(weft_service_t *service)
{
    bool own_fiber = by_fiber(service);

    if (own_fiber) {
        service->fibers->calling++;
    }
    return own_fiber;
}

static int end_own(weft_service_t *service, bool own_fiber, int rc)
{
    if (own_fiber) {
        service->fibers->calling--;
    }
    return rc;
}

int weft_call(weft_service_t *service, unsigned code, weft_request_t *request)
{
    weft_await_t await;
    bool own_fiber = begin_own(service);
    int begun = weft_call_begin(&await, service, code, request);

    return end_own(service, own_fiber, weft__block(&await, begun));
}

int weft_call_until(weft_service_t *service, unsigned code,
                    weft_request_t *request, uint64_t deadline_us)
{
    weft_await_t await;
    bool own_fiber = begin_own(service);
    int begun = weft_call_begin(&await, service, code, request);

    return end_own(service, own_fiber,
                   weft__block_until(&await, deadline_us, begun));
}
