/* request.c - a request between C and scripts: made, read, answered
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "bindings/lua/service.h"
#include "weft/lua_service.h"

void weft_lua_request_init(weft_lua_request_t *call, void *room, size_t size)
{
    memset(call, 0, sizeof(*call));
    weft_future_init(&call->request);
    call->args.bytes = room;
    call->args.room =
        (uint32_t)(size < WEFT_LUA_VALUES_MAX ? size : WEFT_LUA_VALUES_MAX);
}

int weft__lua_request_fail(weft_lua_request_t *call, const char *reason,
                           size_t size)
{
    weft_lua_values_t *results = &call->results;

    results->used = 0;
    results->count = 0;
    results->table = 0;
    results->error = WEFT_OK;
    (void)weft_lua_put_string(results, reason, size);
    return WEFT_ERR_FAILED;
}

int weft_lua_request_fail(weft_lua_request_t *call, const char *reason)
{
    return weft__lua_request_fail(call, reason, strlen(reason));
}

/* The names are not there: that has words of its own. */
static const char *text_of(int rc)
{
    switch (rc) {
    case WEFT_ERR_NOT_FOUND: return "no such service";
    case WEFT_ERR_NO_HANDLER: return "no such operation";
    default: return weft_error_text(rc);
    }
}

const char *weft__lua_request_reason(const weft_lua_request_t *call,
                                     size_t *size)
{
    weft_lua_reader_t reader = weft_lua_read(&call->results);
    int rc = weft_future_result(&call->request);
    weft_lua_value_t value;
    const char *text;

    if (rc == WEFT_ERR_FAILED && weft_lua_next(&reader, &value) &&
        value.type == WEFT_LUA_STRING) {
        *size = value.as.string.size;
        return value.as.string.data;
    }
    text = text_of(rc >= 0 ? call->results.error : rc);
    *size = strlen(text);
    return text;
}

const char *weft_lua_request_reason(const weft_lua_request_t *call)
{
    size_t size;

    return weft__lua_request_reason(call, &size);
}

/* --- arguments ------------------------------------------------------------ */

static bool is_key(const weft_lua_value_t *value, const char *key)
{
    return value->type == WEFT_LUA_STRING &&
           strlen(key) == value->as.string.size &&
           memcmp(key, value->as.string.data, value->as.string.size) == 0;
}

int weft_lua_arg(const weft_lua_request_t *call, const char *key,
                 weft_lua_value_t *value)
{
    weft_lua_reader_t reader = weft_lua_read(&call->args);
    weft_lua_value_t name;

    if (!weft_lua_next(&reader, &name)) {
        return WEFT_ERR_NOT_FOUND;
    }
    reader = weft_lua_read_table(&name);
    while (weft_lua_next(&reader, &name) && weft_lua_next(&reader, value)) {
        if (is_key(&name, key)) {
            return WEFT_OK;
        }
    }
    return WEFT_ERR_NOT_FOUND;
}

/* The same, of this type. */
static int arg_of(const weft_lua_request_t *call, const char *key,
                  enum weft_lua_type type, weft_lua_value_t *value)
{
    int rc = weft_lua_arg(call, key, value);

    return rc == WEFT_OK && value->type != type ? WEFT_ERR_INVALID : rc;
}

int weft_lua_arg_integer(const weft_lua_request_t *call, const char *key,
                         int64_t *integer)
{
    weft_lua_value_t value;
    int rc = arg_of(call, key, WEFT_LUA_INTEGER, &value);

    if (rc == WEFT_OK) {
        *integer = value.as.integer;
    }
    return rc;
}

int weft_lua_arg_number(const weft_lua_request_t *call, const char *key,
                        double *number)
{
    weft_lua_value_t value;
    int rc = arg_of(call, key, WEFT_LUA_NUMBER, &value);

    if (rc == WEFT_OK) {
        *number = value.as.number;
    } else if (rc == WEFT_ERR_INVALID && value.type == WEFT_LUA_INTEGER) {
        *number = (double)value.as.integer;
        rc = WEFT_OK;
    }
    return rc;
}

int weft_lua_arg_boolean(const weft_lua_request_t *call, const char *key,
                         bool *boolean)
{
    weft_lua_value_t value;
    int rc = arg_of(call, key, WEFT_LUA_BOOLEAN, &value);

    if (rc == WEFT_OK) {
        *boolean = value.as.boolean;
    }
    return rc;
}

int weft_lua_arg_string(const weft_lua_request_t *call, const char *key,
                        const char **data, size_t *size)
{
    weft_lua_value_t value;
    int rc = arg_of(call, key, WEFT_LUA_STRING, &value);

    if (rc == WEFT_OK) {
        *data = value.as.string.data;
        *size = value.as.string.size;
    }
    return rc;
}
