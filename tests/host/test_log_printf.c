/* test_log_printf.c - a log's text by the rules of printf
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/logs.h"

static struct bench bench;

CASE(a_text_by_the_rules_of_printf_is_logged)
{
    bench_begin(&bench);
    CHECK(weft_log_printf(&bench.log, WEFT_LOG_INFO, "t", "%d of %s", 3,
                          "seven"));
    CHECK(!weft_log_printf(&bench.log, WEFT_LOG_DEBUG, "t", "%d", 1));
    CHECK(weft_log_printf(&bench.log, WEFT_LOG_INFO, "t", "%*d", 2000, 7));
    bench_run(&bench);
    {
        const char *text = lines(&bench);
        CHECK(strncmp(text, "I t: 3 of seven\nI t:  ", 22) == 0);
        CHECK(strstr(text, " ...\n") != NULL);
    }
    bench_end(&bench);
}
