/* copy.c - copies by words where all is aligned to words
 * SPDX-License-Identifier: MIT
 */
#include "core/copy.h"

#include <stdint.h>

/* Words that may be part of anything. */
typedef uint32_t __attribute__((may_alias)) word_t;

static void copy_words(word_t *to, const word_t *from, size_t count)
{
    const word_t *end = from + count;

    if (count % 2 != 0) {
        *to++ = *from++;
    }
    for (; from != end; to += 2, from += 2) {
        word_t first = from[0];
        word_t second = from[1];

        to[0] = first;
        to[1] = second;
    }
}

void weft__copy(void *to, const void *from, size_t size)
{
    const unsigned char *source = from;
    unsigned char *target = to;

    if ((((uintptr_t)to | (uintptr_t)from | size) % sizeof(word_t)) == 0) {
        copy_words(to, from, size / sizeof(word_t));
        return;
    }
    for (; size > 0; size--) {
        *target++ = *source++;
    }
}
