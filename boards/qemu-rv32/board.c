/* board.c - QEMU's machine "virt": console, end, how many harts
 * SPDX-License-Identifier: MIT
 *
 * Button 0 is any character that comes from the console. Nobody types in a
 * test: board_press lets the same interrupt come by asking for the one that
 * says the transmitter is empty, which it always is. The UART's scratch
 * register says that it is pressed.
 */
#include "boards/board.h"

#include <string.h>

#include "boards/common/led_line.h"
#include "weft/base/spinlock.h"
#include "weft/port.h"
#include "weft/riscv.h"

#define UART ((volatile uint8_t *)0x10000000)
#define TEST_DEVICE ((volatile uint32_t *)0x100000)

enum { DATA = 0, ENABLE = 1, CONTROL = 2, STATUS = 5, SCRATCH = 7, IRQ = 10 };
enum {
    ENABLE_RECEIVED = 1,
    ENABLE_EMPTY = 2,
    STATUS_DATA = 1,
    STATUS_EMPTY = 32
};
enum { END_OK = 0x5555, END_STATUS = 0x3333, END_RESET = 0x7777 };
enum { BUTTON_PRIORITY = 7 };

static weft_spinlock_t console;
static void (*on_press)(void);

void board_init(void)
{
}

void board_write(const char *text, size_t length)
{
    unsigned key = weft_lock_mask(&console);

    for (size_t i = 0; i < length; i++) {
        while ((UART[STATUS] & STATUS_EMPTY) == 0) {}
        UART[DATA] = (uint8_t)text[i];
    }
    weft_unlock_mask(&console, key);
}

void board_exit(int status)
{
    *TEST_DEVICE = status == 0 ? END_OK : (uint32_t)status << 16 | END_STATUS;
    for (;;) {
        __asm__ volatile("");
    }
}

void board_reset(void)
{
    *TEST_DEVICE = END_RESET;
    for (;;) {
        __asm__ volatile("");
    }
}

void board_led(unsigned led, bool on)
{
    board_led_line(led, on);
}

/* --- the button ---------------------------------------------------------- */

bool board_button(unsigned button)
{
    return button == 0 && UART[SCRATCH] != 0;
}

static void interrupt(void)
{
    UART[ENABLE] = ENABLE_RECEIVED;
    while ((UART[STATUS] & STATUS_DATA) != 0) {
        (void)UART[DATA];
    }
    UART[SCRATCH] = 1;
    on_press();
    UART[SCRATCH] = 0;
}

void board_button_on_press(void (*handler)(void))
{
    UART[ENABLE] = 0;
    (void)weft_port_irq_setup(IRQ, 0, NULL);
    on_press = handler;
    if (handler != NULL) {
        (void)weft_port_irq_setup(IRQ, BUTTON_PRIORITY, interrupt);
        UART[ENABLE] = ENABLE_RECEIVED;
    }
}

void board_press(void)
{
    if (on_press != NULL) {
        UART[ENABLE] = ENABLE_RECEIVED | ENABLE_EMPTY;
    }
}

/* --- the device tree ----------------------------------------------------- */

enum { TREE_BEGIN = 1, TREE_PROPERTY = 3, TREE_END = 9 };
enum { TREE_AT = 2 };
#define TREE_MAGIC UINT32_C(0xd00dfeed)

/* As many as have a node cpu@N. Weak, for a test of harts that are missing. */
__attribute__((weak)) unsigned weft_riscv_harts(const void *device_tree)
{
    const uint32_t *at = device_tree;
    unsigned count = 0;

    if (__builtin_bswap32(at[0]) != TREE_MAGIC) {
        return WEFT_CORES;
    }
    at += __builtin_bswap32(at[TREE_AT]) / 4;
    for (;;) {
        uint32_t token = __builtin_bswap32(*at++);
        if (token == TREE_BEGIN) {
            const char *name = (const char *)at;
            count += strncmp(name, "cpu@", 4) == 0;
            at += strlen(name) / 4 + 1;
        } else if (token == TREE_PROPERTY) {
            at += 2 + (__builtin_bswap32(at[0]) + 3) / 4;
        } else if (token == TREE_END) {
            return count;
        }
    }
}
