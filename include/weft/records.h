/* records.h - keys and values on a flash, which no power cut harms
 * SPDX-License-Identifier: MIT
 *
 * When to use it: to keep settings and counters over a restart, in a boot
 * loader or wherever one caller at a time is enough. For several who ask, and
 * for answers without waiting, weft/store.h makes a service of it.
 *
 * Example:
 *
 *     static weft_records_sector_t sectors[4];
 *     static weft_records_t records;
 *
 *     int remember(weft_flash_t *flash, int starts)
 *     {
 *         int rc = weft_records_open(&records, flash, sectors, 4);
 *         if (rc < 0) { return rc; }
 *         return weft_records_put(&records, "starts", &starts,
 *                                 sizeof(starts));
 *     }
 *
 * A log: what is put is appended, the newest counts. A record has a check sum
 * over key and value, programmed last: before that it was never there. When a
 * sector is full the next free one is taken, that with the fewest erases; when
 * only one is left the oldest is compacted: what counts is copied, and then it
 * is erased. So all sectors wear alike, also below what never changes.
 *
 * Power may go at any moment, in the middle of an erase and of a recovery
 * too: when it is open again, each key has the value before or after what was
 * under way. What rots later is found by its check sum, skipped, and counted in
 * `damaged`: an older value of that key may count again. Sectors are numbered
 * as they are taken: after 2^31 - 2, which only a forged image gets to, each
 * call that needs a next one, an open too, is WEFT_ERR_FULL; reading goes on.
 *
 * Time: there is no index; a call reads the heads of all records, O(n), and
 * compares keys of the same length. Open reads everything once. Compaction is
 * O(n) for each record that it looks at. A put that compacts takes as long as
 * some erases.
 *
 * Context: one caller at a time, where the flash's operations may be called.
 * Memory: the caller's: 12 bytes a sector, and some 700 bytes of stack on a
 * Cortex-M3.
 */
#ifndef WEFT_RECORDS_H
#define WEFT_RECORDS_H

#include <stddef.h>
#include <stdint.h>

#include "weft/config.h"
#include "weft/error.h"
#include "weft/flash.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of the longest value, if a sector has room for it. */
enum { WEFT_RECORDS_VALUE_MAX = 32767 };

/* What is known of a sector: no more than that is kept in memory. */
typedef struct weft_records_sector {
    /* private */
    uint32_t sequence; /* of those in use, from 1; 0: it is free */
    uint32_t erases;
    uint32_t end; /* behind what is in it */
} weft_records_sector_t;

typedef struct weft_records {
    weft_flash_t *flash;
    uint32_t damaged; /* records and heads of sectors that were skipped by
                           open or lost since: cut by power, or rotten */
    uint32_t moved;   /* sectors compacted since open */
    /* private */
    weft_records_sector_t *sectors;
    uint32_t active;  /* the sector that is appended to */
    uint32_t newest;  /* its sequence */
    uint32_t oldest;  /* what is below it is dead */
    uint32_t refused; /* so many bytes had no room; 0: not known */
    uint8_t closed;   /* the active sector is: another is to be opened */
    uint8_t dropped;  /* it holds what a compaction leaves behind */
    uint8_t open;
} weft_records_t;
WEFT_SIZE_ASSERT(weft_records_t, 40, 48);

typedef struct weft_records_stats {
    uint32_t keys;
    uint32_t used;    /* bytes of the records that count, heads and all */
    uint32_t size;    /* so many there may be at most */
    uint32_t free;    /* sectors that are free */
    uint32_t damaged; /* as above */
    uint32_t moved;
    uint32_t erases_least; /* of a sector */
    uint32_t erases_most;
} weft_records_stats_t;

/* Opens what is there; an area that holds nothing of the kind is made an empty
 * one. sectors: memory for flash->sectors of them. Ends what a power cut has
 * interrupted. count: of the sectors in memory.
 * WEFT_ERR_INVALID: fewer than two sectors, or count fewer, sectors too small
 * (256 bytes do) or of another size than what is there was written for, or keys
 * longer than this build's WEFT_STORE_KEY: nothing is changed.
 * Here and below, errors of the flash's operations are passed on. After one of
 * program, erase or sync, as before open, all else is WEFT_ERR_CLOSED, until it
 * is opened again. */
int weft_records_open(weft_records_t *records, weft_flash_t *flash,
                      weft_records_sector_t *sectors, uint32_t count);

/* The value of a key: gives its length, and copies as much as `size` has room
 * for; with 0 only asks. WEFT_ERR_NOT_FOUND; WEFT_ERR_INVALID: no key: an
 * empty text, or one longer than WEFT_STORE_KEY. */
int weft_records_get(weft_records_t *records, const char *key, void *value,
                     size_t size);

/* From now on the key has this value, also after a power cut. The same value
 * again is not written. WEFT_ERR_FULL: no room, nothing has changed, but for
 * compaction. WEFT_ERR_INVALID: no key, or a value that fits in no sector. */
int weft_records_put(weft_records_t *records, const char *key,
                     const void *value, size_t size);

/* The key is gone. WEFT_ERR_NOT_FOUND: it was not there. Also where there is
 * no room for anything. */
int weft_records_delete(weft_records_t *records, const char *key);

/* Replaces key, a text of at most WEFT_STORE_KEY bytes and an end, by the next
 * one that is there, in the order of their bytes; "" gives the first. Gives the
 * length of its value. WEFT_ERR_NOT_FOUND: it was the last. Keys may come and
 * go between two calls. O(n), and again for each that was deleted and is still
 * in the log. */
int weft_records_next(weft_records_t *records, char key[WEFT_STORE_KEY + 1]);

/* Does now what puts would do later: everything that counts is brought
 * together, the rest is free. At most as many erases as there are sectors. */
int weft_records_compact(weft_records_t *records);

/* How it is at this moment. Looks whether each record counts: O(n) for each. */
int weft_records_stats(weft_records_t *records, weft_records_stats_t *stats);

#ifdef __cplusplus
}
#endif

#endif
