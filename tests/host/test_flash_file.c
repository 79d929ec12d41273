/* test_flash_file.c - a store in a file: it lasts, also over a killed process
 * SPDX-License-Identifier: MIT
 */
#define _DEFAULT_SOURCE

#include "tests/support/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "weft/flash_file.h"
#include "weft/records.h"

enum { SECTORS = 3, SIZE = 512 };

static char folder[64];
static char path[80];
static weft_flash_file_t file;
static weft_records_t records;
static weft_records_sector_t sectors[SECTORS];

static void begin(void)
{
    (void)snprintf(folder, sizeof(folder), "/tmp/weft_file_XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof(path), "%s/store", folder);
}

static void end(void)
{
    CHECK_EQ(unlink(path), 0);
    CHECK_EQ(rmdir(folder), 0);
}

static void open_records(void)
{
    CHECK_EQ(weft_flash_file_open(&file, path, SECTORS, SIZE), 0);
    CHECK_EQ(weft_records_open(&records, &file.flash, sectors, SECTORS), 0);
}

CASE_ALONE(what_is_put_into_a_file_is_there_again)
{
    char text[8] = "";

    begin();
    open_records();
    CHECK_EQ(weft_records_put(&records, "key", "value", 6), 0);
    weft_flash_file_close(&file);
    for (int i = 0; i < 100; i++) {
        open_records();
        CHECK_EQ(weft_records_get(&records, "key", text, sizeof(text)), 6);
        CHECK_STR_EQ(text, "value");
        CHECK_EQ(weft_records_put(&records, "other", &i, sizeof(i)), 0);
        weft_flash_file_close(&file);
    }
    CHECK_EQ(records.damaged, 0);
    end();
}

CASE_ALONE(a_file_that_is_open_or_another_is_refused)
{
    weft_flash_file_t other;
    FILE *text;

    begin();
    CHECK_EQ(weft_flash_file_open(&file, path, 0, SIZE), WEFT_ERR_INVALID);
    CHECK_EQ(weft_flash_file_open(&file, "/nowhere/store", SECTORS, SIZE),
             WEFT_ERR_FAILED);
    open_records();
    CHECK_EQ(weft_flash_file_open(&other, path, SECTORS, SIZE), WEFT_ERR_BUSY);
    weft_flash_file_close(&file);
    CHECK_EQ(weft_flash_file_open(&file, path, SECTORS + 1, SIZE),
             WEFT_ERR_INVALID);
    CHECK_EQ(weft_flash_file_open(&file, folder, SECTORS, SIZE),
             WEFT_ERR_FAILED);
    text = fopen(path, "w");
    CHECK(text != NULL && fputs("a letter\n", text) >= 0);
    CHECK_EQ(fclose(text), 0);
    CHECK_EQ(weft_flash_file_open(&file, path, SECTORS, SIZE),
             WEFT_ERR_INVALID);
    end();
}

/* Whoever fills a new one has that locked. */
CASE_ALONE(a_file_that_somebody_else_is_making_is_busy_and_left_alone)
{
    char fresh[96];
    char text[16] = "";
    int other;

    begin();
    (void)snprintf(fresh, sizeof(fresh), "%s.new", path);
    other = open(fresh, O_RDWR | O_CREAT, 0600);
    CHECK(other >= 0 && flock(other, LOCK_EX | LOCK_NB) == 0);
    CHECK_EQ(write(other, "half made", 9), 9);
    CHECK_EQ(weft_flash_file_open(&file, path, SECTORS, SIZE), WEFT_ERR_BUSY);
    CHECK_EQ(pread(other, text, sizeof(text), 0), 9);
    CHECK_STR_EQ(text, "half made");
    CHECK(access(path, F_OK) != 0);
    CHECK_EQ(close(other), 0); /* it was killed */
    open_records();
    CHECK(access(fresh, F_OK) != 0);
    weft_flash_file_close(&file);
    end();
}

/* Opens it at once with others, puts its number, and keeps it for a while. */
static void put_number(int number)
{
    int rc = weft_flash_file_open(&file, path, SECTORS, SIZE);
    int value = 0;

    if (rc == WEFT_ERR_BUSY) {
        _exit(0);
    }
    if (rc != 0 ||
        weft_records_open(&records, &file.flash, sectors, SECTORS) != 0 ||
        weft_records_put(&records, "who", &number, sizeof(number)) != 0) {
        _exit(1);
    }
    (void)usleep(1000);
    _exit(weft_records_get(&records, "who", &value, sizeof(value)) ==
                      sizeof(value) &&
                  value == number
              ? 2
              : 1);
}

CASE_REAL_ONLY(of_several_who_make_it_at_once_none_loses_what_it_put,
               "it forks processes")
{
    begin();
    for (int round = 0; round < 50; round++) {
        pid_t children[4];
        int winners = 0;
        int value = -1;

        for (int i = 0; i < 4; i++) {
            children[i] = fork();
            if (children[i] == 0) {
                put_number(i);
            }
        }
        for (int i = 0; i < 4; i++) {
            int status;

            CHECK_EQ(waitpid(children[i], &status, 0), children[i]);
            CHECK(WIFEXITED(status) && WEXITSTATUS(status) != 1);
            winners += WEXITSTATUS(status) == 2;
        }
        open_records();
        if (winners > 0) {
            CHECK_EQ(weft_records_get(&records, "who", &value, sizeof(value)),
                     sizeof(value));
        }
        weft_flash_file_close(&file);
        CHECK_EQ(unlink(path), 0);
    }
    CHECK_EQ(rmdir(folder), 0); /* nothing else is left there */
}

/* A process that counts, and says so through a pipe, until it is killed. */
static void count_for_ever(int out)
{
    unsigned count = 0;

    open_records();
    (void)weft_records_get(&records, "count", &count, sizeof(count));
    for (;;) {
        count++;
        if (weft_records_put(&records, "count", &count, sizeof(count)) != 0 ||
            weft_records_put(&records, "echo", &count, sizeof(count)) != 0 ||
            write(out, &count, sizeof(count)) != sizeof(count)) {
            _exit(1);
        }
    }
}

static unsigned value_of(const char *key)
{
    unsigned value = 0;

    CHECK_EQ(weft_records_get(&records, key, &value, sizeof(value)),
             sizeof(value));
    return value;
}

CASE_REAL_ONLY(a_killed_process_loses_nothing_that_it_was_told_of,
               "it forks processes")
{
    unsigned count = 0;

    begin();
    for (int round = 0; round < 10; round++) {
        int ends[2];
        int status;
        pid_t child;

        CHECK_EQ(pipe(ends), 0);
        child = fork();
        if (child == 0) {
            count_for_ever(ends[1]);
        }
        (void)close(ends[1]);
        for (int i = 0; i < 10 + round * 3; i++) {
            CHECK_EQ(read(ends[0], &count, sizeof(count)), sizeof(count));
        }
        CHECK_EQ(kill(child, SIGKILL), 0);
        CHECK_EQ(waitpid(child, &status, 0), child);
        while (read(ends[0], &count, sizeof(count)) == sizeof(count)) {}
        (void)close(ends[0]);
        open_records();
        CHECK(value_of("count") == count || value_of("count") == count + 1);
        CHECK(value_of("echo") == count ||
              value_of("echo") == value_of("count"));
        weft_flash_file_close(&file);
    }
    CHECK(count > 200);
    end();
}
