/* test_race_move.c - the same as tests/unit/test_race_move.c, for longer
 * SPDX-License-Identifier: MIT
 *
 * WEFT_ROUNDS=10000000 for as many rounds of the cases that start no thread in
 * each.
 */
#define RACE_ROUNDS 200
#include "tests/unit/test_race_move.c"
