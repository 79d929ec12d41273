/* log_ring.c - writes records into a log's ring, or counts them as dropped
 * SPDX-License-Identifier: MIT
 */
#include "services/log.h"

#include <string.h>

/* --- a record as bytes ---------------------------------------------------- */

struct bytes {
    unsigned char *at;
    unsigned char *end;
    bool cut;
};

static bool put_byte(struct bytes *to, unsigned byte)
{
    if (to->at == to->end) {
        return false;
    }
    *to->at++ = (unsigned char)byte;
    return true;
}

static bool put_number(struct bytes *to, uint64_t number)
{
    while (number > 127) {
        if (!put_byte(to, (unsigned)(number & 127) | 128)) {
            return false;
        }
        number >>= 7;
    }
    return put_byte(to, (unsigned)number);
}

static bool put_address(struct bytes *to, const void *address)
{
    if ((size_t)(to->end - to->at) < sizeof(address)) {
        return false;
    }
    memcpy(to->at, &address, sizeof(address));
    to->at += sizeof(address);
    return true;
}

/* As much of it as fits, in whole characters of UTF-8. */
static bool put_text(struct bytes *to, const char *text)
{
    const unsigned char *from = (const unsigned char *)(text ? text : "");
    unsigned char *first = to->at;

    for (; *from != 0 && to->end - to->at > 1; from++) {
        *to->at++ = *from;
    }
    if (*from != 0) {
        to->cut = true;
        for (; to->at > first && (*from & 0xc0) == 0x80; from--) {
            to->at--;
        }
    }
    return put_byte(to, 0);
}

static bool put_value(struct bytes *to, const weft_log_field_t *field)
{
    uint64_t number = (uint64_t)field->value.number;

    switch ((enum weft_log_kind)field->kind) {
    case WEFT_LOG_INT:
    case WEFT_LOG_FIXED:
        return put_number(to, field->value.number < 0 ? ~(number << 1)
                                                      : number << 1);
    case WEFT_LOG_UINT:
    case WEFT_LOG_HEX: return put_number(to, number);
    case WEFT_LOG_TEXT: return put_text(to, field->value.text);
    }
    WEFT_ASSERT(false, "a field of a log of no known kind");
    return false;
}

static bool put_field(struct bytes *to, const weft_log_field_t *field)
{
    unsigned char *start = to->at;

    WEFT_ASSERT(field->key != NULL, "a field of a log without a key");
    WEFT_ASSERT(field->point < 10, "a field of a log with over 9 digits");
    if (put_byte(to, field->kind | (unsigned)field->point << 4) &&
        put_address(to, field->key) && put_value(to, field)) {
        return true;
    }
    to->at = start;
    return false;
}

/* Gives the head, without the size. */
static uint32_t put_record(struct bytes *to, const weft_log_record_t *record,
                           uint64_t now_us)
{
    unsigned count = 0;

    (void)put_number(to, now_us);
    (void)put_address(to, record->tag);
    (void)put_text(to, record->text);
    while (count < record->count && count < WEFT__LOG_COUNT_MAX &&
           put_field(to, &record->fields[count])) {
        count++;
    }
    return (uint32_t)record->level << WEFT__LOG_LEVEL_SHIFT |
           count << WEFT__LOG_COUNT_SHIFT |
           (to->cut || count < record->count ? WEFT__LOG_CUT : 0);
}

/* --- its place in the ring ------------------------------------------------ */

/* Under the lock; true: the service is to be told. */
static bool drop(weft_log_t *log, uint32_t *reason)
{
    bool first = weft_atomic_load_relaxed_u8(&log->unsaid) == 0;

    ++*reason;
    if (first) {
        log->drop_at = log->accepted;
        weft_atomic_store_release_u8(&log->unsaid, 1);
    }
    return first;
}

static bool reserve(weft_log_t *log, uint32_t size, uint32_t *at)
{
    unsigned key = weft_lock_mask(&log->lock);
    bool fits = size <= log->size - log->used;
    bool tell = false;

    if (fits) {
        *at = log->tail;
        log->tail = weft__log_on(log, *at, size);
        log->used += size;
        weft_atomic_store_relaxed_u32(weft__log_head(log, *at), 0);
        weft_atomic_store_release_u32(&log->accepted, log->accepted + 1);
    } else {
        tell = drop(log, &log->full);
    }
    weft_unlock_mask(&log->lock, key);
    if (tell) {
        weft__log_pull(log);
    }
    return fits;
}

static void copy_in(weft_log_t *log, uint32_t at, const unsigned char *bytes,
                    uint32_t size)
{
    uint32_t to_end = log->size - at;
    uint32_t first = size < to_end ? size : to_end;

    memcpy(log->room + at, bytes, first);
    memcpy(log->room, bytes + first, size - first);
}

