/* test_port.c - what weft/port.h promises, on whatever port is linked
 * SPDX-License-Identifier: MIT
 *
 * Knows no port: threads are whatever weft_port_thread_start starts, and a
 * limit that must not be reached is a minute, which costs the simulator
 * nothing and a real port only when it is broken.
 */
#include "weft/port.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/stacks.h"
#include "weft/base/atomic.h"
#include "weft/base/hooks.h"
#include "weft/error.h"

#define MINUTE_US (60u * UINT64_C(1000000))

static uint64_t in_us(uint64_t us)
{
    return weft_port_now_us() + us;
}

/* --- time */

CASE(time_never_goes_back)
{
    uint64_t last = weft_port_now_us();

    for (int i = 0; i < 10000; i++) {
        uint64_t now = weft_port_now_us();
        CHECK(now >= last);
        last = now;
    }
}

/* Sleeps may end early, so sleep until the clock says that it is over, as
   every caller does. */
static void sleep_until(uint64_t deadline_us)
{
    static const uintptr_t word;

    while (weft_port_now_us() < deadline_us) {
        weft_port_sleep(&word, 0, deadline_us);
    }
}

CASE(a_sleep_lasts_until_its_deadline)
{
    static const uint64_t lengths[] = {1, 2, 999, 1000, 1001, 12345};

    for (unsigned i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        uint64_t deadline_us = in_us(lengths[i]);
        sleep_until(deadline_us);
        CHECK(weft_port_now_us() >= deadline_us);
        CHECK(weft_port_now_us() < deadline_us + MINUTE_US);
    }
}

/* A sleep that ends by its deadline ends after it, not a moment before: else
   loops would look at the clock, find nothing due, and sleep again. */
CASE(few_sleeps_end_before_their_deadline)
{
    enum { ROUNDS = 200 };
    static const uintptr_t word;
    int early = 0;

    for (int i = 0; i < ROUNDS; i++) {
        uint64_t deadline_us = in_us(50);
        weft_port_sleep(&word, 0, deadline_us);
        early += weft_port_now_us() < deadline_us;
    }
    CHECK(early < ROUNDS / 4);
}

CASE(a_deadline_in_the_past_does_not_sleep)
{
    static const uintptr_t word;
    uint64_t start = weft_port_now_us();

    weft_port_sleep(&word, 0, 0);
    weft_port_sleep(&word, 0, start);
    CHECK(weft_port_now_us() < start + MINUTE_US);
}

/* --- sleep and wake */

CASE(a_changed_word_does_not_sleep)
{
    uintptr_t word = 1;
    uint64_t start = weft_port_now_us();

    weft_port_sleep(&word, 0, UINT64_MAX);
    weft_port_sleep(&word, 2, start + MINUTE_US);
    CHECK(weft_port_now_us() < start + MINUTE_US);
}

/* A pointer whose low half is that of the value for "asleep". */
CASE(a_word_that_differs_in_its_high_half_only_does_not_sleep)
{
    uintptr_t word = 1;

    if (sizeof(word) < 8) {
        SKIP("words have no high half here");
    }
    word += (uintptr_t)1 << (sizeof(word) * 8 - 20);
    weft_port_sleep(&word, 1, UINT64_MAX);
}

CASE(a_stale_wake_is_harmless)
{
    uintptr_t word = 0;

    for (int i = 0; i < 100; i++) {
        weft_port_wake(&word);
    }
    uint64_t deadline_us = in_us(1000);
    sleep_until(deadline_us);
    CHECK(weft_port_now_us() >= deadline_us);
    weft_port_wake(NULL);
}

struct pair {
    uintptr_t word;
    uintptr_t other;
    uintptr_t finished;
    int rounds;
    uint64_t pause_us;
};

/* The last touch of a sleeper's memory is the store; the wake names it only.
 */
static void set_and_wake(uintptr_t *word, uintptr_t value)
{
    weft_atomic_store_release_word(word, value);
    weft_port_wake(word);
}

static void wait_for(uintptr_t *word, uintptr_t value)
{
    uint64_t limit_us = in_us(MINUTE_US);
    uintptr_t seen = weft_atomic_load_acquire_word(word);

    while (seen != value) {
        weft_port_sleep(word, seen, UINT64_MAX);
        seen = weft_atomic_load_acquire_word(word);
    }
    CHECK(weft_port_now_us() < limit_us);
}

