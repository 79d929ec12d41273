/* main_sim.c - runs each case in the simulator, once for each seed
 * SPDX-License-Identifier: MIT
 *
 * WEFT_SEEDS=n: seeds 1 to n (20); WEFT_SEED=n: that one only. After each
 * case a line says how many different schedules its seeds gave.
 */
#include "tests/support/runner.h"

#include <stdio.h>
#include <stdlib.h>

#include "weft/sim.h"

static uint64_t seed;

static uint64_t number(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text != NULL && text[0] != '\0' ? strtoull(text, NULL, 0)
                                           : otherwise;
}

static void run_inside(void *ctx)
{
    const struct test_case *test = ctx;

    test->run();
}

static void run_seed(const struct test_case *test)
{
    weft_sim_config_t config = {.seed = seed};
    int rc = weft_sim_run(&config, run_inside, (void *)(uintptr_t)test);

    if (rc != 0) {
        FAIL("the simulation ended with error %d", rc);
    }
}

static int compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

static size_t distinct(uint64_t *digests, size_t count)
{
    size_t different = 0;
    size_t i;

    qsort(digests, count, sizeof(*digests), compare);
    for (i = 0; i < count; i++) {
        different += i == 0 || digests[i] != digests[i - 1];
    }
    return different;
}

static void run_seeds(const struct test_case *test, uint64_t first,
                      uint64_t last)
{
    uint64_t *digests = calloc((size_t)(last - first + 1), sizeof(*digests));
    size_t count = 0;

    for (seed = first; seed <= last && !test_skipped(); seed++) {
        run_seed(test);
        if (digests != NULL) {
            digests[count++] = weft_sim_stats().digest;
        }
    }
    if (count > 0) {
        printf("# schedules: %zu runs, %zu distinct\n", count,
               distinct(digests, count));
        (void)fflush(stdout);
    }
    free(digests);
}

/* A sanitizer's report names the seed too. */
void __sanitizer_set_death_callback(void (*callback)(void))
    __attribute__((weak));

static void name_seed(void)
{
    char where[64];

    test_port_where(where, sizeof(where));
    fprintf(stderr, "died in the simulator%s\n", where);
}

void test_port_run(const struct test_case *test)
{
    uint64_t first = number("WEFT_SEED", 1);
    uint64_t last = getenv("WEFT_SEED") ? first : number("WEFT_SEEDS", 20);

    if (__sanitizer_set_death_callback != NULL) {
        __sanitizer_set_death_callback(name_seed);
    }
    seed = 0;
    if (test->alone) {
        test->run();
        return;
    }
    run_seeds(test, first, last);
}

void test_port_where(char *text, size_t size)
{
    text[0] = '\0';
    if (seed != 0) {
        (void)snprintf(text, size, " (seed=%llu)", (unsigned long long)seed);
    }
}

void test_port_explain(void)
{
    weft_sim_trace_print(stderr);
}
