/* log.h - a log that never makes who writes wait, and a service that drains it
 * SPDX-License-Identifier: MIT
 *
 * When to use it: to say what happens, from tasks, threads and interrupts, over
 * a line or to a file that is slower than what happens.
 *
 * Example:
 *
 *     static int to_uart(void *ctx, const char *bytes, size_t size)
 *     {
 *         return uart_write(ctx, bytes, size);
 *     }
 *
 *     static uint32_t room[512];
 *     static char line[160];
 *     static weft_log_t device_log;
 *
 *     void log_begin(weft_executor_t *executor, weft_request_t *start)
 *     {
 *         weft_log_config_t config = {.sink = to_uart,
 *                                     .room = room, .room_size = sizeof(room),
 *                                     .line = line, .line_size = sizeof(line)};
 *         weft_log_init(&device_log, &config, executor);
 *         weft_service_start(&device_log.service, start);
 *     }
 *
 *     void motor_too_hot(int celsius)
 *     {
 *         weft_log(&device_log, WEFT_LOG_WARN, "motor", "too hot",
 *                  weft_log_int("celsius", celsius));
 *     }
 *
 * which the sink gets as one line, seconds since the start first:
 *
 *     12.000345 W motor: too hot celsius=93
 *
 * Writing puts a record, as bytes and not yet as a line, into a ring in the
 * caller's memory: a copy, and one hold of a lock for some twenty instructions,
 * two where there is a rate. A record that finds no room, or whose tag has had
 * its share, is dropped and counted. The service makes lines of what is there,
 * hands them to the sink, and says, where the first one is missing and then
 * once in a while, how many were dropped:
 *
 *     12.400000 W log: dropped lines=17 full=12 rate=5 sink=0
 *
 * Each record is counted once: as written, as dropped for one reason, or as
 * still to be written (weft_log_counts).
 *
 * Order: what one writer writes stays in order; the ring is in the order in
 * which records got their place, so times of different writers may be swapped.
 * Rate: each tag, known by its address, has a bucket of its own where the
 * configuration has buckets; those that find none free share the last one.
 * Length: text that does not fit is cut, fields are left out, and the line ends
 * with "...". Control characters, also those of Unicode (U+0080 to U+009F, and
 * U+2028 and U+2029, which end a line), are written as escapes, in tags and
 * keys, too: one record is one line. Values with spaces are in quotes. There is
 * no field for pointers.
 *
 * The sink takes what it can and says how much. One that may block needs an
 * executor of its own thread and `sink_blocks`; one that must not block takes
 * less, or nothing, and is asked again after weft_log_ready or retry_us.
 *
 * Context: writing, weft_log_ready and weft_log_counts from any thread, core
 * and interrupt, also while the service is stopped: then records wait for its
 * start. It takes WEFT_LOG_RECORD_MAX bytes of stack and some words more.
 * Memory: the caller's, until the service has stopped and nobody writes; tags
 * and keys are borrowed for as long, texts are copied.
 */
#ifndef WEFT_LOG_H
#define WEFT_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weft/base/spinlock.h"
#include "weft/config.h"
#include "weft/service.h"