static void wake_later(void *ctx)
{
    struct pair *pair = ctx;

    sleep_until(in_us(pair->pause_us));
    set_and_wake(&pair->word, 1);
}

CASE(a_wake_ends_a_sleep)
{
    weft_port_thread_t thread = {0};

    for (uint64_t pause_us = 0; pause_us <= 5000; pause_us += 1000) {
        struct pair pair = {.pause_us = pause_us};
        CHECK_STARTED(weft_port_thread_start(&thread, wake_later, &pair));
        wait_for(&pair.word, 1);
        weft_port_thread_join(&thread);
    }
}

static void answer(void *ctx)
{
    struct pair *pair = ctx;

    for (int i = 1; i <= pair->rounds; i++) {
        wait_for(&pair->word, (uintptr_t)i);
        set_and_wake(&pair->other, (uintptr_t)i);
    }
}

/* Both directions, no pause: each sleep races the wake that ends it. A lost
   wake hangs a real port and is a deadlock in the simulator. */
CASE(no_wake_is_lost_that_races_a_sleep)
{
    struct pair pair = {.rounds = TEST_IN_SIM ? 30 : 20000};
    weft_port_thread_t thread = {0};

    CHECK_STARTED(weft_port_thread_start(&thread, answer, &pair));
    for (int i = 1; i <= pair.rounds; i++) {
        set_and_wake(&pair.word, (uintptr_t)i);
        wait_for(&pair.other, (uintptr_t)i);
    }
    weft_port_thread_join(&thread);
}

static void wake_again_and_again(void *ctx)
{
    struct pair *pair = ctx;

    while (weft_atomic_load_acquire_word(&pair->finished) == 0) {
        weft_port_wake(&pair->word);
        weft_port_wake(&pair->word);
        sleep_until(in_us(3));
    }
}

/* Wakes that come at any time and mean nothing. */
CASE(stale_wakes_disturb_no_deadline)
{
    weft_port_thread_t thread = {0};
    struct pair pair = {.rounds = 50};

    CHECK_STARTED(weft_port_thread_start(&thread, wake_again_and_again, &pair));
    for (int i = 0; i < pair.rounds; i++) {
        uint64_t deadline_us = in_us(20);
        while (weft_port_now_us() < deadline_us) {
            weft_port_sleep(&pair.word, 0, deadline_us);
        }
    }
    weft_atomic_store_release_word(&pair.finished, 1);
    weft_port_thread_join(&thread);
}

/* Many words at once, so that they share whatever the port keeps for them. */
CASE(a_wake_finds_its_sleeper_among_many_words)
{
    enum { WORDS = 64 };
    static struct pair pairs[WORDS];
    weft_port_thread_t thread = {0};

    for (int i = 0; i < WORDS; i += TEST_IN_SIM ? 8 : 1) {
        pairs[i] = (struct pair){.rounds = 3};
        CHECK_STARTED(weft_port_thread_start(&thread, answer, &pairs[i]));
        for (int j = 1; j <= 3; j++) {
            weft_port_wake(&pairs[WORDS - 1 - i].word);
            set_and_wake(&pairs[i].word, (uintptr_t)j);
            wait_for(&pairs[i].other, (uintptr_t)j);
        }
        weft_port_thread_join(&thread);
    }
}

static void sleep_on_word(void *ctx)
{
    struct pair *pair = ctx;

    wait_for(&pair->word, 1);
    (void)weft_atomic_fetch_add_acq_rel_word(&pair->finished, 1);
}

CASE(a_wake_ends_all_sleeps_on_its_word)
{
    enum { THREADS = 3 };
    weft_port_thread_t threads[THREADS] = {0};
    struct pair pair = {0};

    for (int i = 0; i < THREADS; i++) {
        CHECK_STARTED(
            weft_port_thread_start(&threads[i], sleep_on_word, &pair));
    }
    sleep_until(in_us(1000));
    set_and_wake(&pair.word, 1);
    for (int i = 0; i < THREADS; i++) {
        weft_port_thread_join(&threads[i]);
    }
    CHECK_EQ(pair.finished, THREADS);
}

/* --- threads */

