/* test_look.c - posix: what a thread does that looks before it sleeps
 * SPDX-License-Identifier: MIT
 */
#include "core/home.h"
#include "tests/support/test.h"
#include "weft/base/hooks.h"

#define NO_LOOKS "virtual cores do not look before they sleep"

int sched_yield(void);

/* In place of the C library's. */
static unsigned yields;

int sched_yield(void)
{
    yields++;
    return 0;
}

CASE_REAL_ONLY(looks_give_the_processor_to_nobody, NO_LOOKS)
{
    weft_home_t home;

    weft__home_init(&home, NULL);
    yields = 0;
    for (int i = 0; i < 10; i++) {
        home.spin = WEFT_SPIN;
        CHECK(!weft__home_spin(&home));
    }
    CHECK_EQ(yields, 0);
    for (int i = 0; i < 1000; i++) {
        weft_hook_spin();
    }
    CHECK(yields > 0);
}

CASE_REAL_ONLY(what_is_there_at_once_makes_no_look_longer, NO_LOOKS)
{
    weft_home_t home;
    weft_link_t link = {NULL};

    weft__home_init(&home, NULL);
    home.spin = WEFT_SPIN;
    CHECK(!weft__home_spin(&home));
    CHECK_EQ(home.spin, WEFT_SPIN / 2);
    CHECK_EQ(home.spin_pause, 1);
    weft__home_post(&home.inbox, &link);
    CHECK(weft__home_spin(&home));
    CHECK_EQ(home.spin, WEFT_SPIN / 2);
    CHECK_EQ(home.spin_pause, 1);
}
