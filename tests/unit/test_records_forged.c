/* test_records_forged.c - images that somebody else has made, with right sums
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/flash_model.h"

#include <stdio.h>

#include "services/records.h"

static weft_records_sector_t sectors[FLASH_MODEL_SECTORS];
static weft_records_t records;

/* --- a value that is too long --------------------------------------------- */

/* Sectors of 64 KB of which the begins, and the seal of a value of erased
 * bytes in the first one, are kept. */
enum { SIZE = 65536, KEPT = 128, LONG = 40000 };

static struct {
    weft_flash_t flash;
    uint32_t seal;
    uint8_t last[4];
    uint8_t begins[2][KEPT];
} wide;

static uint8_t *wide_at(uint32_t at)
{
    if (at % SIZE < KEPT) {
        return &wide.begins[at / SIZE][at % SIZE];
    }
    return at - wide.seal < 4 ? &wide.last[at - wide.seal] : NULL;
}

static int wide_read(weft_flash_t *flash, uint32_t at, void *to, uint32_t size)
{
    uint8_t *bytes = (uint8_t *)to;

    (void)flash;
    for (uint32_t i = 0; i < size; i++) {
        const uint8_t *kept = wide_at(at + i);

        bytes[i] = kept == NULL ? 0xff : *kept;
    }
    return WEFT_OK;
}

static int wide_program(weft_flash_t *flash, uint32_t at, const void *from,
                        uint32_t size)
{
    const uint8_t *bytes = (const uint8_t *)from;

    (void)flash;
    for (uint32_t i = 0; i < size; i++) {
        uint8_t *kept = wide_at(at + i);

        CHECK(kept != NULL || bytes[i] == 0xff);
        if (kept != NULL) {
            *kept = bytes[i];
        }
    }
    return WEFT_OK;
}

static int wide_erase(weft_flash_t *flash, uint32_t sector)
{
    (void)flash;
    memset(wide.begins[sector], 0xff, KEPT);
    if (wide.seal / SIZE == sector) {
        memset(wide.last, 0xff, sizeof(wide.last));
    }
    return WEFT_OK;
}

static int wide_open(void)
{
    static const weft_flash_ops_t ops = {
        .read = wide_read, .program = wide_program, .erase = wide_erase};

    wide.flash = (weft_flash_t){
        .ops = &ops, .sectors = 2, .sector_size = SIZE, .unit = 1};
    return weft_records_open(&records, &wide.flash, sectors, 2);
}

/* In an empty store: a PUT of "k", of so many erased bytes. */
static void forge_value(uint32_t size)
{
    uint8_t place[8];
    uint8_t head[9] = {WEFT__RECORD_PUT, 1, (uint8_t)size,
                       (uint8_t)(size >> 8)};
    uint32_t sum;
    uint32_t at;

    memset(&wide.begins, 0xff, sizeof(wide.begins));
    CHECK_EQ(wide_open(), 0);
    CHECK_EQ(records.active, 0);
    at = weft__records_begin(&records);
    weft__records_put_u32(place, sectors[0].sequence);
    weft__records_put_u32(place + 4, at);
    sum = weft__records_sum(weft__records_sum(0, place, 8), head, 4);
    weft__records_put_u32(head + 4, sum);
    head[8] = 'k';
    memcpy(wide.begins[0] + at, head, sizeof(head));
    sum = weft__records_sum(sum, head + 8, 1);
    for (uint32_t i = 0; i < size; i++) {
        sum = weft__records_sum(sum, "\xff", 1);
    }
    wide.seal = at + (uint32_t)sizeof(head) + size;
    weft__records_put_u32(wide.last, sum);
}

CASE_ALONE(a_value_longer_than_any_that_is_put_is_no_record)
{
    char key[WEFT_STORE_KEY + 1] = "";
    int longest = WEFT_RECORDS_VALUE_MAX;

    forge_value(WEFT_RECORDS_VALUE_MAX);
    CHECK_EQ(wide_open(), 0);
    CHECK_EQ(weft_records_get(&records, "k", NULL, 0), longest);
    CHECK_EQ(records.damaged, 0);
    forge_value(LONG);
    CHECK_EQ(wide_open(), 0);
    CHECK_EQ(weft_records_get(&records, "k", NULL, 0), WEFT_ERR_NOT_FOUND);
    CHECK_EQ(weft_records_next(&records, key), WEFT_ERR_NOT_FOUND);
    CHECK(records.damaged > 0);
}

/* --- a sector after which no number is left ------------------------------- */

static struct flash_model model;

static int reopen(void)
{
    flash_model_power(&model);
    return weft_records_open(&records, &model.flash, sectors,
                             FLASH_MODEL_SECTORS);
}

/* An empty store whose sector in use has this sequence. */
static void forge_sequence(uint32_t sequence)
{
    uint8_t mark[WEFT__SECTOR_MARK] = "WFo1";

    flash_model_init(&model, 4, 256, 1);
    CHECK_EQ(reopen(), 0);
    weft__records_put_u32(mark + 4, sequence);
    weft__records_put_u32(mark + 8, weft__records_align(&records));
    weft__records_put_u32(mark + 12, weft__records_sum(0, mark, 12));
    for (uint32_t place = 1; place <= 2; place++) {
        memcpy(model.bytes + records.active * 256 + place * sizeof(mark), mark,
               sizeof(mark));
    }
    CHECK_EQ(reopen(), 0);
    CHECK_EQ(records.newest, sequence);
}

static void check_value(int i)
{
    char key[16];
    int value = -1;

    (void)snprintf(key, sizeof(key), "n%03d", i);
    CHECK_EQ(weft_records_get(&records, key, &value, sizeof(value)),
             sizeof(value));
    CHECK_EQ(value, i);
}

/* How many keys there was room for; what was put is there. */
static int fill(void)
{
    char key[16];

    for (int i = 0;; i++) {
        (void)snprintf(key, sizeof(key), "n%03d", i);
        if (weft_records_put(&records, key, &i, sizeof(i)) != 0) {
            CHECK_EQ(weft_records_put(&records, key, &i, sizeof(i)),
                     WEFT_ERR_FULL);
            return i;
        }
        check_value(i);
    }
}

CASE_ALONE(a_store_without_a_next_number_is_full_and_can_be_read)
{
    int all;
    int count;

    forge_sequence(1);
    all = fill();
    for (uint32_t left = 0; left < 3; left++) {
        forge_sequence(WEFT__SEQUENCE_MAX - 1 - left);
        count = fill();
        CHECK(count > 0 && count <= all);
        CHECK(left > 0 || count <= all / 2);
        for (int i = 0; i < 2 * count; i++) {
            check_value(i % count);
            if (i == count) {
                CHECK_EQ(reopen(), 0);
            }
        }
    }
    forge_sequence(WEFT__SEQUENCE_MAX - 1);
    (void)fill();
    CHECK_EQ(weft_records_delete(&records, "n000"), WEFT_ERR_FULL);
    CHECK_EQ(weft_records_put(&records, "n000", "more", 4), WEFT_ERR_FULL);
    check_value(0);
}
