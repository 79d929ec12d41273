/* levels.c - instructions of a hardware task and of a ceiling lock
 * SPDX-License-Identifier: MIT
 */
#include "weft/ceiling.h"

#include "bench/chip/count.h"

static uint32_t from;
static volatile unsigned runs;

/* A handler that software can pend: of each port its own. */
COUNT_HARDWARE_TASK()
{
    uint32_t to = count_now();

    count_add("hardware task, pend to first line", from, to);
    runs++;
}

int main(void)
{
    static const weft_ceiling_t shared = WEFT_CEILING(0, 1);
    unsigned i;

    count_start();
    if (count_hardware_start() < 0) {
        return 1;
    }
    for (i = 0; i < COUNT_ROUNDS; i++) {
        weft_ceiling_key_t key;

        from = count_now();
        count_hardware_pend();
        while (runs == i) {}
        from = count_now();
        key = weft_ceiling_lock(&shared);
        weft_ceiling_unlock(key);
        count_add("ceiling lock", from, count_now());
    }
    count_print();
    return 0;
}
