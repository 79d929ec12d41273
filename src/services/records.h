/* records.h - internal: how records lie on the flash, and how they are walked
 * SPDX-License-Identifier: MIT
 *
 * A sector, everything padded to weft__records_align, numbers little-endian:
 *
 *     erased mark   "WFe1" sector_size  erases  sum   when its erase is done
 *     opened mark   "WFo1" sequence     align   sum   when it is taken,
 *     opened mark   the same again                    once more against rot
 *     records ...   kind key_size value_size sum | key | value | seal
 *
 * sum is of the head, and begins with the sequence and the place, so that what
 * looks like a record inside of a value is none; the seal goes on with key and
 * value. PUT and DELETE are the user's. LINK stands at the end of a sector that
 * is full, and names the next: while that is not open, it has to be erased
 * first. DROP says that all sequences below `oldest` are dead, and which sector
 * gets how many erases by that: while its mark has fewer, the erase was
 * interrupted. Room for one LINK and one DROP is left in each sector.
 *
 * A sector is free, or in use with a sequence; one at least is free, but while
 * one is compacted. What the newest of all sectors holds, when none is free,
 * are copies: open throws them away and begins again.
 */
#ifndef WEFT_SRC_SERVICES_RECORDS_H
#define WEFT_SRC_SERVICES_RECORDS_H

#include <stdbool.h>

#include "weft/records.h"

enum weft__record_kind {
    WEFT__RECORD_PUT = 0xa1,
    WEFT__RECORD_DELETE = 0xa2,
    WEFT__RECORD_LINK = 0xa3, /* value: u32 sector */
    WEFT__RECORD_DROP = 0xa4, /* value: u32 oldest, sector, erases */
};

enum {
    WEFT__RECORD_HEAD = 8,
    WEFT__RECORD_SEAL = 4,
    WEFT__RECORD_LINK_SIZE = 4,
    WEFT__RECORD_DROP_SIZE = 12,
    WEFT__SECTOR_MARK = 16,
    WEFT__RECORDS_CHUNK = WEFT_FLASH_UNIT_MAX,
    WEFT__SEQUENCE_MAX = 0x7fffffff,
};

/* A record that has been found, or where to look for the next. */
typedef struct weft__record {
    uint32_t sector;
    uint32_t at;   /* in the sector */
    uint32_t next; /* where the next may begin */
    uint32_t sum;  /* of its head */
    uint16_t value_size;
    uint8_t key_size;
    uint8_t kind;
} weft__record_t;

static inline uint32_t weft__records_align(const weft_records_t *records)
{
    return records->flash->unit < 4 ? 4 : records->flash->unit;
}

static inline uint32_t weft__records_round(const weft_records_t *records,
                                           uint32_t size)
{
    uint32_t mask = weft__records_align(records) - 1;

    return (size + mask) & ~mask;
}

/* Bytes of a whole record. */
static inline uint32_t weft__record_size(const weft_records_t *records,
                                         uint32_t key_and_value)
{
    return weft__records_round(records, WEFT__RECORD_HEAD + key_and_value +
                                            WEFT__RECORD_SEAL);
}

/* Where records begin. */
static inline uint32_t weft__records_begin(const weft_records_t *records)
{
    return 3 * weft__records_round(records, WEFT__SECTOR_MARK);
}

/* What a PUT or DELETE that is copied leaves free at the end. */
static inline uint32_t weft__records_reserve(const weft_records_t *records)
{
    return weft__record_size(records, WEFT__RECORD_LINK_SIZE) +
           weft__record_size(records, WEFT__RECORD_DROP_SIZE);
}

/* The same with the DROP that mostly gets into each sector. New records leave
 * so much, too, where that is not yet there: so a store that was filled when it
 * was new does not lose room by its first compaction. */
static inline uint32_t weft__records_overhead(const weft_records_t *records)
{
    return weft__records_reserve(records) +
           weft__record_size(records, WEFT__RECORD_DROP_SIZE);
}

/* Room for PUT and DELETE in a sector. */
static inline uint32_t weft__records_capacity(const weft_records_t *records)
{
    return records->flash->sector_size - weft__records_begin(records) -
           weft__records_overhead(records);
}

static inline bool weft__records_fit(const weft_records_t *records,
                                     uint32_t size)
{
    uint32_t reserve = records->dropped ? weft__records_reserve(records)
                                        : weft__records_overhead(records);

    return records->sectors[records->active].end + size + reserve <=
           records->flash->sector_size;
}

uint32_t weft__records_u32(const unsigned char *from);
void weft__records_put_u32(unsigned char *to, uint32_t value);
uint32_t weft__records_sum(uint32_t sum, const void *bytes, uint32_t size);

/* --- records_walk.c: reads ------------------------------------------------ */

int weft__records_read(weft_records_t *records, uint32_t sector, uint32_t at,
                       void *to, uint32_t size);

/* The next record of record->sector from record->next on, below end: 1; 0:
 * there is none. What is no record is passed over. */
int weft__record_next(weft_records_t *records, weft__record_t *record,
                      uint32_t end);

/* 1: its seal is right; 0: cut off, or rotten. */
int weft__record_sound(weft_records_t *records, const weft__record_t *record);

/* 1: size bytes of it, from its offset on, are these. */
int weft__record_equal(weft_records_t *records, const weft__record_t *record,
                       uint32_t offset, const void *bytes, uint32_t size);

/* Its key as a text. WEFT_ERR_INVALID: longer than WEFT_STORE_KEY. */
int weft__record_key(weft_records_t *records, const weft__record_t *record,
                     char *key);

/* The newest sound PUT or DELETE of a key: 1; 0: none. */
int weft__records_find(weft_records_t *records, const char *key, uint32_t size,
                       weft__record_t *record);

/* 1: a sound PUT, and the newest of its key, which is copied. */
int weft__record_counts(weft_records_t *records, const weft__record_t *record,
                        char *key);

/* The sector in use with the greatest sequence below this one; the number of
 * sectors: none. */
uint32_t weft__records_below(const weft_records_t *records, uint32_t sequence);

/* Sectors that are free. */
uint32_t weft__records_free(const weft_records_t *records);

/* --- records_write.c: appends, erases, compacts --------------------------- */

/* Appends to the active sector; there is room. */
int weft__record_append(weft_records_t *records, enum weft__record_kind kind,
                        const char *key, const void *value, uint32_t size);

/* Makes a sector free. */
int weft__records_erase(weft_records_t *records, uint32_t sector);

/* Takes a free sector, the least worn, as the active one; unless the former
 * one is closed it gets a LINK. */
int weft__records_open_next(weft_records_t *records);

/* Opens this free sector as the active one. */
int weft__records_open_sector(weft_records_t *records, uint32_t sector);

/* Copies what counts of the oldest sector, but for the key `without`, if it is
 * not NULL, and frees it. */
int weft__records_step(weft_records_t *records, const char *without);

int weft__records_sync(weft_records_t *records);

#endif
