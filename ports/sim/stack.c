/* stack.c - sim: stacks of the host that it runs on
 * SPDX-License-Identifier: MIT
 */
#include "ports/posix/stack.c"
