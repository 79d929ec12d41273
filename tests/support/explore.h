/* explore.h - cases that are tried in all schedules
 * SPDX-License-Identifier: MIT
 *
 * One program per file, tests/exhaustive/test_NAME.c, in the simulator only.
 *
 *     EXPLORE(a_set_ends_a_wait)
 *     {
 *         weft_event_init(&event, false);
 *         side(set, &event);
 *         CHECK_EQ(weft_event_wait(&event), 0);
 *     }
 *
 * The body runs on virtual core 0, once for each schedule: what it uses is
 * static or on its own stack (a schedule may be given up anywhere) and set up
 * in it. Each case says how many schedules there were; `make exhaustive`
 * prints the table.
 *
 * EXPLORE_LARGE cases have too many: they are tried up to a number of
 * preemptions, and under WEFT_SEEDS seeds (200); with WEFT_EXPLORE=long one
 * preemption more, which takes minutes.
 *
 * One schedule alone: WEFT_SCHEDULE=12:1,30:0 build/.../test_NAME CASE
 */
#ifndef WEFT_TEST_EXPLORE_H
#define WEFT_TEST_EXPLORE_H

#include "tests/support/test.h"
#include "weft/port.h"
#include "weft/sim.h"
#include "weft/weft.h"

#define EXPLORE(name) EXPLORE__CASE(name, 0)
#define EXPLORE_LARGE(name, preemptions) EXPLORE__CASE(name, preemptions)

/* Functions on cores of their own, joined at the end of the body. */
void side(weft_port_thread_fn *run, void *ctx);
void sides_join(void);

/* Gives memory away that others must not touch any more. */
void drop(void *memory, size_t size);

/* private */

void explore__case(const char *name, void (*body)(void), unsigned preemptions);

#define EXPLORE__CASE(name, preemptions)                                       \
    static void explore__##name(void);                                         \
    CASE_ALONE(name)                                                           \
    {                                                                          \
        explore__case(#name, explore__##name, preemptions);                    \
    }                                                                          \
    static void explore__##name(void)

#endif
