/* switching.h - how fibers switch: enter from their home, leave, finish
 * SPDX-License-Identifier: MIT
 *
 * A fiber is a coroutine whose fn stores the fiber's result in self->result
 * (0 and more, or an error; never WEFT_PENDING) before it returns, and that is
 *
 *     entered   by weft__coroutine_enter from its home only; that returns
 *               WEFT_PENDING when it has left, else its result
 *     left      by weft__coroutine_leave, from inside
 *
 * When enter returns all registers of the fiber are saved, and what it keeps
 * of the coroutine is written: the home may publish it, even free it where it
 * has finished. Both are inlined, and go out of line where somebody watches.
 */
#ifndef WEFT_SRC_CORO_SWITCHING_H
#define WEFT_SRC_CORO_SWITCHING_H

#include "weft/coroutine_inlined.h"

#endif
