/* test_records_cut.c - power goes at every unit and erase, twice, too
 * SPDX-License-Identifier: MIT
 *
 * A script of puts, overwrites, deletes and compactions is run with the power
 * going at its n-th unit or erase, for each n; then the store is opened again,
 * with the power going at units of that, too. Each key must have its value
 * of before, but for the one that was being changed: that may have the new one.
 */
#include "tests/support/flash_model.h"
#include "tests/support/scale.h"

#include <stdio.h>

#include "weft/records.h"

enum { KEYS = 6, VALUES_MAX = 40, STEPS = SCALED(48, 30) };

/* Of the units of a recovery each so-manieth, another one each time. */
enum { STRIDE = SCALED(13, 61) };

static struct flash_model model;
static weft_records_sector_t sectors[FLASH_MODEL_SECTORS];
static weft_records_t records;
static int truth[KEYS]; /* which value; 0: none */
static int changing;    /* the key under way; -1: none */
static int wanted;

static int reopen(void)
{
    return weft_records_open(&records, &model.flash, sectors,
                             FLASH_MODEL_SECTORS);
}

static void name(char *key, int number)
{
    (void)snprintf(key, 16, "key%.*s%c", number % 3, "--", 'a' + number);
}

/* Value 1, 2, ... of a key: none is the begin of another. */
static int make_value(char *value, int number, int which)
{
    int size = 1 + (which * 7 + number * 3) % (VALUES_MAX - 8);

    for (int i = 0; i < size; i++) {
        value[i] = (char)(which * 31 + number * 17 + i * 5);
    }
    value[0] = (char)which;
    return size;
}

static int value_of(int number)
{
    char key[16];
    char value[VALUES_MAX];
    char expected[VALUES_MAX];
    int size;

    name(key, number);
    size = weft_records_get(&records, key, value, sizeof(value));
    if (size == WEFT_ERR_NOT_FOUND) {
        return 0;
    }
    CHECK(size > 0);
    CHECK_EQ(size, make_value(expected, number, (unsigned char)value[0]));
    CHECK(memcmp(value, expected, (size_t)size) == 0);
    return (unsigned char)value[0];
}

static uint32_t mixed(uint32_t number)
{
    number ^= number << 13;
    number ^= number >> 17;
    return number ^ number << 5;
}

/* One step of the script: 0, or that the power is off. */
static int run_step(int step, uint32_t script)
{
    uint32_t choice = mixed(script * 977 + (uint32_t)step * 7919 + 1);
    int number = (int)(choice >> 8) % KEYS;
    char key[16];
    char value[VALUES_MAX];
    int rc;

    name(key, number);
    changing = number;
    switch (choice % 8) {
    case 0:
        wanted = 0;
        rc = weft_records_delete(&records, key);
        rc = rc == WEFT_ERR_NOT_FOUND ? 0 : rc;
        break;
    case 1:
        changing = -1;
        rc = weft_records_compact(&records);
        break;
    default:
        wanted = 1 + step;
        rc = weft_records_put(&records, key, value,
                              (size_t)make_value(value, number, wanted));
    }
    if (rc == 0 && changing >= 0) {
        truth[number] = wanted;
    }
    if (rc == WEFT_ERR_FULL) {
        rc = 0;
    }
    if (rc == 0) {
        changing = -1;
    }
    return rc;
}

static void check_truth(void)
{
    for (int i = 0; i < KEYS; i++) {
        int found = value_of(i);

        if (i == changing && found == wanted) {
            truth[i] = wanted; /* from now on this one */
        }
        CHECK_EQ(found, truth[i]);
    }
    changing = -1;
}

/* It goes on working: each key can have another value. */
static void use_it(void)
{
    char key[16];
    char value[VALUES_MAX];

    for (int i = 0; i < KEYS; i++) {
        int rc;

        name(key, i);
        rc = weft_records_put(&records, key, value,
                              (size_t)make_value(value, i, 100 + i));
        CHECK(rc == 0 || rc == WEFT_ERR_FULL);
        if (rc == 0) {
            truth[i] = 100 + i;
        }
    }
    check_truth();
}

static struct flash_model off; /* as it was when the power went */

/* Opens with the power going at units of that, one after the other. */
static void recover_in_the_dark(void)
{
    int begun = changing;
    int kept[KEYS];
    bool dark = true;

    memcpy(kept, truth, sizeof(kept));
    flash_model_power(&model);
    off = model;
    for (long cut = model.flash.unit == 1 ? (long)(off.seed % STRIDE) : 0; dark;
         cut += model.flash.unit == 1 ? STRIDE : SCALED(1, 5)) {
        model = off;
        model.cut = cut;
        model.seed += (uint32_t)cut * 77;
        dark = reopen() != 0;
        CHECK_EQ(dark, model.dark);
        /* And once more in the middle of the next: three in a row. */
        if (dark) {
            flash_model_power(&model);
            model.cut = cut / 2;
            (void)reopen();
        }
        flash_model_power(&model);
        CHECK_EQ(reopen(), 0);
        memcpy(truth, kept, sizeof(kept));
        changing = begun;
        check_truth();
    }
}

/* All as it was before a step, in the records' memory too. */
static struct before {
    struct flash_model model;
    weft_records_sector_t sectors[FLASH_MODEL_SECTORS];
    weft_records_t records;
    int truth[KEYS];
} before;

static void keep(void)
{
    before.model = model;
    before.records = records;
    memcpy(before.sectors, sectors, sizeof(sectors));
    memcpy(before.truth, truth, sizeof(truth));
}

static void go_back(void)
{
    model = before.model;
    records = before.records;
    memcpy(sectors, before.sectors, sizeof(sectors));
    memcpy(truth, before.truth, sizeof(truth));
}

/* Cuts this step at each of its units; how many it has. Step -1: the first
 * open. */
static long cut_step(int step, uint32_t script)
{
    long n = 0;

    keep();
    for (;; n++) {
        int rc;

        go_back();
        model.cut = n;
        model.seed = (uint32_t)n * 7 + (uint32_t)step * 1009 + script;
        changing = -1;
        rc = step < 0 ? reopen() : run_step(step, script);
        CHECK_EQ(rc != 0, model.dark);
        if (rc == 0) {
            return n;
        }
        recover_in_the_dark();
        use_it();
        CHECK_EQ(reopen(), 0);
        check_truth();
    }
}

static void every_cut(uint32_t count, uint32_t size, uint32_t unit,
                      uint32_t script)
{
    long units = 0;

    flash_model_init(&model, count, size, unit);
    memset(truth, 0, sizeof(truth));
    for (int i = -1; i < STEPS; i++) {
        units += cut_step(i, script);
        model.cut = -1;
    }
    CHECK(units > 60 && model.erases >= count + SCALED(6, 2));
    check_truth();
}

CASE_ALONE(at_every_byte_of_two_sectors)
{
    every_cut(2, 512, 1, 1);
}

CASE_ALONE(at_every_byte_of_three_that_are_nearly_full)
{
    every_cut(3, 256, 1, 2);
}

CASE_ALONE(at_every_double_word_of_four_sectors)
{
    every_cut(4, 256, 8, 3);
}

CASE_ALONE(at_every_unit_of_32_bytes)
{
    every_cut(3, 512, 32, 4);
}
