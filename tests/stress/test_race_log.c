/* test_race_log.c - the same as tests/unit/test_race_log.c, for longer
 * SPDX-License-Identifier: MIT
 */
#define RACE_ROUNDS race_rounds(200)
#include "tests/unit/test_race_log.c"
