/* test_health.c - parties that report, or not, and a watchdog that is fed
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "tests/support/handler.h"
#include "weft/health.h"

/* In real time a period is long: a machine at work on other things is no reason
 * to be late. */
enum {
    INTERVAL_US = 1000,
    PERIOD_US = TEST_IN_SIM ? 3 * INTERVAL_US : SCALED(100, 200) * 1000,
};

struct ward {
    weft_loop_t loop;
    weft_health_t health;
    weft_request_t request;
    int fed;
    int late;
    int back;
    const weft_health_party_t *who;
    uint64_t silent_us;
};

static struct ward ward;

static void feed(void *ctx)
{
    ((struct ward *)ctx)->fed++;
}

static void late(void *ctx, weft_health_party_t *party, uint64_t silent_us)
{
    struct ward *told = ctx;

    CHECK(party->late);
    told->late++;
    told->who = party;
    told->silent_us = silent_us;
}

static void back(void *ctx, weft_health_party_t *party, uint64_t silent_us)
{
    struct ward *told = ctx;

    CHECK(!party->late);
    told->back++;
    told->who = party;
    told->silent_us = silent_us;
}

static void run(void)
{
    while (weft_loop_step(&ward.loop) <= weft_now_us()) {}
}

/* Lets that much time pass, and one look at least. */
static void pass(uint64_t us)
{
    stand_until(weft_now_us() + us);
    run();
}

static void start(void)
{
    CHECK_EQ(weft_service_start(&ward.health.service, &ward.request), 0);
    run();
    CHECK_EQ(weft_future_result(&ward.request), 0);
}

static void stop(void)
{
    CHECK_EQ(weft_service_stop(&ward.health.service, &ward.request), 0);
    run();
    CHECK_EQ(weft_future_result(&ward.request), 0);
}

static void begin(bool latched)
{
    weft_health_config_t config = {.feed = feed,
                                   .late = late,
                                   .back = back,
                                   .ctx = &ward,
                                   .interval_us = INTERVAL_US,
                                   .latched = latched};

    memset(&ward, 0, sizeof(ward));
    weft_loop_init(&ward.loop, NULL);
    CHECK_EQ(weft_health_init(&ward.health, &config, &ward.loop.executor), 0);
    start();
}

static void end(void)
{
    stop();
    weft_loop_deinit(&ward.loop);
}

static int enter(weft_health_party_t *party)
{
    struct weft_health_register call = {.party = party};

    (void)weft_health_register_send(&ward.health.service, &call);
    run();
    return weft_future_result(&call.request);
}

static int leave(weft_health_party_t *party)
{
    struct weft_health_unregister call = {.party = party};

    (void)weft_health_unregister_send(&ward.health.service, &call);
    run();
    return weft_future_result(&call.request);
}

static struct weft_health_status status(void)
{
    struct weft_health_status call = {.each = NULL};

    (void)weft_health_status_send(&ward.health.service, &call);
    run();
    CHECK(weft_future_result(&call.request) >= 0);
    return call;
}

/* Whether it has been fed by a look that comes now. */
static bool feeds(void)
{
    int before = ward.fed;

    pass(INTERVAL_US);
    return ward.fed > before;
}

#define PARTY(words)                                                           \
    {                                                                          \
        .name = (words), .period_us = PERIOD_US                                \
    }

CASE(without_parties_it_is_fed)
{
    begin(false);
    CHECK(!TEST_IN_SIM || ward.fed == 0);
    CHECK(feeds());
    CHECK(feeds());
    end();
    CHECK(!feeds());
}

CASE(it_is_fed_only_while_every_party_reports)
{
    weft_health_party_t one = PARTY("one");
    weft_health_party_t two = PARTY("two");

    begin(false);
    CHECK_EQ(enter(&one), 0);
    CHECK_EQ(enter(&two), 0);
    for (int i = 0; i < 10; i++) {
        weft_health_alive(&one);
        weft_health_alive(&two);
        CHECK(feeds());
    }
    weft_health_alive(&one);
    pass(PERIOD_US + 2 * INTERVAL_US);
    CHECK_EQ(ward.late, 1);
    CHECK(ward.who == &two);
    CHECK(ward.silent_us > two.period_us);
    CHECK(!feeds());
    end();
}

