/* runner.c - finds the registered cases and lets cmocka run them
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "tests/support/runner.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { CASES_MAX = 256, SIGNALS = 5 };

/* cmocka catches these and jumps away, which no coroutine's stack survives
   and which hides the sanitizer's report: cases run with the ones before. */
static const int caught[SIGNALS] = {SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGSYS};
static struct sigaction before_cmocka[SIGNALS];

_Noreturn void test_fail(const char *file, int line, const char *format, ...)
{
    char what[1024];
    char where[128];
    char text[1400];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    test_port_where(where, sizeof(where));
    int length =
        snprintf(text, sizeof(text), "%s:%d: %s: %s%s\n", file, line,
                 test_running ? test_running->name : "no case", what, where);
    (void)fflush(stdout);
    if (write(STDERR_FILENO, text, (size_t)length) < 0) {
        _exit(2);
    }
    test_port_explain();
    _exit(1);
}

void test_no_core(void)
{
}

bool test_death_begin(struct test_death *death)
{
    int ends[2];

    (void)fflush(NULL);
    if (pipe(ends) != 0 || (death->pid = fork()) < 0) {
        FAIL("cannot fork");
    }
    death->from_child = ends[0];
    if (death->pid == 0) {
        (void)dup2(ends[1], STDERR_FILENO);
        (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    }
    (void)close(ends[1]);
    return death->pid == 0;
}

_Noreturn void test_death_missed(void)
{
    _exit(0);
}

void test_death_end(struct test_death *death)
{
    char said[4096];
    size_t length = 0;
    ssize_t got;
    int status;

    do {
        got = read(death->from_child, said + length, sizeof(said) - 1 - length);
        length += got > 0 ? (size_t)got : 0;
    } while (got > 0);
    said[length] = '\0';
    (void)close(death->from_child);
    if (waitpid(death->pid, &status, 0) != death->pid || status == 0) {
        test_fail(death->file, death->line,
                  "lived on, expected to die with \"%s\"", death->words);
    }
    if (strstr(said, death->words) == NULL) {
        test_fail(death->file, death->line, "died with \"%s\", expected \"%s\"",
                  said, death->words);
    }
}

static void run_case(void **state)
{
    for (int i = 0; i < SIGNALS; i++) {
        (void)sigaction(caught[i], &before_cmocka[i], NULL);
    }
    test_start(*state);
    test_port_run(test_running);
    if (test_skipped() != NULL) {
        printf("skip: %s: %s\n", test_running->name, test_skipped());
        skip();
    }
}

static int by_line(const void *a, const void *b)
{
    const struct CMUnitTest *left = a;
    const struct CMUnitTest *right = b;

    return ((const struct test_case *)left->initial_state)->line -
           ((const struct test_case *)right->initial_state)->line;
}

static size_t collect(struct CMUnitTest *tests, const char *only)
{
    const struct test_case *const *at = __start_weft_cases;
    size_t count = 0;

    for (; at != __stop_weft_cases; at++) {
        if (only != NULL && strcmp(only, (*at)->name) != 0) {
            continue;
        }
        if (count == CASES_MAX) {
            FAIL("more than %d cases in one file: split it", CASES_MAX);
        }
        tests[count++] = (struct CMUnitTest){(*at)->name, run_case, NULL, NULL,
                                             (void *)(uintptr_t)*at};
    }
    qsort(tests, count, sizeof(tests[0]), by_line);
    return count;
}

int main(int argc, char **argv)
{
    static struct CMUnitTest tests[CASES_MAX];
    const char *only = argc > 1 ? argv[1] : getenv("WEFT_CASE");
    size_t count = collect(tests, only);

    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    if (count == 0 && only != NULL) {
        fprintf(stderr, "%s: no case '%s' on this port\n", argv[0], only);
        return 2;
    }
    if (count == 0) {
        printf("no case for this port\n");
        return 0;
    }
    for (int i = 0; i < SIGNALS; i++) {
        (void)sigaction(caught[i], NULL, &before_cmocka[i]);
    }
    return _cmocka_run_group_tests(argv[0], tests, count, NULL, NULL) == 0 ? 0
                                                                           : 1;
}
