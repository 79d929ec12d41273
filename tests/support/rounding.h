/* rounding.h - the rounding modes, where there is more than one
 * SPDX-License-Identifier: MIT
 *
 * Without a unit of floating point there may be one mode only; then it has
 * all names.
 */
#ifndef WEFT_TEST_ROUNDING_H
#define WEFT_TEST_ROUNDING_H

#include <fenv.h>

#ifndef FE_UPWARD
#define FE_UPWARD FE_TONEAREST
#endif
#ifndef FE_DOWNWARD
#define FE_DOWNWARD FE_TONEAREST
#endif

enum { ROUNDS_ONE_WAY = FE_UPWARD == FE_TONEAREST };

#define WHY_NO_ROUNDING "there is one rounding mode only"

#endif
