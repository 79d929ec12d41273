/* scale.h - how much of everything a test takes, by the machine it runs on
 * SPDX-License-Identifier: MIT
 *
 * TEST_MEMORY is the RAM of a board, in bytes, where that is little; the build
 * says it.
 */
#ifndef WEFT_TEST_SCALE_H
#define WEFT_TEST_SCALE_H

#include "tests/support/test.h"

#ifndef TEST_MEMORY
#define TEST_MEMORY (1 << 20)
#endif

#define TEST_TINY (TEST_MEMORY < (64 << 10))

/* How often a case repeats itself: in the simulator the seeds do that, and an
 * emulated board is slow. */
#ifndef RACE_ROUNDS
#define RACE_ROUNDS (TEST_IN_SIM ? 1 : TEST_ON_BOARD ? 20 : 100)
#endif

/* n, or less of it where memory is tight. */
#define SCALED(n, tiny) (TEST_TINY ? (tiny) : (n))

#endif
