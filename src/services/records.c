/* records.c - get, put, delete, the next key, compaction on demand, figures
 * SPDX-License-Identifier: MIT
 */
#include "weft/records.h"

#include <string.h>

#include "services/records.h"

/* The length of a key that can be, or an error. */
static int key_size(const weft_records_t *records, const char *key)
{
    size_t size = 0;

    if (!records->open) {
        return WEFT_ERR_CLOSED;
    }
    while (size <= WEFT_STORE_KEY && key[size] != '\0') {
        size++;
    }
    return size == 0 || size > WEFT_STORE_KEY ? WEFT_ERR_INVALID : (int)size;
}

/* The PUT that counts of a key. */
static int find_value(weft_records_t *records, const char *key,
                      weft__record_t *record)
{
    int size = key_size(records, key);
    int rc = size < 0
                 ? size
                 : weft__records_find(records, key, (uint32_t)size, record);

    if (rc < 0) {
        return rc;
    }
    return rc == 1 && record->kind == WEFT__RECORD_PUT ? WEFT_OK
                                                       : WEFT_ERR_NOT_FOUND;
}

int weft_records_get(weft_records_t *records, const char *key, void *value,
                     size_t size)
{
    weft__record_t record;
    int rc = find_value(records, key, &record);

    if (rc == WEFT_OK) {
        if (size > record.value_size) {
            size = record.value_size;
        }
        rc = weft__records_read(records, record.sector,
                                record.at + WEFT__RECORD_HEAD + record.key_size,
                                value, (uint32_t)size);
    }
    return rc < 0 ? rc : (int)record.value_size;
}

/* --- room ----------------------------------------------------------------- */

/* Counts keys, the bytes of what counts, and the records that do not. */
static int tally(weft_records_t *records, weft_records_stats_t *stats,
                 uint32_t *dead)
{
    char key[WEFT_STORE_KEY + 1];
    int rc = 0;

    *dead = 0;
    for (uint32_t i = 0; i < records->flash->sectors; i++) {
        weft__record_t record = {.sector = i,
                                 .next = weft__records_begin(records)};

        if (records->sectors[i].sequence == 0) {
            continue;
        }
        while ((rc = weft__record_next(records, &record,
                                       records->sectors[i].end)) == 1) {
            rc = weft__record_counts(records, &record, key);
            if (rc == 1) {
                stats->keys++;
                stats->used += record.next - record.at;
            } else if (rc < 0) {
                break;
            } else if (record.kind <= WEFT__RECORD_DELETE) {
                (*dead)++;
            }
        }
        if (rc < 0) {
            break;
        }
    }
    return rc;
}

static uint32_t most(const weft_records_t *records)
{
    return (records->flash->sectors - 1) * weft__records_capacity(records);
}

/* Room without compaction: in the active sector, or in one that can be had. */
static bool easy_room(weft_records_t *records, uint32_t size, int *rc)
{
    *rc = WEFT_OK;
    if (weft__records_fit(records, size)) {
        return true;
    }
    if (weft__records_free(records) < 2) {
        return false;
    }
    *rc = weft__records_open_next(records);
    return true;
}

static int make_room(weft_records_t *records, uint32_t size)
{
    weft_records_stats_t stats = {0};
    uint32_t steps = records->flash->sectors;
    uint32_t dead;
    int rc;

    if (easy_room(records, size, &rc)) {
        return rc;
    }
    if (records->refused != 0 && size >= records->refused) {
        return WEFT_ERR_FULL;
    }
    rc = tally(records, &stats, &dead);
    if (rc == WEFT_OK && size > most(records) - stats.used) {
        steps = 0;
    }
    for (; rc == WEFT_OK && steps > 0; steps--) {
        rc = weft__records_step(records, NULL);
        if (rc == WEFT_OK && easy_room(records, size, &rc)) {
            return rc;
        }
    }
    if (rc == WEFT_OK) {
        records->refused = size;
        rc = WEFT_ERR_FULL;
    }
    return rc;
}

/* --- changes -------------------------------------------------------------- */

int weft_records_put(weft_records_t *records, const char *key,
                     const void *value, size_t size)
{
    weft__record_t record;
    uint32_t bytes;
    int rc = find_value(records, key, &record);
    bool there = rc == WEFT_OK;

    if (rc < 0 && rc != WEFT_ERR_NOT_FOUND) {
        return rc;
    }
    if (there && record.value_size == size) {
        rc = weft__record_equal(records, &record, record.key_size, value,
                                (uint32_t)size);
        if (rc != 0) {
            return rc < 0 ? rc : WEFT_OK;
        }
    }
    if (size > WEFT_RECORDS_VALUE_MAX) {
        return WEFT_ERR_INVALID;
    }
    bytes = weft__record_size(records, (uint32_t)(strlen(key) + size));
    if (bytes > weft__records_capacity(records)) {
        return WEFT_ERR_INVALID;
    }
    rc = make_room(records, bytes);
    if (rc == WEFT_OK) {
        rc = weft__record_append(records, WEFT__RECORD_PUT, key, value,
                                 (uint32_t)size);
    }
    if (there && rc == WEFT_OK) {
        records->refused = 0;
    }
    return rc < 0 ? rc : weft__records_sync(records);
}

