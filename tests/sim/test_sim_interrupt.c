/* test_sim_interrupt.c - interrupts of virtual cores, and what keeps them out
 * SPDX-License-Identifier: MIT
 *
 * Cases that start simulations of their own stand alone; the others run under
 * many seeds inside the one that the runner starts.
 */
#include "weft/sim.h"

#include "tests/support/test.h"
#include "weft/base/atomic.h"
#include "weft/base/spinlock.h"
#include "weft/error.h"
#include "weft/port.h"

struct source {
    weft_sim_interrupt_t interrupt;
    const uintptr_t *masked; /* while it is not 0 the handler must not run */
    uintptr_t *word;         /* stored 1 and woken */
    unsigned core;
    int taken;
};

static void handle(void *ctx)
{
    struct source *source = ctx;

    CHECK(weft_port_in_interrupt());
    CHECK_EQ(weft_port_core(), source->core);
    CHECK(source->masked == NULL || *source->masked == 0);
    source->taken++;
    if (source->word != NULL) {
        weft_atomic_store_release_word(source->word, 1);
        weft_port_wake(source->word);
    }
}

static void source_attach(struct source *source)
{
    source->interrupt.handler = handle;
    source->interrupt.ctx = source;
    source->interrupt.core = source->core;
    weft_sim_interrupt_attach(&source->interrupt);
}

CASE(interrupts_come_between_any_two_steps_but_not_while_masked)
{
    uintptr_t masked = 0;
    uintptr_t word = 0;
    struct source source = {.masked = &masked};

    source.interrupt.times = 20;
    source.interrupt.one_in = 3;
    source_attach(&source);
    for (int i = 0; i < 300; i++) {
        unsigned key = weft_hook_mask();
        masked = 1;
        (void)weft_atomic_fetch_add_acq_rel_word(&word, 1);
        unsigned inner = weft_hook_mask();
        (void)weft_atomic_fetch_add_acq_rel_word(&word, 1);
        weft_hook_unmask(inner);
        (void)weft_atomic_fetch_add_acq_rel_word(&word, 1);
        masked = 0;
        weft_hook_unmask(key);
        (void)weft_atomic_fetch_add_acq_rel_word(&word, 1);
    }
    weft_sim_interrupt_remove(&source.interrupt);
    CHECK(!weft_port_in_interrupt());
    CHECK(source.taken > 0);
    CHECK_EQ(source.taken + (int)source.interrupt.times, 20);
}

CASE(a_raised_interrupt_waits_for_the_unmask)
{
    struct source source = {0};

    source_attach(&source);
    weft_sim_interrupt_raise(&source.interrupt);
    CHECK_EQ(source.taken, 1);
    unsigned key = weft_hook_mask();
    weft_sim_interrupt_raise(&source.interrupt);
    weft_sim_interrupt_raise(&source.interrupt);
    CHECK_EQ(source.taken, 1);
    weft_hook_unmask(key);
    CHECK_EQ(source.taken, 2);
    weft_sim_interrupt_remove(&source.interrupt);
}

CASE(an_interrupt_comes_at_its_time)
{
    uintptr_t word = 0;
    struct source source = {.word = &word};
    uint64_t start = weft_port_now_us();

    source.interrupt.at_us = start + 500;
    source_attach(&source);
    while (weft_atomic_load_acquire_word(&word) == 0) {
        weft_port_sleep(&word, 0, UINT64_MAX);
    }
    CHECK_EQ(weft_port_now_us() - start, 500);
    CHECK_EQ(source.taken, 1);
    weft_sim_sleep_until(start + 5000);
    CHECK_EQ(source.taken, 1);
    weft_sim_interrupt_remove(&source.interrupt);
}

