/* board.c - qemu-m3-freertos: console and end by semihosting, a button
 * SPDX-License-Identifier: MIT
 *
 * The machine has neither finger nor lamp: the button is a spare interrupt
 * line that software pends, and a LED prints.
 */
#include "boards/board.h"

#include <stdint.h>

#include "weft/port.h"
#include "weft/semihosting.h"

enum { BUTTON_IRQ = 16, BUTTON_PRIORITY = 2 };

#define NVIC_PEND (*(volatile uint32_t *)0xe000e200)
#define AIRCR (*(volatile uint32_t *)0xe000ed0c)

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

    line[4] = (char)('0' + led % 10);
    if (on) {
        line[7] = 'n';
        line[8] = '\n';
    }
    board_write(line, on ? 9 : 10);
}

bool board_button(unsigned button)
{
    (void)button;
    return false;
}

static void pressed(void)
{
    if (on_press != NULL) {
        on_press();
    }
}

void board_button_on_press(void (*handler)(void))
{
    (void)weft_port_irq_setup(BUTTON_IRQ, BUTTON_PRIORITY, NULL);
    on_press = handler;
    if (handler != NULL) {
        (void)weft_port_irq_setup(BUTTON_IRQ, BUTTON_PRIORITY, pressed);
    }
}

void board_press(void)
{
    NVIC_PEND = UINT32_C(1) << BUTTON_IRQ;
    __asm__ volatile("dsb\n\tisb" ::: "memory");
}

void board_exit(int status)
{
    weft_semihosting_exit(status);
}

void board_reset(void)
{
    for (;;) {
        AIRCR = UINT32_C(0x05fa0004);
        __asm__ volatile("dsb" ::: "memory");
    }
}
