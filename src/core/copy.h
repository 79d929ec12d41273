/* copy.h - internal: copies a value of a size that is known at run time only
 * SPDX-License-Identifier: MIT
 *
 * For small builds: what a small C library has for this goes byte by byte.
 */
#ifndef WEFT_SRC_CORE_COPY_H
#define WEFT_SRC_CORE_COPY_H

#include <stddef.h>

void weft__copy(void *to, const void *from, size_t size);

#endif