CASE(it_is_fed_again_when_all_report_again)
{
    weft_health_party_t one = PARTY("one");

    begin(false);
    CHECK_EQ(enter(&one), 0);
    pass(PERIOD_US + INTERVAL_US);
    CHECK(!feeds());
    CHECK_EQ(ward.late, 1);
    CHECK_EQ(one.times, 1);
    weft_health_alive(&one);
    CHECK(feeds());
    CHECK_EQ(ward.late, 1);
    CHECK_EQ(ward.back, 1);
    CHECK(ward.who == &one);
    CHECK(ward.silent_us > one.period_us);
    CHECK(one.worst_us >= ward.silent_us);
    end();
}

CASE(one_that_is_latched_is_never_fed_again_until_it_is_started_anew)
{
    weft_health_party_t one = PARTY("one");

    begin(true);
    CHECK_EQ(enter(&one), 0);
    weft_health_alive(&one);
    CHECK(feeds());
    pass(PERIOD_US + 2 * INTERVAL_US);
    weft_health_alive(&one);
    CHECK(!feeds());
    CHECK_EQ(ward.back, 1);
    CHECK(!status().feeds);
    stop();
    start();
    weft_health_alive(&one);
    CHECK(feeds());
    end();
}

CASE(one_that_sleeps_on_purpose_is_not_waited_for)
{
    weft_health_party_t one = PARTY("one");

    begin(false);
    CHECK_EQ(enter(&one), 0);
    weft_health_alive(&one);
    CHECK(feeds());
    weft_health_pause(&one);
    CHECK(feeds());
    pass(2 * PERIOD_US);
    CHECK(feeds());
    CHECK_EQ(ward.late, 0);
    CHECK(one.worst_us < 2 * PERIOD_US);
    weft_health_alive(&one);
    CHECK(feeds());
    pass(PERIOD_US + 2 * INTERVAL_US);
    CHECK_EQ(ward.late, 1);
    end();
}

CASE(one_that_is_late_may_go_or_sleep_and_it_is_fed_again)
{
    weft_health_party_t one = PARTY("one");
    weft_health_party_t two = PARTY("two");

    begin(false);
    CHECK_EQ(enter(&one), 0);
    CHECK_EQ(enter(&two), 0);
    pass(PERIOD_US + 2 * INTERVAL_US);
    CHECK_EQ(ward.late, 2);
    weft_health_pause(&one);
    CHECK(!feeds());
    CHECK_EQ(ward.back, 1);
    CHECK_EQ(leave(&two), 0);
    CHECK(feeds());
    end();
}

CASE(registering_asks_for_a_name_and_a_period_and_is_done_once)
{
    weft_health_party_t one = PARTY("one");
    weft_health_party_t nameless = {.period_us = 1};
    weft_health_party_t endless = {.name = "endless"};

    begin(false);
    CHECK_EQ(enter(NULL), WEFT_ERR_INVALID);
    CHECK_EQ(enter(&nameless), WEFT_ERR_INVALID);
    CHECK_EQ(enter(&endless), WEFT_ERR_INVALID);
    CHECK_EQ(leave(&one), WEFT_ERR_NOT_FOUND);
    CHECK_EQ(leave(NULL), WEFT_ERR_NOT_FOUND);
    CHECK_EQ(enter(&one), 0);
    CHECK_EQ(enter(&one), WEFT_ERR_BUSY);
    CHECK_EQ(leave(&one), 0);
    CHECK_EQ(leave(&one), WEFT_ERR_NOT_FOUND);
    CHECK_EQ(enter(&one), 0);
    CHECK_EQ(status().count, 1);
    end();
}

CASE(what_was_said_before_it_was_registered_does_not_count)
{
    weft_health_party_t one = PARTY("one");

    begin(false);
    weft_health_alive(&one);
    CHECK_EQ(enter(&one), 0);
    pass(PERIOD_US + INTERVAL_US);
    CHECK_EQ(ward.late, 1);
    CHECK_EQ(leave(&one), 0);
    weft_health_pause(&one);
    CHECK_EQ(enter(&one), 0);
    pass(PERIOD_US + 2 * INTERVAL_US);
    CHECK_EQ(ward.late, 1);
    end();
}

