/* test_race_service_seen.c - services: what others see of requests and
 * states while they change
 * SPDX-License-Identifier: MIT
 *
 * The numbers at the ends of names: see test_service.c.
 */
#include "tests/support/futures.h"
#include "tests/support/services.h"

/* --- more wait for a request than end in one step */

enum { CROWD = WEFT_STEP + 3 };

struct crowd {
    struct core core;
    weft_service_t service;
    weft_manual_t manual;
    weft_request_t request;
    struct asker askers[CROWD];
};

static int answers(weft_service_t *service, weft_request_t *request)
{
    (void)service;
    (void)request;
    return 5;
}

static const weft_handler_t crowd_handlers[] = {{0, 0, answers}};

CASE(a_request_is_in_flight_until_it_is_settled_however_many_wait_03)
{
    static const weft_service_type_t type = {.handlers = crowd_handlers,
                                             .handlers_count = 1};

    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct crowd *crowd = frame_new(sizeof(*crowd));
        weft_request_t end = WEFT_FUTURE_INIT;

        core_start(&crowd->core);
        weft_manual_init(&crowd->manual);
        CHECK_EQ(weft_service_init(&crowd->service, &type,
                                   &crowd->core.loop.executor),
                 0);
        CHECK_EQ(weft_call(&crowd->service, WEFT_SERVICE_START, &end), 0);
        for (int n = 0; n < CROWD; n++) {
            crowd->askers[n].future = &crowd->request;
            CHECK_EQ(weft_spawn(&crowd->manual.executor,
                                asker_task(&crowd->askers[n])),
                     0);
        }
        CHECK_EQ(weft_manual_drain(&crowd->manual), CROWD);
        CHECK_EQ(weft_service_send(&crowd->service, 0, &crowd->request), 0);
        while (weft_request_in_flight(&crowd->request)) {
            weft_hook_spin();
        }
        CHECK_EQ(weft_future_result(&crowd->request), 5);
        CHECK_EQ(weft_call(&crowd->service, WEFT_SERVICE_STOP, &end), 0);
        (void)weft_manual_drain(&crowd->manual);
        for (int n = 0; n < CROWD; n++) {
            CHECK_EQ(weft_task_result(&crowd->askers[n].task), 5);
        }
        weft_manual_stop(&crowd->manual);
        (void)weft_manual_drain(&crowd->manual);
        core_stop(&crowd->core);
        frame_drop(crowd, sizeof(*crowd));
    }
    weft_thread_leave();
}

/* --- one who looks all the time */

struct post {
    struct core core;
    weft_service_t service;
    weft_request_t request;
    weft_reply_t reply;
    uintptr_t arrived; /* atomic */
};

static int post_arrives(weft_service_t *service, weft_request_t *request)
{
    struct post *post = WEFT_CONTAINER_OF(service, struct post, service);

    CHECK_EQ(weft_future_result(request), 5);
    (void)weft_atomic_fetch_add_acq_rel_word(&post->arrived, 1);
    return WEFT_OK;
}

static const weft_handler_t post_handlers[] = {{0, 0, answers},
                                               {1, 0, post_arrives}};
static const weft_service_type_t post_type = {.handlers = post_handlers,
                                              .handlers_count = 2};

static struct post *post_new(void)
{
    struct post *post = frame_new(sizeof(*post));
    weft_request_t start = WEFT_FUTURE_INIT;

    core_start(&post->core);
    CHECK_EQ(weft_service_init(&post->service, &post_type,
                               &post->core.loop.executor),
             0);
    CHECK_EQ(weft_call(&post->service, WEFT_SERVICE_START, &start), 0);
    return post;
}

static void post_drop(struct post *post)
{
    core_stop(&post->core);
    frame_drop(post, sizeof(*post));
}

CASE(a_stop_never_looks_like_a_start_10)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct post *post = post_new();
        enum weft_service_state state = WEFT_SERVICE_SERVING;

        CHECK_EQ(weft_service_stop(&post->service, &post->request), 0);
        while (state != WEFT_SERVICE_STOPPED) {
            CHECK(state != WEFT_SERVICE_STARTING);
            weft_hook_spin();
            state = weft_service_state(&post->service);
        }
        CHECK_EQ(weft_future_await(&post->request), 0);
        post_drop(post);
    }
    weft_thread_leave();
}

CASE(what_comes_back_as_a_message_is_in_flight_until_it_has_arrived_14)
{
    enum { TIMES = 3 };

    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct post *post = post_new();
        weft_request_t stop = WEFT_FUTURE_INIT;

        weft_reply_init(&post->reply, &post->service, 1, NULL);
        weft_request_reply(&post->request, &post->reply);
        for (unsigned n = 0; n < TIMES; n++) {
            CHECK_EQ(weft_service_send(&post->service, 0, &post->request), 0);
            while (weft_request_in_flight(&post->request)) {
                weft_hook_spin();
            }
            do { /* nor is it in flight again by itself */
                weft_hook_spin();
                CHECK(!weft_request_in_flight(&post->request));
            } while (weft_atomic_load_acquire_word(&post->arrived) <= n);
        }
        CHECK_EQ(weft_call(&post->service, WEFT_SERVICE_STOP, &stop), 0);
        CHECK_EQ(post->arrived, TIMES);
        post_drop(post);
    }
    weft_thread_leave();
}
