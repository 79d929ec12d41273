/* test_stack.c - pools of stacks: reuse, colour, guard, canary, exhaustion
 * SPDX-License-Identifier: MIT
 */
#include "weft/stack.h"

#include <string.h>

#include "tests/support/stacks.h"
#include "tests/support/test.h"
#include "weft/error.h"
#include "weft/port.h"

enum {
    MANY = 64,
    MOST = TEST_ON_BOARD ? 20 : 40,
    ROOM = TEST_ON_BOARD ? 40 * 1024 : 1
};

static weft_stack_pool_t pool;
static weft_stack_t *stacks[MANY];

/* Where the port has no memory for it, on some of ours. */
static void pool_begin(weft_stack_config_t config)
{
    static char room[ROOM];

    if (!slabs_are_there()) {
        config.size = WEFT_STACK_SIZE_MIN;
        config.memory = room;
        config.memory_size = sizeof(room);
    }
    weft_stack_pool_init(&pool, &config);
}

static void acquire(size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CHECK_EQ(weft_stack_acquire(&pool, "one of many", &stacks[i]), 0);
    }
}

static void release(size_t count)
{
    for (size_t i = 0; i < count; i++) {
        weft_stack_release(stacks[i]);
    }
}

CASE(gives_what_was_released_last)
{
    weft_stack_t *again;

    pool_begin((weft_stack_config_t){.size = 0});
    acquire(3);
    CHECK_EQ(weft_stack_pool_in_use(&pool), 3);
    weft_stack_release(stacks[0]);
    weft_stack_release(stacks[2]);
    CHECK_EQ(weft_stack_acquire(&pool, NULL, &again), 0);
    CHECK(again == stacks[2]);
    CHECK_EQ(weft_stack_acquire(&pool, NULL, &again), 0);
    CHECK(again == stacks[0]);
    release(3);
    weft_stack_pool_deinit(&pool);
}

CASE(all_of_a_stack_can_be_written)
{
    static const weft_stack_config_t configs[] = {
        {.size = 0},
        {.size = 4096},
        {.size = 100000},
        {.size = 2048, .unguarded = true},
        {.size = 70000, .unguarded = true},
    };

    if (!slabs_are_there()) {
        SKIP(WHY_NO_SLABS);
    }
    for (size_t c = 0; c < sizeof(configs) / sizeof(configs[0]); c++) {
        weft_stack_pool_init(&pool, &configs[c]);
        acquire(MANY);
        for (size_t i = 0; i < MANY; i++) {
            size_t size =
                configs[c].size ? configs[c].size : WEFT_STACK_SIZE_DEFAULT;
            CHECK(stacks[i]->size >= size * 3 / 4 - 64);
            CHECK_EQ((uintptr_t)stacks[i]->base % 16, 0);
            CHECK_EQ(stacks[i]->size % 16, 0);
            /* The lowest words may be a canary. */
            memset((char *)stacks[i]->base + 16, (int)i, stacks[i]->size - 16);
        }
        for (size_t i = 0; i < MANY; i++) {
            const unsigned char *bytes = stacks[i]->base;
            CHECK_EQ(bytes[16], i);
            CHECK_EQ(bytes[stacks[i]->size - 1], i);
            CHECK_STR_EQ(stacks[i]->name, "one of many");
        }
        release(MANY);
        weft_stack_pool_deinit(&pool);
    }
}

static size_t different_starts(const weft_stack_config_t *config, size_t count)
{
    bool seen[64] = {false};
    size_t different = 0;

    weft_stack_pool_init(&pool, config);
    acquire(count);
    for (size_t i = 0; i < count; i++) {
        uintptr_t line =
            ((uintptr_t)stacks[i]->base + stacks[i]->size) / 64 % 64;
        different += !seen[line];
        seen[line] = true;
    }
    release(count);
    weft_stack_pool_deinit(&pool);
    return different;
}

CASE(stacks_begin_at_different_lines_of_a_page)
{
    if (!slabs_are_there()) {
        SKIP(WHY_NO_SLABS);
    }
    CHECK_EQ(different_starts(NULL, MANY), 64);
    CHECK_EQ(different_starts(&(weft_stack_config_t){.size = 4096}, MANY), 16);
    CHECK_EQ(different_starts(
                 &(weft_stack_config_t){.size = 2048, .unguarded = true}, MANY),
             64);
}

