/* atomics.c - RISC-V: atomic operations on bytes, by the word around them
 * SPDX-License-Identifier: MIT
 *
 * The A extension has words only, and gcc calls these functions for the rest.
 * Hosts have them in libatomic, bare metal has none. Each is a loop of lr and
 * sc on the aligned word that the byte lies in, so it holds among harts and
 * against interrupts, and a plain store to a neighbour makes it try again.
 * All are sequentially consistent, whatever order was asked for.
 */
#include <stdbool.h>
#include <stdint.h>

#if defined(__riscv_atomic)

/* The names are gcc's own; some compilers let nobody define them in C. */
uint8_t weft__exchange_1(volatile void *at, uint8_t value,
                         int order) __asm__("__atomic_exchange_1");
uint8_t weft__fetch_add_1(volatile void *at, uint8_t value,
                          int order) __asm__("__atomic_fetch_add_1");
uint8_t weft__fetch_sub_1(volatile void *at, uint8_t value,
                          int order) __asm__("__atomic_fetch_sub_1");
bool weft__compare_exchange_1(volatile void *at, void *expected,
                              uint8_t desired, int success,
                              int failure) __asm__("__atomic_"
                                                   "compare_exchange_1");

/* A byte in its word, which is little-endian. */
struct place {
    volatile uint32_t *word;
    unsigned shift;
    uint32_t mask;
};

static inline struct place place_of(volatile void *at)
{
    unsigned shift = ((uintptr_t)at & 3u) * 8u;

    return (struct place){
        .word = (volatile uint32_t *)((uintptr_t)at & ~(uintptr_t)3),
        .shift = shift,
        .mask = (uint32_t)0xff << shift,
    };
}

uint8_t weft__exchange_1(volatile void *at, uint8_t value, int order)
{
    struct place place = place_of(at);
    uint32_t old;
    uint32_t next;

    (void)order;
    __asm__ volatile("1:\n\t"
                     "lr.w.aqrl %0, %2\n\t"
                     "and %1, %0, %3\n\t"
                     "or %1, %1, %4\n\t"
                     "sc.w.rl %1, %1, %2\n\t"
                     "bnez %1, 1b"
                     : "=&r"(old), "=&r"(next), "+A"(*place.word)
                     : "r"(~place.mask), "r"((uint32_t)value << place.shift)
                     : "memory");
    return (uint8_t)(old >> place.shift);
}

/* The carry out of the byte is masked off. */
uint8_t weft__fetch_add_1(volatile void *at, uint8_t value, int order)
{
    struct place place = place_of(at);
    uint32_t old;
    uint32_t next;

    (void)order;
    __asm__ volatile("1:\n\t"
                     "lr.w.aqrl %0, %2\n\t"
                     "add %1, %0, %4\n\t"
                     "xor %1, %1, %0\n\t"
                     "and %1, %1, %3\n\t"
                     "xor %1, %1, %0\n\t"
                     "sc.w.rl %1, %1, %2\n\t"
                     "bnez %1, 1b"
                     : "=&r"(old), "=&r"(next), "+A"(*place.word)
                     : "r"(place.mask), "r"((uint32_t)value << place.shift)
                     : "memory");
    return (uint8_t)(old >> place.shift);
}

uint8_t weft__fetch_sub_1(volatile void *at, uint8_t value, int order)
{
    return weft__fetch_add_1(at, (uint8_t)-value, order);
}

/* A failure stores nothing. */
bool weft__compare_exchange_1(volatile void *at, void *expected,
                              uint8_t desired, int success, int failure)
{
    struct place place = place_of(at);
    uint8_t wanted = *(uint8_t *)expected;
    uint32_t from = (uint32_t)wanted << place.shift;
    uint32_t change = from ^ (uint32_t)desired << place.shift;
    uint32_t old;
    uint32_t next;

    (void)success;
    (void)failure;
    __asm__ volatile("1:\n\t"
                     "lr.w.aqrl %0, %2\n\t"
                     "xor %1, %0, %4\n\t"
                     "and %1, %1, %3\n\t"
                     "bnez %1, 2f\n\t"
                     "xor %1, %0, %5\n\t"
                     "sc.w.rl %1, %1, %2\n\t"
                     "bnez %1, 1b\n"
                     "2:"
                     : "=&r"(old), "=&r"(next), "+A"(*place.word)
                     : "r"(place.mask), "r"(from), "r"(change)
                     : "memory");
    uint8_t found = (uint8_t)(old >> place.shift);
    *(uint8_t *)expected = found;
    return found == wanted;
}

#else
typedef int weft__nothing; /* a translation unit is never empty */
#endif
