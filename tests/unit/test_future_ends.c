/* test_future_ends.c - a settled future calls, posts, is forgotten
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "tests/support/handler.h"
#include "weft/allocator.h"

/* --- a function */

static int calls;
static int last_result;
static enum weft_future_state last_state;

static void note(weft_future_t *future)
{
    calls++;
    last_result = weft_future_result(future);
    last_state = weft_future_state(future);
}

static void called(int times, enum weft_future_state state, int result)
{
    CHECK_EQ(calls, times);
    CHECK_EQ(last_state, state);
    CHECK_EQ(last_result, result);
}

/* A new one that calls it. */
static void noted(weft_future_t *future)
{
    calls = 0;
    weft_future_init(future);
    weft_future_then(future, note);
}

CASE(a_function_is_called_once_where_the_future_is_settled)
{
    weft_future_t future;

    memset(&future, 0, sizeof(future));
    calls = 0;
    weft_future_then(&future, note);
    CHECK_EQ(weft_future_state(&future), WEFT_FUTURE_PENDING);
    CHECK_EQ(calls, 0);
    CHECK(weft_future_settle(&future, 5));
    called(1, WEFT_FUTURE_RESOLVED, 5);
    CHECK(!weft_future_cancel(&future));
    CHECK_EQ(calls, 1);
}

CASE(a_function_is_told_of_a_failure_and_of_a_cancel)
{
    weft_future_t failed;
    weft_future_t cancelled;

    noted(&failed);
    noted(&cancelled);
    CHECK(weft_future_fail(&failed, WEFT_ERR_USER));
    called(1, WEFT_FUTURE_FAILED, WEFT_ERR_USER);
    CHECK(weft_future_cancel(&cancelled));
    called(2, WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED);
    CHECK(!weft_future_settle(&cancelled, 1));
    CHECK_EQ(calls, 2);
}

struct again {
    weft_future_t future;
    int left;
};

/* It is out of the runtime's hands by then. */
static void use_again(weft_future_t *future)
{
    struct again *again = (struct again *)future;

    CHECK(weft_future_settled(future));
    if (again->left-- > 0) {
        weft_future_then(future, use_again);
        CHECK(weft_future_resolve(future));
    }
}

CASE(its_function_may_use_a_future_again)
{
    struct again again = {.left = 5};

    weft_future_then(&again.future, use_again);
    CHECK(weft_future_resolve(&again.future));
    CHECK_EQ(again.left, -1);
}

static void drop_it(weft_future_t *future)
{
    calls++;
    frame_drop(future, sizeof(*future));
}

CASE(its_function_may_free_a_future)
{
    weft_future_t *future = frame_new(sizeof(*future));

    calls = 0;
    weft_future_then(future, drop_it);
    CHECK(weft_future_resolve(future));
    future = frame_new(sizeof(*future));
    weft_future_then(future, drop_it);
    CHECK(weft_future_cancel(future));
    CHECK_EQ(calls, 2);
}

static void settle_it(void *ctx)
{
    CHECK(weft_future_resolve(ctx));
}

CASE_INTERRUPT(a_function_is_called_in_an_interrupt_that_settles)
{
    weft_future_t future;

    noted(&future);
    handle(settle_it, &future);
    called(1, WEFT_FUTURE_RESOLVED, WEFT_OK);
}

CASE(an_await_of_a_future_with_a_function_is_an_assertion)
{
    weft_future_t future;

    noted(&future);
    CHECK_DIES((void)weft_future_await(&future),
               "a future that calls a function");
}

CASE(a_select_from_a_future_with_a_function_is_an_assertion)
{
    weft_future_t future;
    weft_event_t event = WEFT_EVENT_INIT;
    weft_case_t cases[2];

    noted(&future);
    cases[0] = weft_case_future(&future);
    cases[1] = weft_case_event(&event);
    CHECK_DIES((void)weft_select_until(cases, 2, 0, weft_deadline(1000)),
               "a future that calls a function");
}

/* --- a function on an executor */

struct posted {
    weft_future_t future;
    weft_future_on_t on;
};

/* A new one that calls it on a new executor. */
static void post_to(weft_manual_t *manual, struct posted *posted)
{
    calls = 0;
    weft_manual_init(manual);
    weft_future_init(&posted->future);
    weft_future_on(&posted->future, &posted->on, &manual->executor, note);
}

static void manual_end(weft_manual_t *manual)
{
    weft_manual_stop(manual);
    (void)weft_manual_drain(manual);
}

