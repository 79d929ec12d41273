/* signals.h - the first signal asks the run to end, the next one ends it
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_TOOLS_SIGNALS_H
#define WEFT_TOOLS_SIGNALS_H

/* Catches SIGINT, SIGTERM and SIGHUP, unless they are ignored. Both functions
 * run in a signal's handler: `asks` at the first, `leaves` (or NULL) before
 * the process ends with 128 + the number at a later one. What comes within
 * 200 ms is the first one still: timeout(1) sends each signal twice, to the
 * program and to its group. */
void signals_catch(void (*asks)(void), void (*leaves)(void));

#endif
