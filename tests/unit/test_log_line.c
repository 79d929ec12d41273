/* test_log_line.c - a log's lines, and what is too long for one
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/logs.h"

static struct bench bench;

/* --- lines */

CASE(a_record_becomes_a_line_with_its_fields)
{
    bench_begin(&bench);
    weft_log(&bench.log, WEFT_LOG_WARN, "motor", "too hot",
             weft_log_int("celsius", 93), weft_log_text("side", "left"));
    weft_log(&bench.log, WEFT_LOG_ERROR, "motor", "stopped");
    bench_run(&bench);
    CHECK_STR_EQ(lines(&bench), "W motor: too hot celsius=93 side=left\n"
                                "E motor: stopped\n");
    counts_are(&bench, 2, 0, 0, 0);
    bench_end(&bench);
}

CASE_SIM_ONLY(a_line_begins_with_the_time_of_the_call, "virtual time")
{
    bench_begin(&bench);
    stand_until(WEFT_S(12) + 345);
    weft_log(&bench.log, WEFT_LOG_INFO, "t", "now");
    stand_until(WEFT_S(13));
    bench_run(&bench);
    CHECK_STR_EQ(bench.sink.text, "12.000345 I t: now\n");
    bench_end(&bench);
}

CASE(numbers_of_all_sizes_are_written)
{
    bench_begin(&bench);
    CHECK_STR_EQ(line_of(&bench, "int",
                         (weft_log_field_t[]){weft_log_int("a", INT64_MIN),
                                              weft_log_int("b", INT64_MAX),
                                              weft_log_int("c", -1)},
                         3),
                 "I t: int a=-9223372036854775808 b=9223372036854775807 "
                 "c=-1\n");
    CHECK_STR_EQ(line_of(&bench, "uint",
                         (weft_log_field_t[]){weft_log_uint("a", UINT64_MAX),
                                              weft_log_uint("b", 0),
                                              weft_log_uint("c", 4294967296)},
                         3),
                 "I t: uint a=18446744073709551615 b=0 c=4294967296\n");
    CHECK_STR_EQ(line_of(&bench, "hex",
                         (weft_log_field_t[]){weft_log_hex("a", UINT64_MAX),
                                              weft_log_hex("b", 0),
                                              weft_log_hex("c", 0x10fa)},
                         3),
                 "I t: hex a=0xffffffffffffffff b=0x0 c=0x10fa\n");
    CHECK_STR_EQ(line_of(&bench, "fixed",
                         (weft_log_field_t[]){weft_log_fixed("a", 215, 1),
                                              weft_log_fixed("b", -5, 3),
                                              weft_log_fixed("c", 0, 9),
                                              weft_log_fixed("d", 215, 0)},
                         4),
                 "I t: fixed a=21.5 b=-0.005 c=0.000000000 d=215\n");
    bench_end(&bench);
}

CASE(numbers_around_each_power_of_ten_and_of_128_are_written)
{
    static const char nines[] = "9999999999999999999";
    uint64_t ten = 10;
    char expected[64];

    bench_begin(&bench);
    for (size_t n = 1; n < sizeof(nines); n++, ten *= 10) {
        weft_log_field_t fields[] = {weft_log_uint("n", ten - 1),
                                     weft_log_uint("n", ten)};
        size_t at = 0;

        memcpy(expected, "I t:  n=", 8);
        memcpy(expected + 8, nines, n);
        at = 8 + n;
        memcpy(expected + at, " n=1", 4);
        memset(expected + at + 4, '0', n);
        memcpy(expected + at + 4 + n, "\n", 2);
        CHECK_STR_EQ(line_of(&bench, "", fields, 2), expected);
    }
    CHECK_STR_EQ(line_of(&bench, "",
                         (weft_log_field_t[]){
                             weft_log_uint("n", 127), weft_log_uint("n", 128),
                             weft_log_int("n", -64), weft_log_int("n", -65)},
                         4),
                 "I t:  n=127 n=128 n=-64 n=-65\n");
    bench_end(&bench);
}

CASE(a_text_cannot_end_its_line_or_look_like_another_field)
{
    bench_begin(&bench);
    CHECK_STR_EQ(line_of(&bench, "two\nlines\r\t\x1b[2J", NULL, 0),
                 "I t: two\\nlines\\r\\t\\x1b[2J\n");
    CHECK_STR_EQ(
        line_of(&bench, "v",
                (weft_log_field_t[]){
                    weft_log_text("a", "two words"), weft_log_text("b", ""),
                    weft_log_text("c", "x=1"),
                    weft_log_text("d", "say \"no\\\""),
                    weft_log_text("e", "a\nb"), weft_log_text("f", NULL)},
                6),
        "I t: v a=\"two words\" b=\"\" c=\"x=1\" d=\"say \\\"no\\\\\\\"\" "
        "e=\"a\\nb\" f=\"\"\n");
    CHECK_STR_EQ(line_of(&bench, NULL, NULL, 0), "I t: \n");
    bench_end(&bench);
}