CASE(a_random_interrupt_ends_a_sleep_that_nothing_else_ends)
{
    uintptr_t word = 0;
    struct source source = {.word = &word};

    source.interrupt.times = 1;
    source_attach(&source);
    while (weft_atomic_load_acquire_word(&word) == 0) {
        weft_port_sleep(&word, 0, UINT64_MAX);
    }
    CHECK_EQ(source.taken, 1);
    weft_sim_interrupt_remove(&source.interrupt);
}

static int handlers_inside;

static void handle_alone(void *ctx)
{
    uintptr_t word = 0;

    (void)ctx;
    CHECK_EQ(handlers_inside, 0);
    handlers_inside++;
    for (int i = 0; i < 10; i++) {
        (void)weft_atomic_load_acquire_word(&word);
    }
    unsigned key = weft_hook_mask();
    weft_hook_unmask(key);
    handlers_inside--;
}

CASE(handlers_of_a_core_do_not_nest)
{
    weft_sim_interrupt_t sources[2] = {
        {.handler = handle_alone, .times = 10, .one_in = 2},
        {.handler = handle_alone, .times = 10, .one_in = 2},
    };
    uintptr_t word = 0;

    handlers_inside = 0;
    weft_sim_interrupt_attach(&sources[0]);
    weft_sim_interrupt_attach(&sources[1]);
    for (int i = 0; i < 100; i++) {
        (void)weft_atomic_load_acquire_word(&word);
    }
    weft_sim_interrupt_remove(&sources[0]);
    weft_sim_interrupt_remove(&sources[1]);
}

struct cross {
    struct source source;
    uintptr_t ready;
};

static void wait_for_interrupt(void *ctx)
{
    struct cross *cross = ctx;

    cross->source.core = weft_port_core();
    source_attach(&cross->source);
    weft_atomic_store_release_word(&cross->ready, 1);
    while (weft_atomic_load_acquire_word(cross->source.word) == 0) {
        weft_port_sleep(cross->source.word, 0, UINT64_MAX);
    }
    weft_sim_interrupt_remove(&cross->source.interrupt);
}

CASE(one_core_interrupts_another)
{
    weft_port_thread_t thread = {0};
    uintptr_t word = 0;
    struct cross cross = {.source = {.word = &word}};

    CHECK_EQ(weft_port_thread_start(&thread, wait_for_interrupt, &cross), 0);
    while (weft_atomic_load_acquire_word(&cross.ready) == 0) {
        weft_hook_spin();
    }
    weft_sim_interrupt_raise(&cross.source.interrupt);
    weft_port_thread_join(&thread);
    CHECK_EQ(cross.source.taken, 1);
}

static void handle_longer(void *ctx)
{
    uintptr_t *inside = ctx;

    weft_atomic_store_release_word(inside, 1);
    for (int i = 0; i < 20; i++) {
        (void)weft_atomic_load_acquire_word(inside);
    }
    weft_atomic_store_release_word(inside, 0);
}

static void stay_awake(void *ctx)
{
    while (weft_atomic_load_acquire_word(ctx) == 0) {
        weft_hook_spin();
    }
}

CASE(remove_waits_for_the_handler_on_another_core)
{
    weft_port_thread_t thread = {0};
    uintptr_t inside = 0;
    uintptr_t stop = 0;
    weft_sim_interrupt_t source = {
        .handler = handle_longer, .ctx = &inside, .core = 1, .times = 5};

    CHECK_EQ(weft_port_thread_start(&thread, stay_awake, &stop), 0);
    weft_sim_interrupt_attach(&source);
    weft_sim_interrupt_raise(&source);
    weft_sim_interrupt_remove(&source);
    CHECK_EQ(inside, 0);
    weft_atomic_store_release_word(&stop, 1);
    weft_port_thread_join(&thread);
}

static void sleep_inside(void *ctx)
{
    weft_port_sleep(ctx, 0, UINT64_MAX);
}

static void change_local(void *ctx)
{
    (void)ctx;
    weft_port_local()->budget++;
}

