/* stack.c - posix: stacks, committed when touched, a guard below each
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "weft/port.h"

#include <errno.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "weft/error.h"

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102 /* Linux 6.13; older kernels: EINVAL */
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

size_t weft_port_stack_page(void)
{
    return page_size();
}

int weft_port_slab_reserve(size_t size, void **base)
{
    void *start = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (start == MAP_FAILED) {
        return WEFT_ERR_MEMORY;
    }
#ifdef MADV_NOHUGEPAGE
    /* Or the first touch may commit 2 MB. */
    (void)madvise(start, size, MADV_NOHUGEPAGE);
#endif
    *base = start;
    return 0;
}

void weft_port_slab_release(void *base, size_t size)
{
    (void)munmap(base, size);
}

/* An emulator may take advice that it does not know for a hint and say yes:
   one look, by a system call that reports a fault, tells. Where there is none
   it reads zeros, a sleep of no length. */
static bool guard_by_advice(void *base, size_t size)
{
    enum { UNKNOWN, WORKS, DOES_NOT };
    static uint32_t known;
    uint32_t now = __atomic_load_n(&known, __ATOMIC_RELAXED);

    if (now == DOES_NOT || madvise(base, size, MADV_GUARD_INSTALL) != 0) {
        return false;
    }
    if (now == UNKNOWN) {
        now = nanosleep(base, NULL) != 0 && errno == EFAULT ? WORKS : DOES_NOT;
        __atomic_store_n(&known, now, __ATOMIC_RELAXED);
    }
    return now == WORKS;
}

/* Of the kernel's 65 530 mappings a guard of this kind takes two. Where all are
 * taken nothing can be reserved any more, by anybody: there is an end before.
 * What a slab gives back is not counted. */
static bool may_map(void)
{
    enum { MOST = 24000 };
    static uint32_t count;

    return __atomic_fetch_add(&count, 1, __ATOMIC_RELAXED) < MOST;
}

int weft_port_slab_guard(void *base, size_t size)
{
    if (guard_by_advice(base, size)) {
        return 0;
    }
    if (!may_map()) {
        return WEFT_ERR_MEMORY;
    }
    return mprotect(base, size, PROT_NONE) == 0 ? 0 : WEFT_ERR_MEMORY;
}
