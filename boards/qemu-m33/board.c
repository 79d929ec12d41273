/* board.c - qemu-m33: console and exit by semihosting, LEDs of the FPGA
 * SPDX-License-Identifier: MIT
 */
#include "boards/board.h"

#include <stdint.h>

#include "weft/base/hooks.h"
#include "weft/cortex_m.h"
#include "weft/semihosting.h"

/* A line that is nobody's, pended by software; the board's real buttons are in
 * the FPGA, without an interrupt. */
enum { BUTTON_IRQ = 16, LEDS = 2 };
#define LED_REGISTER WEFT__REGISTER(0x50302000u)
#define BUTTON_REGISTER WEFT__REGISTER(0x50302008u)

static void (*on_press)(void);

void board_init(void)
{
}

void board_write(const char *text, size_t length)
{
    weft_semihosting_write(text, length);
}

void board_led(unsigned led, bool on)
{
    char line[] = "led 0 off\n";

    if (led < LEDS) {
        unsigned key = weft_hook_mask();
        uint32_t others = LED_REGISTER & ~(1u << led);
        LED_REGISTER = others | (uint32_t)on << led;
        weft_hook_unmask(key);
    }
    line[4] = (char)('0' + led % 10);
    if (on) {
        line[7] = 'n';
        line[8] = '\n';
    }
    board_write(line, on ? 9 : 10);
}

bool board_button(unsigned button)
{
    return button < 2 && (BUTTON_REGISTER & 1u << button) != 0;
}

void weft_irq_16(void);
void weft_irq_16(void)
{
    if (on_press != NULL) {
        on_press();
    }
}

void board_button_on_press(void (*handler)(void))
{
    weft_cortex_m_irq_disable(BUTTON_IRQ);
    on_press = handler;
    if (handler != NULL) {
        weft_cortex_m_irq_enable(BUTTON_IRQ, 2);
    }
}

void board_press(void)
{
    weft_cortex_m_irq_pend(BUTTON_IRQ);
}

void board_exit(int status)
{
    weft_semihosting_exit(status);
}

void board_reset(void)
{
    weft_cortex_m_reset();
}

/* --- the other core; a test may have its own */

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
