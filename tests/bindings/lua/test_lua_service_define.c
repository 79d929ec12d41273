/* test_lua_service_define.c - fibers, threads, tasks call a service of a script
 * SPDX-License-Identifier: MIT
 */
#include "tests/bindings/lua/host.h"
#include "tests/support/cores.h"
#include "weft/lua_service.h"
#include "weft/weft.h"

#define RULE                                                                   \
    "service.define('rule', {\n"                                               \
    "  heat = function(args)\n"                                                \
    "    sys.wait(args.ms or 0)\n"                                             \
    "    return args.celsius < 20, args.name, {celsius = args.celsius}\n"      \
    "  end,\n"                                                                 \
    "  echo = function(value) return value end,\n"                             \
    "  fail = function(args) error('too ' .. args, 0) end,\n"                  \
    "  odd = function() error({}) end,\n"                                      \
    "  never = function() sys.waitUntil('never') end,\n"                       \
    "})\n"

struct caller {
    weft_task_t task;
    weft_await_t await;
    weft_fiber_t fiber;
    weft_lua_services_t services;
    weft_lua_t *machine;
    weft_lua_request_t call;
    unsigned char room[256];
    char stack[32768];
};

static void ask_heat(struct caller *caller, double celsius)
{
    weft_lua_values_t *args = &caller->call.args;

    weft_lua_request_init(&caller->call, caller->room, sizeof(caller->room));
    (void)weft_lua_put_table(args);
    (void)weft_lua_put_text(args, "celsius");
    (void)weft_lua_put_number(args, celsius);
    (void)weft_lua_put_text(args, "name");
    (void)weft_lua_put_string(args, "k\0tchen", 7);
    CHECK_EQ(weft_lua_put_end(args), 0);
}

static void check_heat(struct caller *caller, double celsius)
{
    weft_lua_reader_t reader = weft_lua_read(&caller->call.results);
    weft_lua_value_t value;

    CHECK_EQ(caller->call.results.count, 3);
    CHECK(weft_lua_next(&reader, &value));
    CHECK_EQ(value.type, WEFT_LUA_BOOLEAN);
    CHECK_EQ(value.as.boolean, celsius < 20);
    CHECK(weft_lua_next(&reader, &value));
    CHECK_EQ(value.as.string.size, 7);
    CHECK(memcmp(value.as.string.data, "k\0tchen", 8) == 0);
    CHECK(weft_lua_next(&reader, &value));
    CHECK_EQ(value.type, WEFT_LUA_TABLE);
    reader = weft_lua_read_table(&value);
    CHECK(weft_lua_next(&reader, &value));
    CHECK_STR_EQ(value.as.string.data, "celsius");
    CHECK(weft_lua_next(&reader, &value));
    CHECK(value.as.number == celsius);
    CHECK(!weft_lua_next(&reader, &value));
}

static int ask(struct caller *caller, const char *service, const char *op)
{
    int rc =
        weft_lua_request_send(&caller->services, service, op, &caller->call);

    return rc < 0 ? rc : weft_future_await(&caller->call.request);
}

static int ask_text(struct caller *caller, const char *op, const char *text)
{
    weft_lua_request_init(&caller->call, caller->room, sizeof(caller->room));
    (void)weft_lua_put_text(&caller->call.args, text);
    return ask(caller, "rule", op);
}

