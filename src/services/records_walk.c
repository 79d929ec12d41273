/* records_walk.c - finds records, and whether they are sound and count
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "services/records.h"

uint32_t weft__records_u32(const unsigned char *from)
{
    return (uint32_t)from[0] | (uint32_t)from[1] << 8 |
           (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

void weft__records_put_u32(unsigned char *to, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        to[i] = (unsigned char)(value >> (8 * i));
    }
}

/* CRC-32 (polynomial 0xedb88320, reflected), four bits at a time: a table of
 * 64 bytes. Goes on from sum. */
uint32_t weft__records_sum(uint32_t sum, const void *bytes, uint32_t size)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    const unsigned char *byte = (const unsigned char *)bytes;

    sum = ~sum;
    for (; size > 0; size--, byte++) {
        sum ^= *byte;
        sum = sum >> 4 ^ table[sum & 15];
        sum = sum >> 4 ^ table[sum & 15];
    }
    return ~sum;
}

int weft__records_read(weft_records_t *records, uint32_t sector, uint32_t at,
                       void *to, uint32_t size)
{
    weft_flash_t *flash = records->flash;

    return size == 0 ? WEFT_OK
                     : flash->ops->read(flash, sector * flash->sector_size + at,
                                        to, size);
}

/* --- one record ----------------------------------------------------------- */

static uint32_t head_sum(const weft_records_t *records,
                         const weft__record_t *record,
                         const unsigned char *head)
{
    unsigned char place[8];

    weft__records_put_u32(place, records->sectors[record->sector].sequence);
    weft__records_put_u32(place + 4, record->at);
    return weft__records_sum(weft__records_sum(0, place, 8), head, 4);
}

static bool kind_is_known(unsigned kind)
{
    return kind >= WEFT__RECORD_PUT && kind <= WEFT__RECORD_DROP;
}

/* 1: there is one at record->at. */
static int parse(weft_records_t *records, weft__record_t *record)
{
    uint32_t left = records->flash->sector_size - record->at;
    unsigned char head[WEFT__RECORD_HEAD];
    int rc;

    if (left < WEFT__RECORD_HEAD + WEFT__RECORD_SEAL) {
        return 0;
    }
    rc = weft__records_read(records, record->sector, record->at, head,
                            sizeof(head));
    if (rc < 0 || !kind_is_known(head[0])) {
        return rc < 0 ? rc : 0;
    }
    record->kind = head[0];
    record->key_size = head[1];
    record->value_size = (uint16_t)(head[2] | head[3] << 8);
    record->sum = head_sum(records, record, head);
    record->next =
        record->at + weft__record_size(records, (uint32_t)record->key_size +
                                                    record->value_size);
    return record->value_size <= WEFT_RECORDS_VALUE_MAX &&
           record->sum == weft__records_u32(head + 4) &&
           record->next - record->at <= left;
}

int weft__record_next(weft_records_t *records, weft__record_t *record,
                      uint32_t end)
{
    int rc = 0;

    for (record->at = record->next; rc == 0 && record->at < end;) {
        rc = parse(records, record);
        if (rc == 0) {
            record->at += weft__records_align(records);
        }
    }
    return rc;
}

int weft__record_sound(weft_records_t *records, const weft__record_t *record)
{
    unsigned char chunk[WEFT__RECORDS_CHUNK];
    uint32_t left = (uint32_t)record->key_size + record->value_size;
    uint32_t at = record->at + WEFT__RECORD_HEAD;
    uint32_t sum = record->sum;
    int rc = WEFT_OK;

    while (rc == WEFT_OK && left > 0) {
        uint32_t size = left < sizeof(chunk) ? left : sizeof(chunk);

        rc = weft__records_read(records, record->sector, at, chunk, size);
        sum = weft__records_sum(sum, chunk, size);
        at += size;
        left -= size;
    }
    if (rc == WEFT_OK) {
        rc = weft__records_read(records, record->sector, at, chunk, 4);
    }
    return rc < 0 ? rc : weft__records_u32(chunk) == sum;
}

