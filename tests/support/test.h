/* test.h - write a test in three lines: cases, checks, skips
 * SPDX-License-Identifier: MIT
 *
 * One program per file, tests/unit/test_NAME.c. A case registers itself and
 * is named as a sentence; the same file runs on the real port and in the
 * simulator, there once for each of WEFT_SEEDS seeds.
 *
 *     #include "tests/support/test.h"
 *
 *     CASE(fires_in_deadline_order)
 *     {
 *         CHECK(first < second);
 *         CHECK_EQ(weft_heap_count(&heap), 2);
 *     }
 *
 * Context: checks work on every thread and on every virtual core's stack.
 * The first failed check prints file, line, case, values and seed and ends
 * the program with status 1; nothing is unwound. A board restarts and goes on
 * with the next case.
 *
 * One case alone:       build/.../test_NAME CASE, or WEFT_CASE=CASE
 * One seed alone:       WEFT_SEED=7
 */
#ifndef WEFT_TEST_H
#define WEFT_TEST_H

#include <stdbool.h>
#include <stdint.h>

struct test_case {
    const char *name;
    int line;
    bool alone;
    void (*run)(void);
};

/* A case on both ports, on the real one only, in the simulator only. The
   last two say why; where they do not apply they are not there at all.
   CASE_ALONE runs once and outside of weft_sim_run, which it may call. */
#define CASE(name) TEST__CASE(name, false)
#define CASE_ALONE(name) TEST__CASE(name, true)
#if defined(WEFT_POINTS) && WEFT_POINTS
#define TEST_IN_SIM 1
#define TEST_ON_BOARD 0
#define CASE_SIM_ONLY(name, why) TEST__WHY(why) TEST__CASE(name, false)
#define CASE_REAL_ONLY(name, why) TEST__WHY(why) TEST__NO_CASE(name)
#else
#define TEST_IN_SIM 0
#if defined(WEFT_INTERRUPTS) && WEFT_INTERRUPTS
#define TEST_ON_BOARD 1
#else
#define TEST_ON_BOARD 0
#endif
#define CASE_SIM_ONLY(name, why) TEST__WHY(why) TEST__NO_CASE(name)
#define CASE_REAL_ONLY(name, why) TEST__WHY(why) TEST__CASE(name, false)
#endif

/* A case that an interrupt calls in: in the simulator and on boards. */
#if TEST_IN_SIM || TEST_ON_BOARD
#define CASE_INTERRUPT(name) TEST__CASE(name, false)
#else
#define CASE_INTERRUPT(name) TEST__NO_CASE(name)
#endif

#define CHECK(condition)                                                       \
    ((condition) ? (void)0 : test_fail(__FILE__, __LINE__, "%s", #condition))

/* Whole numbers, enums and pointers of any width: the actual value first. */
#define CHECK_EQ(actual, expected)                                             \
    test_check_eq(__FILE__, __LINE__, #actual, (intmax_t)(actual), #expected,  \
                  (intmax_t)(expected))

#define CHECK_STR_EQ(actual, expected)                                         \
    test_check_str_eq(__FILE__, __LINE__, #actual, (actual), (expected))

/* The start of a thread, of a core or of a pool's workers: gives 0. A board
   that has no core left skips the case, from wherever this stands. */
#define CHECK_STARTED(start)                                                   \
    test_check_started(__FILE__, __LINE__, #start, (start))

/* The statement must end the process with `words` on standard error: for
   assertions. It runs in a forked copy of this process; a board restarts and
   runs the case again, past the deaths that it has seen. */
#define CHECK_DIES(statement, what)                                            \
    do {                                                                       \
        struct test_death test__death = {                                      \
            .file = __FILE__, .line = __LINE__, .words = (what)};              \
        if (test_death_begin(&test__death)) {                                  \
            statement;                                                         \
            test_death_missed();                                               \
        }                                                                      \
        test_death_end(&test__death);                                          \
    } while (0)

#define FAIL(...) test_fail(__FILE__, __LINE__, __VA_ARGS__)

/* Leaves the case. In the case's own function only, not in a helper. */
#define SKIP(reason)                                                           \
    do {                                                                       \
        test_skip(reason);                                                     \
        return;                                                                \
    } while (0)

/* private */

struct test_death {
    const char *file;
    int line;
    const char *words;
    int pid;
    int from_child;
};

_Noreturn void test_fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void test_check_eq(const char *file, int line, const char *actual_text,
                   intmax_t actual, const char *expected_text,
                   intmax_t expected);
void test_check_str_eq(const char *file, int line, const char *actual_text,
                       const char *actual, const char *expected);
void test_check_started(const char *file, int line, const char *start, int rc);
void test_skip(const char *reason);
bool test_death_begin(struct test_death *death);
_Noreturn void test_death_missed(void);
void test_death_end(struct test_death *death);

#if defined(__has_attribute)
#if __has_attribute(retain) && !TEST_ON_BOARD
#define TEST__KEEP __attribute__((used, retain, section("weft_cases")))
#endif
#endif
#if !defined(TEST__KEEP)
#define TEST__KEEP __attribute__((used, section("weft_cases")))
#endif

/* The section holds pointers: a sanitizer may pad structs, not these. */
#define TEST__CASE(case_name, case_alone)                                      \
    static void case_##case_name(void);                                        \
    static const struct test_case test__##case_name = {                        \
        #case_name, __LINE__, case_alone, case_##case_name};                   \
    static const struct test_case *const test__at_##case_name TEST__KEEP =     \
        &test__##case_name;                                                    \
    static void case_##case_name(void)

#define TEST__NO_CASE(case_name)                                               \
    __attribute__((unused)) static void case_##case_name(void)

#define TEST__WHY(why)                                                         \
    _Static_assert(sizeof(why "") > 1, "say why it runs on one port only");

#endif
