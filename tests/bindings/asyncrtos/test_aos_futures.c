/* test_aos_futures.c - futures of the four kinds, and arguments with types
 * SPDX-License-Identifier: MIT
 */
#include "tests/bindings/asyncrtos/counted.h"

#include <string.h>

/* --- kinds ---------------------------------------------------------------- */

static int called;
static bool was_resolved;

static void count_free(aos_future_t *future)
{
    called++;
    was_resolved = aos_isresolved(future);
    *(int *)aos_future_free(future) += 1;
}

CASE(a_generic_future_calls_back_with_its_context)
{
    int context = 41;
    aos_future_config_t config = {count_free, &context};

    called = 0;
    aos_resolve(aos_future_alloc(&config, 0));
    CHECK_EQ(called, 1);
    CHECK_EQ(context, 42);
    CHECK(was_resolved);
    counted_check();
}

CASE(an_awaitable_is_awaited_after_it_was_resolved_and_again)
{
    aos_future_t *future = aos_awaitable_alloc(0);

    CHECK(!aos_isresolved(future));
    aos_resolve(future);
    CHECK(aos_isresolved(future));
    CHECK(aos_await(future) == future);
    CHECK(aos_await(aos_await(future)) == future);
    aos_awaitable_free(future);
    counted_check();
}

struct other {
    weft_port_thread_t thread;
    aos_future_t *future;
    bool awaited;
};

static void resolve_later(void *ctx)
{
    struct other *other = ctx;

    (void)weft_sleep(WEFT_MS(2));
    aos_resolve(other->future);
}

static void await_too(void *ctx)
{
    struct other *other = ctx;

    other->awaited = aos_isresolved(aos_await(other->future));
}

CASE(several_threads_await_what_another_resolves)
{
    aos_future_t *future = aos_awaitable_alloc(0);
    struct other answerer = {.future = future};
    struct other second = {.future = future};

    CHECK_STARTED(weft_port_thread_start(&second.thread, await_too, &second));
    CHECK_STARTED(
        weft_port_thread_start(&answerer.thread, resolve_later, &answerer));
    CHECK(aos_isresolved(aos_await(future)));
    weft_port_thread_join(&answerer.thread);
    weft_port_thread_join(&second.thread);
    CHECK(second.awaited);
    aos_awaitable_free(future);
    counted_check();
}

CASE(a_forgettable_is_gone_when_it_is_resolved)
{
    aos_resolve(aos_forgettable_alloc(0));
    aos_resolve(aos_forgettable_alloc(100));
    counted_check();
}

static int uses;

static void use_again(aos_future_t *future)
{
    if (++uses < 3) {
        aos_resolve(future);
    } else {
        (void)aos_future_free(future);
    }
}

CASE(a_generic_future_is_used_again_by_its_callback)
{
    aos_future_config_t config = {use_again, NULL};

    uses = 0;
    aos_resolve(aos_future_alloc(&config, 0));
    CHECK_EQ(uses, 3);
    counted_check();
}

CASE(nothing_is_freed_where_there_is_nothing)
{
    aos_awaitable_free(NULL);
    CHECK(aos_future_free(NULL) == NULL);
    CHECK(aos_eventful_free(NULL) == NULL);
    aos_task_free(NULL);
    counted_check();
}

CASE(bad_calls_are_assertions)
{
    aos_future_config_t config = {count_free, NULL};
    aos_future_t *awaitable = aos_awaitable_alloc(0);
    aos_future_t *generic = aos_future_alloc(&config, 0);

    aos_resolve(awaitable);
    CHECK_DIES(aos_resolve(awaitable), "settled twice");
    CHECK_DIES(aos_await(generic), "not awaitable");
    CHECK_DIES(aos_resolve(NULL), "freed, or none");
    CHECK_DIES((void)aos_task_send(NULL, 1, awaitable), "to no task");
    CHECK_DIES((void)aos_task_start(NULL, awaitable), "to no task");
    CHECK_DIES((void)aos_task_stop(NULL, awaitable), "to no task");
    (void)aos_future_free(generic);
    aos_awaitable_free(awaitable);
    counted_check();
}

#if !TEST_ON_BOARD
/* What the library finds where the memory is there still. */
CASE(a_second_free_is_found)
{
    aos_future_t *future = aos_awaitable_alloc(0);

    aos_awaitable_free(future);
    CHECK_DIES(aos_awaitable_free(future), "");
    counted_check();
}
#endif

