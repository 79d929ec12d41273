/* board.c - qemu-m33: how its cores start and interrupt each other
 * SPDX-License-Identifier: MIT
 */
#include <stdint.h>

#include "weft/cortex_m.h"

#define INITSVTOR_1 WEFT__REGISTER(0x50021114u)
#define CPUWAIT WEFT__REGISTER(0x50021118u)
/* Message handling unit 0: set and clear, 16 bytes for each core. */
#define MESSAGE_SET(core) WEFT__REGISTER(0x50003004u + (core)*16u)
#define MESSAGE_CLEAR(core) WEFT__REGISTER(0x50003008u + (core)*16u)

void board_core_release(unsigned core, const void *vectors);
void board_core_release(unsigned core, const void *vectors)
{
    INITSVTOR_1 = (uint32_t)(uintptr_t)vectors;
    CPUWAIT &= ~(1u << core);
}

/* Weak: a test has its own. */
__attribute__((weak)) void weft_cortex_m_core_start(unsigned core,
                                                    const void *vectors)
{
    board_core_release(core, vectors);
}

void weft_cortex_m_core_interrupt(unsigned core)
{
    MESSAGE_SET(core) = 1;
}

void weft_cortex_m_core_quiet(void)
{
    uint32_t core = WEFT__REGISTER(WEFT_CPU_ID);

    MESSAGE_CLEAR(core) = 1;
    (void)MESSAGE_CLEAR(core);
}