static int call_rule(void *ctx)
{
    struct caller *caller = ctx;
    weft_lua_request_t *call = &caller->call;

    for (int i = 0; i < 5; i++) {
        ask_heat(caller, 18 + i);
        CHECK_EQ(ask(caller, "rule", "heat"), 0);
        check_heat(caller, 18 + i);
    }
    CHECK_EQ(ask(caller, "rule", "heat"), WEFT_ERR_INVALID);
    CHECK_EQ(ask_text(caller, "fail", "cold"), WEFT_ERR_FAILED);
    CHECK_STR_EQ(weft_lua_request_reason(call), "too cold");
    CHECK_EQ(ask_text(caller, "odd", ""), WEFT_ERR_FAILED);
    CHECK_STR_EQ(weft_lua_request_reason(call),
                 "failed with an error that is no string");
    CHECK_EQ(ask_text(caller, "cool", ""), WEFT_ERR_NO_HANDLER);
    CHECK_STR_EQ(weft_lua_request_reason(call), "no such operation");
    weft_lua_request_init(call, caller->room, sizeof(caller->room));
    CHECK_EQ(ask(caller, "role", "heat"), WEFT_ERR_NOT_FOUND);
    CHECK_STR_EQ(weft_lua_request_reason(call), "no such service");
    weft_lua_request_init(call, caller->room, 30);
    (void)weft_lua_put_text(&call->args, "as much as the answer");
    CHECK_EQ(ask(caller, "rule", "echo"), WEFT_ERR_FULL);
    weft_lua_request_init(call, caller->room, 10);
    (void)weft_lua_put_text(&call->args, "too much");
    CHECK_EQ(ask(caller, "rule", "echo"), WEFT_ERR_FULL);
    weft_lua_request_init(call, NULL, 0);
    CHECK_EQ(ask(caller, "rule", "echo"), WEFT_ERR_FULL);
    CHECK_EQ(weft_lua_call(&caller->services, "rule", "echo", call),
             WEFT_ERR_INVALID);
    weft_lua_request_init(call, NULL, 0);
    CHECK_EQ(weft_lua_call(&caller->services, "role", "echo", call),
             WEFT_ERR_NOT_FOUND);
    ask_heat(caller, 25);
    CHECK_EQ(weft_lua_call(&caller->services, "rule", "heat", call), 0);
    check_heat(caller, 25);
    weft_lua_stop(caller->machine);
    return 0;
}

static weft_lua_t *rule_start(struct host *host, struct caller *caller)
{
    weft_lua_config_t config = config_of(host);

    config.services = &caller->services;
    config.stays = true;
    return start(config, RULE);
}

static void rule_end(struct host *host, struct caller *caller)
{
    run_all(host);
    CHECK_STR_EQ(host->out, "");
    CHECK(strstr(host->err, "too cold") != NULL);
    CHECK_EQ(weft_lua_stats(caller->machine).errors, 2);
    weft_lua_destroy(caller->machine);
    host_deinit(host);
}

CASE(a_fiber_calls_a_script)
{
    static struct caller caller;
    struct host host;

    host_init(&host);
    weft_lua_services_init(&caller.services);
    caller.machine = rule_start(&host, &caller);
    weft_fiber_init(&caller.fiber, "caller", caller.stack,
                    sizeof(caller.stack));
    CHECK_EQ(weft_go(&host.loop.executor, &caller.fiber, call_rule, &caller),
             0);
    rule_end(&host, &caller);
}

static void run_call_rule(void *ctx)
{
    struct caller *caller = ctx;
    int rc;

    do { /* until the script has made it */
        weft_lua_request_init(&caller->call, NULL, 0);
        rc = ask(caller, "rule", "echo");
    } while (rc == WEFT_ERR_NOT_FOUND);
    (void)call_rule(ctx);
}

CASE(a_thread_calls_a_script)
{
    static struct caller caller;
    weft_port_thread_t thread = {.run = NULL};
    struct host host;

    host_init(&host);
    weft_lua_services_init(&caller.services);
    caller.machine = rule_start(&host, &caller);
    CHECK_STARTED(weft_port_thread_start(&thread, run_call_rule, &caller));
    rule_end(&host, &caller);
    weft_port_thread_join(&thread);
}

WEFT_TASK(caller)
{
    int rc;

    WEFT_BEGIN;
    ask_heat(self, 21);
    WEFT_AWAIT_RC(rc, weft_lua_call, &self->services, "rule", "heat",
                  &self->call);
    CHECK_EQ(rc, 0);
    check_heat(self, 21);
    weft_lua_request_init(&self->call, self->room, sizeof(self->room));
    WEFT_AWAIT_RC(rc, weft_lua_call, &self->services, "rule", "cool",
                  &self->call);
    CHECK_EQ(rc, WEFT_ERR_NO_HANDLER);
    WEFT_AWAIT_RC(rc, weft_lua_call, &self->services, "rule", "heat",
                  &self->call);
    CHECK_EQ(rc, WEFT_ERR_INVALID);
    weft_lua_stop(self->machine);
    WEFT_END;
}

CASE(a_task_calls_a_script)
{
    static struct caller caller;
    struct host host;

    host_init(&host);
    memset(&caller, 0, sizeof(caller));
    weft_lua_services_init(&caller.services);
    caller.machine = rule_start(&host, &caller);
    CHECK_EQ(weft_spawn(&host.loop.executor, caller_task(&caller)), 0);
    run_all(&host);
    CHECK_STR_EQ(host.err, "");
    weft_lua_destroy(caller.machine);
    host_deinit(&host);
}

