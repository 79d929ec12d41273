/* test_race_fiber.c - the same as tests/unit/test_race_fiber.c, for longer
 * SPDX-License-Identifier: MIT
 *
 * WEFT_ROUNDS=10000000 for as many rounds of each case.
 */
#define RACE_ROUNDS 500
#include "tests/unit/test_race_fiber.c"
