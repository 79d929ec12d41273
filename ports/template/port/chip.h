/* chip.h - CHIP: its registers, and what the port's files share
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_PORTS_CHIP_CHIP_H
#define WEFT_PORTS_CHIP_CHIP_H

#include <stdint.h>

#include "weft/base/hooks.h"
#include "weft/port.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))

#error "fill in: registers"

void clock_start(void);
void clock_alarm(uint64_t after_us);
void clock_alarm_off(void);
void counter_handler(void);
void alarm_handler(void);

#endif
