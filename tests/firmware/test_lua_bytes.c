/* test_lua_bytes.c - wrong bytes of a request, where a size has 32 bits
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/test.h"

#include <string.h>

#include "weft/lua_service.h"

/* With the zero byte behind it, its size is 0 again. */
CASE(a_string_of_all_of_memory_is_no_value)
{
    unsigned char bytes[64];
    weft_lua_values_t values = {.bytes = bytes, .room = sizeof(bytes)};
    weft_lua_reader_t reader;
    weft_lua_value_t value = {.type = WEFT_LUA_STRING,
                              .as.string = {"text", 4}};

    CHECK_EQ(weft_lua_put(&values, &value), 0);
    memset(bytes + 1, 0xff, 4);
    reader = weft_lua_read(&values);
    CHECK(!weft_lua_next(&reader, &value));
    CHECK(!weft_lua_next(&reader, &value));
}
