/* ceiling.c - ceilings looked at when a program starts
 * SPDX-License-Identifier: MIT
 */
#include "weft/ceiling.h"

#include "weft/error.h"

int weft_ceiling_check(const weft_ceiling_t *ceiling)
{
    return ceiling->priority <= weft_port_levels() &&
                   ceiling->core < weft_port_core_count()
               ? WEFT_OK
               : WEFT_ERR_INVALID;
}
