/* warn.c - sim: a line on the host that it runs on
 * SPDX-License-Identifier: MIT
 */
#include "ports/posix/warn.c"