CASE(no_memory_gives_no_future)
{
    aos_future_config_t config = {count_free, NULL};
    aos_task_config_t none = {0};
    aos_task_t *task = aos_task_alloc(&none);
    aos_eventful_config_t event = {.task = task};

    counted_fail_at(1);
    CHECK(aos_future_alloc(&config, 4) == NULL);
    counted_fail_at(1);
    CHECK(aos_awaitable_alloc(4) == NULL);
    counted_fail_at(1);
    CHECK(aos_forgettable_alloc(4) == NULL);
    counted_fail_at(1);
    CHECK(aos_eventful_alloc(&event, 4) == NULL);
    CHECK(aos_awaitable_alloc(SIZE_MAX - 8) == NULL);
    CHECK(aos_future_alloc(NULL, 0) == NULL);
    CHECK(aos_eventful_alloc(NULL, 0) == NULL);
    CHECK(aos_future_alloc(&(aos_future_config_t){0}, 0) == NULL);
    CHECK(aos_eventful_alloc(&(aos_eventful_config_t){0}, 0) == NULL);
    aos_task_free(task);
    counted_check();
}

/* --- arguments ------------------------------------------------------------ */

CASE(arguments_are_zero_and_aligned_for_anything)
{
    aos_future_t *future = aos_awaitable_alloc(33);
    const unsigned char *args = aos_args_get(future);
    int i;

    CHECK_EQ((uintptr_t)args % _Alignof(max_align_t), 0);
    for (i = 0; i < 33; i++) {
        CHECK_EQ(args[i], 0);
    }
    aos_awaitable_free(future);
    future = aos_awaitable_alloc(0);
    CHECK(aos_args_get(future) == NULL);
    aos_awaitable_free(future);
    counted_check();
}

struct pair {
    short a;
    char b;
};

AOS_DECLARE(with_none)
AOS_DECLARE(with_one, const char *text)
AOS_DECLARE(with_two, char a, int b)
AOS_DECLARE(with_three, uint8_t a, double b, uint8_t c)
AOS_DECLARE(with_four, bool a, uint64_t b, char c, float d)
AOS_DECLARE(with_five, char a, int b, void *c, double d, char e)
AOS_DECLARE(with_six, char a, short b, char c, int d, char e, long f)
AOS_DECLARE(with_seven, char a, struct pair b, char c, double d, char e,
            uint16_t f, void (*g)(aos_future_t *))
AOS_DECLARE(with_eight, char a, uint64_t b, char c, uint32_t d, char e,
            uint16_t f, char g, double h)

typedef void (*callback)(aos_future_t *);

AOS_DEFINE(with_none)
AOS_DEFINE(with_one, const char *)
AOS_DEFINE(with_two, char, int)
AOS_DEFINE(with_three, uint8_t, double, uint8_t)
AOS_DEFINE(with_four, bool, uint64_t, char, float)
AOS_DEFINE(with_five, char, int, void *, double, char)
AOS_DEFINE(with_six, char, short, char, int, char, long)
AOS_DEFINE(with_seven, char, struct pair, char, double, char, uint16_t,
           callback)
AOS_DEFINE(with_eight, char, uint64_t, char, uint32_t, char, uint16_t, char,
           double)

CASE(few_typed_arguments_arrive)
{
    aos_future_t *none = AOS_AWAITABLE_ALLOC_T(with_none)();
    aos_future_t *one = AOS_AWAITABLE_ALLOC_T(with_one)("text");
    aos_future_t *two = AOS_AWAITABLE_ALLOC_T(with_two)('a', -2);
    aos_future_t *three = AOS_AWAITABLE_ALLOC_T(with_three)(1, 2.5, 3);
    aos_future_t *four =
        AOS_AWAITABLE_ALLOC_T(with_four)(true, 1ull << 40, 'c', 0.5f);
    AOS_ARGS_T(with_one) *args_1 = aos_args_get(one);
    AOS_ARGS_T(with_two) *args_2 = aos_args_get(two);
    AOS_ARGS_T(with_three) *args_3 = aos_args_get(three);
    AOS_ARGS_T(with_four) *args_4 = aos_args_get(four);

    CHECK(aos_args_get(none) == NULL);
    CHECK_STR_EQ(args_1->text, "text");
    CHECK(args_2->a == 'a' && args_2->b == -2);
    CHECK(args_3->a == 1 && args_3->b == 2.5 && args_3->c == 3);
    CHECK(args_4->a && args_4->b == 1ull << 40 && args_4->c == 'c' &&
          args_4->d == 0.5f);
    aos_awaitable_free(none);
    aos_awaitable_free(one);
    aos_awaitable_free(two);
    aos_awaitable_free(three);
    aos_awaitable_free(four);
    counted_check();
}

