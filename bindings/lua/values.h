/* values.h - internal: how the values of a request lie in its bytes
 * SPDX-License-Identifier: MIT
 *
 * A tag, and behind it: of an integer or number a word; of a string its size,
 * itself and a zero byte; of a table the size of what is in it, and that.
 * Nothing is aligned; numbers are as the machine has them.
 */
#ifndef WEFT_LUA_VALUES_INTERNAL_H
#define WEFT_LUA_VALUES_INTERNAL_H

/* Bytes of each. */
enum {
    WEFT__LUA_TAG = 1,
    WEFT__LUA_WORD = 8,
    WEFT__LUA_SIZE = 4,
    WEFT__LUA_ZERO = 1,
};

#endif
