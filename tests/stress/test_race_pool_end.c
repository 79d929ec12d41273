/* test_race_pool_end.c - the same as tests/unit/test_pool_end.c, for longer
 * SPDX-License-Identifier: MIT
 */
#define RACE_ROUNDS race_rounds(200)
#include "tests/unit/test_pool_end.c"
