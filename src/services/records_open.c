/* records_open.c - finds out what is there, ends what a power cut interrupted
 * SPDX-License-Identifier: MIT
 *
 * First all is read, so that what belongs to somebody else is left alone: the
 * marks of each sector, then the records, the newest sector first, until the
 * newest DROP says that the rest is dead. Then what is not in use, and not
 * certainly erased, is erased; a sector that was about to be opened is opened;
 * and where none is free the interrupted compaction is done again. Each of
 * these may be interrupted, too, and is begun again by the next open.
 */
#include <string.h>

#include "services/records.h"

/* sector->end of one that is free, until it is known. */
enum { ERASE_IT = 0, BLANK = 1 };

struct recovery {
    uint32_t oldest; /* by the newest DROP; 0: there is none */
    uint32_t dropped;
    uint32_t dropped_erases;
    uint32_t link; /* the newest sector's; the number of sectors: none */
    uint32_t erases;
    bool again; /* the sector to be opened is erased in any case */
};

/* --- reading -------------------------------------------------------------- */

/* 1: a right mark. values: what it says. */
static int read_mark(weft_records_t *records, uint32_t sector, uint32_t place,
                     const char *magic, uint32_t values[2])
{
    unsigned char mark[WEFT__SECTOR_MARK];
    int rc = weft__records_read(
        records, sector,
        place * weft__records_round(records, WEFT__SECTOR_MARK), mark,
        sizeof(mark));

    if (rc < 0) {
        return rc;
    }
    values[0] = weft__records_u32(mark + 4);
    values[1] = weft__records_u32(mark + 8);
    return memcmp(mark, magic, 4) == 0 &&
           weft__records_u32(mark + 12) == weft__records_sum(0, mark, 12);
}

/* Behind the last byte that is not erased, from a place on. */
static int written_end(weft_records_t *records, uint32_t sector, uint32_t from,
                       uint32_t *end)
{
    uint32_t size = records->flash->sector_size;
    unsigned char chunk[WEFT__RECORDS_CHUNK];

    for (uint32_t at = size; at > from;) {
        uint32_t step = at - from < sizeof(chunk) ? at - from : sizeof(chunk);
        int rc = weft__records_read(records, sector, at - step, chunk, step);

        if (rc < 0) {
            return rc;
        }
        for (; step > 0 && chunk[step - 1] == 0xff; step--) {
            at--;
        }
        if (step > 0) {
            *end = at;
            return WEFT_OK;
        }
    }
    *end = from;
    return WEFT_OK;
}

static bool sequence_is_new(const weft_records_t *records, uint32_t sector,
                            uint32_t sequence)
{
    for (uint32_t i = 0; i < sector; i++) {
        if (records->sectors[i].sequence == sequence) {
            return false;
        }
    }
    return sequence > 0 && sequence < WEFT__SEQUENCE_MAX;
}

static int read_opened(weft_records_t *records, uint32_t index)
{
    weft_records_sector_t *sector = &records->sectors[index];
    uint32_t values[2] = {0, 0};
    int rc = read_mark(records, index, 1, "WFo1", values);

    if (rc == 0) {
        rc = read_mark(records, index, 2, "WFo1", values);
        records->damaged += rc == 1;
    }
    if (rc == 1 && values[1] != weft__records_align(records)) {
        rc = WEFT_ERR_INVALID;
    }
    if (rc == 1 && sequence_is_new(records, index, values[0])) {
        sector->sequence = values[0];
    }
    return rc;
}

static int read_sector(weft_records_t *records, uint32_t index,
                       struct recovery *recovery)
{
    weft_records_sector_t *sector = &records->sectors[index];
    uint32_t values[2] = {0, 0};
    uint32_t end;
    int erased = read_mark(records, index, 0, "WFe1", values);
    int rc = erased;

