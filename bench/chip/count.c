/* count.c - what was counted, by name
 * SPDX-License-Identifier: MIT
 */
#include "bench/chip/count.h"

#include <stdio.h>
#include <string.h>

enum { NAMES = 24 };

static struct {
    const char *name;
    uint32_t tenths; /* of an instruction */
} counts[NAMES];

static uint32_t tenths(uint32_t counted)
{
    return count_instructions(counted) * 10u;
}

static uint32_t *place(const char *name)
{
    unsigned i;

    for (i = 0; i < NAMES - 1 && counts[i].name != NULL; i++) {
        if (strcmp(counts[i].name, name) == 0) {
            break;
        }
    }
    counts[i].name = name;
    return &counts[i].tenths;
}

static uint32_t without_marks(uint32_t from, uint32_t to)
{
    uint32_t first = count_now();
    uint32_t second = count_now();

    return tenths(to - from) - tenths(second - first);
}

void count_add_part(const char *name, uint32_t from, uint32_t to,
                    unsigned parts)
{
    uint32_t *least = place(name);
    uint32_t now = without_marks(from, to) / parts;

    if (*least == 0 || now < *least) {
        *least = now;
    }
}

void count_add(const char *name, uint32_t from, uint32_t to)
{
    count_add_part(name, from, to, 1);
}

void count_max(const char *name, uint32_t from, uint32_t to)
{
    uint32_t *most = place(name);
    uint32_t now = without_marks(from, to);

    if (now > *most) {
        *most = now;
    }
}

void count_print(void)
{
    unsigned i;

    for (i = 0; counts[i].name != NULL; i++) {
        printf("%s\t%u.%u\n", counts[i].name, (unsigned)(counts[i].tenths / 10),
               (unsigned)(counts[i].tenths % 10));
    }
}
