/* scale.h - how much of everything a test takes, by the machine it runs on
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_TEST_SCALE_H
#define WEFT_TEST_SCALE_H

#include "tests/support/test.h"

/* How often a case repeats itself: in the simulator the seeds do that, and an
 * emulated board is slow. */
#ifndef RACE_ROUNDS
#define RACE_ROUNDS (TEST_IN_SIM ? 1 : TEST_ON_BOARD ? 20 : 100)
#endif

/* n on a host, less of it on a board, whose tests share 256 KB. */
#define SCALED(n, board) (TEST_ON_BOARD ? (board) : (n))

/* Of a coroutine or fiber that calls into the C library. */
enum { TEST_STACK = SCALED(64 * 1024, 6 * 1024) };

#endif
