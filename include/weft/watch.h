/* watch.h - the newest value, for any number of observers
 * SPDX-License-Identifier: MIT
 *
 * When to use it: a setting, a reading, a state that changes again and again,
 * and several tasks, fibers or threads each want the newest: a value that an
 * observer was too slow for is skipped. For one consumer a weft/signal.h is
 * smaller; where none may be missed take a weft/broadcast.h.
 *
 * Example:
 *
 *     WEFT_WATCH_DEFINE(speed, int);
 *
 *     struct display { weft_task_t task; weft_await_t await;
 *                      weft_watch_reader_t reader; int value; };
 *     WEFT_TASK(display)
 *     {
 *         WEFT_BEGIN;
 *         weft_watch_reader_init(&self->reader, &speed);
 *         for (;;) {
 *             WEFT_AWAIT(weft_watch_wait, &self->reader, &self->value);
 *             show(self->value);
 *         }
 *         WEFT_END;
 *     }
 *     void encoder_interrupt(int raw)
 *     {
 *         int value = raw * 3;
 *         (void)weft_watch_set(&speed, &value);
 *     }
 *
 * Each observer has a reader, which knows what it has seen: a wait gives the
 * newest value if the reader has not had it, and waits for one else. A value
 * is never given twice, nor one older than another that was given before. To a
 * new reader the value that is there is new. A set never waits, whoever reads.
 *
 * Context: set, get and the try forms from any thread, core and interrupt;
 * wait from a task, a fiber or a thread, with a reader of its own; close,
 * borrow and release not from an interrupt. In an interrupt a set ends
 * WEFT_STEP waits itself, the home of the first goes on with the others.
 * Memory: the caller's, room for two values; a value is copied under the
 * watch's lock, so its size is at most WEFT_COPY_MAX.
 */
#ifndef WEFT_WATCH_H
#define WEFT_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weft/wait.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_watch {
    /* private */
    weft_crowd_t crowd; /* word: LOCK, WAITERS, CLOSED */
    void *values;       /* two */
    uint64_t version;   /* of the value; 0: there is none yet */
    uint32_t borrowers;
    uint16_t size;
    uint8_t current; /* which is the newest */
    uint8_t lent;    /* which is borrowed, if one is */
} weft_watch_t;
WEFT_SIZE_ASSERT(weft_watch_t, 40, 64);

/* One observer. */
typedef struct weft_watch_reader {
    /* private */
    weft_watch_t *watch;
    void *value;   /* of the wait that is under way */
    uint64_t seen; /* version */
    bool waits;
} weft_watch_reader_t;
WEFT_SIZE_ASSERT(weft_watch_reader_t, 24, 32);

extern const weft_crowd_ops_t weft__watch_ops;

#define WEFT__WATCH_INIT(values, size)                                         \
    {                                                                          \
        WEFT__CROWD_INIT(weft__watch_ops, 0), (values), 0, 0,                  \
            (uint16_t)(size), 0, 0                                             \
    }

/* A static watch `name` of a type, ready to use as &name, without a value. */
#define WEFT_WATCH_DEFINE(name, type)                                          \
    WEFT_STATIC_ASSERT(sizeof(type) <= WEFT_COPY_MAX,                          \
                       "the value of " #name " is too large");                 \
    static type name##_values[2];                                              \
    static weft_watch_t name = WEFT__WATCH_INIT(name##_values, sizeof(type))

/* Makes it a watch without a value; values has room for two of size bytes.
 * WEFT_ERR_INVALID: a size of 0 or above WEFT_COPY_MAX, or no room. */
int weft_watch_init(weft_watch_t *watch, void *values, size_t size);

/* Copies value in, for all who wait and all who come. 0; WEFT_ERR_CLOSED. */
int weft_watch_set(weft_watch_t *watch, const void *value);

/* Copies the newest value out, whoever has seen it, closed or not. 0;
 * WEFT_ERR_EMPTY: none was ever set. */
int weft_watch_get(weft_watch_t *watch, void *value);

/* No value comes any more: who has seen the last one gets WEFT_ERR_CLOSED, now
 * or when it waits. A second close: WEFT_ERR_CLOSED. */
int weft_watch_close(weft_watch_t *watch);

/* The newest value itself, to be read in place, whatever is set meanwhile,
 * until the release that must follow. NULL: there is none, or others still
 * borrow an older one. */
const void *weft_watch_borrow(weft_watch_t *watch);
void weft_watch_release(weft_watch_t *watch);

/* Makes it a reader that has seen nothing. It borrows the watch. */
void weft_watch_reader_init(weft_watch_reader_t *reader, weft_watch_t *watch);

/* The newest value, if the reader has not had it: 0; WEFT_ERR_EMPTY;
 * WEFT_ERR_CLOSED: nor will there be one. value NULL: it is not copied. */
int weft_watch_try_wait(weft_watch_reader_t *reader, void *value);

/* WEFT_AWAIT(weft_watch_wait, &reader, &value): 0 and a value that is new to
 * the reader, which must stay in place until then, and value too;
 * WEFT_ERR_CLOSED; WEFT_ERR_CANCELLED; with a limit WEFT_ERR_TIMEOUT. Without
 * 0 the reader has seen nothing. While another waits with it: an assertion. */
int weft_watch_wait_begin(weft_await_t *await, weft_watch_reader_t *reader,
                          void *value);

/* The same in a fiber or a thread, which it blocks. */
int weft_watch_wait(weft_watch_reader_t *reader, void *value);
int weft_watch_wait_until(weft_watch_reader_t *reader, void *value,
                          uint64_t deadline_us);

#ifdef __cplusplus
}
#endif

#endif
