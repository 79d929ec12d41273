/* values.c - reads durations, sizes and numbers as people write them
 * SPDX-License-Identifier: MIT
 */
#include "tools/weft/values.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits in a base up to 16; moves *at behind them. False: none, or too
 * large. */
static bool digits(const char **at, unsigned base, uint64_t *number)
{
    static const char all[] = "0123456789abcdef";
    const char *start = *at;
    uint64_t sum = 0;

    for (; **at != '\0'; (*at)++) {
        char c = (char)(**at >= 'A' && **at <= 'F' ? **at + 32 : **at);
        const char *digit = strchr(all, c);
        unsigned value = digit != NULL ? (unsigned)(digit - all) : base;

        if (value >= base) {
            break;
        }
        if (sum > (UINT64_MAX - value) / base) {
            return false;
        }
        sum = sum * base + value;
    }
    *number = sum;
    return *at != start;
}

bool value_number(const char *text, uint64_t *number)
{
    unsigned base = 10;

    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        text += 2;
        base = 16;
    }
    return digits(&text, base, number) && *text == '\0';
}

struct unit {
    const char *name;
    uint64_t times;
};

static const struct unit *find_unit(const struct unit *units, const char *name)
{
    while (units->name != NULL && strcmp(units->name, name) != 0) {
        units++;
    }
    return units->name != NULL ? units : NULL;
}

/* What stands behind the point, in parts of `whole`; the rest is cut off. */
static uint64_t fraction(const char **at, uint64_t whole)
{
    uint64_t sum = 0;
    uint64_t scale = 1;

    for (; is_digit(**at); (*at)++) {
        if (scale < UINT64_C(1000000000)) {
            sum = sum * 10 + (uint64_t)(**at - '0');
            scale *= 10;
        }
    }
    /* whole is at most 3.6e9, sum less than 1e9: fits */
    return sum * whole / scale;
}

bool value_duration(const char *text, uint64_t *us)
{
    static const struct unit units[] = {
        {"us", 1},
        {"ms", 1000},
        {"s", 1000000},
        {"m", UINT64_C(60000000)},
        {"h", UINT64_C(3600000000)},
        {NULL, 0},
    };
    const char *point;
    const struct unit *unit;
    uint64_t count;

    if (!digits(&text, 10, &count)) {
        return false;
    }
    point = text;
    if (*text == '.') {
        if (!is_digit(*++text)) {
            return false;
        }
        text += strspn(text, "0123456789");
    }
    unit = find_unit(units, text);
    if (unit == NULL || count > DURATION_MAX_US / unit->times) {
        return false;
    }
    *us = count * unit->times;
    if (*point == '.') {
        point++;
        *us += fraction(&point, unit->times);
    }
    return *us <= DURATION_MAX_US;
}

bool value_size(const char *text, size_t *bytes)
{
    static const struct unit units[] = {
        {"", 1},
        {"K", 1024},
        {"k", 1024},
        {"M", 1024 * 1024},
        {"G", 1024 * 1024 * 1024},
        {NULL, 0},
    };
    const struct unit *unit;
    uint64_t count;

    if (!digits(&text, 10, &count)) {
        return false;
    }
    unit = find_unit(units, text);
    if (unit == NULL || count > SIZE_MAX / unit->times) {
        return false;
    }
    *bytes = (size_t)(count * unit->times);
    return true;
}
