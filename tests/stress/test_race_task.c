/* test_race_task.c - the same as tests/unit/test_race_task.c, for longer
 * SPDX-License-Identifier: MIT
 */
#define RACE_ROUNDS race_rounds(500)
#include "tests/unit/test_race_task.c"