static void count_up(void *ctx)
{
    (void)weft_atomic_fetch_add_acq_rel_word(ctx, 1);
}

CASE(a_thread_runs_once_and_is_joined)
{
    weft_port_thread_t thread = {0};
    uintptr_t count = 0;

    for (int i = 1; i <= 50; i++) {
        CHECK_STARTED(weft_port_thread_start(&thread, count_up, &count));
        weft_port_thread_join(&thread);
        CHECK_EQ(weft_atomic_load_acquire_word(&count), i);
    }
}

static void wait_for_one(void *ctx)
{
    wait_for(ctx, 1);
}

/* As many as there are, or sixteen: the rest is refused, none is lost. */
CASE(threads_are_refused_when_there_are_no_more)
{
    enum { MANY = 16 };
    weft_port_thread_t threads[MANY] = {0};
    uintptr_t word = 0;
    int count = 0;
    int rc = 0;

    while (count < MANY && rc == 0) {
        rc = weft_port_thread_start(&threads[count], wait_for_one, &word);
        count += rc == 0;
    }
    CHECK(rc == 0 || rc == WEFT_ERR_UNSUPPORTED || rc == WEFT_ERR_MEMORY);
    if (count == 0) {
        CHECK_STARTED(rc);
    }
    CHECK(!TEST_IN_SIM || rc == WEFT_ERR_UNSUPPORTED);
    set_and_wake(&word, 1);
    for (int i = 0; i < count; i++) {
        weft_port_thread_join(&threads[i]);
    }
    CHECK_STARTED(weft_port_thread_start(&threads[0], wait_for_one, &word));
    weft_port_thread_join(&threads[0]);
}

/* Whose record it is not, and a word that is 1 when all have started: one that
 * ends early gives its core to the next. */
struct local_look {
    weft_local_t *other;
    uintptr_t word;
};

static void look_at_local(void *ctx)
{
    struct local_look *look = ctx;
    weft_local_t *local = weft_port_local();
    weft_local_t zero;

    memset(&zero, 0, sizeof(zero));
    zero.random = local->random;
    CHECK(memcmp(local, &zero, sizeof(zero)) == 0);
    CHECK(local != look->other);
    local->budget = 5;
    wait_for_one(&look->word);
    CHECK(weft_port_local() == local);
    CHECK_EQ(local->budget, 5);
}

CASE(each_thread_has_a_record_of_its_own_zero_at_its_start)
{
    weft_port_thread_t threads[2] = {0};
    weft_local_t *local = weft_port_local();

    for (int round = 0; round < 3; round++) {
        struct local_look look = {.other = local};
        int count = 0;
        int rc = 0;

        local->budget = 7;
        while (count < 2 && rc == 0) {
            rc = weft_port_thread_start(&threads[count], look_at_local, &look);
            count += rc == 0;
        }
        set_and_wake(&look.word, 1);
        for (int i = 0; i < count; i++) {
            weft_port_thread_join(&threads[i]);
        }
        CHECK_EQ(local->budget, 7);
        CHECK(weft_port_local() == local);
        local->budget = 0;
        CHECK_STARTED(rc);
    }
}

static void note_core(void *ctx)
{
    uintptr_t *core = ctx;

    *core = weft_port_core();
    CHECK(*core < weft_port_core_count());
}

CASE(cores_are_numbered_from_zero)
{
    weft_port_thread_t thread = {0};
    uintptr_t core = 1000;

    CHECK(weft_port_core() < weft_port_core_count());
    CHECK_STARTED(weft_port_thread_start(&thread, note_core, &core));
    weft_port_thread_join(&thread);
    CHECK(core < weft_port_core_count());
}

static void look_at_hints(void *ctx)
{
    const weft_port_thread_t *thread = ctx;

    CHECK_EQ(thread->stack_size, 1024);
    CHECK_EQ(strcmp(thread->name, "hinted"), 0);
}

/* Twice: the second one may get what the first one had. */
CASE(a_start_leaves_hints_as_they_are)
{
    weft_port_thread_t thread = {
        .stack_size = 1024, .priority = 1, .name = "hinted"};

    for (int i = 0; i < 2; i++) {
        CHECK_STARTED(weft_port_thread_start(&thread, look_at_hints, &thread));
        weft_port_thread_join(&thread);
        look_at_hints(&thread);
        CHECK_EQ(thread.priority, 1);
    }
}

