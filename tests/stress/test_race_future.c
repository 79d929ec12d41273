/* test_race_future.c - the same as tests/unit/test_race_future.c, for longer
 * SPDX-License-Identifier: MIT
 */
#define RACE_ROUNDS race_rounds(500)
#include "tests/unit/test_race_future.c"
