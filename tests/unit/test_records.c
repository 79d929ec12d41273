/* test_records.c - keys and values on a flash: bounds, wear, rot
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/flash_model.h"

#include <stdio.h>

#include "weft/records.h"

static struct flash_model model;
static weft_records_sector_t sectors[FLASH_MODEL_SECTORS];
static weft_records_t records;

static int reopen(void)
{
    flash_model_power(&model);
    return weft_records_open(&records, &model.flash, sectors,
                             FLASH_MODEL_SECTORS);
}

static void begin(uint32_t count, uint32_t size, uint32_t unit)
{
    flash_model_init(&model, count, size, unit);
    CHECK_EQ(reopen(), 0);
}

static int put(const char *key, const char *text)
{
    return weft_records_put(&records, key, text, strlen(text));
}

static void check_get(const char *key, const char *expected)
{
    char text[64];
    int size = weft_records_get(&records, key, text, sizeof(text) - 1);

    CHECK_EQ(size, (int)strlen(expected));
    text[size] = '\0';
    CHECK_STR_EQ(text, expected);
}

static bool has(const char *key)
{
    int rc = weft_records_get(&records, key, NULL, 0);

    CHECK(rc >= 0 || rc == WEFT_ERR_NOT_FOUND);
    return rc >= 0;
}

CASE_ALONE(what_is_put_is_there_after_a_restart)
{
    begin(2, 256, 1);
    CHECK(!has("a"));
    CHECK_EQ(put("a", "one"), 0);
    CHECK_EQ(put("b", "two"), 0);
    CHECK_EQ(put("empty", ""), 0);
    CHECK_EQ(put("a", "three"), 0);
    check_get("a", "three");
    CHECK_EQ(reopen(), 0);
    check_get("a", "three");
    check_get("b", "two");
    check_get("empty", "");
    CHECK_EQ(weft_records_delete(&records, "a"), 0);
    CHECK_EQ(weft_records_delete(&records, "a"), WEFT_ERR_NOT_FOUND);
    CHECK_EQ(reopen(), 0);
    CHECK(!has("a"));
    check_get("b", "two");
    CHECK_EQ(records.damaged, 0);
}

CASE_ALONE(a_get_gives_the_length_and_what_has_room)
{
    char text[4] = "....";

    begin(2, 256, 4);
    CHECK_EQ(put("key", "long value"), 0);
    CHECK_EQ(weft_records_get(&records, "key", text, 2), 10);
    CHECK(memcmp(text, "lo..", 4) == 0);
    CHECK_EQ(weft_records_get(&records, "key", NULL, 0), 10);
}

CASE_ALONE(the_same_value_again_is_not_written)
{
    long done;

    begin(2, 256, 1);
    CHECK_EQ(put("key", "value"), 0);
    done = model.done;
    CHECK_EQ(put("key", "value"), 0);
    CHECK_EQ(model.done, done);
    CHECK_EQ(put("key", "valve"), 0);
    CHECK(model.done > done);
}

CASE_ALONE(bad_arguments_are_errors_and_change_nothing)
{
    char key[WEFT_STORE_KEY + 2];
    static char big[300];
    long done;

    flash_model_init(&model, 1, 512, 1);
    CHECK_EQ(reopen(), WEFT_ERR_INVALID);
    flash_model_init(&model, 2, 64, 1);
    CHECK_EQ(reopen(), WEFT_ERR_INVALID);
    flash_model_init(&model, 2, 512, 3);
    CHECK_EQ(reopen(), WEFT_ERR_INVALID);
    flash_model_init(&model, 2, 512, 64);
    CHECK_EQ(reopen(), WEFT_ERR_INVALID);
    flash_model_init(&model, 4, 256, 1);
    CHECK_EQ(weft_records_open(&records, &model.flash, sectors, 3),
             WEFT_ERR_INVALID);
    CHECK_EQ(model.done, 0);
    CHECK_EQ(put("a", "b"), WEFT_ERR_CLOSED);
    CHECK_EQ(reopen(), 0);
    done = model.done;
    memset(key, 'k', sizeof(key));
    key[WEFT_STORE_KEY + 1] = '\0';
    CHECK_EQ(put("", "b"), WEFT_ERR_INVALID);
    CHECK_EQ(put(key, "b"), WEFT_ERR_INVALID);
    CHECK_EQ(weft_records_get(&records, key, NULL, 0), WEFT_ERR_INVALID);
    CHECK_EQ(weft_records_delete(&records, ""), WEFT_ERR_INVALID);
    CHECK_EQ(weft_records_put(&records, "a", big, sizeof(big)),
             WEFT_ERR_INVALID);
    CHECK_EQ(weft_records_put(&records, "a", big, 40000), WEFT_ERR_INVALID);
    CHECK_EQ(model.done, done);
    key[WEFT_STORE_KEY] = '\0';
    CHECK_EQ(put(key, "the longest"), 0);
    check_get(key, "the longest");
}

CASE_ALONE(a_store_of_other_sectors_is_left_alone)
{
    uint8_t before[FLASH_MODEL_BYTES];

    begin(2, 512, 1);
    CHECK_EQ(put("a", "one"), 0);
    memcpy(before, model.bytes, sizeof(before));
    model.flash.sectors = 4;
    model.flash.sector_size = 256;
    CHECK_EQ(reopen(), WEFT_ERR_INVALID);
    model.flash.sectors = 2;
    model.flash.sector_size = 512;
    model.flash.unit = 8;
    CHECK_EQ(reopen(), WEFT_ERR_INVALID);
    CHECK(memcmp(before, model.bytes, sizeof(before)) == 0);
    model.flash.unit = 1;
    CHECK_EQ(reopen(), 0);
    check_get("a", "one");
}

CASE_ALONE(keys_come_in_order_while_they_come_and_go)
{
    char key[WEFT_STORE_KEY + 1] = "";

    begin(3, 256, 1);
    CHECK_EQ(weft_records_next(&records, key), WEFT_ERR_NOT_FOUND);
    CHECK_EQ(put("pear", "1"), 0);
    CHECK_EQ(put("apple", "22"), 0);
    CHECK_EQ(put("fig", "333"), 0);
    CHECK_EQ(put("plum", "4444"), 0);
    CHECK_EQ(weft_records_next(&records, key), 2);
    CHECK_STR_EQ(key, "apple");
    CHECK_EQ(weft_records_delete(&records, "fig"), 0);
    CHECK_EQ(weft_records_delete(&records, "apple"), 0);
    CHECK_EQ(weft_records_compact(&records), 0);
    CHECK_EQ(weft_records_next(&records, key), 1);
    CHECK_STR_EQ(key, "pear");
    CHECK_EQ(put("quince", "55555"), 0);
    CHECK_EQ(weft_records_next(&records, key), 4);
    CHECK_EQ(weft_records_next(&records, key), 5);
    CHECK_STR_EQ(key, "quince");
    CHECK_EQ(weft_records_next(&records, key), WEFT_ERR_NOT_FOUND);
}

/* Fills it with keys n0, n1 ...; how many there were room for. */
static int fill(void)
{
    char key[16];
    int count = 0;

    for (;; count++) {
        (void)snprintf(key, sizeof(key), "n%03d", count);
        if (put(key, "0123456789") != 0) {
            CHECK_EQ(put(key, "0123456789"), WEFT_ERR_FULL);
            return count;
        }
    }
}

