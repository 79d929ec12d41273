/* panic.c - sim: the end of a wrong program, with what replays it
 * SPDX-License-Identifier: MIT
 *
 * Alone in its file: a program that defines weft_hook_panic itself gets its
 * own, because the linker then leaves this one in the archive.
 */
#include <stdio.h>
#include <stdlib.h>

#include "weft/base/hooks.h"
#include "weft/sim.h"

void weft_hook_panic(const char *file, int line, const char *what)
{
    (void)fflush(stdout);
    (void)fprintf(stderr, "weft: panic: %s:%d: %s\n", file, line, what);
    if (weft_sim_running()) {
        weft_sim_trace_print(stderr);
    }
    abort();
}
