/* test_services_race.c - a name is withdrawn while others send by it
 * SPDX-License-Identifier: MIT
 *
 * `make test` runs it under the thread sanitizer too.
 */
#include "tests/support/cores.h"
#include "weft/lua_service.h"
#include "weft/weft.h"

enum { ROUNDS = TEST_IN_SIM ? 3 : 20000, CALLERS = 2 };

static int set(weft_service_t *service, weft_request_t *request)
{
    (void)service;
    return weft_lua_put_integer(&weft_lua_request_of(request)->results, 5);
}

static const weft_handler_t handlers[] = {{1, 0, set}};
static const weft_service_type_t lamp_type = {
    .name = "lamp", .handlers = handlers, .handlers_count = 1};
static const weft_lua_service_op_t ops[] = {{"set", 1}};

static weft_lua_services_t names;
static weft_service_t lamp;
static weft_lua_service_t entry;
static uint32_t ready; /* callers that have found it often enough */

/* Whether the name was there. */
static bool sent_by_name(void)
{
    weft_lua_request_t call;
    unsigned char room[32];
    int rc;

    weft_lua_request_init(&call, room, sizeof(room));
    rc = weft_lua_request_send(&names, "lamp", "set", &call);
    if (rc == WEFT_ERR_NOT_FOUND) {
        return false;
    }
    CHECK_EQ(rc, 0);
    CHECK_EQ(weft_future_await(&call.request), 0);
    CHECK_EQ(call.results.count, 1);
    return true;
}

static void send_by_name(void *ctx)
{
    (void)ctx;
    for (int found = 0; found < ROUNDS;) {
        found += sent_by_name();
    }
    (void)weft_atomic_fetch_add_acq_rel_u32(&ready, 1);
}

CASE(a_name_goes_while_others_send_by_it)
{
    weft_port_thread_t threads[CALLERS];
    weft_request_t start = WEFT_FUTURE_INIT;
    weft_request_t stop = WEFT_FUTURE_INIT;
    struct core core;

    lamp = (weft_service_t){.type = NULL};
    entry = (weft_lua_service_t){
        .name = "lamp", .service = &lamp, .ops = ops, .ops_count = 1};
    ready = 0;
    weft_lua_services_init(&names);
    core_start(&core);
    CHECK_EQ(weft_service_init(&lamp, &lamp_type, &core.loop.executor), 0);
    CHECK_EQ(weft_call(&lamp, WEFT_SERVICE_START, &start), 0);
    for (int i = 0; i < CALLERS; i++) {
        thread_start(&threads[i], send_by_name, NULL);
    }
    do {
        CHECK_EQ(weft_lua_service_publish(&names, &entry), 0);
        weft_hook_spin();
        weft_lua_service_withdraw(&names, &entry);
    } while (weft_atomic_load_acquire_u32(&ready) < CALLERS);
    CHECK_EQ(weft_lua_service_publish(&names, &entry), 0);
    CHECK(sent_by_name());
    weft_lua_service_withdraw(&names, &entry);
    for (int i = 0; i < CALLERS; i++) {
        weft_port_thread_join(&threads[i]);
    }
    CHECK_EQ(weft_call(&lamp, WEFT_SERVICE_STOP, &stop), 0);
    core_stop(&core);
}
