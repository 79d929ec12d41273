/* count.h - counts the instructions that an emulated processor executes
 * SPDX-License-Identifier: MIT
 *
 * Only under QEMU's -icount, see dev/chip_cycles.sh: there time is a number of
 * instructions, exactly, and each run gives the same. What the marks cost
 * themselves is taken off.
 *
 *     uint32_t from = count_now();
 *     work();
 *     count_add("work", from, count_now());
 *
 * Of each name the smallest is kept: what remains when the first rounds, in
 * which a queue is filled or a loop looks at its inbox once more, are over.
 */
#ifndef BENCH_CHIP_COUNT_H
#define BENCH_CHIP_COUNT_H

#include <stdint.h>

/* count_now(), and what a count of it is: one for each processor. */
#include <counter.h>

enum { COUNT_ROUNDS = 20 };

/* Notes one round; of `parts` things of which it is one. */
void count_add_part(const char *name, uint32_t from, uint32_t to,
                    unsigned parts);
void count_add(const char *name, uint32_t from, uint32_t to);

/* Of several rounds the greatest. */
void count_max(const char *name, uint32_t from, uint32_t to);

/* Prints "name<tab>count" for each. */
void count_print(void);

/* An interrupt that calls the function; it comes when the core goes to
 * sleep the next time. */
void count_on_interrupt(void (*handler)(void));
void count_interrupt_when_idle(void);

#endif
