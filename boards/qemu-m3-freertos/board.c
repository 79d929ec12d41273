/* board.c - qemu-m3-freertos: a button, LEDs that print, reset
 * SPDX-License-Identifier: MIT
 *
 * The machine has neither finger nor lamp: the button is a spare interrupt
 * line that software pends, and a LED prints.
 */
#include "boards/board.h"

#include <stdint.h>

#include "boards/common/led_line.h"
#include "weft/port.h"

enum { BUTTON_IRQ = 16, BUTTON_PRIORITY = 2 };

#define NVIC_PEND (*(volatile uint32_t *)0xe000e200)
#define AIRCR (*(volatile uint32_t *)0xe000ed0c)

static void (*on_press)(void);

void board_init(void)
{
}

void board_led(unsigned led, bool on)
{
    board_led_line(led, on);
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

void board_reset(void)
{
    for (;;) {
        AIRCR = UINT32_C(0x05fa0004);
        __asm__ volatile("dsb" ::: "memory");
    }
}
