/* clock.h - freertos: how many ticks a sleep lasts
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_PORTS_FREERTOS_CLOCK_H
#define WEFT_PORTS_FREERTOS_CLOCK_H

#include "ports/freertos/kernel.h"

/* Ticks from now until deadline_us has passed, 0: it has. At most half of what
 * the kernel's counter holds, so that a sleeper looks at it in time. */
TickType_t weft__clock_ticks_until(uint64_t deadline_us);

#endif
