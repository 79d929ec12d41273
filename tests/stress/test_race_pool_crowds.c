/* test_race_pool_crowds.c - as the one in tests/unit, for longer
 * SPDX-License-Identifier: MIT
 */
#define RACE_ROUNDS race_rounds(200)
#include "tests/unit/test_race_pool_crowds.c"