static void run_sleeping_handler(void *ctx)
{
    uintptr_t word = 0;
    weft_sim_interrupt_t source = {.handler = sleep_inside, .ctx = &word};

    (void)ctx;
    weft_sim_interrupt_attach(&source);
    weft_sim_interrupt_raise(&source);
}

static void run_changing_handler(void *ctx)
{
    weft_sim_interrupt_t source = {.handler = change_local};

    (void)ctx;
    weft_sim_interrupt_attach(&source);
    weft_sim_interrupt_raise(&source);
}

static void run_masked_sleep(void *ctx)
{
    (void)weft_hook_mask();
    sleep_inside(ctx);
}

CASE_ALONE(misuse_is_named_with_the_seed)
{
    weft_sim_config_t config = {.seed = 77};
    uintptr_t word = 0;

    CHECK_DIES(weft_sim_run(&config, run_sleeping_handler, NULL),
               "sleep in an interrupt");
    CHECK_DIES(weft_sim_run(&config, run_sleeping_handler, NULL), "seed 77");
    CHECK_DIES(weft_sim_run(&config, run_masked_sleep, &word),
               "sleep with interrupts masked");
    CHECK_DIES(weft_sim_run(&config, run_changing_handler, NULL),
               "an interrupt changed its core's local record");
}

/* --- locks that keep them out */

struct guarded {
    weft_spinlock_t lock;
    int inside;
    int count;
};

static void guarded_add(void *ctx)
{
    struct guarded *guarded = ctx;
    uintptr_t word = 0;

    unsigned key = weft_lock_mask(&guarded->lock);
    CHECK_EQ(guarded->inside, 0);
    guarded->inside++;
    (void)weft_atomic_load_acquire_word(&word);
    guarded->count++;
    guarded->inside--;
    weft_unlock_mask(&guarded->lock, key);
}

static void guarded_add_10(void *ctx)
{
    for (int i = 0; i < 10; i++) {
        guarded_add(ctx);
    }
}

CASE(a_masking_lock_keeps_cores_and_interrupts_out)
{
    weft_port_thread_t threads[2] = {0};
    struct guarded guarded = {.lock = WEFT_SPINLOCK_INIT};
    weft_sim_interrupt_t source = {
        .handler = guarded_add, .ctx = &guarded, .times = 10, .one_in = 4};

    weft_sim_interrupt_attach(&source);
    CHECK_EQ(weft_port_thread_start(&threads[0], guarded_add_10, &guarded), 0);
    CHECK_EQ(weft_port_thread_start(&threads[1], guarded_add_10, &guarded), 0);
    guarded_add_10(&guarded);
    weft_port_thread_join(&threads[0]);
    weft_port_thread_join(&threads[1]);
    weft_sim_interrupt_remove(&source);
    CHECK_EQ(guarded.count, 40 - (int)source.times);
}

static void lock_without_mask(void *ctx)
{
    struct guarded *guarded = ctx;
    uintptr_t word = 0;

    for (int i = 0; i < 100; i++) {
        weft_spinlock_lock(&guarded->lock);
        (void)weft_atomic_load_acquire_word(&word);
        weft_spinlock_unlock(&guarded->lock);
    }
}

static void run_lock_without_mask(void *ctx)
{
    weft_sim_interrupt_t source = {
        .handler = lock_without_mask, .ctx = ctx, .times = 5, .one_in = 4};

    weft_sim_interrupt_attach(&source);
    lock_without_mask(ctx);
    weft_sim_interrupt_remove(&source);
}

CASE_ALONE(a_lock_that_does_not_mask_hangs_with_some_seed)
{
    int hangs = 0;

    for (uint64_t seed = 0; seed < 5; seed++) {
        weft_sim_config_t config = {.seed = seed};
        struct guarded guarded = {.lock = WEFT_SPINLOCK_INIT};
        hangs += weft_sim_run(&config, run_lock_without_mask, &guarded) ==
                 WEFT_ERR_TIMEOUT;
    }
    CHECK(hangs > 0);
}
