/* test_pairs_crowds.c - as tests/unit/test_pairs_crowds.c, for longer
 * SPDX-License-Identifier: MIT
 */
#define RACE_ROUNDS 250
#include "tests/unit/test_pairs_crowds.c"