int weft__record_equal(weft_records_t *records, const weft__record_t *record,
                       uint32_t offset, const void *bytes, uint32_t size)
{
    const unsigned char *expected = (const unsigned char *)bytes;
    unsigned char chunk[WEFT__RECORDS_CHUNK];
    uint32_t at = record->at + WEFT__RECORD_HEAD + offset;

    while (size > 0) {
        uint32_t step = size < sizeof(chunk) ? size : sizeof(chunk);
        int rc = weft__records_read(records, record->sector, at, chunk, step);

        if (rc < 0 || memcmp(chunk, expected, step) != 0) {
            return rc < 0 ? rc : 0;
        }
        at += step;
        expected += step;
        size -= step;
    }
    return 1;
}

int weft__record_key(weft_records_t *records, const weft__record_t *record,
                     char *key)
{
    if (record->key_size > WEFT_STORE_KEY) {
        return WEFT_ERR_INVALID;
    }
    key[record->key_size] = '\0';
    return weft__records_read(records, record->sector,
                              record->at + WEFT__RECORD_HEAD, key,
                              record->key_size);
}

/* --- all of them ---------------------------------------------------------- */

uint32_t weft__records_below(const weft_records_t *records, uint32_t sequence)
{
    uint32_t count = records->flash->sectors;
    uint32_t best = count;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t own = records->sectors[i].sequence;

        if (own != 0 && own < sequence &&
            (best == count || own > records->sectors[best].sequence)) {
            best = i;
        }
    }
    return best;
}

uint32_t weft__records_free(const weft_records_t *records)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < records->flash->sectors; i++) {
        count += records->sectors[i].sequence == 0;
    }
    return count;
}

/* The last of a key that lies below end: 1. */
static int last_below(weft_records_t *records, const char *key, uint32_t size,
                      uint32_t end, weft__record_t *record)
{
    weft__record_t walk = {.sector = record->sector,
                           .next = weft__records_begin(records)};
    int found = 0;
    int rc;

    while ((rc = weft__record_next(records, &walk, end)) == 1) {
        if (walk.kind <= WEFT__RECORD_DELETE && walk.key_size == size) {
            rc = weft__record_equal(records, &walk, 0, key, size);
            if (rc == 1) {
                *record = walk;
                found = 1;
            }
        }
        if (rc < 0) {
            return rc;
        }
    }
    return rc < 0 ? rc : found;
}

/* The last sound one in record->sector. Mostly the last is, so it is looked at
 * only when it was found. */
static int last_sound(weft_records_t *records, const char *key, uint32_t size,
                      weft__record_t *record)
{
    uint32_t end = records->sectors[record->sector].end;
    int rc = 1;

    while (rc == 1) {
        rc = last_below(records, key, size, end, record);
        if (rc == 1) {
            rc = weft__record_sound(records, record);
            if (rc != 0) {
                return rc;
            }
            end = record->at;
            rc = 1;
        }
    }
    return rc;
}

int weft__records_find(weft_records_t *records, const char *key, uint32_t size,
                       weft__record_t *record)
{
    uint32_t sequence = WEFT__SEQUENCE_MAX;
    int rc = 0;

    while (rc == 0) {
        record->sector = weft__records_below(records, sequence);
        if (record->sector == records->flash->sectors) {
            break;
        }
        sequence = records->sectors[record->sector].sequence;
        rc = last_sound(records, key, size, record);
    }
    return rc;
}

int weft__record_counts(weft_records_t *records, const weft__record_t *record,
                        char *key)
{
    weft__record_t newest;
    int rc = 0;

    if (record->kind == WEFT__RECORD_PUT &&
        record->key_size <= WEFT_STORE_KEY) {
        rc = weft__record_key(records, record, key);
        if (rc == WEFT_OK) {
            rc = weft__records_find(records, key, record->key_size, &newest);
        }
        if (rc == 1) {
            rc = newest.sector == record->sector && newest.at == record->at;
        }
    }
    return rc;
}
