/* test_race_service_seen.c - as the one of tests/unit, for longer
 * SPDX-License-Identifier: MIT
 */
#define RACE_ROUNDS race_rounds(300)
#include "tests/unit/test_race_service_seen.c"
