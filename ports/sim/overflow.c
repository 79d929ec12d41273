/* overflow.c - sim: faults are those of the host that it runs on
 * SPDX-License-Identifier: MIT
 */
#include "ports/posix/overflow.c"
