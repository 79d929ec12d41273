/* timer.h - cortex_m: what a chip's timer gives to the clock
 * SPDX-License-Identifier: MIT
 *
 * A counter that counts up, WEFT_COUNTER_BITS wide at WEFT_COUNTER_HZ, and an
 * alarm on each core. timer_NAME.c is one kind of timer; WEFT_TIMER_NAME says
 * which one a board has.
 */
#ifndef WEFT_PORTS_CORTEX_M_TIMER_H
#define WEFT_PORTS_CORTEX_M_TIMER_H

#include <stdint.h>

/* The counter starts; once. */
void weft__timer_start(void);

/* This core's alarm may interrupt from now on. */
void weft__timer_core_start(void);

/* Its bits above WEFT_COUNTER_BITS are anything. */
uint32_t weft__timer_count(void);

/* weft__clock_alarm is called in an interrupt of this core when the counter
 * has gone on by at least `left` counts, 1 at least, since it showed `from`,
 * which was a moment ago. Replaces the former alarm. Interrupts are off. */
void weft__timer_alarm(uint32_t from, uint32_t left);

/* The interrupt, when the timer is quiet again. */
void weft__clock_alarm(void);

#endif
