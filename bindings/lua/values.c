/* values.c - the values of a request as bytes: put and read
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "bindings/lua/values.h"
#include "weft/lua_service.h"

enum tag {
    TAG_NIL,
    TAG_FALSE,
    TAG_TRUE,
    TAG_INTEGER,
    TAG_NUMBER,
    TAG_STRING,
    TAG_TABLE,
};

/* --- putting -------------------------------------------------------------- */

static bool grow(weft_lua_values_t *values, uint32_t size)
{
    uint32_t room = values->room * 2;
    void *bytes;

    room = room > size ? room : size;
    room = room < WEFT_LUA_VALUES_MAX ? room : WEFT_LUA_VALUES_MAX;
    bytes = values->allocator->resize(values->allocator->ctx,
                                      values->own ? values->bytes : NULL,
                                      values->own ? values->room : 0, room);
    if (bytes == NULL) {
        values->error = WEFT_ERR_MEMORY;
        return false;
    }
    if (!values->own && values->used > 0) {
        memcpy(bytes, values->bytes, values->used);
    }
    values->bytes = bytes;
    values->room = room;
    values->own = true;
    return true;
}

/* Room for so many bytes more; NULL: there is none, which is its error. */
static unsigned char *more(weft_lua_values_t *values, size_t size)
{
    unsigned char *at;

    if (size > WEFT_LUA_VALUES_MAX - values->used ||
        (size > values->room - values->used && values->allocator == NULL)) {
        values->error = WEFT_ERR_FULL;
        return NULL;
    }
    if (size > values->room - values->used &&
        !grow(values, values->used + (uint32_t)size)) {
        return NULL;
    }
    at = &values->bytes[values->used];
    values->used += (uint32_t)size;
    return at;
}

static void put_word(weft_lua_values_t *values, enum tag tag, const void *word)
{
    unsigned char *at = more(values, WEFT__LUA_TAG + WEFT__LUA_WORD);

    if (at != NULL) {
        *at = (unsigned char)tag;
        memcpy(at + WEFT__LUA_TAG, word, WEFT__LUA_WORD);
    }
}

/* A table's have no zero byte behind them. */
static void put_block(weft_lua_values_t *values, enum tag tag, const char *data,
                      size_t size)
{
    uint32_t bytes = (uint32_t)size;
    unsigned char *at;

    if (size > WEFT_LUA_VALUES_MAX) {
        values->error = WEFT_ERR_FULL;
        return;
    }
    at = more(values, WEFT__LUA_TAG + WEFT__LUA_SIZE + size +
                          (tag == TAG_STRING ? WEFT__LUA_ZERO : 0));
    if (at == NULL) {
        return;
    }
    *at = (unsigned char)tag;
    at += WEFT__LUA_TAG;
    memcpy(at, &bytes, WEFT__LUA_SIZE);
    at += WEFT__LUA_SIZE;
    if (size > 0) {
        memcpy(at, data, size);
    }
    if (tag == TAG_STRING) {
        at[size] = 0;
    }
}

static void put_tag(weft_lua_values_t *values, enum tag tag)
{
    unsigned char *at = more(values, WEFT__LUA_TAG);

    if (at != NULL) {
        *at = (unsigned char)tag;
    }
}

static void put(weft_lua_values_t *values, const weft_lua_value_t *value)
{
    switch (value->type) {
    case WEFT_LUA_NIL: put_tag(values, TAG_NIL); break;
    case WEFT_LUA_BOOLEAN:
        put_tag(values, value->as.boolean ? TAG_TRUE : TAG_FALSE);
        break;
    case WEFT_LUA_INTEGER:
        put_word(values, TAG_INTEGER, &value->as.integer);
        break;
    case WEFT_LUA_NUMBER:
        put_word(values, TAG_NUMBER, &value->as.number);
        break;
    case WEFT_LUA_STRING:
        put_block(values, TAG_STRING, value->as.string.data,
                  value->as.string.size);
        break;
    case WEFT_LUA_TABLE:
        put_block(values, TAG_TABLE, value->as.string.data,
                  value->as.string.size);
        break;
    }
}

/* Whether a value of this type may come next. */
static bool fits(const weft_lua_values_t *values, enum weft_lua_type type)
{
    bool key = values->items % 2 == 0;

    return values->table == 0 ||
           (key ? type == WEFT_LUA_STRING || type == WEFT_LUA_INTEGER
                : type != WEFT_LUA_TABLE);
}