/* In UTF-8 U+0085 ends a line, U+009B begins a command. */
CASE(no_control_character_of_unicode_and_none_in_a_name_gets_to_a_terminal)
{
    weft_log_field_t fields[] = {
        weft_log_text("a", "x\xc2\x9b"
                           "2Jy"),
        weft_log_text("b", "\xe2\x80\xa8\xe2\x80\xa9"),
        weft_log_text("c", "21\xc2\xb0\xc2\xa0\xe2\x80\xa6\xe2\x82\xac"),
        weft_log_text("d\xc2\x80\n", "\xc2")};

    bench_begin(&bench);
    CHECK_STR_EQ(line_of(&bench,
                         "one\xc2\x85two \xc3\x85\xe4\xb8\x80 "
                         "\xc2\x9f\xe2\x80\xa7",
                         fields, 4),
                 "I t: one\\xc2\\x85two \xc3\x85\xe4\xb8\x80 "
                 "\\xc2\\x9f\xe2\x80\xa7 a=\"x\\xc2\\x9b2Jy\" "
                 "b=\"\\xe2\\x80\\xa8\\xe2\\x80\\xa9\" "
                 "c=21\xc2\xb0\xc2\xa0\xe2\x80\xa6\xe2\x82\xac "
                 "d\\xc2\\x80\\n=\xc2\n");
    weft_log(&bench.log, WEFT_LOG_INFO, "two\nlines\x1b\xc2", "\x85");
    bench_run(&bench);
    CHECK_STR_EQ(lines(&bench), "I two\\nlines\\x1b\xc2: \x85\n");
    bench_end(&bench);
}

/* What is logged is a copy. */
CASE(a_text_may_change_after_the_call)
{
    char text[] = "before";
    char value[] = "red";

    bench_begin(&bench);
    weft_log(&bench.log, WEFT_LOG_INFO, "t", text, weft_log_text("is", value));
    memset(text, 'x', sizeof(text) - 1);
    memset(value, 'x', sizeof(value) - 1);
    bench_run(&bench);
    CHECK_STR_EQ(lines(&bench), "I t: before is=red\n");
    bench_end(&bench);
}

/* --- what is too long */

CASE(a_long_text_is_cut_with_a_mark)
{
    char text[2 * WEFT_LOG_RECORD_MAX];
    const char *line;
    size_t size;

    bench_begin(&bench);
    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    line = line_of(&bench, text, NULL, 0);
    size = strlen(line);
    CHECK(size > WEFT_LOG_RECORD_MAX / 2);
    CHECK(size < WEFT_LOG_RECORD_MAX + 16);
    CHECK_STR_EQ(line + size - 5, "x...\n");
    bench_end(&bench);
}

CASE(a_text_is_cut_between_two_characters)
{
    char text[2 * WEFT_LOG_RECORD_MAX];

    bench_begin(&bench);
    for (size_t shift = 0; shift < 3; shift++) {
        const char *line;
        const char *at;

        memset(text, 'x', sizeof(text));
        for (size_t i = shift; i + 4 < sizeof(text); i += 3) {
            memcpy(text + i, "\xe2\x82\xac", 3);
        }
        text[sizeof(text) - 1] = '\0';
        line = line_of(&bench, text, NULL, 0);
        at = strstr(line, "...\n");
        CHECK(at != NULL);
        CHECK_EQ((unsigned char)at[-1], 0xac);
    }
    bench_end(&bench);
}

/* Its end falls anywhere in what is escaped. */
CASE(a_line_that_is_cut_has_no_control_character_either)
{
    static const char escaped[] = "\\xc2\\x85\\xe2\\x80\\xa8";
    weft_log_config_t config = bench_config(&bench);
    char text[64];

    config.line_size = 80;
    bench_init(&bench, &config);
    bench_start(&bench);
    for (size_t size = 30; size < 60; size++) {
        const char *line;

        memset(text, 'x', size);
        text[size] = '\0';
        weft_log(&bench.log, WEFT_LOG_INFO, "t", text,
                 weft_log_text("k", "\xc2\x85\xe2\x80\xa8"));
        bench_run(&bench);
        line = strchr(lines(&bench), '\\');
        for (size_t i = 0; line != NULL && line[i] != '.' && line[i] != '"';
             i++) {
            CHECK_EQ(line[i], escaped[i]);
        }
    }
    bench_end(&bench);
}

CASE(fields_that_do_not_fit_are_left_out_with_a_mark)
{
    weft_log_field_t fields[2];
    char value[WEFT_LOG_RECORD_MAX];
    const char *line;

    bench_begin(&bench);
    memset(value, 'v', sizeof(value));
    value[sizeof(value) - 1] = '\0';
    fields[0] = weft_log_text("value", value);
    fields[1] = weft_log_int("number", 1);
    line = line_of(&bench, "t", fields, 2);
    CHECK(strstr(line, "value=vvv") != NULL);
    CHECK(strstr(line, "number") == NULL);
    CHECK(strstr(line, "v...\n") != NULL);
    bench_end(&bench);
}

CASE(fields_beyond_the_fifteenth_are_left_out_with_a_mark)
{
    weft_log_field_t fields[17];
    const char *line;

    bench_begin(&bench);
    for (int i = 0; i < 17; i++) {
        fields[i] = weft_log_int("n", i);
    }
    line = line_of(&bench, "t", fields, 15);
    CHECK(strstr(line, " n=14\n") != NULL);
    line = line_of(&bench, "t", fields, 17);
    CHECK(strstr(line, " n=14...\n") != NULL);
    bench_end(&bench);
}

CASE(a_line_longer_than_its_memory_is_cut_with_a_mark)
{
    weft_log_config_t config = bench_config(&bench);
    const char *line;

    config.line_size = 80;
    bench_init(&bench, &config);
    bench_start(&bench);
    memset(bench.line, '#', sizeof(bench.line));
    line = line_of(&bench,
                   "an escape takes four: \x01\x01\x01\x01\x01\x01\x01"
                   "\x01\x01\x01\x01\x01\x01\x01\x01",
                   NULL, 0);
    CHECK(strstr(line, "x0") != NULL);
    CHECK(strstr(line, "...\n") != NULL);
    CHECK_EQ(bench.line[80], '#');
    bench_end(&bench);
}