CASE(arguments_of_mixed_sizes_arrive)
{
    int there = 0;
    aos_future_t *five =
        AOS_AWAITABLE_ALLOC_T(with_five)('a', 2, &there, 4.5, 'e');
    aos_future_t *six =
        AOS_AWAITABLE_ALLOC_T(with_six)('a', -2, 'c', 4, 'e', -6);
    aos_future_t *seven = AOS_AWAITABLE_ALLOC_T(with_seven)(
        'a', (struct pair){2, 'p'}, 'c', 4.5, 'e', 6, count_free);
    aos_future_t *eight = AOS_AWAITABLE_ALLOC_T(with_eight)(
        'a', 1ull << 63, 'c', 4, 'e', 6, 'g', -8.25);
    AOS_ARGS_T(with_five) *args_5 = aos_args_get(five);
    AOS_ARGS_T(with_six) *args_6 = aos_args_get(six);
    AOS_ARGS_T(with_seven) *args_7 = aos_args_get(seven);
    AOS_ARGS_T(with_eight) *args_8 = aos_args_get(eight);

    CHECK(args_5->a == 'a' && args_5->b == 2 && args_5->c == &there &&
          args_5->d == 4.5 && args_5->e == 'e');
    CHECK(args_6->a == 'a' && args_6->b == -2 && args_6->c == 'c' &&
          args_6->d == 4 && args_6->e == 'e' && args_6->f == -6);
    CHECK(args_7->a == 'a' && args_7->b.a == 2 && args_7->b.b == 'p' &&
          args_7->c == 'c' && args_7->d == 4.5 && args_7->e == 'e' &&
          args_7->f == 6 && args_7->g == count_free);
    CHECK(args_8->a == 'a' && args_8->b == 1ull << 63 && args_8->c == 'c' &&
          args_8->d == 4 && args_8->e == 'e' && args_8->f == 6 &&
          args_8->g == 'g' && args_8->h == -8.25);
    aos_awaitable_free(five);
    aos_awaitable_free(six);
    aos_awaitable_free(seven);
    aos_awaitable_free(eight);
    counted_check();
}

CASE(typed_arguments_come_with_every_kind)
{
    aos_task_config_t none = {0};
    aos_task_t *task = aos_task_alloc(&none);
    aos_future_config_t config = {count_free, &called};
    aos_eventful_config_t event = {.task = task, .ctx = &called};
    aos_future_t *future = AOS_FUTURE_ALLOC_T(with_two)(&config, 'f', 1);
    aos_future_t *eventful = AOS_EVENTFUL_ALLOC_T(with_two)(&event, 'e', 2);
    aos_future_t *forgettable = AOS_FORGETTABLE_ALLOC_T(with_two)('g', 3);

    CHECK_EQ(((AOS_ARGS_T(with_two) *)aos_args_get(future))->a, 'f');
    CHECK_EQ(((AOS_ARGS_T(with_two) *)aos_args_get(eventful))->b, 2);
    CHECK_EQ(((AOS_ARGS_T(with_two) *)aos_args_get(forgettable))->b, 3);
    aos_resolve(future);
    aos_resolve(forgettable);
    CHECK(aos_eventful_free(eventful) == &called);
    CHECK(aos_eventful_free(AOS_EVENTFUL_ALLOC_T(with_none)(&event)) ==
          &called);
    aos_resolve(AOS_FORGETTABLE_ALLOC_T(with_none)());
    CHECK(aos_future_free(AOS_FUTURE_ALLOC_T(with_none)(&config)) == &called);
    counted_fail_at(1);
    CHECK(AOS_AWAITABLE_ALLOC_T(with_two)('a', 1) == NULL);
    aos_task_free(task);
    counted_check();
}

/* --- an asynchronous function --------------------------------------------- */

AOS_DECLARE(square, int value, int *result)
AOS_DEFINE(square, int, int *)
static aos_future_t *square(aos_future_t *future)
{
    AOS_ARGS_T(square) *args = aos_args_get(future);

    *args->result = args->value * args->value;
    aos_resolve(future);
    return future;
}

CASE(an_asynchronous_function_needs_no_task)
{
    int result = 0;

    CHECK(await_free(square(AOS_AWAITABLE_ALLOC_T(square)(7, &result))));
    CHECK_EQ(result, 49);
    counted_check();
}