CASE(a_function_is_called_on_its_executor)
{
    weft_manual_t manual;
    struct posted posted;

    post_to(&manual, &posted);
    CHECK_EQ(weft_manual_drain(&manual), 0);
    CHECK(weft_future_settle(&posted.future, 8));
    CHECK_EQ(calls, 0);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    called(1, WEFT_FUTURE_RESOLVED, 8);
    manual_end(&manual);
    CHECK_EQ(calls, 1);
}

CASE(on_an_executor_that_has_stopped_it_is_called_where_it_is_settled)
{
    weft_manual_t manual;
    struct posted posted;

    post_to(&manual, &posted);
    manual_end(&manual);
    CHECK(weft_future_settle(&posted.future, 8));
    called(1, WEFT_FUTURE_RESOLVED, 8);
    CHECK_EQ(weft_manual_drain(&manual), 0);
    CHECK_EQ(calls, 1);
}

static void drop_posted(weft_future_t *future)
{
    struct posted *posted = WEFT_CONTAINER_OF(future, struct posted, future);

    calls++;
    frame_drop(posted, sizeof(*posted));
}

CASE(the_function_on_an_executor_may_free_all_of_it)
{
    weft_manual_t manual;
    struct posted *posted = frame_new(sizeof(*posted));

    weft_manual_init(&manual);
    calls = 0;
    weft_future_on(&posted->future, &posted->on, &manual.executor, drop_posted);
    CHECK(weft_future_cancel(&posted->future));
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(calls, 1);
    manual_end(&manual);
}

CASE_INTERRUPT(an_interrupt_settles_and_the_executor_calls)
{
    weft_manual_t manual;
    struct posted posted;

    post_to(&manual, &posted);
    handle(settle_it, &posted.future);
    CHECK_EQ(calls, 0);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    called(1, WEFT_FUTURE_RESOLVED, WEFT_OK);
    manual_end(&manual);
}

/* --- a completion of one's own */

struct counter {
    weft_completion_t completion;
    int count;
    weft_future_t *last;
};

static void count_it(weft_completion_t *completion, weft_future_t *future)
{
    struct counter *counter =
        WEFT_CONTAINER_OF(completion, struct counter, completion);

    counter->count++;
    counter->last = future;
}

CASE(a_completion_serves_many_futures_once_each)
{
    struct counter counter = {.completion = {.complete = count_it}};
    weft_future_t future[3];

    memset(future, 0, sizeof(future));
    for (int i = 0; i < 3; i++) {
        weft_future_complete(&future[i], &counter.completion);
    }
    for (int i = 2; i >= 0; i--) {
        CHECK(weft_future_resolve(&future[i]));
        CHECK_EQ(counter.count, 3 - i);
        CHECK(counter.last == &future[i]);
    }
}

/* --- forgotten */

struct pouch {
    weft_future_t future;
    char text[20];
};

struct counted {
    weft_allocator_t allocator;
    int live;
    size_t freed;
};

static void *resize(void *ctx, void *pointer, size_t old_size, size_t new_size)
{
    struct counted *counted = ctx;

    CHECK_EQ(new_size, 0);
    counted->live--;
    counted->freed = old_size;
    frame_drop(pointer, old_size);
    return NULL;
}

static struct pouch *pouch_new(struct counted *counted, weft_forget_t *forget)
{
    struct pouch *pouch = frame_new(sizeof(*pouch));

    counted->live++;
    weft_future_forget(&pouch->future, forget);
    return pouch;
}

CASE(a_forgotten_future_goes_back_to_its_allocator_by_itself)
{
    struct counted counted = {.allocator = {resize, &counted}};
    weft_forget_t forget;
    struct pouch *pouch[3];

    weft_forget_init(&forget, &counted.allocator, sizeof(struct pouch));
    for (int i = 0; i < 3; i++) {
        pouch[i] = pouch_new(&counted, &forget);
    }
    CHECK_EQ(counted.live, 3);
    CHECK(weft_future_resolve(&pouch[1]->future));
    CHECK_EQ(counted.live, 2);
    CHECK_EQ(counted.freed, sizeof(struct pouch));
    CHECK(weft_future_fail(&pouch[0]->future, WEFT_ERR_USER));
    CHECK(weft_future_cancel(&pouch[2]->future));
    CHECK_EQ(counted.live, 0);
}

CASE(a_forgotten_future_of_no_allocator_goes_back_to_the_c_library)
{
    weft_forget_t forget;
    struct pouch *pouch = frame_new(sizeof(*pouch));

    weft_forget_init(&forget, NULL, sizeof(*pouch));
    weft_future_forget(&pouch->future, &forget);
    CHECK(weft_future_resolve(&pouch->future)); /* leaks are looked for */
}
