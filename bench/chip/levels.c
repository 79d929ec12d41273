/* levels.c - instructions of a hardware task and of a ceiling lock
 * SPDX-License-Identifier: MIT
 */
#include "weft/port.h"

#include "bench/chip/count.h"

static uint32_t from;
static volatile unsigned runs;

static void hardware_task(void *ctx)
{
    uint32_t to = count_now();

    (void)ctx;
    count_add("hardware task, pend to first line", from, to);
    runs++;
}

int main(void)
{
    static weft_port_level_t level;
    unsigned i;

    count_start();
    if (weft_port_level_open(&level, 1, hardware_task, NULL) < 0) {
        return 1;
    }
    for (i = 0; i < COUNT_ROUNDS; i++) {
        unsigned key;

        from = count_now();
        weft_port_level_pend(level.pend);
        while (runs == i) {}
        from = count_now();
        key = weft_port_ceiling_raise(1);
        weft_port_ceiling_restore(key);
        count_add("ceiling lock", from, count_now());
    }
    count_print();
    return 0;
}
