/* cortex_m.c - above ports/cortex_m: reset, and a button that software presses
 * SPDX-License-Identifier: MIT
 *
 * The button's interrupt is line BOARD_BUTTON_IRQ, which nothing else has: an
 * emulated machine has no finger, and its real buttons often no interrupt.
 */
#include "weft/cortex_m.h"

#include "boards/board.h"

#define NAME_OF(irq) weft_irq_##irq
#define HANDLER_OF(irq) NAME_OF(irq)

static void (*on_press)(void);

void HANDLER_OF(BOARD_BUTTON_IRQ)(void);
void HANDLER_OF(BOARD_BUTTON_IRQ)(void)
{
    if (on_press != NULL) {
        on_press();
    }
}

void board_button_on_press(void (*handler)(void))
{
    weft_cortex_m_irq_disable(BOARD_BUTTON_IRQ);
    on_press = handler;
    if (handler != NULL) {
        weft_cortex_m_irq_enable(BOARD_BUTTON_IRQ, 2);
    }
}

void board_press(void)
{
    weft_cortex_m_irq_pend(BOARD_BUTTON_IRQ);
}

void board_reset(void)
{
    weft_cortex_m_reset();
}
