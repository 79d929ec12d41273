/* test_thread_hints.c - posix: what a thread gets of its hints, and warnings
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE

#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/test.h"
#include "weft/error.h"
#include "weft/port.h"

#define MIB ((size_t)1024 * 1024)

#if defined(__has_include)
#if __has_include(<linux/prctl.h>)
#define HAS_HINTS 1
#endif
#endif

#if defined(HAS_HINTS)
#define OF_THE_HOST "virtual cores have no threads of the host"

static size_t stack_size(void)
{
    pthread_attr_t attributes;
    size_t size = 0;
    void *base;

    CHECK_EQ(pthread_getattr_np(pthread_self(), &attributes), 0);
    CHECK_EQ(pthread_attr_getstack(&attributes, &base, &size), 0);
    CHECK_EQ(pthread_attr_destroy(&attributes), 0);
    return size;
}

struct seen {
    char name[16];
    size_t size;
};

static void look(void *ctx)
{
    struct seen *seen = ctx;

    CHECK_EQ(pthread_getname_np(pthread_self(), seen->name, 16), 0);
    seen->size = stack_size();
}

static struct seen look_in(weft_port_thread_t thread)
{
    struct seen seen;

    CHECK_EQ(weft_port_thread_start(&thread, look, &seen), 0);
    weft_port_thread_join(&thread);
    return seen;
}

CASE_REAL_ONLY(a_thread_has_its_name_as_far_as_it_fits, OF_THE_HOST)
{
    struct seen seen = look_in((weft_port_thread_t){.name = "storage"});

    CHECK_EQ(strcmp(seen.name, "storage"), 0);
    seen = look_in((weft_port_thread_t){.name = "a name of twenty five"});
    CHECK_EQ(strcmp(seen.name, "a name of twent"), 0);
}

CASE_REAL_ONLY(a_stack_is_as_large_as_was_asked, OF_THE_HOST)
{
    size_t otherwise = look_in((weft_port_thread_t){0}).size;
    size_t most = look_in((weft_port_thread_t){.stack_size = 24 * MIB}).size;
    size_t least = look_in((weft_port_thread_t){.stack_size = 1}).size;

    CHECK(most >= 24 * MIB && most < 25 * MIB);
    CHECK(least > 1 && least < MIB && least < otherwise);
}

CASE_REAL_ONLY(a_stack_that_nothing_can_hold_is_refused, OF_THE_HOST)
{
    weft_port_thread_t thread = {.stack_size = SIZE_MAX};
    struct seen seen;

    CHECK_EQ(weft_port_thread_start(&thread, look, &seen), WEFT_ERR_MEMORY);
    CHECK_EQ(thread.stack_size, SIZE_MAX);
}
#endif

/* What a warning prints, from a pipe in place of standard error. */
static void printed(const char *who, const char *what, char *text, size_t size)
{
    int ends[2];
    int before = dup(STDERR_FILENO);
    ssize_t got;

    CHECK_EQ(pipe(ends), 0);
    CHECK(dup2(ends[1], STDERR_FILENO) >= 0);
    weft_port_warn(who, what);
    CHECK(dup2(before, STDERR_FILENO) >= 0);
    (void)close(before);
    (void)close(ends[1]);
    got = read(ends[0], text, size - 1);
    CHECK(got >= 0);
    text[got] = '\0';
    (void)close(ends[0]);
}

CASE(a_warning_is_one_line)
{
    char text[80];

    printed("storage", "disk full", text, sizeof(text));
    CHECK_EQ(strcmp(text, "weft: storage: disk full\n"), 0);
    printed(NULL, "disk full", text, sizeof(text));
    CHECK_EQ(strcmp(text, "weft: disk full\n"), 0);
}
