/* clock_step.c - the step of a clock whose port names none
 * SPDX-License-Identifier: MIT
 *
 * A file of its own: who sees the 0 would take it for the value, weak or not.
 */
#include "weft/port.h"

__attribute__((weak)) const uint32_t weft_port_clock_step_us = 0;
