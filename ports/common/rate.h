/* rate.h - counts of a clock and microseconds: lowest terms, and a division
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_PORTS_COMMON_RATE_H
#define WEFT_PORTS_COMMON_RATE_H

#include <stdint.h>

/* The greatest common divisor of hz and 1000000, which is 2^6 * 5^6; as a
 * constant, so that the compiler sees what it divides by. */
#define WEFT__HZ_TWOS(hz)                                                      \
    ((hz) % 64 == 0   ? 64u                                                    \
     : (hz) % 32 == 0 ? 32u                                                    \
     : (hz) % 16 == 0 ? 16u                                                    \
     : (hz) % 8 == 0  ? 8u                                                     \
     : (hz) % 4 == 0  ? 4u                                                     \
     : (hz) % 2 == 0  ? 2u                                                     \
                      : 1u)
#define WEFT__HZ_FIVES(hz)                                                     \
    ((hz) % 15625 == 0  ? 15625u                                               \
     : (hz) % 3125 == 0 ? 3125u                                                \
     : (hz) % 625 == 0  ? 625u                                                 \
     : (hz) % 125 == 0  ? 125u                                                 \
     : (hz) % 25 == 0   ? 25u                                                  \
     : (hz) % 5 == 0    ? 5u                                                   \
                        : 1u)
#define WEFT__HZ_DIVISOR(hz) (WEFT__HZ_TWOS(hz) * WEFT__HZ_FIVES(hz))

/* n / d for d below 2^16, by 32-bit divisions: without the library's 64-bit
 * one, which is large and slow where a word has 32 bits. */
static inline uint64_t weft__divide(uint64_t n, uint32_t d)
{
    uint32_t high, middle, low;

    if (sizeof(uintptr_t) >= 8 || d > 0xffff) {
        return n / d;
    }
    high = (uint32_t)(n >> 32);
    middle = (high % d) << 16 | ((uint32_t)n >> 16);
    low = (middle % d) << 16 | ((uint32_t)n & 0xffff);
    return ((uint64_t)(high / d) << 32) + ((uint64_t)(middle / d) << 16) +
           low / d;
}

#endif
