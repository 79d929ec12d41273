/* records_write.c - appends records, takes, compacts and erases sectors
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "services/records.h"

/* What is being programmed: collected until a chunk is full, with its sum. */
struct writer {
    weft_records_t *records;
    uint32_t sector;
    uint32_t at;
    uint32_t fill;
    uint32_t sum;
    int rc;
    unsigned char chunk[WEFT__RECORDS_CHUNK];
};

/* After a failure nobody knows what is there: open finds out. */
static int trouble(weft_records_t *records, int rc)
{
    if (rc < 0) {
        records->open = 0;
    }
    return rc;
}

static void flush(struct writer *writer)
{
    weft_flash_t *flash = writer->records->flash;

    if (writer->rc == WEFT_OK) {
        writer->rc =
            trouble(writer->records,
                    flash->ops->program(
                        flash, writer->sector * flash->sector_size + writer->at,
                        writer->chunk, writer->fill));
    }
    writer->at += writer->fill;
    writer->fill = 0;
}

static void write_bytes(struct writer *writer, const void *bytes, uint32_t size)
{
    const unsigned char *from = (const unsigned char *)bytes;

    writer->sum = weft__records_sum(writer->sum, bytes, size);
    for (; size > 0; size--) {
        writer->chunk[writer->fill++] = *from++;
        if (writer->fill == sizeof(writer->chunk)) {
            flush(writer);
        }
    }
}

/* Writes the sum of it all, and what pads it. */
static int seal(struct writer *writer)
{
    unsigned char sum[WEFT__RECORD_SEAL];
    uint32_t align = weft__records_align(writer->records);

    weft__records_put_u32(sum, writer->sum);
    write_bytes(writer, sum, sizeof(sum));
    while ((writer->fill & (align - 1)) != 0) {
        writer->chunk[writer->fill++] = 0xff;
    }
    if (writer->fill > 0) {
        flush(writer);
    }
    return writer->rc;
}

int weft__records_sync(weft_records_t *records)
{
    weft_flash_t *flash = records->flash;

    return flash->ops->sync == NULL ? WEFT_OK
                                    : trouble(records, flash->ops->sync(flash));
}

/* --- records -------------------------------------------------------------- */

/* Writes the head of one at the end of the active sector. */
static void begin(weft_records_t *records, struct writer *writer,
                  enum weft__record_kind kind, uint32_t key_size,
                  uint32_t value_size)
{
    weft_records_sector_t *sector = &records->sectors[records->active];
    unsigned char place[8];
    unsigned char head[WEFT__RECORD_HEAD] = {
        (unsigned char)kind, (unsigned char)key_size, (unsigned char)value_size,
        (unsigned char)(value_size >> 8)};

    *writer = (struct writer){
        .records = records, .sector = records->active, .at = sector->end};
    weft__records_put_u32(place, sector->sequence);
    weft__records_put_u32(place + 4, sector->end);
    writer->sum = weft__records_sum(0, place, sizeof(place));
    weft__records_put_u32(head + 4, weft__records_sum(writer->sum, head, 4));
    write_bytes(writer, head, 4);
    sector->end += weft__record_size(records, key_size + value_size);
    /* The seal goes on with the sum, not with the bytes of it. */
    uint32_t sum = writer->sum;
    write_bytes(writer, head + 4, 4);
    writer->sum = sum;
}

int weft__record_append(weft_records_t *records, enum weft__record_kind kind,
                        const char *key, const void *value, uint32_t size)
{
    struct writer writer;
    uint32_t key_size = (uint32_t)strlen(key);

    begin(records, &writer, kind, key_size, size);
    write_bytes(&writer, key, key_size);
    write_bytes(&writer, value, size);
    return seal(&writer);
}

/* The same record once more, at the end of the active sector. */
static int copy(weft_records_t *records, const weft__record_t *record)
{
    struct writer writer;
    unsigned char chunk[WEFT__RECORDS_CHUNK];
    uint32_t left = (uint32_t)record->key_size + record->value_size;
    uint32_t at = record->at + WEFT__RECORD_HEAD;

    begin(records, &writer, WEFT__RECORD_PUT, record->key_size,
          record->value_size);
    while (left > 0 && writer.rc == WEFT_OK) {
        uint32_t size = left < sizeof(chunk) ? left : sizeof(chunk);
        int rc = weft__records_read(records, record->sector, at, chunk, size);

        if (rc < 0) {
            return trouble(records, rc);
        }
        write_bytes(&writer, chunk, size);
        at += size;
        left -= size;
    }
    return seal(&writer);
}

/* --- sectors -------------------------------------------------------------- */

static int write_mark(weft_records_t *records, uint32_t sector, uint32_t place,
                      const char *magic, const uint32_t values[2])
{
    struct writer writer = {
        .records = records,
        .sector = sector,
        .at = place * weft__records_round(records, WEFT__SECTOR_MARK)};
    unsigned char bytes[8];

    weft__records_put_u32(bytes, values[0]);
    weft__records_put_u32(bytes + 4, values[1]);
    write_bytes(&writer, magic, 4);
    write_bytes(&writer, bytes, sizeof(bytes));
    return seal(&writer);
}