CASE(an_exhausted_pool_is_an_error_until_a_release)
{
    weft_stack_t *more;

    pool_begin((weft_stack_config_t){.count_max = MOST});
    acquire(MOST);
    CHECK_EQ(weft_stack_acquire(&pool, NULL, &more), WEFT_ERR_MEMORY);
    weft_stack_release(stacks[7]);
    CHECK_EQ(weft_stack_acquire(&pool, NULL, &more), 0);
    CHECK(more == stacks[7]);
    release(MOST);
    weft_stack_pool_deinit(&pool);
}

CASE(more_than_the_address_space_is_an_error)
{
    weft_stack_t *stack;

    weft_stack_pool_init(&pool, &(weft_stack_config_t){.size = SIZE_MAX / 16});
    CHECK_EQ(weft_stack_acquire(&pool, NULL, &stack), WEFT_ERR_MEMORY);
    CHECK_EQ(weft_stack_acquire(&pool, NULL, &stack), WEFT_ERR_MEMORY);
    weft_stack_pool_deinit(&pool);
}

CASE(trim_gives_back_what_nobody_uses)
{
    if (!slabs_are_there()) {
        SKIP(WHY_NO_SLABS);
    }
    weft_stack_pool_init(&pool, NULL);
    CHECK_EQ(weft_stack_pool_trim(&pool), 0);
    acquire(2);
    CHECK_EQ(weft_stack_pool_trim(&pool), 0);
    release(2);
    CHECK(weft_stack_pool_trim(&pool) >= 2 * WEFT_STACK_SIZE_DEFAULT);
    CHECK_EQ(weft_stack_pool_trim(&pool), 0);
    acquire(MANY);
    release(MANY);
    weft_stack_pool_deinit(&pool);
}

/* --- in a coroutine ------------------------------------------------------ */

static void use_half(weft_coroutine_t *self, void *ctx)
{
    volatile char bytes[6000];

    (void)ctx;
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (char)i;
    }
    weft_coroutine_suspend(self);
}

CASE(memory_of_the_caller_is_measured)
{
    enum { SIZE = 12000 };
    static char memory[4 * SIZE];
    weft_coroutine_t coroutine;
    weft_stack_t *stack;

    weft_stack_pool_init(&pool,
                         &(weft_stack_config_t){.memory = memory,
                                                .memory_size = sizeof(memory),
                                                .size = SIZE});
    acquire(3);
    CHECK_EQ(weft_stack_acquire(&pool, NULL, &stack), WEFT_ERR_MEMORY);
    for (int i = 0; i < 3; i++) {
        CHECK((char *)stacks[i]->base >= memory);
        CHECK((char *)stacks[i] < memory + sizeof(memory));
        CHECK_EQ(weft_stack_high_water(stacks[i]), 0);
    }
    weft_coroutine_init_on(&coroutine, stacks[1], use_half, NULL);
    CHECK(weft_coroutine_resume(&coroutine));
    CHECK(weft_stack_high_water(stacks[1]) > 6000);
    CHECK(weft_stack_high_water(stacks[1]) < SIZE);
    CHECK(!weft_coroutine_resume(&coroutine));
    CHECK_EQ(weft_stack_high_water(stacks[0]), 0);
    release(3);
    weft_stack_pool_deinit(&pool);
}

/* Writes below its stack, as an overflow would. */
static void write_low(weft_coroutine_t *self, void *ctx)
{
    volatile char *low = ctx;

    *low = 1;
    weft_coroutine_suspend(self);
}

static void run_low(const weft_stack_config_t *config, long offset)
{
    weft_coroutine_t coroutine;

    weft_stack_pool_init(&pool, config);
    CHECK_EQ(weft_stack_acquire(&pool, "greedy", &stacks[0]), 0);
    weft_coroutine_init_on(&coroutine, stacks[0], write_low,
                           (char *)stacks[0]->base + offset);
    CHECK(weft_coroutine_resume(&coroutine));
    weft_coroutine_deinit(&coroutine);
}

