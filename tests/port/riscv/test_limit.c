/* test_limit.c - riscv: the end of the stack in use
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/limit_cases.h"