int weft__records_erase(weft_records_t *records, uint32_t index)
{
    weft_flash_t *flash = records->flash;
    weft_records_sector_t *sector = &records->sectors[index];
    int rc = trouble(records, flash->ops->erase(flash, index));

    *sector = (weft_records_sector_t){.erases = sector->erases + 1};
    if (rc == WEFT_OK) {
        rc = weft__records_sync(records);
    }
    if (rc == WEFT_OK) {
        const uint32_t values[2] = {flash->sector_size, sector->erases};

        rc = write_mark(records, index, 0, "WFe1", values);
    }
    return rc < 0 ? rc : weft__records_sync(records);
}

/* Only an image that somebody has made gets as far as the last number. */
static int numbers_left(const weft_records_t *records)
{
    return records->newest + 1 < WEFT__SEQUENCE_MAX ? WEFT_OK : WEFT_ERR_FULL;
}

int weft__records_open_sector(weft_records_t *records, uint32_t index)
{
    const uint32_t values[2] = {records->newest + 1,
                                weft__records_align(records)};
    int rc = numbers_left(records);

    if (rc < 0) {
        return rc;
    }
    rc = write_mark(records, index, 1, "WFo1", values);
    if (rc == WEFT_OK) {
        rc = write_mark(records, index, 2, "WFo1", values);
    }
    records->newest++;
    records->active = index;
    records->closed = 0;
    records->dropped = 0;
    records->sectors[index].sequence = records->newest;
    records->sectors[index].end = weft__records_begin(records);
    return rc;
}

static uint32_t least_worn(const weft_records_t *records)
{
    uint32_t count = records->flash->sectors;
    uint32_t best = count;

    for (uint32_t i = 0; i < count; i++) {
        const weft_records_sector_t *sector = &records->sectors[i];

        if (sector->sequence == 0 &&
            (best == count || sector->erases < records->sectors[best].erases)) {
            best = i;
        }
    }
    return best;
}

int weft__records_open_next(weft_records_t *records)
{
    uint32_t next = least_worn(records);
    unsigned char link[WEFT__RECORD_LINK_SIZE];
    uint32_t size = weft__record_size(records, sizeof(link));
    int rc = numbers_left(records);

    if (next == records->flash->sectors) {
        return trouble(records, WEFT_ERR_FAILED);
    }
    if (rc == WEFT_OK && !records->closed &&
        records->sectors[records->active].end + size <=
            records->flash->sector_size) {
        weft__records_put_u32(link, next);
        rc = weft__record_append(records, WEFT__RECORD_LINK, "", link,
                                 sizeof(link));
    }
    return rc < 0 ? rc : weft__records_open_sector(records, next);
}

/* --- compaction ----------------------------------------------------------- */

/* Room for so many bytes, and a LINK, in the active sector, or a new one. Only
 * a forged image needs a second one. */
static int room(weft_records_t *records, uint32_t size, uint32_t reserve,
                bool *opened)
{
    int rc = WEFT_OK;

    if (records->sectors[records->active].end + size + reserve >
        records->flash->sector_size) {
        rc = *opened ? trouble(records, WEFT_ERR_FAILED)
                     : weft__records_open_next(records);
        *opened = true;
    }
    return rc;
}

static int copy_all(weft_records_t *records, uint32_t victim,
                    const char *without, bool *opened)
{
    weft__record_t record = {.sector = victim,
                             .next = weft__records_begin(records)};
    char key[WEFT_STORE_KEY + 1];
    int rc;

    while ((rc = weft__record_next(records, &record,
                                   records->sectors[victim].end)) == 1) {
        rc = weft__record_counts(records, &record, key);
        if (rc == 1 && (without == NULL || strcmp(key, without) != 0)) {
            rc = room(records, record.next - record.at,
                      weft__records_reserve(records), opened);
            if (rc == WEFT_OK) {
                rc = copy(records, &record);
            }
        }
        if (rc < 0) {
            break;
        }
    }
    return rc;
}

/* Says that all up to the victim is dead; then it may go. */
static int drop(weft_records_t *records, uint32_t victim, bool *opened)
{
    const weft_records_sector_t *sector = &records->sectors[victim];
    unsigned char value[WEFT__RECORD_DROP_SIZE];
    int rc = room(records, weft__record_size(records, sizeof(value)),
                  weft__record_size(records, WEFT__RECORD_LINK_SIZE), opened);

    weft__records_put_u32(value, sector->sequence + 1);
    weft__records_put_u32(value + 4, victim);
    weft__records_put_u32(value + 8, sector->erases + 1);
    if (rc == WEFT_OK) {
        rc = weft__records_sync(records);
    }
    if (rc == WEFT_OK) {
        records->dropped = 1;
        rc = weft__record_append(records, WEFT__RECORD_DROP, "", value,
                                 sizeof(value));
    }
    return rc < 0 ? rc : weft__records_sync(records);
}

int weft__records_step(weft_records_t *records, const char *without)
{
    uint32_t victim = records->active;
    bool opened = false;
    int rc = WEFT_OK;

    for (uint32_t i = 0; i < records->flash->sectors; i++) {
        uint32_t sequence = records->sectors[i].sequence;

        if (sequence != 0 && sequence < records->sectors[victim].sequence) {
            victim = i;
        }
    }
    if (victim == records->active) {
        opened = true;
        rc = weft__records_open_next(records);
    }
    if (rc == WEFT_OK) {
        rc = copy_all(records, victim, without, &opened);
    }
    if (rc == WEFT_OK) {
        rc = drop(records, victim, &opened);
    }
    if (rc == WEFT_OK) {
        records->oldest = records->sectors[victim].sequence + 1;
        records->moved++;
        rc = weft__records_erase(records, victim);
    }
    return rc;
}
