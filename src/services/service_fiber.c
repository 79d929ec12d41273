/* service_fiber.c - handlers and hooks that run in fibers of the service's
 * SPDX-License-Identifier: MIT
 *
 * The fibers run at the service's own home, one after the other with it, so
 * all here is plain. One whose handler has returned says so and has the
 * service look. The service does not sleep while one is about to begin, which
 * ends without a word where its pool has no stack left, nor while one is about
 * to end, as when a cancel is still on its way to it.
 */
#include "services/service.h"

#include "core/home.h"
#include "core/scope.h"
#include "weft/fiber.h"

enum { FREE = 0, REQUEST = 1, REPLY = 2, HOOK = 3 }; /* HOOK + phase */

/* fiber->done */
enum { BEGINS = 0, RUNS = 1, RETURNED = 2, NEVER = 3 };

static weft_service_fiber_t *find_free(weft_service_fibers_t *fibers)
{
    weft_service_fiber_t *fiber = fibers->fiber;

    while (fiber->job != FREE) {
        fiber++;
    }
    return fiber;
}

static int main_of(void *ctx)
{
    weft_service_fiber_t *fiber = ctx;

    fiber->done = RUNS;
    fiber->rc = fiber->fn(fiber->service, fiber->request);
    WEFT_ASSERT(weft__local()->home == fiber->service->executor->home,
                "a handler ended away from its service's executor");
    fiber->done = RETURNED;
    weft__service_poke(fiber->service);
    return WEFT_OK;
}

static void begin(weft_service_t *service, weft_handler_fn *fn,
                  weft_request_t *request, unsigned phase, bool answers)
{
    weft_service_fiber_t *fiber = find_free(service->fibers);
    int rc;

    fiber->service = service;
    fiber->fn = fn;
    fiber->request = request;
    fiber->current = answers ? request : NULL;
    fiber->done = BEGINS;
    fiber->job = (uint8_t)(phase != 0 ? HOOK + phase
                           : answers  ? REQUEST
                                      : REPLY);
    service->fibers->busy++;
    rc = weft__spawn(service->executor->home, NULL,
                     weft_fiber_task(&fiber->fiber, main_of, fiber));
    if (rc < 0) { /* the executor takes no more */
        fiber->rc = rc;
        fiber->done = NEVER;
    }
}

static void ended(weft_service_t *service, weft_service_fiber_t *fiber)
{
    unsigned job = fiber->job;
    int rc = fiber->rc;

    fiber->job = FREE;
    service->fibers->busy--;
    if (job > HOOK) {
        weft__service_hook_ended(service, job - HOOK, rc);
    } else if (job == REPLY && fiber->done != RETURNED) {
        weft__reply_drop(fiber->request); /* it never ran */
    } else if (job == REQUEST && fiber->current != NULL) {
        WEFT_ASSERT(rc != WEFT_PENDING,
                    "a handler returned WEFT_PENDING and has neither kept nor "
                    "passed on its request");
        weft__future_end(fiber->current, rc);
    }
}

static bool has_ended(weft_service_fiber_t *fiber)
{
    if (fiber->done == NEVER) {
        return true;
    }
    if (!weft_fiber_finished(&fiber->fiber)) {
        return false;
    }
    if (fiber->done == BEGINS) {
        fiber->rc = weft_fiber_result(&fiber->fiber);
    }
    return true;
}

static bool reap(weft_service_t *service)
{
    weft_service_fibers_t *fibers = service->fibers;
    unsigned i;

    for (i = 0; i < fibers->count; i++) {
        weft_service_fiber_t *fiber = &fibers->fiber[i];

        if (fiber->job != FREE && has_ended(fiber)) {
            ended(service, fiber);
            return true;
        }
    }
    return false;
}

static bool settled(const weft_service_t *service)
{
    const weft_service_fibers_t *fibers = service->fibers;
    unsigned i;

    for (i = 0; i < fibers->count; i++) {
        if (fibers->fiber[i].job != FREE && fibers->fiber[i].done != RUNS) {
            return false;
        }
    }
    return true;
}

static void cancel(weft_service_t *service)
{
    weft_service_fibers_t *fibers = service->fibers;
    unsigned i;

    for (i = 0; i < fibers->count; i++) {
        if (fibers->fiber[i].job != FREE) {
            weft_fiber_cancel(&fibers->fiber[i].fiber);
        }
    }
}

static weft_service_fiber_t *running(weft_service_t *service)
{
    weft_fiber_t *at = weft_fiber_current();
    weft_service_fiber_t *fiber =
        at == NULL ? NULL : WEFT_CONTAINER_OF(at, weft_service_fiber_t, fiber);
    unsigned i;

    for (i = 0; i < service->fibers->count; i++) {
        if (&service->fibers->fiber[i] == fiber) {
            return fiber;
        }
    }
    return NULL;
}

static weft_request_t **current(weft_service_t *service)
{
    weft_service_fiber_t *fiber = running(service);

    return fiber == NULL ? NULL : &fiber->current;
}

/* Only another fiber of its may answer. None does so to a hook, beside which
 * no request is taken, nor to who waits for a stop, which waits for him. */
static bool deaf(weft_service_t *service, unsigned code)
{
    const weft_service_fibers_t *fibers = service->fibers;
    const weft_service_fiber_t *fiber = running(service);

    return fiber != NULL &&
           ((service->type->flags & WEFT_SERVICE_CONCURRENT) == 0 ||
            code == WEFT_SERVICE_STOP || fiber->job > HOOK ||
            fibers->calling >= fibers->count);
}

static const weft__service_fiber_ops_t fiber_ops = {
    begin, reap, settled, cancel, current, deaf,
};

int weft_service_fibers_set(weft_service_t *service,
                            weft_service_fibers_t *fibers,
                            weft_service_fiber_t *fiber, unsigned count)
{
    unsigned i;

    weft__service_made(service);
    if (count == 0 || service->executor->home->lanes) {
        return WEFT_ERR_INVALID;
    }
    for (i = 0; i < count; i++) {
        fiber[i].job = FREE;
    }
    *fibers = (weft_service_fibers_t){.fiber = fiber, .count = count};
    service->fibers = fibers;
    service->fiber_ops = &fiber_ops;
    return WEFT_OK;
}
