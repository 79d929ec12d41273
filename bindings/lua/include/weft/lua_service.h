/* lua_service.h - services of scripts and of C that call each other by name
 * SPDX-License-Identifier: MIT
 *
 * When to use it: where a script asks C for something and waits for the answer,
 * or C asks a script, or one script another one. For a stream of values take a
 * channel (weft/lua_channel.h); to tell a script that something has happened
 * weft_lua_post is enough.
 *
 * Example: a service of C for scripts,
 *
 *     static int set(weft_service_t *service, weft_request_t *request)
 *     {
 *         weft_lua_request_t *call = weft_lua_request_of(request);
 *         int64_t percent;
 *         (void)service;
 *         if (weft_lua_arg_integer(call, "percent", &percent) < 0) {
 *             return weft_lua_request_fail(call, "percent: no integer");
 *         }
 *         lamp_set((int)percent);
 *         return weft_lua_put_boolean(&call->results, percent > 0);
 *     }
 *     static const weft_handler_t handlers[] = {{1, 0, set}};
 *     static const weft_service_type_t type = {
 *         .name = "lamp", .handlers = handlers, .handlers_count = 1};
 *     static const weft_lua_service_op_t ops[] = {{"set", 1}};
 *     static weft_service_t lamp;
 *     static weft_lua_service_t entry = {
 *         .name = "lamp", .service = &lamp, .ops = ops, .ops_count = 1};
 *
 *     int give(weft_lua_services_t *names)
 *     {
 *         return weft_lua_service_publish(names, &entry);
 *     }
 *
 * and in the script
 *
 *     local ok, on = service.call("lamp", "set", {percent = 40}, 1000)
 *
 * A script makes a service by service.define("rule", {heat = function(args)
 * return args.celsius < 20 end}), and C calls it:
 *
 *     int heat(weft_lua_services_t *services, double celsius)
 *     {
 *         unsigned char room[64];
 *         weft_lua_request_t call;
 *         weft_lua_request_init(&call, room, sizeof(room));
 *         weft_lua_put_table(&call.args);
 *         weft_lua_put_text(&call.args, "celsius");
 *         weft_lua_put_number(&call.args, celsius);
 *         weft_lua_put_end(&call.args);
 *         return weft_lua_call(services, "rule", "heat", &call);
 *     }
 *
 * A call has one argument and any number of results up to
 * WEFT_LUA_RESULTS_MAX. Each is nil, a boolean, an integer, a number, a string
 * with any bytes in it, or a table of those by strings or integers. All of them
 * together take WEFT_LUA_VALUES_MAX bytes at most.
 *
 * Names are in a directory, which services of C and machines share: that of
 * config.services, or, without one, the machine's own.
 *
 * Context: send, and reading and writing a request of one's own: any thread,
 * task or fiber; no interrupt. A request of a script may be settled in one if
 * config.allocator may be called there. Memory: what is published, and a
 * directory, live until they are withdrawn and the machines destroyed. The
 * request is the caller's until it is settled. A machine that ends while it
 * waits for C's answers gives their memory back to config.allocator when they
 * come, on the thread that answers.
 */
#ifndef WEFT_LUA_SERVICE_H
#define WEFT_LUA_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "weft/base/list.h"
#include "weft/base/spinlock.h"
#include "weft/lua.h"
#include "weft/service.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    WEFT_LUA_VALUES_MAX = 65536, /* bytes of all arguments, or all results */
    WEFT_LUA_RESULTS_MAX = 32,
};

/* --- values --------------------------------------------------------------- */

/* Values one behind the other, as bytes. */
typedef struct weft_lua_values {
    uint32_t count; /* how many; those of a table are one */
    int error;      /* the first that a put has failed with, or 0 */
    /* private */
    unsigned char *bytes;
    uint32_t used;
    uint32_t room;
    uint32_t table;                    /* where the open one's size stands */
    uint32_t items;                    /* of the open one */
    const weft_allocator_t *allocator; /* more room; NULL: there is none */
    bool own;                          /* bytes are the allocator's */
} weft_lua_values_t;

/* Appends a copy of a value. 0; WEFT_ERR_FULL: no room; WEFT_ERR_MEMORY;
 * WEFT_ERR_INVALID: a table in a table, or a key that is no string and no
 * integer. After an error all puts give that one. */
int weft_lua_put(weft_lua_values_t *values, const weft_lua_value_t *value);

/* What is put up to the end are the keys and values of a table, in turn. */
int weft_lua_put_table(weft_lua_values_t *values);
int weft_lua_put_end(weft_lua_values_t *values);

static inline int weft_lua_put_nil(weft_lua_values_t *values)
{
    weft_lua_value_t value;

    value.type = WEFT_LUA_NIL;
    return weft_lua_put(values, &value);
}

static inline int weft_lua_put_boolean(weft_lua_values_t *values, bool boolean)
{
    weft_lua_value_t value;

    value.type = WEFT_LUA_BOOLEAN;
    value.as.boolean = boolean;
    return weft_lua_put(values, &value);
}

static inline int weft_lua_put_integer(weft_lua_values_t *values,
                                       int64_t integer)
{
    weft_lua_value_t value;

    value.type = WEFT_LUA_INTEGER;
    value.as.integer = integer;
    return weft_lua_put(values, &value);
}

static inline int weft_lua_put_number(weft_lua_values_t *values, double number)
{
    weft_lua_value_t value;

    value.type = WEFT_LUA_NUMBER;
    value.as.number = number;
    return weft_lua_put(values, &value);
}

static inline int weft_lua_put_string(weft_lua_values_t *values,
                                      const char *data, size_t size)
{
    weft_lua_value_t value;

    value.type = WEFT_LUA_STRING;
    value.as.string.data = data;
    value.as.string.size = size;
    return weft_lua_put(values, &value);
}

