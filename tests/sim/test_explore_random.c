/* test_explore_random.c - random programs: the reduction misses no outcome
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/explore_all.h"
#include "weft/base/atomic.h"
#include "weft/base/spinlock.h"
#include "weft/port.h"

enum { CORES = 3, OPS = 4, WORDS = 2, OUTCOMES_MAX = 20000 };

struct op {
    uint8_t what;
    uint8_t word;
    uint8_t value;
};

struct random_program {
    struct op op[CORES][OPS];
    unsigned cores;
    unsigned ops;
    uintptr_t words[WORDS];
    uintptr_t inbox;
    uintptr_t locked;
    weft_spinlock_t lock;
    uint64_t seen[CORES];
    struct op handler;
    bool interrupted; /* core 0 is, once */
};

struct outcomes {
    uint64_t hash[OUTCOMES_MAX];
    unsigned count;
};

static struct random_program at_random;
static struct outcomes with, without;
static struct outcomes *outcomes;

static void see(unsigned core, uint64_t value)
{
    uint64_t *seen = &at_random.seen[core];

    *seen = (*seen ^ (value + 1)) * UINT64_C(0x100000001b3);
    *seen ^= *seen >> 29;
}

static void add_locked(unsigned core, unsigned by)
{
    weft_spinlock_lock(&at_random.lock);
    see(core, at_random.locked);
    at_random.locked = at_random.locked * 3 + by;
    weft_spinlock_unlock(&at_random.lock);
}

/* As a home sleeps, until somebody has written; and as who wakes it. */
static void sleep_once(unsigned core)
{
    uintptr_t empty = 0;

    if (weft_atomic_cas_acq_rel_word(&at_random.inbox, &empty, 1)) {
        weft_port_sleep(&at_random.inbox, 1, weft_port_now_us() + 10);
        see(core, weft_port_now_us() != 0);
    }
    see(core, weft_atomic_exchange_acquire_word(&at_random.inbox, 0));
}

static void wake_once(unsigned value)
{
    if (weft_atomic_exchange_acq_rel_word(&at_random.inbox, value + 1u) == 1) {
        weft_port_wake(&at_random.inbox);
    }
}

static void do_op(unsigned core, const struct op *op)
{
    uintptr_t *at = &at_random.words[op->word];
    uintptr_t expected = op->value;

    switch (op->what) {
    case 0: see(core, weft_atomic_load_acquire_word(at)); break;
    case 1: weft_atomic_store_release_word(at, op->value); break;
    case 2:
        see(core, weft_atomic_cas_acq_rel_word(at, &expected, op->value + 1u));
        see(core, expected);
        break;
    case 3: see(core, weft_atomic_exchange_acq_rel_word(at, op->value)); break;
    case 4: see(core, weft_atomic_fetch_add_acq_rel_word(at, op->value)); break;
    case 5: add_locked(core, op->value); break;
    case 6: sleep_once(core); break;
    case 7: wake_once(op->value); break;
    case 8: see(core, weft_sim_choose(2)); break;
    default: FAIL("no such operation");
    }
}

static void run_core(void *ctx)
{
    unsigned core = (unsigned)(uintptr_t)ctx;

    for (unsigned i = 0; i < at_random.ops; i++) {
        do_op(core, &at_random.op[core][i]);
    }
}

/* It locks nothing and waits for nothing. */
static void handle(void *ctx)
{
    (void)ctx;
    see(0, 1000);
    do_op(0, &at_random.handler);
}

static void note_outcome(void)
{
    for (unsigned i = 0; i < WORDS; i++) {
        see(0, at_random.words[i]);
    }
    see(0, at_random.locked);
    for (unsigned i = 1; i < at_random.cores; i++) {
        see(0, at_random.seen[i]);
    }
    for (unsigned i = 0; i < outcomes->count; i++) {
        if (outcomes->hash[i] == at_random.seen[0]) {
            return;
        }
    }
    CHECK(outcomes->count < OUTCOMES_MAX);
    outcomes->hash[outcomes->count++] = at_random.seen[0];
}

static void run_random(void *ctx)
{
    weft_port_thread_t threads[CORES] = {0};
    weft_sim_interrupt_t interrupt = {.handler = handle, .times = 1};

    (void)ctx;
    memset(at_random.words, 0, sizeof(at_random.words));
    memset(at_random.seen, 0, sizeof(at_random.seen));
    at_random.inbox = 0;
    at_random.locked = 0;
    weft_spinlock_init(&at_random.lock);
    for (unsigned i = 1; i < at_random.cores; i++) {
        void *core = (void *)(uintptr_t)i;
        CHECK_EQ(weft_port_thread_start(&threads[i], run_core, core), 0);
    }
    if (at_random.interrupted) {
        weft_sim_interrupt_attach(&interrupt);
    }
    run_core(NULL);
    weft_sim_interrupt_remove(&interrupt);
    for (unsigned i = 1; i < at_random.cores; i++) {
        weft_port_thread_join(&threads[i]);
    }
    note_outcome();
}

static uint64_t random_state;

static unsigned below(unsigned n)
{
    random_state = random_state * UINT64_C(6364136223846793005) + 1442695041u;
    return (unsigned)(random_state >> 33) % n;
}

static struct op random_op(unsigned kinds)
{
    return (struct op){(uint8_t)below(kinds), (uint8_t)below(WORDS),
                       (uint8_t)below(3)};
}

static void make_random(unsigned cores, unsigned ops, unsigned kinds)
{
    at_random.cores = cores;
    at_random.ops = ops;
    for (unsigned i = 0; i < cores; i++) {
        for (unsigned j = 0; j < ops; j++) {
            at_random.op[i][j] = random_op(kinds);
        }
    }
    at_random.handler = random_op(5);
    if (below(5) == 0) {
        at_random.handler.what = 7;
    }
}

static void check_same_outcomes(unsigned number)
{
    outcomes = &with;
    with.count = 0;
    CHECK(explore_all(run_random, NULL, 0).complete);
    outcomes = &without;
    without.count = 0;
    CHECK(explore_all(run_random, NULL, 100).complete);
    for (unsigned i = 0; i < without.count; i++) {
        bool found = false;
        for (unsigned j = 0; j < with.count; j++) {
            found = found || with.hash[j] == without.hash[i];
        }
        if (!found) {
            FAIL("program %u: an outcome was missed", number);
        }
    }
    CHECK_EQ(with.count, without.count);
}

static unsigned programs(unsigned usually)
{
    const char *text = getenv("WEFT_PROGRAMS");

    return text != NULL ? (unsigned)strtoul(text, NULL, 10) : usually;
}

CASE_ALONE(the_reduction_misses_no_outcome_of_two_cores)
{
    random_state = 1;
    for (unsigned i = 0; i < programs(80); i++) {
        make_random(2, OPS, 9);
        check_same_outcomes(i);
    }
}

CASE_ALONE(the_reduction_misses_no_outcome_of_three_cores)
{
    random_state = 2;
    for (unsigned i = 0; i < programs(20); i++) {
        make_random(3, 2, 9);
        check_same_outcomes(i);
    }
}

CASE_ALONE(the_reduction_misses_no_outcome_of_an_interrupt)
{
    random_state = 3;
    at_random.interrupted = true;
    for (unsigned i = 0; i < programs(50); i++) {
        make_random(2, 3, 9);
        check_same_outcomes(i);
    }
    at_random.interrupted = false;
}
