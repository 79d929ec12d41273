/* test_race_scope.c - the same as tests/unit/test_race_scope.c, for longer
 * SPDX-License-Identifier: MIT
 */
#define RACE_ROUNDS race_rounds(500)
#include "tests/unit/test_race_scope.c"
