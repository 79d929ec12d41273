/* test_service_blocking.c - services: handlers that block their thread
 * SPDX-License-Identifier: MIT
 *
 * The numbers at the ends of names: see test_service.c.
 */
#include "tests/support/services.h"

struct booth {
    struct core core;
    weft_service_t service;
    weft_event_t gate;
    uintptr_t inside; /* atomic */
};

static int blocks(weft_service_t *service, weft_request_t *request)
{
    struct booth *booth = WEFT_CONTAINER_OF(service, struct booth, service);

    CHECK(weft_loop_current() == &booth->core.loop);
    weft_atomic_store_release_word(&booth->inside, 1);
    CHECK_EQ(weft_event_wait(&booth->gate), 0);
    CHECK(weft_sleep(WEFT_US(100)) == 0);
    weft_atomic_store_release_word(&booth->inside, 0);
    return note_of(request)->value;
}

/* The thread waits for the first time in its life in a handler. */
static int cancels_its_thread(weft_service_t *service, weft_request_t *request)
{
    (void)service;
    (void)request;
    CHECK_EQ(weft_sleep(WEFT_US(10)), 0);
    weft_thread_cancel(weft_thread_self());
    return WEFT_OK;
}

static int sleeps(weft_service_t *service, weft_request_t *request)
{
    (void)service;
    (void)request;
    return weft_sleep(WEFT_US(10));
}

static int answers_plainly(weft_service_t *service, weft_request_t *request)
{
    struct booth *booth = WEFT_CONTAINER_OF(service, struct booth, service);

    CHECK_EQ(weft_atomic_load_acquire_word(&booth->inside), 0);
    return note_of(request)->value;
}

static const weft_handler_t booth_handlers[] = {{0, 0, blocks},
                                                {1, 0, answers_plainly},
                                                {2, 0, cancels_its_thread},
                                                {3, 0, sleeps}};
static const weft_service_type_t booth_type = {
    .name = "booth",
    .handlers = booth_handlers,
    .handlers_count = 4,
    .flags = WEFT_SERVICE_BLOCKING,
    .on_start = answers_plainly,
};

static int ask(struct booth *booth, unsigned code)
{
    struct note note = {.value = 0};

    return weft_call(&booth->service, code, &note.request);
}

static struct booth *booth_new(void)
{
    struct booth *booth = frame_new(sizeof(*booth));

    core_start(&booth->core);
    weft_event_init(&booth->gate, true);
    CHECK_EQ(weft_service_init(&booth->service, &booth_type,
                               &booth->core.loop.executor),
             0);
    CHECK_EQ(ask(booth, WEFT_SERVICE_START), 0);
    return booth;
}

static void booth_drop(struct booth *booth)
{
    CHECK_EQ(ask(booth, WEFT_SERVICE_STOP), 0);
    weft_thread_leave();
    core_stop(&booth->core);
    frame_drop(booth, sizeof(*booth));
}

CASE(a_blocking_handler_blocks_its_thread_and_the_next_request_waits_08)
{
    struct booth *booth = booth_new();
    struct note notes[2] = {{.value = 1}, {.value = 2}};

    CHECK_EQ(weft_service_send(&booth->service, 0, &notes[0].request), 0);
    CHECK_EQ(weft_service_send(&booth->service, 1, &notes[1].request), 0);
    while (weft_atomic_load_acquire_word(&booth->inside) == 0) {
        weft_hook_spin();
    }
    waits(&notes[1]);
    weft_event_set(&booth->gate);
    CHECK_EQ(weft_future_await(&notes[0].request), 1);
    CHECK_EQ(weft_future_await(&notes[1].request), 2);
    booth_drop(booth);
}

CASE(a_thread_that_a_handler_has_blocked_stays_the_same_in_the_next_one_08)
{
    struct booth *booth = booth_new();

    CHECK_EQ(ask(booth, 2), 0);
    CHECK_EQ(ask(booth, 3), WEFT_ERR_CANCELLED);
    booth_drop(booth);
}