static void count_each(void *ctx, const weft_health_party_t *party,
                       uint64_t silent_us)
{
    int *count = ctx;

    CHECK(party->name != NULL);
    CHECK(silent_us < WEFT_S(3600));
    ++*count;
}

CASE(the_status_tells_who_is_late_and_the_worst_silence)
{
    weft_health_party_t one = PARTY("one");
    weft_health_party_t two = PARTY("two");
    struct weft_health_status now;
    int count = 0;

    begin(false);
    now = status();
    CHECK_EQ(now.count, 0);
    CHECK(now.feeds);
    CHECK(now.late_name == NULL);
    CHECK(now.worst_name == NULL);
    CHECK_EQ(enter(&one), 0);
    CHECK_EQ(enter(&two), 0);
    pass(PERIOD_US + 2 * INTERVAL_US);
    weft_health_alive(&one);
    pass(INTERVAL_US);
    pass(INTERVAL_US);
    now = status();
    CHECK_EQ(now.count, 2);
    CHECK(!now.feeds);
    CHECK_EQ(weft_future_result(&now.request), 1);
    CHECK_STR_EQ(now.late_name, "two");
    CHECK(now.late_us >= PERIOD_US + 3 * INTERVAL_US);
    CHECK_STR_EQ(now.worst_name, "two");
    CHECK(now.worst_us >= PERIOD_US + 3 * INTERVAL_US);
    now = (struct weft_health_status){.each = count_each, .ctx = &count};
    CHECK_EQ(weft_health_status_send(&ward.health.service, &now), 0);
    run();
    CHECK_EQ(count, 2);
    end();
}

CASE_SIM_ONLY(a_party_is_found_late_at_the_first_look_after_its_period,
              "virtual time")
{
    weft_health_party_t one = PARTY("one");

    begin(false);
    CHECK_EQ(enter(&one), 0);
    for (int i = 1; i <= 3; i++) {
        pass(INTERVAL_US);
        CHECK_EQ(ward.fed, i);
    }
    CHECK_EQ(ward.late, 0);
    pass(INTERVAL_US);
    CHECK_EQ(ward.late, 1);
    CHECK_EQ(ward.silent_us, PERIOD_US + INTERVAL_US);
    CHECK_EQ(ward.fed, 3);
    end();
}

static void report(void *ctx)
{
    weft_health_alive(ctx);
}

CASE_INTERRUPT(an_interrupt_reports)
{
    weft_health_party_t one = PARTY("one");

    begin(false);
    CHECK_EQ(enter(&one), 0);
    pass(PERIOD_US + 2 * INTERVAL_US);
    CHECK_EQ(ward.late, 1);
    handle(report, &one);
    CHECK(feeds());
    end();
}

/* --- loops */

struct stuck {
    weft_task_t task;
    weft_await_t await;
    uint32_t done; /* atomic */
};
WEFT_TASK(stuck)
{
    WEFT_BEGIN;
    while (weft_atomic_load_acquire_u32(&self->done) == 0) {
        weft_hook_spin();
    }
    WEFT_END;
}

CASE(a_loop_that_is_stuck_in_one_run_is_found_and_named)
{
    struct core core;
    weft_health_loop_t watch;
    struct stuck stuck = {.done = 0};

    core_start(&core);
    begin(false);
    weft_health_loop_init(&watch, "core", &core.loop, PERIOD_US);
    CHECK_EQ(enter(&watch.party), 0);
    pass(2 * PERIOD_US);
    CHECK(feeds());
    CHECK_EQ(weft_spawn(&core.loop.executor, stuck_task(&stuck)), 0);
    while (ward.late == 0) {
        pass(INTERVAL_US);
    }
    CHECK(ward.who == &watch.party);
    CHECK(watch.look.waiter == &stuck.task.waiter);
    CHECK(!feeds());
    weft_atomic_store_release_u32(&stuck.done, 1);
    spin_until_finished(&stuck.task);
    pass(2 * INTERVAL_US);
    CHECK_EQ(ward.back, 1);
    CHECK(feeds());
    end();
    core_stop(&core);
}