static void run_and_release(const weft_stack_config_t *config)
{
    run_low(config, 3);
    weft_stack_release(stacks[0]);
}

CASE_ALONE(an_overflow_of_the_callers_memory_is_named)
{
    static char memory[20000];

    CHECK_DIES(run_low(&(weft_stack_config_t){.memory = memory,
                                              .memory_size = sizeof(memory),
                                              .size = 12000},
                       5),
               "stack overflow in fiber greedy");
}

CASE_ALONE(an_overflow_is_named)
{
    if (!slabs_are_there()) {
        SKIP(WHY_NO_SLABS);
    }
    CHECK_DIES(run_low(&(weft_stack_config_t){.size = 0}, -5),
               "stack overflow in fiber greedy");
    CHECK_DIES(
        run_low(&(weft_stack_config_t){.size = 12000, .unguarded = true}, -5),
        "stack overflow in fiber greedy");
    CHECK_DIES(run_and_release(
                   &(weft_stack_config_t){.size = 12000, .unguarded = true}),
               "stack overflow in fiber greedy");
}

static int deeper(int depth)
{
    volatile char frame[1000];

    frame[0] = (char)depth;
    return depth == 0 ? 0 : deeper(depth - 1) + frame[0];
}

static void recurse(weft_coroutine_t *self, void *ctx)
{
    (void)self;
    *(int *)ctx = deeper(1000000);
}

static void overflow_in_thread(void *ctx)
{
    weft_coroutine_t coroutine;

    CHECK_EQ(weft_stack_acquire(&pool, "deep one", &stacks[0]), 0);
    weft_coroutine_init_on(&coroutine, stacks[0], recurse, ctx);
    (void)weft_coroutine_resume(&coroutine);
}

static void run_in_thread(void)
{
    weft_port_thread_t thread = {0};
    int result;

    if (weft_port_thread_start(&thread, overflow_in_thread, &result) == 0) {
        weft_port_thread_join(&thread);
    }
}

CASE_REAL_ONLY(an_overflow_in_a_thread_is_named, "virtual cores are none")
{
    if (!slabs_are_there()) {
        SKIP(WHY_NO_SLABS);
    }
    weft_stack_pool_init(&pool, NULL);
    CHECK_DIES(run_in_thread(), "stack overflow in fiber deep one");
    weft_stack_pool_deinit(&pool);
}

CASE_ALONE(misuse_of_a_pool_is_named)
{
    CHECK_DIES(weft_stack_pool_init(&pool, &(weft_stack_config_t){.size = 100}),
               "the stacks of a pool are too small");
    pool_begin((weft_stack_config_t){.size = 0});
    acquire(1);
    CHECK_DIES(weft_stack_pool_deinit(&pool),
               "deinit of a pool whose stacks are in use");
    release(1);
    CHECK_DIES(weft_stack_release(stacks[0]),
               "a stack that was released before");
    weft_stack_pool_deinit(&pool);
}

/* --- from several threads ------------------------------------------------ */

static void take_and_give(void *ctx)
{
    for (int i = 0; i < 50; i++) {
        weft_stack_t *mine;
        weft_stack_t *other;

        CHECK_EQ(weft_stack_acquire(&pool, ctx, &mine), 0);
        CHECK_EQ(weft_stack_acquire(&pool, ctx, &other), 0);
        CHECK(mine != other);
        memset((char *)mine->base + 16, i, 100);
        CHECK(mine->name == ctx);
        weft_stack_release(mine);
        weft_stack_release(other);
    }
}

CASE(several_threads_share_a_pool)
{
    static char names[3][2] = {"a", "b", "c"};
    weft_port_thread_t threads[2] = {0};
    weft_stack_config_t config = {.size = 4096, .count_max = 6};

    pool_begin(config);
    for (int i = 0; i < 2; i++) {
        CHECK_STARTED(
            weft_port_thread_start(&threads[i], take_and_give, names[i]));
    }
    take_and_give(names[2]);
    weft_port_thread_join(&threads[0]);
    weft_port_thread_join(&threads[1]);
    CHECK_EQ(weft_stack_pool_in_use(&pool), 0);
    weft_stack_pool_deinit(&pool);
}