static void check_filled(int from, int count)
{
    char key[16];

    for (int i = from; i < count; i++) {
        (void)snprintf(key, sizeof(key), "n%03d", i);
        check_get(key, "0123456789");
    }
}

CASE_ALONE(a_full_store_says_so_loses_nothing_and_can_be_emptied)
{
    weft_records_stats_t stats;
    int count;

    for (uint32_t n = 2; n <= 4; n++) {
        char key[16];
        uint32_t erases;

        begin(n, 256, 4);
        count = fill();
        CHECK(count >= 5 * (int)(n - 1));
        erases = model.erases;
        CHECK_EQ(put("more", "0123456789"), WEFT_ERR_FULL);
        CHECK_EQ(put("n000", "another value"), WEFT_ERR_FULL);
        CHECK_EQ(model.erases, erases); /* not worn by what has no room */
        check_filled(0, count);
        CHECK_EQ(reopen(), 0);
        check_filled(0, count);
        for (int i = 0; i < count; i++) {
            (void)snprintf(key, sizeof(key), "n%03d", i);
            CHECK_EQ(weft_records_delete(&records, key), 0);
            CHECK(!has(key));
            check_filled(i + 1, count);
        }
        CHECK_EQ(weft_records_stats(&records, &stats), 0);
        CHECK_EQ(stats.keys, 0);
        CHECK(fill() >= count - 1); /* other sectors hold other records */
    }
}

CASE_ALONE(a_full_store_takes_what_a_delete_has_freed)
{
    int count;

    begin(3, 256, 4);
    count = fill();
    for (int i = 0; i < 3 * count; i++) {
        char key[16];

        (void)snprintf(key, sizeof(key), "n%03d", i);
        CHECK_EQ(weft_records_delete(&records, key), 0);
        (void)snprintf(key, sizeof(key), "n%03d", count + i);
        CHECK_EQ(put(key, "0123456789"), 0);
        check_filled(i + 1, count + i + 1);
    }
}

