/* runner.h - what a port's main gives to the common runner of cases
 * SPDX-License-Identifier: MIT
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

/* True once the running case has skipped itself. */
bool test_skipped(void);

#endif
