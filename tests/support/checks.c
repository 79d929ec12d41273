/* checks.c - the checks and skips of test.h, for every runner of cases
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/runner.h"

#include <string.h>

#include "weft/error.h"

const struct test_case *test_running;

static const char *skip_reason;

void test_start(const struct test_case *test)
{
    test_running = test;
    skip_reason = NULL;
}

void test_check_eq(const char *file, int line, const char *actual_text,
                   intmax_t actual, const char *expected_text,
                   intmax_t expected)
{
    if (actual != expected) {
        test_fail(file, line, "%s is %jd, expected %jd (%s)", actual_text,
                  actual, expected, expected_text);
    }
}

void test_check_str_eq(const char *file, int line, const char *actual_text,
                       const char *actual, const char *expected)
{
    if (actual == NULL || strcmp(actual, expected) != 0) {
        test_fail(file, line, "%s is \"%s\", expected \"%s\"", actual_text,
                  actual ? actual : "(null)", expected);
    }
}

void test_check_started(const char *file, int line, const char *start, int rc)
{
    if (rc == WEFT_ERR_UNSUPPORTED) {
        test_no_core();
    }
    test_check_eq(file, line, start, rc, "0", 0);
}

void test_skip(const char *reason)
{
    skip_reason = reason;
}

const char *test_skipped(void)
{
    return skip_reason;
}
