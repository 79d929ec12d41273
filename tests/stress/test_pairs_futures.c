/* test_pairs_futures.c - as tests/unit/test_pairs_futures.c, for longer
 * SPDX-License-Identifier: MIT
 */
#define RACE_ROUNDS 500
#include "tests/unit/test_pairs_futures.c"
