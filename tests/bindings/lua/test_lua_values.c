/* test_lua_values.c - the names of services, and the values of requests
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "tests/support/cores.h"
#include "tests/support/test.h"
#include "weft/lua_service.h"

/* --- names ---------------------------------------------------------------- */

CASE(names_are_there_once)
{
    static const weft_lua_service_op_t same[] = {{"a", 1}, {"a", 2}};
    static const weft_lua_service_op_t none[] = {{NULL, 1}};
    static weft_service_t service;
    weft_lua_service_t entry = {.name = "x", .service = &service};
    weft_lua_service_t twin = {.name = "x", .service = &service};
    weft_lua_service_t bad = {
        .name = "y", .service = &service, .ops = same, .ops_count = 2};
    weft_lua_services_t services;

    weft_lua_services_init(&services);
    CHECK_EQ(weft_lua_service_publish(&services, &bad), WEFT_ERR_INVALID);
    bad.ops = none;
    bad.ops_count = 1;
    CHECK_EQ(weft_lua_service_publish(&services, &bad), WEFT_ERR_INVALID);
    bad = (weft_lua_service_t){.service = &service};
    CHECK_EQ(weft_lua_service_publish(&services, &bad), WEFT_ERR_INVALID);
    CHECK_EQ(weft_lua_service_publish(&services, &entry), 0);
    CHECK_EQ(weft_lua_service_publish(&services, &twin), WEFT_ERR_BUSY);
    weft_lua_service_withdraw(&services, &entry);
    CHECK_EQ(weft_lua_service_publish(&services, &twin), 0);
    weft_lua_service_withdraw(&services, &twin);
}

/* --- a name that goes ----------------------------------------------------- */

struct passing {
    weft_service_t service; /* never started */
    weft_lua_service_t entry;
};

static void send_three(void *ctx)
{
    weft_lua_services_t *services = ctx;
    weft_lua_request_t call;

    for (int i = 0; i < 3; i++) {
        weft_lua_request_init(&call, NULL, 0);
        int rc = weft_lua_request_send(services, "passing", "f", &call);
        CHECK(rc == WEFT_ERR_STOPPED || rc == WEFT_ERR_NOT_FOUND);
    }
}

CASE(what_was_withdrawn_may_go_at_once)
{
    static const weft_service_type_t type = {.name = "passing"};
    static const weft_lua_service_op_t ops[] = {{"f", 0}};
    struct passing *passing = malloc(sizeof(*passing));
    weft_port_thread_t thread = {.run = NULL};
    weft_lua_services_t services;
    weft_loop_t loop;

    CHECK_EQ(weft_loop_init(&loop, NULL), 0);
    weft_lua_services_init(&services);
    CHECK(passing != NULL);
    CHECK_EQ(weft_service_init(&passing->service, &type, &loop.executor), 0);
    passing->entry = (weft_lua_service_t){.name = "passing",
                                          .service = &passing->service,
                                          .ops = ops,
                                          .ops_count = 1};
    CHECK_EQ(weft_lua_service_publish(&services, &passing->entry), 0);
    CHECK_STARTED(weft_port_thread_start(&thread, send_three, &services));
    weft_sleep(some(2));
    weft_lua_service_withdraw(&services, &passing->entry);
    free(passing);
    weft_port_thread_join(&thread);
    weft_loop_deinit(&loop);
}

/* --- values --------------------------------------------------------------- */

static weft_lua_values_t *values_in(weft_lua_request_t *call, void *room,
                                    size_t size)
{
    weft_lua_request_init(call, room, size);
    return &call->args;
}

CASE(what_cannot_be_put_is_an_error_that_stays)
{
    unsigned char room[64];
    weft_lua_request_t call;
    weft_lua_values_t *values = values_in(&call, room, sizeof(room));

    CHECK_EQ(weft_lua_put_table(values), 0);
    CHECK_EQ(weft_lua_put_number(values, 1.0), WEFT_ERR_INVALID);
    CHECK_EQ(weft_lua_put_nil(values), WEFT_ERR_INVALID);
    values = values_in(&call, room, sizeof(room));
    CHECK_EQ(weft_lua_put_end(values), WEFT_ERR_INVALID);
    values = values_in(&call, room, sizeof(room));
    CHECK_EQ(weft_lua_put_table(values), 0);
    CHECK_EQ(weft_lua_put_table(values), WEFT_ERR_INVALID);
    values = values_in(&call, room, sizeof(room));
    CHECK_EQ(weft_lua_put_table(values), 0);
    CHECK_EQ(weft_lua_put_text(values, "key"), 0);
    CHECK_EQ(weft_lua_put_end(values), WEFT_ERR_INVALID);
    values = values_in(&call, room, 8);
    CHECK_EQ(weft_lua_put_integer(values, 1), WEFT_ERR_FULL);
    values = values_in(&call, room, 9);
    CHECK_EQ(weft_lua_put_integer(values, 1), 0);
    CHECK_EQ(weft_lua_put_nil(values), WEFT_ERR_FULL);
    CHECK_EQ(values->count, 1);
}

/* Whatever the bytes are, nothing behind them is read. */
CASE(bytes_that_are_wrong_are_no_values)
{
    unsigned char *room = malloc(64);
    weft_lua_request_t call;

    for (unsigned tag = 0; tag < 9; tag++) {
        for (unsigned size = 1; size < 16; size++) {
            weft_lua_value_t value;
            weft_lua_reader_t reader;
            unsigned char *end = room + 64 - size;
            weft_lua_values_t *values = values_in(&call, end, size);

            memset(end, 0xff, size);
            end[0] = (unsigned char)tag;
            values->used = size;
            reader = weft_lua_read(values);
            while (weft_lua_next(&reader, &value)) {
                CHECK(value.type != WEFT_LUA_STRING);
            }
        }
    }
    free(room);
}
