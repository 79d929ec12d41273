/* main.c - runs each case once, on the real port
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/runner.h"

void test_port_run(const struct test_case *test)
{
    test->run();
}

void test_port_where(char *text, size_t size)
{
    (void)size;
    text[0] = '\0';
}

void test_port_explain(void)
{
}