static bool push(weft_log_t *log, uint32_t head, const unsigned char *bytes,
                 uint32_t count)
{
    uint32_t size = (WEFT__LOG_HEAD + count + 3) & ~(uint32_t)3;
    uint32_t at = 0;

    if (!reserve(log, size, &at)) {
        return false;
    }
    copy_in(log, weft__log_on(log, at, WEFT__LOG_HEAD), bytes, count);
    weft_atomic_store_release_u32(weft__log_head(log, at),
                                  head | size | WEFT__LOG_READY);
    weft__log_pull(log);
    return true;
}

/* --- the rate ------------------------------------------------------------- */

static weft_log_bucket_t *bucket_of(weft_log_t *log, const char *tag)
{
    uint32_t last = log->buckets_count - 1;

    for (uint32_t i = 0; i < last; i++) {
        weft_log_bucket_t *bucket = &log->buckets[i];
        void *owner = weft_atomic_load_acquire_ptr(&bucket->tag);

        if (owner == NULL &&
            weft_atomic_cas_acq_rel_ptr(&bucket->tag, &owner, (void *)tag)) {
            return bucket;
        }
        if (owner == tag) {
            return bucket;
        }
    }
    return &log->buckets[last];
}

/* A record takes every_us of the bucket, which runs full burst_us ahead. */
static bool admit(weft_log_t *log, const char *tag, uint64_t now_us)
{
    weft_log_bucket_t *bucket = bucket_of(log, tag);
    unsigned key = weft_lock_mask(&log->lock);
    bool tell = false;
    bool admitted;

    if (bucket->full_us < now_us) {
        bucket->full_us = now_us;
    }
    admitted = bucket->full_us - now_us <= log->burst_us;
    if (admitted) {
        bucket->full_us += log->every_us;
    } else {
        tell = drop(log, &log->rate);
    }
    weft_unlock_mask(&log->lock, key);
    if (tell) {
        weft__log_pull(log);
    }
    return admitted;
}

bool weft_log_write(weft_log_t *log, const weft_log_record_t *record)
{
    unsigned char bytes[WEFT_LOG_RECORD_MAX - WEFT__LOG_HEAD];
    struct bytes to = {bytes, bytes + sizeof(bytes), false};
    uint64_t now_us;
    uint32_t head;

    WEFT_ASSERT(record->tag != NULL, "a record of a log without a tag");
    if (!weft_log_lets(log, record->level)) {
        return false;
    }
    now_us = weft_now_us();
    if (log->every_us != 0 && !admit(log, record->tag, now_us)) {
        return false;
    }
    head = put_record(&to, record, now_us);
    return push(log, head, bytes, (uint32_t)(to.at - bytes));
}

/* --- the other end -------------------------------------------------------- */

bool weft__log_has(const weft_log_t *log)
{
    return weft_atomic_load_acquire_u32(&log->accepted) != log->taken &&
           (weft_atomic_load_acquire_u32(weft__log_head(log, log->head)) &
            WEFT__LOG_READY) != 0;
}

void weft__log_free(weft_log_t *log, uint32_t size)
{
    unsigned key = weft_lock_mask(&log->lock);

    log->used -= size;
    weft_unlock_mask(&log->lock, key);
    log->head = weft__log_on(log, log->head, size);
    log->taken++;
}

bool weft__log_unsaid(weft_log_t *log)
{
    unsigned key = weft_lock_mask(&log->lock);
    bool unsaid;

    log->saying[WEFT__LOG_FULL] = log->full;
    log->saying[WEFT__LOG_RATE] = log->rate;
    log->saying[WEFT__LOG_SINK] = log->lost;
    unsaid = memcmp(log->saying, log->said, sizeof(log->said)) != 0;
    if (!unsaid) {
        weft_atomic_store_relaxed_u8(&log->unsaid, 0);
    }
    weft_unlock_mask(&log->lock, key);
    return unsaid;
}

void weft__log_count(weft_log_t *log, bool lost)
{
    unsigned key = weft_lock_mask(&log->lock);

    log->done++;
    if (lost) {
        (void)drop(log, &log->lost);
    }
    weft_unlock_mask(&log->lock, key);
}

weft_log_counts_t weft_log_counts(weft_log_t *log)
{
    weft_log_counts_t counts;
    unsigned key = weft_lock_mask(&log->lock);

    counts.full = log->full;
    counts.rate = log->rate;
    counts.sink = log->lost;
    counts.written = log->done - log->lost;
    counts.waiting = log->accepted - log->done;
    counts.logged = log->accepted + log->full + log->rate;
    weft_unlock_mask(&log->lock, key);
    return counts;
}
