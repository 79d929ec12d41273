/* random.h - sim: the one generator that every choice comes from
 * SPDX-License-Identifier: MIT
 *
 * SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number
 * generators", OOPSLA 2014, with the constants of S. Vigna's public domain
 * version (prng.di.unimi.it/splitmix64.c). One word of state, so a run starts
 * at once, and neighbouring seeds give unrelated sequences.
 */
#ifndef WEFT_PORTS_SIM_RANDOM_H
#define WEFT_PORTS_SIM_RANDOM_H

#include <stdint.h>

static inline uint64_t weft__random_next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* 0 to n - 1, n > 0. By multiplication where that fits; the bias of either
 * way is far below what a simulation could show. */
static inline uint64_t weft__random_below(uint64_t *state, uint64_t n)
{
    uint64_t random = weft__random_next(state);

    return n <= UINT32_MAX ? (random >> 32) * n >> 32 : random % n;
}

/* One in so many, as a rate for weft__random_gap; 0: never. */
#define WEFT__RATE_ONE 65536u

static inline uint32_t weft__rate_one_in(unsigned n)
{
    return n <= WEFT__RATE_ONE ? WEFT__RATE_ONE / n : 1;
}

/* How many steps until something that happens at this rate (of 65536) in each
 * step: 1 or more, distributed geometrically. An exponential variable, the
 * logarithm of a uniform one, rounded up; log2 is the place of the leading
 * one, and linear between powers of two, which is within 6 %. */
static inline uint64_t weft__random_gap(uint64_t *state, uint32_t rate)
{
    uint32_t uniform = (uint32_t)(weft__random_next(state) >> 32) | 1u;
    unsigned zeros = (unsigned)__builtin_clz(uniform);
    uint32_t fraction = uniform << zeros << 1 >> 16;
    uint64_t log2 = ((uint64_t)(zeros + 1) << 16) - fraction;
    uint64_t exponential = log2 * 45426u >> 16; /* times ln 2 */

    return 1 + exponential / rate;
}

#endif
