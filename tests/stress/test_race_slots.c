/* test_race_slots.c - the same as tests/unit/test_race_slots.c, for longer
 * SPDX-License-Identifier: MIT
 */
#define RACE_ROUNDS race_rounds(1000)
#include "tests/unit/test_race_slots.c"