static void counted(weft_lua_values_t *values)
{
    values->items += values->table != 0;
    values->count += values->table == 0;
}

int weft_lua_put(weft_lua_values_t *values, const weft_lua_value_t *value)
{
    if (values->error < 0) {
        return values->error;
    }
    if (!fits(values, value->type)) {
        values->error = WEFT_ERR_INVALID;
        return values->error;
    }
    put(values, value);
    if (values->error == 0) {
        counted(values);
    }
    return values->error;
}

int weft_lua_put_table(weft_lua_values_t *values)
{
    if (values->error == 0 && values->table != 0) {
        values->error = WEFT_ERR_INVALID;
    }
    if (values->error == 0) {
        put_block(values, TAG_TABLE, NULL, 0);
    }
    if (values->error == 0) {
        values->count++;
        values->table = values->used;
        values->items = 0;
    }
    return values->error;
}

int weft_lua_put_end(weft_lua_values_t *values)
{
    uint32_t size = values->used - values->table;

    if (values->error < 0) {
        return values->error;
    }
    if (values->table == 0 || values->items % 2 != 0) {
        values->error = WEFT_ERR_INVALID;
        return values->error;
    }
    memcpy(&values->bytes[values->table - WEFT__LUA_SIZE], &size,
           WEFT__LUA_SIZE);
    values->table = 0;
    return WEFT_OK;
}

/* --- reading -------------------------------------------------------------- */

weft_lua_reader_t weft_lua_read(const weft_lua_values_t *values)
{
    weft_lua_reader_t reader = {values->bytes, values->bytes};

    if (values->error == 0 && values->table == 0 && values->used > 0) {
        reader.end += values->used;
    }
    return reader;
}

weft_lua_reader_t weft_lua_read_table(const weft_lua_value_t *table)
{
    const unsigned char *at = (const unsigned char *)table->as.string.data;
    weft_lua_reader_t reader = {at, at};

    if (table->type == WEFT_LUA_TABLE && table->as.string.size > 0) {
        reader.end += table->as.string.size;
    }
    return reader;
}

/* So many bytes; NULL: they are not there. */
static const unsigned char *take(weft_lua_reader_t *reader, size_t size)
{
    const unsigned char *at = reader->at;

    if (size > (size_t)(reader->end - at)) {
        reader->at = reader->end;
        return NULL;
    }
    reader->at += size;
    return at;
}

static bool take_word(weft_lua_reader_t *reader, void *word)
{
    const unsigned char *at = take(reader, WEFT__LUA_WORD);

    if (at != NULL) {
        memcpy(word, at, WEFT__LUA_WORD);
    }
    return at != NULL;
}

static bool take_block(weft_lua_reader_t *reader, weft_lua_value_t *value)
{
    const unsigned char *at = take(reader, WEFT__LUA_SIZE);
    uint32_t size = 0;

    if (at != NULL) {
        memcpy(&size, at, WEFT__LUA_SIZE);
        at = take(reader, size);
    }
    if (value->type == WEFT_LUA_STRING &&
        take(reader, WEFT__LUA_ZERO) == NULL) {
        at = NULL;
    }
    value->as.string.data = (const char *)at;
    value->as.string.size = size;
    return at != NULL;
}

bool weft_lua_next(weft_lua_reader_t *reader, weft_lua_value_t *value)
{
    const unsigned char *tag = take(reader, WEFT__LUA_TAG);

    value->type = WEFT_LUA_NIL;
    if (tag == NULL) {
        return false;
    }
    switch (*tag) {
    case TAG_NIL: return true;
    case TAG_FALSE:
    case TAG_TRUE:
        value->type = WEFT_LUA_BOOLEAN;
        value->as.boolean = *tag == TAG_TRUE;
        return true;
    case TAG_INTEGER:
        value->type = WEFT_LUA_INTEGER;
        return take_word(reader, &value->as.integer);
    case TAG_NUMBER:
        value->type = WEFT_LUA_NUMBER;
        return take_word(reader, &value->as.number);
    case TAG_STRING:
        value->type = WEFT_LUA_STRING;
        return take_block(reader, value);
    case TAG_TABLE:
        value->type = WEFT_LUA_TABLE;
        return take_block(reader, value);
    default: reader->at = reader->end; return false;
    }
}
