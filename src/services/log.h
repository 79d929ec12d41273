/* log.h - internal: the ring of a log, and its records as bytes
 * SPDX-License-Identifier: MIT
 *
 * A record is a word, its head, and the bytes behind it, in whole words; it may
 * go on at the ring's start. Who writes takes a place under the lock, with a
 * head that is not READY, fills it with the lock free, and makes it READY. The
 * service takes records in order, as far as they are READY: one whose writer is
 * interrupted holds up those behind it, and no writer.
 *
 * The bytes: time, tag, text, then the fields, each of kind, key and value.
 * Numbers are in groups of 7 bits, the least first, and where they have a sign
 * twice as large, odd ones negative; texts end with a 0; tag and keys are
 * addresses.
 */
#ifndef WEFT_SRC_SERVICES_LOG_H
#define WEFT_SRC_SERVICES_LOG_H

#include "weft/log.h"

enum {
    WEFT__LOG_HEAD = 4,
    WEFT__LOG_SIZE = 0xffff,
    WEFT__LOG_LEVEL_SHIFT = 16, /* 3 bits */
    WEFT__LOG_COUNT_SHIFT = 20, /* 4 bits */
    WEFT__LOG_COUNT_MAX = 15,
    WEFT__LOG_CUT = 1 << 24,
    WEFT__LOG_READY = 1 << 25,
};

/* What the line holds. */
enum { WEFT__LOG_NOTHING, WEFT__LOG_RECORD, WEFT__LOG_REPORT };

/* Of said and saying. */
enum { WEFT__LOG_FULL, WEFT__LOG_RATE, WEFT__LOG_SINK };

static inline uint32_t *weft__log_head(const weft_log_t *log, uint32_t at)
{
    return (uint32_t *)(void *)(log->room + at);
}

static inline uint32_t weft__log_on(const weft_log_t *log, uint32_t at,
                                    uint32_t bytes)
{
    at += bytes;
    return at < log->size ? at : at - log->size;
}

/* Has the service look at the ring. Context: any. */
void weft__log_pull(weft_log_t *log);

/* Whether the oldest record is there and READY. In the service. */
bool weft__log_has(const weft_log_t *log);

/* Makes it a line, and its place free; false: there is none. In the service. */
bool weft__log_take(weft_log_t *log);

/* Gives its place back. In the service. */
void weft__log_free(weft_log_t *log, uint32_t size);

/* The record in the line is written, or lost. In the service. */
void weft__log_count(weft_log_t *log, bool lost);

/* Whether there are drops that no line has told: as they are now in saying. In
 * the service, while the line holds no report. */
bool weft__log_unsaid(weft_log_t *log);

/* Says in the line what is in saying and not in said. */
void weft__log_report(weft_log_t *log);

#endif
