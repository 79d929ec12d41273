/* service_call.c - sends a request and waits for its answer
 * SPDX-License-Identifier: MIT
 */
#include "services/service.h"

#include "coro/block.h"
#include "core/wait.h"

/* Whether it would wait for itself: for what it handles right now, or for one
 * of its fibers, which all wait. */
static bool own(weft_service_t *service)
{
    if (weft_atomic_load_relaxed_ptr(&service->blocked) == weft__local()) {
        return true;
    }
    return service->fiber_ops != NULL &&
           service->fiber_ops->current(service) != NULL &&
           ((service->type->flags & WEFT_SERVICE_CONCURRENT) == 0 ||
            weft__service_busy(service) == service->fibers->count);
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

int weft_call(weft_service_t *service, unsigned code, weft_request_t *request)
{
    weft_await_t await;

    return weft__block(&await, weft_call_begin(&await, service, code, request));
}

int weft_call_until(weft_service_t *service, unsigned code,
                    weft_request_t *request, uint64_t deadline_us)
{
    weft_await_t await;

    return weft__block_until(&await, deadline_us,
                             weft_call_begin(&await, service, code, request));
}
