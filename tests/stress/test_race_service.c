/* test_race_service.c - as tests/unit/test_race_service.c, for longer
 * SPDX-License-Identifier: MIT
 */
#define RACE_ROUNDS race_rounds(300)
#include "tests/unit/test_race_service.c"
