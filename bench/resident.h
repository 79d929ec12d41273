/* resident.h - how much memory the process really has
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_BENCH_RESIDENT_H
#define WEFT_BENCH_RESIDENT_H

#include <stdio.h>
#include <unistd.h>

/* Bytes; 0 where the system does not say. */
static inline size_t bench_resident(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    if (file == NULL || fscanf(file, "%*u %lu", &pages) != 1) {
        pages = 0;
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

#endif