    *sector = (weft_records_sector_t){.erases = UINT32_MAX, .end = ERASE_IT};
    if (erased == 1) {
        sector->erases = values[1];
        if (recovery->erases < values[1]) {
            recovery->erases = values[1];
        }
        if (values[0] != records->flash->sector_size) {
            return WEFT_ERR_INVALID;
        }
    }
    if (rc >= 0) {
        rc = read_opened(records, index);
    }
    if (rc == 0 && erased == 1) {
        rc = written_end(records, index,
                         weft__records_round(records, WEFT__SECTOR_MARK), &end);
        if (rc == WEFT_OK &&
            end == weft__records_round(records, WEFT__SECTOR_MARK)) {
            sector->end = BLANK;
        }
    }
    return rc < 0 ? rc : WEFT_OK;
}

/* --- the records of one sector -------------------------------------------- */

static int take_note(weft_records_t *records, const weft__record_t *record,
                     struct recovery *recovery)
{
    uint32_t sequence = records->sectors[record->sector].sequence;
    unsigned char value[WEFT__RECORD_DROP_SIZE];
    uint32_t oldest;
    int rc = weft__records_read(
        records, record->sector, record->at + WEFT__RECORD_HEAD, value,
        record->value_size <= sizeof(value) ? record->value_size
                                            : sizeof(value));

    if (rc < 0 || record->key_size != 0) {
        return rc;
    }
    oldest = weft__records_u32(value);
    if (record->kind == WEFT__RECORD_LINK &&
        record->value_size == WEFT__RECORD_LINK_SIZE) {
        if (sequence == records->newest) {
            recovery->link = oldest;
        }
    } else if (record->kind == WEFT__RECORD_DROP &&
               record->value_size == sizeof(value) && oldest <= sequence) {
        records->dropped |= sequence == records->newest;
        if (oldest > recovery->oldest) {
            recovery->oldest = oldest;
            recovery->dropped = weft__records_u32(value + 4);
            recovery->dropped_erases = weft__records_u32(value + 8);
        }
    }
    return WEFT_OK;
}

static int look_at(weft_records_t *records, const weft__record_t *record,
                   struct recovery *recovery)
{
    int rc = weft__record_sound(records, record);

    if (rc == 0) {
        records->damaged++;
    }
    if (rc != 1) {
        return rc;
    }
    if (record->kind <= WEFT__RECORD_DELETE) {
        return record->key_size > WEFT_STORE_KEY ? WEFT_ERR_INVALID : WEFT_OK;
    }
    return take_note(records, record, recovery);
}

/* Reads all records, and finds the end of what is written. */
static int scan(weft_records_t *records, uint32_t index,
                struct recovery *recovery)
{
    weft__record_t record = {.sector = index,
                             .next = weft__records_begin(records)};
    uint32_t expected = record.next;
    uint32_t end;
    int rc = written_end(records, index, record.next, &end);

    if (rc < 0) {
        return rc;
    }
    while ((rc = weft__record_next(records, &record, end)) == 1) {
        records->damaged += record.at != expected;
        rc = look_at(records, &record, recovery);
        if (rc < 0) {
            return rc;
        }
        expected = record.next;
    }
    end = weft__records_round(records, end);
    records->damaged += end > expected;
    records->sectors[index].end = end > expected ? end : expected;
    return rc;
}

/* --- mending -------------------------------------------------------------- */

static int read_all(weft_records_t *records, struct recovery *recovery)
{
    uint32_t count = records->flash->sectors;
    uint32_t sequence = WEFT__SEQUENCE_MAX;
    int rc = WEFT_OK;

    for (uint32_t i = 0; i < count && rc == WEFT_OK; i++) {
        rc = read_sector(records, i, recovery);
    }
    records->active = weft__records_below(records, sequence);
    if (rc == WEFT_OK && records->active < count) {
        records->newest = records->sectors[records->active].sequence;
    }
    while (rc == WEFT_OK) {
        uint32_t next = weft__records_below(records, sequence);

        if (next == count ||
            records->sectors[next].sequence < recovery->oldest) {
            break;
        }
        sequence = records->sectors[next].sequence;
        rc = scan(records, next, recovery);
    }
    return rc;
}