/* --- the end of a machine ------------------------------------------------- */

static void steps(struct host *host)
{
    for (int i = 0; i < 10; i++) {
        (void)weft_loop_step(&host->loop);
    }
}

/* One waits in its handler, one has not been looked at, one comes too late. */
CASE(callers_of_a_machine_that_ends_are_told)
{
    static struct caller caller;
    static weft_lua_request_t begun, queued, late;
    weft_lua_services_t *services = &caller.services;
    struct host host;

    host_init(&host);
    weft_lua_services_init(services);
    caller.machine = rule_start(&host, &caller);
    steps(&host);
    weft_lua_request_init(&begun, NULL, 0);
    weft_lua_request_init(&queued, NULL, 0);
    weft_lua_request_init(&late, NULL, 0);
    CHECK_EQ(weft_lua_request_send(services, "rule", "never", &begun), 0);
    steps(&host);
    CHECK_EQ(weft_lua_stats(caller.machine).tasks, 1);
    CHECK_EQ(weft_lua_request_send(services, "rule", "echo", &queued), 0);
    weft_lua_stop(caller.machine);
    run_all(&host);
    CHECK_EQ(weft_future_result(&begun.request), WEFT_ERR_STOPPED);
    CHECK(weft_future_settled(&queued.request));
    CHECK_EQ(weft_lua_request_send(services, "rule", "echo", &late),
             WEFT_ERR_NOT_FOUND);
    weft_lua_destroy(caller.machine);
    host_deinit(&host);
}

/* A request whose cancel was asked for is not begun. */
CASE(a_cancelled_request_never_runs)
{
    static struct caller caller;
    weft_lua_services_t *services = &caller.services;
    struct host host;

    host_init(&host);
    weft_lua_services_init(services);
    caller.machine = rule_start(&host, &caller);
    steps(&host);
    weft_lua_request_init(&caller.call, NULL, 0);
    CHECK_EQ(weft_lua_request_send(services, "rule", "never", &caller.call), 0);
    CHECK_EQ(weft_lua_request_send(services, "rule", "never", &caller.call),
             WEFT_ERR_BUSY);
    CHECK(weft_future_cancel(&caller.call.request));
    steps(&host);
    CHECK_EQ(weft_future_result(&caller.call.request), WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_lua_stats(caller.machine).tasks, 0);
    weft_lua_stop(caller.machine);
    run_all(&host);
    weft_lua_destroy(caller.machine);
    host_deinit(&host);
}

CASE(a_handler_whose_task_is_closed_or_collected)
{
    struct host host;
    weft_lua_t *machine;

    host_init(&host);
    machine = start(
        config_of(&host),
        "local co\n"
        "service.define('s', {\n"
        "  close = function() co = coroutine.running() sys.wait(1000) end,\n"
        "  forget = function() coroutine.yield() end,\n"
        "  die = function() co = coroutine.running()\n"
        "    coroutine.yield() error('dead') end,\n"
        "  twice = function() co = coroutine.running()\n"
        "    coroutine.yield() return 2 end,\n"
        "})\n"
        "sys.taskInit(function() print(service.call('s', 'close')) end)\n"
        "sys.timerStart(function() coroutine.close(co) end, 1)\n"
        "sys.taskInit(function() print(service.call('s', 'forget')) end)\n"
        "sys.timerStart(function() co = nil collectgarbage()\n"
        "  collectgarbage() end, 2)\n"
        "sys.timerStart(function()\n"
        "  sys.taskInit(function() print(service.call('s', 'die')) end)\n"
        "end, 3)\n"
        "sys.timerStart(function() print(coroutine.resume(co)) end, 4)\n"
        "sys.timerStart(function()\n"
        "  sys.taskInit(function() print(service.call('s', 'twice')) end)\n"
        "end, 5)\n"
        "sys.timerStart(function() coroutine.resume(co)\n"
        "  print(coroutine.resume(co)) end, 6)\n");
    run_all(&host);
    CHECK_STR_EQ(host.err, "");
    CHECK_STR_EQ(host.out, "false\tcancelled\n"
                           "false\tcancelled\n"
                           "false\ttest.lua:6: dead\n"
                           "false\ttest.lua:6: dead\n"
                           "false\tcannot resume dead coroutine\n"
                           "true\t2\n");
    weft_lua_destroy(machine);
    host_deinit(&host);
}
