/* runner.h - what the runners of cases share, and what a port's main gives
 * SPDX-License-Identifier: MIT
 *
 * A host's runner is runner.c, a board's firmware/runner.c; the build takes
 * one of them.
 */
#ifndef WEFT_TEST_RUNNER_H
#define WEFT_TEST_RUNNER_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/support/test.h"

/* Runs the case as this port does: once, or once a seed. */
void test_port_run(const struct test_case *test);

/* Writes what a failure needs to be seen again, such as " (seed=7)". */
void test_port_where(char *text, size_t size);

/* Prints, after a failure, what led to it. */
void test_port_explain(void);

/* The case that runs, NULL before the first. */
extern const struct test_case *test_running;

/* From now on it is that one, and it has not skipped itself. */
void test_start(const struct test_case *test);

/* Why the running case has skipped itself; NULL: it has not. */
const char *test_skipped(void);

/* A start found no core. A board's does not return. */
void test_no_core(void);

/* The registered cases, made by the linker; weak, because a file may have no
 * case for this port. */
extern const struct test_case *const __start_weft_cases[] __attribute__((weak));
extern const struct test_case *const __stop_weft_cases[] __attribute__((weak));

#endif
