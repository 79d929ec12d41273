/* board.c - qemu-m3-freertos: console and end by semihosting, a button
 * SPDX-License-Identifier: MIT
 *
 * The machine has neither finger nor lamp: the button is a spare interrupt
 * line that software pends, and a LED prints.
 */
#include "boards/board.h"

#include <stdint.h>
#include <stdio.h>

#include <FreeRTOS.h>

#include "weft/port.h"

enum { SYS_OPEN = 1, SYS_WRITE = 5, SYS_EXIT_EXTENDED = 0x20 };
enum { BUTTON_IRQ = 31, BUTTON_PRIORITY = 1 };

#define NVIC_ISPR ((volatile uint32_t *)0xe000e200)
#define AIRCR (*(volatile uint32_t *)0xe000ed0c)

static uintptr_t console;
static void (*on_press)(void);

static uintptr_t semihosting(uintptr_t what, const uintptr_t *with)
{
    register uintptr_t r0 __asm__("r0") = what;
    register const uintptr_t *r1 __asm__("r1") = with;

    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

void board_init(void)
{
    static const char name[] = ":tt";
    const uintptr_t with[] = {(uintptr_t)name, 4, sizeof(name) - 1};

    console = semihosting(SYS_OPEN, with);
}

void board_write(const char *text, size_t length)
{
    const uintptr_t with[] = {console, (uintptr_t)text, length};

    (void)semihosting(SYS_WRITE, with);
}

void board_led(unsigned led, bool on)
{
    (void)printf("led %u %s\n", led, on ? "on" : "off");
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
    on_press = handler;
    (void)weft_port_irq_setup(BUTTON_IRQ, BUTTON_PRIORITY,
                              handler == NULL ? NULL : pressed);
}

void board_press(void)
{
    NVIC_ISPR[BUTTON_IRQ / 32] = UINT32_C(1) << BUTTON_IRQ % 32;
}

void board_exit(int status)
{
    enum { APPLICATION_EXIT = 0x20026 };
    const uintptr_t with[] = {APPLICATION_EXIT, (uintptr_t)status & 0xff};

    (void)fflush(stdout);
    (void)semihosting(SYS_EXIT_EXTENDED, with);
    for (;;) {}
}

void board_reset(void)
{
    (void)fflush(stdout);
    AIRCR = UINT32_C(0x05fa0004);
    for (;;) {}
}

/* --- the C library's streams */

static int put(char c, FILE *file)
{
    static char line[128];
    static size_t length;

    (void)file;
    line[length++] = c;
    if (c == '\n' || length == sizeof(line)) {
        board_write(line, length);
        length = 0;
    }
    return (unsigned char)c;
}

static FILE console_file =
    FDEV_SETUP_STREAM(put, NULL, NULL, _FDEV_SETUP_WRITE);
FILE *const stdin = &console_file;
FILE *const stdout = &console_file;
FILE *const stderr = &console_file;
