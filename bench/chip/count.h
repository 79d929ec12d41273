/* count.h - counts the instructions that an emulated processor executes
 * SPDX-License-Identifier: MIT
 *
 * Only under QEMU's -icount, see dev/chip.sh: there time is a number of
 * instructions, exactly, and each run gives the same.
 *
 *     uint32_t from = count_now();
 *     work();
 *     count_add("work", from, count_now());
 *
 * What the marks cost themselves is taken off. Of several rounds the least is
 * kept: what remains when a queue is filled, or a loop looks at its inbox once
 * more, is over. Each program includes this in one file.
 */
#ifndef BENCH_CHIP_COUNT_H
#define BENCH_CHIP_COUNT_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* count_now(), what a count of it is, and an interrupt that comes by itself:
 * in a folder for each port. */
#include <counter.h>

enum { COUNT_ROUNDS = 20, COUNT_NAMES = 16 };

static struct {
    const char *name;
    uint32_t tenths; /* of an instruction */
} count_of[COUNT_NAMES];

static inline uint32_t *count_place(const char *name)
{
    unsigned i = 0;

    while (i < COUNT_NAMES - 1 && count_of[i].name != NULL &&
           strcmp(count_of[i].name, name) != 0) {
        i++;
    }
    count_of[i].name = name;
    return &count_of[i].tenths;
}

static inline uint32_t count_tenths(uint32_t from, uint32_t to)
{
    uint32_t first = count_now();
    uint32_t second = count_now();

    return (count_instructions(to - from) -
            count_instructions(second - first)) *
           10;
}

/* Notes a round in which that many were done. */
static inline void count_add_some(const char *name, uint32_t from, uint32_t to,
                                  unsigned done)
{
    uint32_t *least = count_place(name);
    uint32_t now = count_tenths(from, to) / done;

    if (*least == 0 || now < *least) {
        *least = now;
    }
}

static inline void count_add(const char *name, uint32_t from, uint32_t to)
{
    count_add_some(name, from, to, 1);
}

/* Prints "name<tab>count" for each. */
static inline void count_print(void)
{
    unsigned i;

    for (i = 0; i < COUNT_NAMES && count_of[i].name != NULL; i++) {
        printf("%s\t%u.%u\n", count_of[i].name,
               (unsigned)(count_of[i].tenths / 10),
               (unsigned)(count_of[i].tenths % 10));
    }
}

#endif
