/* test_race_strand.c - the same as tests/unit/test_strand.c, for longer
 * SPDX-License-Identifier: MIT
 */
#define RACE_ROUNDS race_rounds(200)
#include "tests/unit/test_strand.c"
