/* backtrace.h - what a debugger does: walks up until the tables say "end"
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_TEST_BACKTRACE_H
#define WEFT_TEST_BACKTRACE_H

#include "tests/support/test.h"

#if TEST_ON_BOARD
/* Images carry the tables for a debugger only, not in memory. */
enum { CAN_WALK_UP = 0 };

static inline int frames_above(void)
{
    return -1;
}
#else
#include <unwind.h>

enum { CAN_WALK_UP = 1, FRAMES_MOST = 50 };

/* Where Arm's tables say that it ends, it is a failure. */
enum { ARM_FAILURE = 9 };

static inline _Unwind_Reason_Code count_frame(struct _Unwind_Context *frame,
                                              void *ctx)
{
    (*(int *)ctx) += _Unwind_GetIP(frame) != 0;
    return *(int *)ctx < FRAMES_MOST ? _URC_NO_REASON : _URC_CONTINUE_UNWIND;
}

/* How many there are, this one too; on Arm the very first, which nobody
 * called, is not told of. -1: no end among the first fifty. */
static __attribute__((noinline, unused)) int frames_above(void)
{
    int frames = 0;
    int end = (int)_Unwind_Backtrace(count_frame, &frames);

    return end == _URC_END_OF_STACK ||
                   (end == ARM_FAILURE && frames < FRAMES_MOST)
               ? frames
               : -1;
}
#endif

#endif
