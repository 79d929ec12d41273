/* test_service_warn.c - services: what they say, and that they allocate nothing
 * SPDX-License-Identifier: MIT
 *
 * The numbers at the ends of names: see tests/unit/test_service.c.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <unistd.h>

#if defined(__GLIBC__) && __GLIBC__ * 100 + __GLIBC_MINOR__ >= 233
#include <malloc.h>
#endif

#include "tests/support/services.h"
#include "tests/support/test.h"

/* --- standard error, for a while */

struct ear {
    int pipe[2];
    int before;
};

static void listen_begin(struct ear *ear)
{
    (void)fflush(stderr);
    CHECK_EQ(pipe(ear->pipe), 0);
    ear->before = dup(2);
    CHECK_EQ(dup2(ear->pipe[1], 2), 2);
}

static void listen_end(struct ear *ear, char *text, size_t size)
{
    ssize_t length;

    (void)fflush(stderr);
    CHECK_EQ(dup2(ear->before, 2), 2);
    (void)close(ear->before);
    (void)close(ear->pipe[1]);
    length = read(ear->pipe[0], text, size - 1);
    (void)close(ear->pipe[0]);
    CHECK(length >= 0);
    text[length] = '\0';
}

static unsigned lines_of(const char *text)
{
    unsigned lines = 0;

    for (; *text != '\0'; text++) {
        lines += *text == '\n';
    }
    return lines;
}

CASE_REAL_ONLY(an_answer_that_nobody_handles_is_said_once_in_each_life_17,
               "it is the port that prints")
{
    struct ear ear;
    char text[500];
    struct desk desk;
    struct note notes[3] = {{.value = 1}, {.value = 2}, {.value = 3}};
    weft_reply_t reply = {.context = NULL};

    desk_open(&desk, NULL);
    for (unsigned life = 1; life <= 2; life++) {
        weft_reply_init(&reply, &desk.service, 1000, NULL);
        desk_start(&desk);
        listen_begin(&ear);
        for (int i = 0; i < 3; i++) {
            weft_request_reply(&notes[i].request, &reply);
            desk_send(&desk, DESK_NOTE, &notes[i]);
        }
        desk_run(&desk);
        listen_end(&ear, text, sizeof(text));
        CHECK_EQ(lines_of(text), 1);
        CHECK(strncmp(text, "weft: desk: ", 12) == 0);
        CHECK_EQ(desk.service.dropped, 3 * life);
        desk_stop(&desk);
    }
    desk_close(&desk);
}

/* Where the C library tells it; elsewhere 0. */
#if defined(__GLIBC__) && __GLIBC__ * 100 + __GLIBC_MINOR__ >= 233
static size_t bytes_in_use(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks;
}
#else
static size_t bytes_in_use(void)
{
    return 0;
}
#endif

CASE_REAL_ONLY(sending_handling_and_answering_allocate_nothing_04,
               "the simulator's own memory is in the same heap")
{
    struct desk desk;
    struct note notes[4];
    size_t before;

    desk_open(&desk, NULL);
    memset(notes, 0, sizeof(notes));
    for (int i = 0; i < 3; i++) {
        before = i == 0 ? 0 : bytes_in_use(); /* the first time may print */
        desk_start(&desk);
        desk_send(&desk, DESK_NOTE, &notes[0]);
        desk_send(&desk, DESK_KEEP, &notes[1]);
        desk_send(&desk, 1000, &notes[2]);
        CHECK_EQ(weft_service_send(&desk.service, DESK_NOTE, &notes[0].request),
                 WEFT_ERR_BUSY);
        CHECK(i == 0 || bytes_in_use() == before);
        desk_run(&desk);
        desk_stop(&desk);
        CHECK(i == 0 || bytes_in_use() == before);
        desk.logged = desk.kept_count = 0;
    }
    desk_close(&desk);
}
