/* firmware/runner.c - runs the registered cases on a board, past its restarts
 * SPDX-License-Identifier: MIT
 *
 * There is no process to fork and no stack to unwind: a case that must die,
 * fails, or finds no core restarts the machine. A record in memory that the
 * start code leaves alone says where to go on. A case that must die runs again
 * from its start, past the deaths that it has had:
 *
 *     FRESH -> RUNNING         1  run_case
 *     RUNNING -> FRESH         2  ended: by itself, failed, or no core
 *     RUNNING -> DIED          3  weft_hook_panic, with the words expected
 *     DIED -> RUNNING          1
 *     RUNNING -> FRESH         4  look_back: restarted by nobody here; failed
 */
#include "tests/support/runner.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "boards/board.h"
#include "weft/base/hooks.h"
#include "weft/port.h"

enum state { FRESH, RUNNING, DIED };
enum { MAGIC = 0x57e6f7a1, SAID_MAX = 300 };

/* By line, not by index: cases run in the order of their lines. */
static struct record {
    uint32_t magic;
    uint32_t check;
    int line;        /* of the case that runs, or ran last */
    uint32_t state;  /* enum state */
    unsigned deaths; /* that it had as expected */
    unsigned passed;
    unsigned failed;
    unsigned skipped;
} record __attribute__((section(".noinit")));

static unsigned deaths_met;
static const struct test_death *volatile dying;

/* --- the record */

static uint32_t checksum(void)
{
    return record.magic ^ (uint32_t)record.line * 3u ^ record.state * 5u ^
           record.deaths * 7u ^ record.passed * 11u ^ record.failed * 13u ^
           record.skipped * 17u;
}

static void seal(enum state state)
{
    record.state = state;
    record.check = checksum();
}

static bool record_is_ours(void)
{
    return record.magic == MAGIC && record.check == checksum();
}

static _Noreturn void restart(enum state state)
{
    seal(state);
    (void)fflush(stdout);
    board_reset();
}

/* --- how a case ends before its end */

static _Noreturn void failed(void)
{
    printf("[  FAILED  ] %s\n", test_running ? test_running->name : "no case");
    record.failed++;
    restart(FRESH);
}

_Noreturn void test_fail(const char *file, int line, const char *format, ...)
{
    va_list args;

    (void)weft_hook_mask();
    printf("%s:%d: %s: ", file, line,
           test_running ? test_running->name : "no case");
    va_start(args, format);
    (void)vprintf(format, args);
    va_end(args);
    printf("\n");
    failed();
}

static void skipped(const char *reason)
{
    printf("skip: %s: %s\n", test_running->name, reason);
    record.skipped++;
}

void test_no_core(void)
{
    char reason[40];

    (void)weft_hook_mask();
    (void)snprintf(reason, sizeof(reason), "needs more than %u cores",
                   weft_port_core_count());
    skipped(reason);
    restart(FRESH);
}

/* --- deaths */

bool test_death_begin(struct test_death *death)
{
    if (deaths_met < record.deaths) {
        deaths_met++;
        return false;
    }
    dying = death;
    return true;
}

_Noreturn void test_death_missed(void)
{
    test_fail(dying->file, dying->line, "lived on, expected to die with \"%s\"",
              dying->words);
}

void test_death_end(struct test_death *death)
{
    (void)death;
}

/* In place of the port's: the linker takes the first one that it meets. */
_Noreturn void weft_hook_panic(const char *file, int line, const char *what)
{
    static char said[SAID_MAX];

    (void)weft_hook_mask();
    (void)snprintf(said, sizeof(said), "weft: panic: %s:%d: %s", file, line,
                   what);
    if (dying == NULL || strstr(said, dying->words) == NULL) {
        printf("%s\n", said);
        if (dying != NULL) {
            printf("%s:%d: expected \"%s\"\n", dying->file, dying->line,
                   dying->words);
        }
        failed();
    }
    record.deaths++;
    restart(DIED);
}

/* --- cases by their lines */

static const struct test_case *case_after(int line)
{
    const struct test_case *const *at = __start_weft_cases;
    const struct test_case *next = NULL;

    for (; at != __stop_weft_cases; at++) {
        if ((*at)->line > line && (next == NULL || (*at)->line < next->line)) {
            next = *at;
        }
    }
    return next;
}

static void run_case(const struct test_case *test)
{
    record.line = test->line;
    seal(RUNNING);
    printf("[ RUN      ] %s\n", test->name);
    test_start(test);
    test->run();
    if (test_skipped() != NULL) {
        skipped(test_skipped());
    } else {
        record.passed++;
        printf("[       OK ] %s\n", test->name);
    }
    record.deaths = 0;
    deaths_met = 0;
    seal(FRESH);
}

/* What the last run left: the line to go on after. */
static int look_back(void)
{
    if (!record_is_ours()) {
        record = (struct record){.magic = MAGIC};
        seal(FRESH);
        printf("[==========] Running the cases.\n");
        return 0;
    }
    if (record.state == DIED) {
        return record.line - 1;
    }
    record.deaths = 0;
    if (record.state == RUNNING) {
        printf("the machine restarted by itself\n[  FAILED  ] %s\n",
               case_after(record.line - 1)->name);
        record.failed++;
        seal(FRESH);
    }
    return record.line;
}

int main(void)
{
    const struct test_case *test = case_after(look_back());

    for (; test != NULL; test = case_after(test->line)) {
        run_case(test);
    }
    printf("[==========] %u passed, %u failed, %u skipped.\n", record.passed,
           record.failed, record.skipped);
    int status = record.failed == 0 ? 0 : 1;
    record.magic = 0;
    board_exit(status);
}