/* Whether a sector is to be erased: it is dead, garbage, or its last erase did
 * not end. */
static bool has_to_go(const weft_records_t *records, uint32_t index,
                      const struct recovery *recovery)
{
    const weft_records_sector_t *sector = &records->sectors[index];

    if (sector->sequence != 0) {
        return sector->sequence < recovery->oldest;
    }
    return sector->end != BLANK ||
           (index == recovery->dropped && recovery->oldest != 0 &&
            sector->erases < recovery->dropped_erases) ||
           (recovery->again && index == recovery->link);
}

static int erase_all(weft_records_t *records, const struct recovery *recovery)
{
    int rc = WEFT_OK;

    for (uint32_t i = 0; i < records->flash->sectors && rc == WEFT_OK; i++) {
        weft_records_sector_t *sector = &records->sectors[i];

        if (sector->erases == UINT32_MAX) {
            sector->erases = recovery->erases;
        }
        if (has_to_go(records, i, recovery)) {
            rc = weft__records_erase(records, i);
        }
    }
    return rc;
}

/* All sectors are in use: the newest has copies only. */
static int copy_again(weft_records_t *records)
{
    int rc = weft__records_erase(records, records->active);

    records->active = weft__records_below(records, WEFT__SEQUENCE_MAX);
    records->closed = 1;
    return rc < 0 ? rc : weft__records_open_next(records);
}

static int mend(weft_records_t *records, struct recovery *recovery)
{
    uint32_t count = records->flash->sectors;
    bool empty = records->active == count;
    int rc;

    /* What was about to be opened, or is the first, is erased once more: an
     * erase of it may have been interrupted. */
    if (empty) {
        recovery->link = 0;
    }
    recovery->again = recovery->link < count &&
                      records->sectors[recovery->link].sequence == 0;
    records->closed = recovery->link < count;
    rc = erase_all(records, recovery);
    records->oldest = recovery->oldest;
    if (rc == WEFT_OK && recovery->again) {
        rc = weft__records_open_sector(records, recovery->link);
    } else if (rc == WEFT_OK && weft__records_free(records) == 0) {
        rc = copy_again(records);
    } else if (rc == WEFT_OK && records->closed) {
        rc = weft__records_open_next(records);
    }
    if (rc == WEFT_OK && weft__records_free(records) == 0) {
        rc = weft__records_step(records, NULL);
    }
    return rc < 0 ? rc : weft__records_sync(records);
}

static bool geometry_is_possible(const weft_records_t *records, uint32_t count)
{
    const weft_flash_t *flash = records->flash;

    return flash->sectors >= 2 && flash->sectors <= count && flash->unit > 0 &&
           flash->unit <= WEFT_FLASH_UNIT_MAX &&
           (flash->unit & (flash->unit - 1)) == 0 &&
           flash->sector_size % weft__records_align(records) == 0 &&
           flash->sector_size <= UINT32_MAX / flash->sectors &&
           flash->sector_size >= weft__records_begin(records) +
                                     weft__records_overhead(records) +
                                     weft__record_size(records, 8);
}

int weft_records_open(weft_records_t *records, weft_flash_t *flash,
                      weft_records_sector_t *sectors, uint32_t count)
{
    struct recovery recovery = {.link = UINT32_MAX};
    int rc;

    *records = (weft_records_t){.flash = flash, .sectors = sectors};
    if (!geometry_is_possible(records, count)) {
        return WEFT_ERR_INVALID;
    }
    rc = read_all(records, &recovery);
    if (rc == WEFT_OK) {
        records->open = 1;
        rc = mend(records, &recovery);
    }
    if (rc < 0) {
        records->open = 0;
    }
    return rc;
}