static inline int weft_lua_put_text(weft_lua_values_t *values, const char *text)
{
    return weft_lua_put_string(values, text, strlen(text));
}

/* Reads them again, from the first: the values, or the keys and values of a
 * table, in turn. */
typedef struct weft_lua_reader {
    /* private */
    const unsigned char *at;
    const unsigned char *end;
} weft_lua_reader_t;

weft_lua_reader_t weft_lua_read(const weft_lua_values_t *values);
weft_lua_reader_t weft_lua_read_table(const weft_lua_value_t *table);

/* The next one; false: there is none. A string is borrowed from where it lies,
 * and has a zero byte behind its end; a table is for weft_lua_read_table. */
bool weft_lua_next(weft_lua_reader_t *reader, weft_lua_value_t *value);

/* --- requests ------------------------------------------------------------- */

typedef struct weft_lua_services weft_lua_services_t;

typedef struct weft_lua_request {
    weft_request_t request;
    weft_lua_values_t args;    /* one, or none, which is nil */
    weft_lua_values_t results; /* written by who answers */
    /* private */
    weft_list_node_t list;
    weft_lua_services_t *services;
    void *server; /* whose script handles it */
    uint16_t op;
    uint8_t token; /* atomic: whether it keeps machines from their end */
} weft_lua_request_t;

/* Makes it an empty request, before each send; room is for the arguments, and
 * what they leave of it for the results. What happens at its end is said after
 * this. */
void weft_lua_request_init(weft_lua_request_t *call, void *room, size_t size);

static inline weft_lua_request_t *weft_lua_request_of(weft_request_t *request)
{
    return (weft_lua_request_t *)(void *)request;
}

/* Sends it to this operation of this service. 0; or an error, with which it was
 * settled here and now: WEFT_ERR_NOT_FOUND: no such service;
 * WEFT_ERR_NO_HANDLER: no such operation; those of a put to args, of
 * weft_service_send. WEFT_ERR_BUSY, WEFT_ERR_INVALID: it is in flight, or was
 * not made empty: nothing was done. */
int weft_lua_request_send(weft_lua_services_t *services, const char *service,
                          const char *op, weft_lua_request_t *call);

/* The same, and waits for the answer, as weft_call does: WEFT_AWAIT_RC(rc,
 * weft_lua_call, services, "rule", "heat", &self->call). A cancel of this wait,
 * or its limit, cancels the request and waits until that is settled: at once if
 * the script has not begun, else by its answer. Context: a task, a fiber, a
 * thread. */
int weft_lua_call(weft_lua_services_t *services, const char *service,
                  const char *op, weft_lua_request_t *call);
int weft_lua_call_begin(weft_await_t *await, weft_lua_services_t *services,
                        const char *service, const char *op,
                        weft_lua_request_t *call);

/* Why a settled one has failed, in words; a script gets the same. */
const char *weft_lua_request_reason(const weft_lua_request_t *call);

/* For a handler: what key has in the table of the argument. 0;
 * WEFT_ERR_NOT_FOUND: nothing; WEFT_ERR_INVALID: something of another type. A
 * number may be an integer. */
int weft_lua_arg(const weft_lua_request_t *call, const char *key,
                 weft_lua_value_t *value);
int weft_lua_arg_integer(const weft_lua_request_t *call, const char *key,
                         int64_t *integer);
int weft_lua_arg_number(const weft_lua_request_t *call, const char *key,
                        double *number);
int weft_lua_arg_boolean(const weft_lua_request_t *call, const char *key,
                         bool *boolean);
int weft_lua_arg_string(const weft_lua_request_t *call, const char *key,
                        const char **data, size_t *size);

/* For a handler, which returns what this gives: the caller's reason is this
 * text. */
int weft_lua_request_fail(weft_lua_request_t *call, const char *reason);

/* --- names ---------------------------------------------------------------- */

/* Prepared by weft_lua_services_init. */
struct weft_lua_services {
    /* private */
    weft_list_t services;
    weft_list_t machines;
    uint32_t busy; /* atomic: machines, and what is on its way between them,
                      that keep the others from their end */
    weft_spinlock_t lock;
};

void weft_lua_services_init(weft_lua_services_t *services);

/* The directory of a machine. Its own goes with it. */
weft_lua_services_t *weft_lua_services(weft_lua_t *machine);

/* What a place in a directory begins with. */
typedef struct weft_lua_place {
    /* private */
    weft_list_node_t list;
    uint32_t users;
    bool leaves;
} weft_lua_place_t;

/* An operation: its name for callers, its code for the service. */
typedef struct weft_lua_service_op {
    const char *name;
    uint16_t code;
} weft_lua_service_op_t;

/* A service and its name. Its handlers are called with a weft_lua_request_t.
 * All that it names stays until it was withdrawn. */
typedef struct weft_lua_service {
    const char *name;
    weft_service_t *service;
    const weft_lua_service_op_t *ops;
    size_t ops_count;
    /* private */
    weft_lua_place_t place;
    bool script; /* a machine's */
} weft_lua_service_t;

/* From now on it is found. WEFT_ERR_BUSY: there is one of that name;
 * WEFT_ERR_INVALID: no name, or an operation without one or with one that
 * another has. Start the service before. */
int weft_lua_service_publish(weft_lua_services_t *services,
                             weft_lua_service_t *entry);

/* It is found no more, and nobody is about to send to it: it may be stopped,
 * and go. Waits for those who are, so not from inside of a request's end. */
void weft_lua_service_withdraw(weft_lua_services_t *services,
                               weft_lua_service_t *entry);

#ifdef __cplusplus
}
#endif

#endif
