/* stack.c - posix: stacks, committed when touched, a guard below each
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "weft/port.h"

#include <sys/mman.h>
#include <unistd.h>

#include "weft/error.h"

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

static size_t page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

int weft_port_stack_reserve(size_t size, void **base, size_t *usable)
{
    size_t page = page_size();

    if (size > SIZE_MAX / 2) {
        return WEFT_ERR_MEMORY;
    }
    size_t room = (size + page - 1) / page * page;
    char *start = mmap(NULL, page + room, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED) {
        return WEFT_ERR_MEMORY;
    }
    if (mprotect(start, page, PROT_NONE) != 0) {
        (void)munmap(start, page + room);
        return WEFT_ERR_MEMORY;
    }
    *base = start + page;
    *usable = room;
    return 0;
}

void weft_port_stack_release(void *base, size_t usable)
{
    size_t page = page_size();

    (void)munmap((char *)base - page, page + usable);
}
