/* test_channel.c - the same as tests/unit/test_channel.c, for longer
 * SPDX-License-Identifier: MIT
 */
#define RACE_ROUNDS race_rounds(100)
#include "tests/unit/test_channel.c"
