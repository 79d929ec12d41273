/* test_switch.c - the context switch: both forms, each into each
 * SPDX-License-Identifier: MIT
 *
 * Contexts are switched raw here, with nobody told: where somebody watches,
 * coroutines take the called form only.
 */
#include <stddef.h>

#include "ports/arch/switch.h"
#include "tests/support/rounding.h"
#include "tests/support/scale.h"
#include "tests/support/test.h"
#include "weft/arch_switch.h"

enum { STACK = TEST_STACK, ROUNDS = 3 };

/* The two sides of a pair. `other` is the context that stands. */
static void *other;
static int problems;
static _Alignas(64) char stack[STACK];

static inline __attribute__((always_inline)) int called(void **left, void *load,
                                                        int value)
{
    return weft__context_switch(left, load, value);
}

static inline __attribute__((always_inline)) int inlined(void **left,
                                                         void *load, int value)
{
    return weft__context_switch_inline(left, load, value);
}

/* clang-format off */
#define EACH(DO)                                                               \
    DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7)                            \
    DO(8) DO(9) DO(10) DO(11) DO(12) DO(13) DO(14) DO(15)
/* clang-format on */
#define TAKE(i)                                                                \
    long whole##i = seed[i] + i;                                               \
    double real##i = (double)seed[i] * 0.5 + i;
#define TURN(i)                                                                \
    __asm__ volatile("" : "+r"(whole##i));                                     \
    real##i += 1.0;
#define LOOK(i)                                                                \
    problems += whole##i != seed[i] + i;                                       \
    problems += real##i != (double)seed[i] * 0.5 + i + ROUNDS;

/* More values than there are registers, alive across each switch. */
#define SIDE(form)                                                             \
    static __attribute__((noinline)) void side_##form(                         \
        const volatile long *seed, int first)                                  \
    {                                                                          \
        long double wide = (long double)seed[0] / 3;                           \
        EACH(TAKE)                                                             \
        for (int round = 0; round < ROUNDS; round++) {                         \
            EACH(TURN)                                                         \
            problems += form(&other, other, 10 + round) != first + round;      \
        }                                                                      \
        EACH(LOOK)                                                             \
        problems += wide != (long double)seed[0] / 3;                          \
    }
SIDE(called)
SIDE(inlined)

typedef void side_fn(const volatile long *seed, int first);
static side_fn *const sides[2] = {side_called, side_inlined};

static const volatile long ours[16] = {3, 1, 4, 1, 5, 9, 2, 6,
                                       5, 3, 5, 8, 9, 7, 9, 3};
static const volatile long theirs[16] = {-27, -18, -28, -18, -28, -45,
                                         -90, -45, -23, -53, -60, -28,
                                         -74, -71, -35, -26};

static void their_side(void *arg, void *left)
{
    other = left;
    (*(side_fn *const *)arg)(theirs, 11);
    (void)weft__context_switch(&other, other, -1);
}

static void make(weft__context_fn *entry, const void *arg)
{
    problems = 0;
    other = weft__context_make(stack + STACK, entry, (void *)(uintptr_t)arg);
}

CASE(registers_and_values_survive_in_each_pair_of_forms)
{
    for (int pair = 0; pair < 4; pair++) {
        make(their_side, &sides[pair / 2]);
        sides[pair % 2](ours, 10);
        CHECK_EQ(weft__context_switch(&other, other, 13), -1);
        CHECK_EQ(problems, 0);
    }
}

#define ROUNDING(form)                                                         \
    static void rounding_##form(void *arg, void *left)                         \
    {                                                                          \
        (void)arg;                                                             \
        other = left;                                                          \
        problems += fesetround(FE_UPWARD) != 0;                                \
        for (;;) {                                                             \
            (void)form(&other, other, 0);                                      \
            problems += fegetround() != FE_UPWARD;                             \
            problems += !rounds_upward();                                      \
        }                                                                      \
    }
ROUNDING(called)
ROUNDING(inlined)

CASE(rounding_belongs_to_its_side_in_each_pair_of_forms)
{
    static weft__context_fn *const entries[2] = {rounding_called,
                                                 rounding_inlined};

    if (rounds_one_way()) {
        SKIP(WHY_NO_ROUNDING);
    }
    for (int pair = 0; pair < 4; pair++) {
        make(entries[pair / 2], NULL);
        for (int round = 0; round < ROUNDS; round++) {
            if (pair % 2) {
                (void)called(&other, other, 0);
            } else {
                (void)inlined(&other, other, 0);
            }
            CHECK_EQ(fegetround(), FE_TONEAREST);
            CHECK(!rounds_upward());
        }
        CHECK_EQ(problems, 0);
    }
}

static void keeps_its_rounding(void *arg, void *left)
{
    (void)arg;
    other = left;
    for (;;) {
        (void)weft__context_switch(&other, other, fegetround());
    }
}

CASE(a_new_context_has_the_rounding_of_where_it_was_made)
{
    if (rounds_one_way()) {
        SKIP(WHY_NO_ROUNDING);
    }
    (void)fesetround(FE_DOWNWARD);
    make(keeps_its_rounding, NULL);
    (void)fesetround(FE_TONEAREST);
    CHECK_EQ(weft__context_switch(&other, other, 0), FE_DOWNWARD);
    CHECK_EQ(fegetround(), FE_TONEAREST);
}

/* What a leaf keeps below the stack pointer is its own. */
static __attribute__((noinline)) int leaf(const volatile long *seed)
{
    volatile unsigned char below[96];
    int wrong = 0;

    for (unsigned i = 0; i < sizeof(below); i++) {
        below[i] = (unsigned char)(seed[0] + (long)i);
    }
    (void)inlined(&other, other, 0);
    for (unsigned i = 0; i < sizeof(below); i++) {
        wrong += below[i] != (unsigned char)(seed[0] + (long)i);
    }
    return wrong;
}

static void leaf_side(void *arg, void *left)
{
    other = left;
    for (;;) {
        *(int *)arg += leaf(theirs);
    }
}

CASE(the_memory_below_a_leaf_survives)
{
    static int wrong;

    wrong = 0;
    make(leaf_side, &wrong);
    for (int round = 0; round < ROUNDS; round++) {
        CHECK_EQ(leaf(ours), 0);
    }
    CHECK_EQ(wrong, 0);
}
