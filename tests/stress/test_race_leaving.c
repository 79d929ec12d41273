/* test_race_leaving.c - as tests/unit/test_race_leaving.c, for longer
 * SPDX-License-Identifier: MIT
 */
#define LEAVING_ROUNDS race_rounds(10000)
#include "tests/unit/test_race_leaving.c"
