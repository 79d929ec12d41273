/* values.h - reads durations, sizes and numbers as people write them
 * SPDX-License-Identifier: MIT
 *
 * Each gives true and the value, or false: not one, or out of range. Nothing
 * may stand before or behind it.
 */
#ifndef WEFT_TOOL_VALUES_H
#define WEFT_TOOL_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DURATION_HELP "durations are written 10s, 250ms, 1.5s, 5m or 1h"
#define DURATION_MAX_US (UINT64_C(100000) * 3600 * 1000000) /* 100000h */

/* 10s, 250ms, 20us, 5m, 1h, 1.5s; from 0 to 100000h. */
bool value_duration(const char *text, uint64_t *us);

/* 262144, 256K, 1M, 1G. */
bool value_size(const char *text, size_t *bytes);

/* Decimal, or hexadecimal behind 0x. */
bool value_number(const char *text, uint64_t *number);

#endif
