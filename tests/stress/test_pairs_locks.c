/* test_pairs_locks.c - the same as tests/unit/test_pairs_locks.c, for longer
 * SPDX-License-Identifier: MIT
 */
#define RACE_ROUNDS 500
#include "tests/unit/test_pairs_locks.c"
