/* board.c - qemu-m0: console and exit by semihosting, the first two LEDs
 * SPDX-License-Identifier: MIT
 */
#include "boards/board.h"

#include <stdint.h>

#include "weft/cortex_m.h"
#include "weft/semihosting.h"

/* A line for software alone. The board's own buttons are pins 17 and 26, low
 * when pressed; its LEDs lie between row 1, pin 13, and columns from pin 4 on,
 * which light when they are low. */
enum { BUTTON_IRQ = 23, LEDS = 2, ROW = 13, COLUMN = 4 };
#define PINS_SET WEFT__REGISTER(0x50000508u)
#define PINS_CLEAR WEFT__REGISTER(0x5000050cu)
#define PINS_IN WEFT__REGISTER(0x50000510u)
#define PINS_OUTPUT WEFT__REGISTER(0x50000518u)

static void (*on_press)(void);

void board_init(void)
{
    PINS_SET = 3u << COLUMN | 1u << ROW;
    PINS_OUTPUT = 3u << COLUMN | 1u << ROW;
}

void board_write(const char *text, size_t length)
{
    weft_semihosting_write(text, length);
}

void board_led(unsigned led, bool on)
{
    char line[] = "led 0 off\n";

    if (led < LEDS && on) {
        PINS_CLEAR = 1u << (COLUMN + led);
    } else if (led < LEDS) {
        PINS_SET = 1u << (COLUMN + led);
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
    return button < 2 && (PINS_IN & 1u << (button == 0 ? 17 : 26)) == 0;
}

void weft_irq_23(void);
void weft_irq_23(void)
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