CASE_ALONE(all_sectors_wear_alike_below_values_that_never_change)
{
    weft_records_stats_t stats;

    begin(4, 256, 1);
    CHECK_EQ(put("name", "which never changes"), 0);
    CHECK_EQ(put("more", "and another one"), 0);
    for (int i = 0; i < 400; i++) {
        char text[16];

        (void)snprintf(text, sizeof(text), "%d", i);
        CHECK_EQ(put("counter", text), 0);
    }
    check_get("counter", "399");
    check_get("name", "which never changes");
    CHECK_EQ(weft_records_stats(&records, &stats), 0);
    CHECK_EQ(stats.keys, 3);
    CHECK(stats.erases_least > 5);
    CHECK(stats.erases_most - stats.erases_least <= 1);
    CHECK(stats.used < stats.size && stats.free >= 1);
    CHECK_EQ(weft_records_compact(&records), 0);
    CHECK_EQ(weft_records_stats(&records, &stats), 0);
    CHECK_EQ(stats.keys, 3);
    CHECK_EQ(stats.free, 3);
    check_get("counter", "399");
}

/* --- rot ------------------------------------------------------------------ */

/* Each bit of the area flips, one at a time: the other keys keep their value,
 * that one has its own, an older one or none. */
CASE_ALONE(a_bit_that_rots_harms_one_key_at_most)
{
    static uint8_t good[FLASH_MODEL_BYTES];

    begin(2, 256, 1);
    CHECK_EQ(put("a", "old"), 0);
    CHECK_EQ(put("b", "two"), 0);
    CHECK_EQ(put("a", "new"), 0);
    CHECK_EQ(put("c", "three"), 0);
    memcpy(good, model.bytes, sizeof(good));
    for (unsigned bit = 0; bit < 512 * 8; bit += 1) {
        char text[8] = "";
        int wrong = 0;

        flash_model_init(&model, 2, 256, 1);
        memcpy(model.bytes, good, sizeof(good));
        model.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CHECK_EQ(reopen(), 0);
        (void)weft_records_get(&records, "a", text, sizeof(text));
        CHECK(text[0] == '\0' || memcmp(text, "old", 4) == 0 ||
              memcmp(text, "new", 4) == 0);
        wrong += memcmp(text, "new", 4) != 0;
        if (has("b")) {
            check_get("b", "two");
        }
        if (has("c")) {
            check_get("c", "three");
        }
        wrong += !has("b") + !has("c");
        CHECK(wrong <= 1);
        CHECK(wrong == 0 || records.damaged > 0);
    }
}

/* Images that somebody else has made: nothing is read or written outside, and
 * it ends; what is then open works. */
CASE_ALONE(no_image_makes_it_crash)
{
    uint32_t seed = 7;

    for (int round = 0; round < (TEST_ON_BOARD ? 100 : 3000); round++) {
        int rc;

        flash_model_init(&model, 2 + (unsigned)round % 3, 256,
                         round % 2 ? 1 : 8);
        CHECK_EQ(reopen(), 0);
        for (int i = 0; i < round % 50; i++) {
            char key[16];

            (void)snprintf(key, sizeof(key), "k%d", i % 7);
            (void)put(key, &"0123456789abcdef"[i % 16]);
        }
        for (int i = 0; i < 1 + round % 40; i++) {
            seed = seed * 1664525u + 1013904223u;
            model.bytes[(seed >> 8) % (2 * 256)] = (uint8_t)(seed >> 24);
        }
        /* It may be programmed over: this garbage has no history. */
        memset(model.used, 0, sizeof(model.used));
        rc = reopen();
        CHECK(rc == 0 || rc == WEFT_ERR_FAILED || rc == WEFT_ERR_INVALID);
        if (rc == 0) {
            char key[WEFT_STORE_KEY + 1] = "";

            rc = put("new", "value");
            CHECK(rc == 0 || rc == WEFT_ERR_FULL || rc == WEFT_ERR_FAILED);
            for (int i = 0; i < 40 && rc >= 0; i++) {
                rc = weft_records_next(&records, key);
            }
            CHECK(rc < 0);
        }
    }
}

/* A value that holds a copy of the log is a value. */
CASE_ALONE(records_inside_of_a_value_are_none)
{
    begin(2, 512, 1);
    CHECK_EQ(put("inner", "secret"), 0); /* at 48 */
    CHECK_EQ(weft_records_put(&records, "four", model.bytes + 48, 40), 0);
    CHECK(memcmp(model.bytes + 80, "four", 4) == 0); /* the value is at 84 */
    CHECK_EQ(weft_records_delete(&records, "inner"), 0);
    memset(model.bytes + 48, 0, 24);
    model.bytes[73] ^= 1; /* its head is broken, so each place is looked at */
    CHECK_EQ(reopen(), 0);
    CHECK(!has("four"));
    CHECK(!has("inner"));
    CHECK(records.damaged > 0);
}
