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

/* Whether it would wait for itself. */
static bool own(weft_service_t *service, unsigned code)
{
    return weft_atomic_load_relaxed_ptr(&service->blocked) == weft__local() ||
           (service->fiber_ops != NULL &&
            service->fiber_ops->deaf(service, code));
}

/* Whether a handler that may block this thread calls, the thread that is to run
 * the service; where a pool runs it that may be another. */
static bool held_up(const weft_service_t *service)
{
    const weft_local_t *local = weft__local();
    const weft_home_t *home = service->executor->home;

    return local->home == NULL && local->executor != NULL &&
           local->executor->home == home && !home->lanes;
}

int weft_call_begin(weft_await_t *await, weft_service_t *service, unsigned code,
                    weft_request_t *request)
{
    int rc;

    weft__service_made(service);
    rc = weft__wait_enter(await);
    if (rc < 0) {
        return rc;
    }
    WEFT_ASSERT(!own(service, code), "a service that calls itself, and waits");
    WEFT_ASSERT(!held_up(service), "a blocking handler that calls a service of "
                                   "its own thread, and waits");
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
