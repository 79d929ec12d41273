/* rounding.h - the rounding modes, where there is more than one
 * SPDX-License-Identifier: MIT
 *
 * Without a unit of floating point there may be one mode only; then it has
 * all names. Or all can be set, and nothing looks at them.
 */
#ifndef WEFT_TEST_ROUNDING_H
#define WEFT_TEST_ROUNDING_H

#include <fenv.h>
#include <stdbool.h>

#ifndef FE_UPWARD
#define FE_UPWARD FE_TONEAREST
#endif
#ifndef FE_DOWNWARD
#define FE_DOWNWARD FE_TONEAREST
#endif

/* A third three times: 1 to the nearest, more upward. Never inlined: compilers
 * move arithmetic across a change of the mode. */
static __attribute__((noinline)) bool rounds_upward(void)
{
    static volatile float three = 3.0f;

    return 1.0f / three * three != 1.0f;
}

static inline bool rounds_one_way(void)
{
    bool both = fesetround(FE_UPWARD) == 0 && rounds_upward();

    (void)fesetround(FE_TONEAREST);
    return !both;
}

#define WHY_NO_ROUNDING "there is one rounding mode only"

#endif
