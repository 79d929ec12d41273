/* board.h - what a board has that a program needs: console, LED, button, end
 * SPDX-License-Identifier: MIT
 *
 * Plain functions, one set for each folder of boards/, chosen by the linker.
 * For examples and tests that are to run on every board from one source, and
 * as a pattern for a board of your own; drivers are another matter.
 *
 *     #include "boards/board.h"
 *
 *     board_led(0, true);
 *     board_button_on_press(pressed);
 *
 * Context: any, where not said otherwise. Memory: nothing here allocates.
 */
#ifndef BOARDS_BOARD_H
#define BOARDS_BOARD_H

#include <stdbool.h>
#include <stddef.h>

/* Clocks, pins, console. The start code calls it once, before main. */
void board_init(void);

/* The console. Returns when the text is out or in a buffer that will be. */
void board_write(const char *text, size_t length);

/* LEDs and buttons are counted from 0. An emulated board also prints
 * "led 0 on" or "led 0 off". */
void board_led(unsigned led, bool on);
bool board_button(unsigned button);

/* From now on the handler is called, in an interrupt, when button 0 is
 * pressed; NULL: no more. Task level. */
void board_button_on_press(void (*handler)(void));

/* Presses button 0 by software: emulated boards have no finger, and a board
 * on a desk may be tested by itself. */
void board_press(void);

/* Ends the program: an emulator ends with this status, 0 to 255; a chip stays
 * here with interrupts off. */
__attribute__((noreturn)) void board_exit(int status);

/* Starts again, as after power on. Memory that the start code does not clear
 * (section .noinit) keeps its content. */
__attribute__((noreturn)) void board_reset(void);

#endif