/* Without a byte of room: all is compacted, until the key was left out. */
static int leave_out(weft_records_t *records, const char *key)
{
    uint32_t steps = records->flash->sectors;
    weft__record_t record;
    int rc;

    do {
        rc = weft__records_step(records, key);
        if (rc == WEFT_OK) {
            rc = find_value(records, key, &record);
        }
    } while (rc == WEFT_OK && --steps > 0);
    return rc == WEFT_ERR_NOT_FOUND ? WEFT_OK : rc < 0 ? rc : WEFT_ERR_FAILED;
}

int weft_records_delete(weft_records_t *records, const char *key)
{
    weft__record_t record;
    int rc = find_value(records, key, &record);

    if (rc < 0) {
        return rc;
    }
    records->refused = 0;
    if (!easy_room(records, weft__record_size(records, record.key_size), &rc)) {
        return leave_out(records, key);
    }
    if (rc == WEFT_OK) {
        rc = weft__record_append(records, WEFT__RECORD_DELETE, key, "", 0);
    }
    return rc < 0 ? rc : weft__records_sync(records);
}

int weft_records_compact(weft_records_t *records)
{
    weft_records_stats_t stats = {0};
    uint32_t steps;
    uint32_t dead;
    int rc = records->open ? tally(records, &stats, &dead) : WEFT_ERR_CLOSED;

    if (rc < 0 || dead == 0) {
        return rc;
    }
    steps = records->flash->sectors - weft__records_free(records);
    for (; rc == WEFT_OK && steps > 0; steps--) {
        rc = weft__records_step(records, NULL);
    }
    return rc;
}

/* --- looking around ------------------------------------------------------- */

/* The smallest key of a PUT in this sector above `after`, if it is below best,
 * which is empty where there is none yet. */
static int next_in(weft_records_t *records, uint32_t sector, const char *after,
                   char *best)
{
    weft__record_t record = {.sector = sector,
                             .next = weft__records_begin(records)};
    char key[WEFT_STORE_KEY + 1];
    int rc;

    while ((rc = weft__record_next(records, &record,
                                   records->sectors[sector].end)) == 1) {
        if (record.kind != WEFT__RECORD_PUT ||
            record.key_size > WEFT_STORE_KEY) {
            continue;
        }
        rc = weft__record_key(records, &record, key);
        if (rc < 0) {
            return rc;
        }
        if (strcmp(key, after) > 0 &&
            (best[0] == '\0' || strcmp(key, best) < 0)) {
            memcpy(best, key, sizeof(key));
        }
    }
    return rc;
}

int weft_records_next(weft_records_t *records, char key[WEFT_STORE_KEY + 1])
{
    weft__record_t record;
    int rc = records->open ? WEFT_ERR_NOT_FOUND : WEFT_ERR_CLOSED;

    while (rc == WEFT_ERR_NOT_FOUND) {
        char best[WEFT_STORE_KEY + 1] = "";

        rc = WEFT_OK;
        for (uint32_t i = 0; i < records->flash->sectors && rc == WEFT_OK;
             i++) {
            if (records->sectors[i].sequence != 0) {
                rc = next_in(records, i, key, best);
            }
        }
        if (rc < 0 || best[0] == '\0') {
            return rc < 0 ? rc : WEFT_ERR_NOT_FOUND;
        }
        memcpy(key, best, sizeof(best));
        rc = find_value(records, key, &record);
    }
    return rc < 0 ? rc : (int)record.value_size;
}

int weft_records_stats(weft_records_t *records, weft_records_stats_t *stats)
{
    uint32_t dead;

    *stats = (weft_records_stats_t){.erases_least = UINT32_MAX};
    if (!records->open) {
        return WEFT_ERR_CLOSED;
    }
    for (uint32_t i = 0; i < records->flash->sectors; i++) {
        uint32_t erases = records->sectors[i].erases;

        if (erases < stats->erases_least) {
            stats->erases_least = erases;
        }
        if (erases > stats->erases_most) {
            stats->erases_most = erases;
        }
    }
    stats->size = most(records);
    stats->free = weft__records_free(records);
    stats->damaged = records->damaged;
    stats->moved = records->moved;
    return tally(records, stats, &dead);
}
