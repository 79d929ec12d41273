/* cmocka.h - stands in for cmocka where it is not built for the target
 * SPDX-License-Identifier: MIT
 *
 * As much of it as tests/support/runner.c takes: cross builds put this folder
 * into the include path. A case that fails ends the program by itself.
 */
#ifndef WEFT_TEST_SMALL_CMOCKA_H
#define WEFT_TEST_SMALL_CMOCKA_H

#include <stddef.h>
#include <stdio.h>

struct CMUnitTest {
    const char *name;
    void (*test_func)(void **state);
    int (*setup_func)(void **state);
    int (*teardown_func)(void **state);
    void *initial_state;
};

static inline void skip(void)
{
}

static inline int _cmocka_run_group_tests(const char *group,
                                          const struct CMUnitTest *tests,
                                          size_t count, void *setup,
                                          void *teardown)
{
    (void)group;
    (void)setup;
    (void)teardown;
    printf("[==========] Running %zu test(s).\n", count);
    for (size_t i = 0; i < count; i++) {
        void *state = tests[i].initial_state;

        printf("[ RUN      ] %s\n", tests[i].name);
        tests[i].test_func(&state);
        printf("[       OK ] %s\n", tests[i].name);
    }
    printf("[==========] %zu test(s) run.\n", count);
    return 0;
}

#endif
