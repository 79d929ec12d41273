/* test_race_move.c - the same as tests/unit/test_race_move.c, for longer
 * SPDX-License-Identifier: MIT
 */
#define RACE_ROUNDS race_rounds(200)
#include "tests/unit/test_race_move.c"
