/* overflow.h - posix: where a thread handles a fault of its stack
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_PORTS_POSIX_OVERFLOW_H
#define WEFT_PORTS_POSIX_OVERFLOW_H

/* Bytes; a signal's frame with all vector registers takes 3 to 11 KB. */
#define WEFT__OVERFLOW_STACK 32768

/* Gives the calling thread a stack for signals, if it has none, and takes it
 * away again. The memory is kept meanwhile; nothing of it is touched. */
void weft__overflow_thread_begin(char *stack);
void weft__overflow_thread_end(const char *stack);

#endif