#ifdef __cplusplus
extern "C" {
#endif

enum weft_log_level {
    WEFT_LOG_OFF = 0, /* only as what a log lets through */
    WEFT_LOG_ERROR = 1,
    WEFT_LOG_WARN = 2,
    WEFT_LOG_INFO = 3,
    WEFT_LOG_DEBUG = 4,
};

/* Takes a part of a line, or all of it, and gives how many bytes that were; 0:
 * not now; an error: the line is lost, counted as dropped. Where it had taken
 * a part of it, the next bytes are "..." and the end of that line. */
typedef int weft_log_sink_fn(void *ctx, const char *bytes, size_t size);

/* What one tag has used of its rate. All zero is a free one. */
typedef struct weft_log_bucket {
    /* private */
    void *tag; /* atomic; NULL: nobody's */
    uint64_t full_us;
} weft_log_bucket_t;

/* All zero is the default, but for the sink and the memory. */
typedef struct weft_log_config {
    weft_log_sink_fn *sink;
    void *ctx;
    void *room;         /* of the ring: several times WEFT_LOG_RECORD_MAX */
    uint32_t room_size; /* in bytes, to 16 MB */
    char *line;         /* where a line is made */
    uint32_t line_size; /* 80 to 4096: longer lines are cut */
    enum weft_log_level level; /* what is let through; OFF: INFO */
    uint32_t rate;  /* records a second of one bucket, to 10^6; 0: no limit */
    uint32_t burst; /* so many at once after a pause; 0: as many as rate */
    weft_log_bucket_t *buckets; /* one for each tag; NULL: one for all */
    uint16_t buckets_count;
    bool sink_blocks;
    uint32_t retry_us;  /* after which a sink that took nothing is asked again,
                           at the latest; 0: 10 ms */
    uint32_t report_us; /* at least between two lines on drops; 0: 1 s */
} weft_log_config_t;

/* Each record is counted in `logged`, and in one of the others. */
typedef struct weft_log_counts {
    uint32_t logged;
    uint32_t written; /* the sink has taken the whole line */
    uint32_t waiting; /* in the ring, or just being written */
    uint32_t full;    /* dropped: no room */
    uint32_t rate;    /* dropped: its tag's share was used up */
    uint32_t sink;    /* dropped: an error of the sink */
} weft_log_counts_t;

struct weft_log_flush;

typedef struct weft_log {
    weft_service_t service;
    /* private */
    weft_log_sink_fn *sink;
    void *ctx;
    /* The ring. Under the lock: used, tail and the counts. */
    unsigned char *room;
    uint32_t size;
    uint32_t used;
    uint32_t tail;
    uint32_t accepted; /* atomic: records that got a place */
    uint32_t done;     /* of these, written or lost */
    uint32_t lost;     /* of these, lost */
    uint32_t full;
    uint32_t rate;
    uint32_t drop_at; /* accepted at the first of those that are unsaid */
    weft_spinlock_t lock;
    uint8_t unsaid;  /* atomic, written under the lock: there are drops to tell,
                        and the service knows of it */
    uint8_t level;   /* atomic */
    uint8_t ready;   /* atomic: the sink takes again */
    uint8_t open;    /* atomic: it takes requests */
    uint32_t pulled; /* atomic: log.c */
    weft_log_bucket_t *buckets;
    uint32_t buckets_count;
    uint32_t every_us; /* 0: no limit */
    uint64_t burst_us;
    weft_log_bucket_t bucket; /* of all, where there are no others */
    /* The service's own. */
    uint32_t head;
    uint32_t taken;   /* records made lines */
    uint32_t said[3]; /* drops that a line has told: full, rate, sink */
    uint32_t saying[3];
    uint32_t say_at; /* must_say when so many are taken */
    char *line;
    uint32_t line_size;
    uint32_t length;
    uint32_t sent;
    uint8_t holds; /* what is in the line: services/log.h */
    uint8_t torn;  /* bytes to come of the end of a line lost in its middle */
    bool blocked;  /* the sink took nothing */
    bool must_say; /* drops, at say_at */
    bool retries;  /* its loop is set */
    bool reports;  /* its loop is set */
    struct weft_log_flush *flushes;
    weft_request_t pull;
    weft_service_loop_t retry;
    weft_service_loop_t report;
    uint32_t retry_us;
    uint32_t report_us;
} weft_log_t;

/* Prepares a stopped log whose service is to run on executor. Copies config.
 * WEFT_ERR_INVALID: no sink, memory out of its bounds, a rate above 10^6, or
 * as of weft_service_init. */
int weft_log_init(weft_log_t *log, const weft_log_config_t *config,
                  weft_executor_t *executor);

/* --- writing -------------------------------------------------------------- */

typedef struct weft_log_field {
    const char *key; /* borrowed; NULL is an assertion, as for a tag */
    uint8_t kind;    /* enum weft_log_kind */
    uint8_t point;
    union {
        int64_t number;
        const char *text;
    } value;
} weft_log_field_t;

enum weft_log_kind {
    WEFT_LOG_INT = 1,
    WEFT_LOG_UINT = 2,
    WEFT_LOG_HEX = 3,
    WEFT_LOG_FIXED = 4,
    WEFT_LOG_TEXT = 5,
};

static inline weft_log_field_t weft__log_number(const char *key,
                                                enum weft_log_kind kind,
                                                unsigned point, int64_t number)
{
    weft_log_field_t field;

    field.key = key;
    field.kind = (uint8_t)kind;
    field.point = (uint8_t)point;
    field.value.number = number;
    return field;
}

static inline weft_log_field_t weft_log_int(const char *key, int64_t number)
{
    return weft__log_number(key, WEFT_LOG_INT, 0, number);
}

static inline weft_log_field_t weft_log_uint(const char *key, uint64_t number)
{
    return weft__log_number(key, WEFT_LOG_UINT, 0, (int64_t)number);
}

/* As 0x1f. */
static inline weft_log_field_t weft_log_hex(const char *key, uint64_t number)
{
    return weft__log_number(key, WEFT_LOG_HEX, 0, (int64_t)number);
}

/* With so many digits, 0 to 9, behind the point: (215, 1) is 21.5. More is an
 * assertion, where it is written. */
static inline weft_log_field_t weft_log_fixed(const char *key, int64_t number,
                                              unsigned digits)
{
    return weft__log_number(key, WEFT_LOG_FIXED, digits < 10 ? digits : 10,
                            number);
}

/* The text is copied; NULL is an empty one. */
static inline weft_log_field_t weft_log_text(const char *key, const char *text)
{
    weft_log_field_t field;

    field.key = key;
    field.kind = WEFT_LOG_TEXT;
    field.point = 0;
    field.value.text = text;
    return field;
}

typedef struct weft_log_record {
    enum weft_log_level level; /* ERROR to DEBUG */
    const char *tag;           /* borrowed */
    const char *text;          /* copied */
    const weft_log_field_t *fields;
    unsigned count; /* of them, to 15 */
} weft_log_record_t;

/* Whether records of this level are let through now. Those of OFF, and of what
 * is no level, never are. */
static inline bool weft_log_lets(const weft_log_t *log,
                                 enum weft_log_level level)
{
    return (unsigned)level - 1 < weft_atomic_load_relaxed_u8(&log->level);
}

/* Writes it, or drops it and counts that: false. One of a level that is not let
 * through is neither. */
bool weft_log_write(weft_log_t *log, const weft_log_record_t *record);

/* The same, with up to 8 fields:
 *
 *     weft_log(&log, WEFT_LOG_INFO, "net", "connected",
 *              weft_log_text("peer", name), weft_log_int("port", 80));
 *
 * Those are not evaluated where the level is not let through; `log` and `level`
 * are evaluated twice. C only: C++ fills a weft_log_record_t. */
#define weft_log(log, level, tag, ...)                                         \
    WEFT__LOG_PICK(__VA_ARGS__, WEFT__LOG_MORE, WEFT__LOG_MORE,                \
                   WEFT__LOG_MORE, WEFT__LOG_MORE, WEFT__LOG_MORE,             \
                   WEFT__LOG_MORE, WEFT__LOG_MORE, WEFT__LOG_MORE,             \
                   WEFT__LOG_BARE, 0)                                          \
    (log, level, tag, __VA_ARGS__)
#define WEFT__LOG_PICK(a, b, c, d, e, f, g, h, i, name, ...) name
#define WEFT__LOG_BARE(log, level, tag, text)                                  \
    WEFT__LOG(log, level, tag, text, NULL, 0)
#define WEFT__LOG_MORE(log, level, tag, text, ...)                             \
    WEFT__LOG(log, level, tag, text,                                           \
              ((const weft_log_field_t[]){__VA_ARGS__}),                       \
              sizeof((const weft_log_field_t[]){__VA_ARGS__}) /                \
                  sizeof(weft_log_field_t))
#define WEFT__LOG(log, level, tag, text, fields, count)                        \
    ((void)(weft_log_lets((log), (level)) &&                                   \
            weft_log_write((log),                                              \
                           &(const weft_log_record_t){(level), (tag), (text),  \
                                                      (fields), (count)})))

/* For hosts: the text by printf's rules, cut at WEFT_LOG_RECORD_MAX. On a chip
 * it links the C library's printf. Context: as of that. */
bool weft_log_printf(weft_log_t *log, enum weft_log_level level,
                     const char *tag, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 4, 5)))
#endif
    ;

/* The sink, which took nothing lately, takes again. Context: any. */
void weft_log_ready(weft_log_t *log);

/* What has become of the records. Context: any. */
weft_log_counts_t weft_log_counts(weft_log_t *log);

/* --- requests ------------------------------------------------------------- */

enum {
    WEFT_LOG_FLUSH = 1,
    WEFT_LOG_SET_LEVEL = 2,
};

/* Answers when all that was logged before is written or lost, and what was
 * dropped before is said. WEFT_ERR_STOPPED: the log was stopped first. */
WEFT_REQUEST(weft_log_flush, WEFT_LOG_FLUSH, struct weft_log_flush *next;
             uint32_t until;);

/* From now on lets through what is of this level and more severe; OFF: nothing.
 * Answers with the level before. WEFT_ERR_INVALID: no such level. */
WEFT_REQUEST(weft_log_set_level, WEFT_LOG_SET_LEVEL,
             enum weft_log_level level;);

#ifdef __cplusplus
}
#endif

#endif