CASE(a_warning_may_come_with_interrupts_masked)
{
    unsigned key = weft_hook_mask();

    weft_port_warn("test_port", "interrupts are masked");
    CHECK_EQ(weft_hook_mask(), weft_hook_mask());
    weft_hook_unmask(key);
}

/* --- the C library */

enum { PIECES = 8 };

/* Each piece is filled with its address, and is the same when it goes. */
static void take_and_give(void *ctx)
{
    uintptr_t *pieces[PIECES] = {NULL};
    int rounds = *(const int *)ctx;

    for (int i = 0; i < rounds; i++) {
        size_t words = (size_t)(i * 7 % 29) + 1;
        uintptr_t **piece = &pieces[i * 5 % PIECES];
        if (*piece != NULL) {
            CHECK_EQ(**piece, (uintptr_t)*piece);
            free(*piece);
        }
        *piece = malloc(words * sizeof(**piece));
        CHECK(*piece != NULL);
        **piece = (uintptr_t)*piece;
    }
    for (int i = 0; i < PIECES; i++) {
        free(pieces[i]);
    }
}

CASE(threads_share_the_heap)
{
    weft_port_thread_t thread = {0};
    int rounds = TEST_IN_SIM ? 100 : 100000;

    CHECK_STARTED(weft_port_thread_start(&thread, take_and_give, &rounds));
    take_and_give(&rounds);
    weft_port_thread_join(&thread);
}

/* --- interrupts */

CASE(task_level_is_no_interrupt_masked_or_not)
{
    CHECK(!weft_port_in_interrupt());
    unsigned key = weft_hook_mask();
    CHECK(!weft_port_in_interrupt());
    weft_hook_unmask(key);
}

CASE(masks_nest_by_their_keys)
{
    unsigned open = weft_hook_mask();
    unsigned first = weft_hook_mask();
    unsigned second = weft_hook_mask();

    CHECK_EQ(first, second);
    weft_hook_unmask(second);
    weft_hook_unmask(first);
    unsigned again = weft_hook_mask();
    CHECK_EQ(again, first);
    weft_hook_unmask(again);
    weft_hook_unmask(open);
    CHECK_EQ(weft_hook_mask(), open);
    weft_hook_unmask(open);
    sleep_until(in_us(10));
}

/* --- stacks: a port may have none, then they are the program's own */

CASE(a_stack_is_at_least_as_large_as_asked)
{
    static const size_t sizes[] = {1, 4096, 10000, 1000000};

    if (!stacks_are_reserved()) {
        SKIP(WHY_NO_SLABS);
    }
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        void *base;
        size_t usable;
        CHECK_EQ(weft_port_stack_reserve(sizes[i], &base, &usable), 0);
        CHECK(usable >= sizes[i]);
        CHECK_EQ((uintptr_t)base % 16, 0);
        memset(base, 0x5a, usable);
        weft_port_stack_release(base, usable);
    }
}

CASE(a_stack_that_does_not_fit_is_an_error)
{
    void *base;
    size_t usable;

    if (!stacks_are_reserved()) {
        SKIP(WHY_NO_SLABS);
    }
    CHECK_EQ(weft_port_stack_reserve(SIZE_MAX - 5, &base, &usable),
             WEFT_ERR_MEMORY);
    CHECK_EQ(weft_port_stack_reserve(SIZE_MAX / 4, &base, &usable),
             WEFT_ERR_MEMORY);
}

CASE_ALONE(below_a_stack_is_a_guard)
{
    volatile char *base;
    void *memory;
    size_t usable;

    if (!stacks_are_guarded()) {
        SKIP(WHY_NO_GUARD);
    }
    CHECK_EQ(weft_port_stack_reserve(65536, &memory, &usable), 0);
    base = memory;
    base[0] = 1;
    CHECK_DIES(base[-1] = 1, "");
    weft_port_stack_release(memory, usable);
}

CASE_ALONE(a_panic_names_the_place_and_what_was_wrong)
{
    CHECK_DIES(weft_hook_panic("some_file.c", 12, "something was wrong"),
               "weft: panic: some_file.c:12: something was wrong");
}
