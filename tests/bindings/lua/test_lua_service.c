/* test_lua_service.c - services of scripts and of C that call each other
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "tests/bindings/lua/host.h"
#include "tests/support/cores.h"
#include "weft/lua_service.h"
#include "weft/weft.h"

/* --- a service of C ------------------------------------------------------- */

enum { ADD = 1, KEEP, TAKE, TYPES, REFUSE, SOME_ERROR, FULL };

struct adder {
    weft_service_t service;
    weft_lua_service_t entry;
    weft_kept_t kept;
    bool keeps;
    weft_request_t *taken;
};

static int add(weft_service_t *service, weft_request_t *request)
{
    weft_lua_request_t *call = weft_lua_request_of(request);
    int64_t a = 0;
    int64_t b = 0;

    (void)service;
    if (weft_lua_arg_integer(call, "a", &a) < 0 ||
        weft_lua_arg_integer(call, "b", &b) < 0) {
        return weft_lua_request_fail(call, "a and b are integers");
    }
    return weft_lua_put_integer(&call->results, a + b);
}

static int keep(weft_service_t *service, weft_request_t *request)
{
    struct adder *adder = WEFT_CONTAINER_OF(service, struct adder, service);

    adder->keeps = true;
    return weft_request_keep(service, request, &adder->kept);
}

static int take(weft_service_t *service, weft_request_t *request)
{
    WEFT_CONTAINER_OF(service, struct adder, service)->taken = request;
    return weft_request_take(service, request);
}

/* What it was given, and one of each. */
static int types(weft_service_t *service, weft_request_t *request)
{
    weft_lua_request_t *call = weft_lua_request_of(request);
    weft_lua_values_t *results = &call->results;
    weft_lua_reader_t reader = weft_lua_read(&call->args);
    weft_lua_value_t value;

    (void)service;
    CHECK(weft_lua_next(&reader, &value));
    (void)weft_lua_put(results, &value);
    (void)weft_lua_put_nil(results);
    (void)weft_lua_put_boolean(results, true);
    (void)weft_lua_put_number(results, 2.0);
    (void)weft_lua_put_string(results, "a\0b", 3);
    (void)weft_lua_put_table(results);
    (void)weft_lua_put_integer(results, 7);
    (void)weft_lua_put_text(results, "seven");
    return weft_lua_put_end(results);
}

static int refuse(weft_service_t *service, weft_request_t *request)
{
    (void)service;
    return weft_lua_request_fail(weft_lua_request_of(request), "not today");
}

static int some_error(weft_service_t *service, weft_request_t *request)
{
    (void)service;
    (void)request;
    return WEFT_ERR_EMPTY;
}

static int full(weft_service_t *service, weft_request_t *request)
{
    static char large[WEFT_LUA_VALUES_MAX];

    (void)service;
    (void)weft_lua_put_string(&weft_lua_request_of(request)->results, large,
                              sizeof(large));
    return 0;
}

static const weft_handler_t handlers[] = {
    {ADD, 0, add},     {KEEP, 0, keep},     {TAKE, 0, take},
    {TYPES, 0, types}, {REFUSE, 0, refuse}, {SOME_ERROR, 0, some_error},
    {FULL, 0, full},
};
static const weft_service_type_t adder_type = {
    .name = "adder", .handlers = handlers, .handlers_count = 7};
static const weft_lua_service_op_t ops[] = {
    {"add", ADD},       {"keep", KEEP},        {"take", TAKE}, {"types", TYPES},
    {"refuse", REFUSE}, {"error", SOME_ERROR}, {"full", FULL},
};

static void adder_start(struct adder *adder, weft_loop_t *loop,
                        weft_lua_services_t *services)
{
    static weft_request_t request;

    *adder = (struct adder){.entry = {.name = "adder",
                                      .service = &adder->service,
                                      .ops = ops,
                                      .ops_count = 7}};
    CHECK_EQ(weft_service_init(&adder->service, &adder_type, &loop->executor),
             0);
    weft_future_init(&request);
    CHECK_EQ(weft_service_start(&adder->service, &request), 0);
    CHECK_EQ(weft_lua_service_publish(services, &adder->entry), 0);
}

/* A machine and the adder on one loop: what the script prints. The adder is
 * stopped when the machine has ended. */
struct both {
    struct host host;
    struct adder adder;
    weft_request_t stop;
    weft_lua_services_t *services;
};

static void both_ended(weft_lua_t *machine, enum weft_lua_end how, void *ctx)
{
    struct both *both =
        WEFT_CONTAINER_OF((struct host *)ctx, struct both, host);

    (void)machine;
    (void)how;
    weft_lua_service_withdraw(both->services, &both->adder.entry);
    weft_future_init(&both->stop);
    (void)weft_service_stop(&both->adder.service, &both->stop);
}

/* Without the machine's end. */
static weft_lua_t *run_with_adder(struct both *both, const char *text)
{
    weft_lua_config_t config;
    weft_lua_t *machine;

    host_init(&both->host);
    config = config_of(&both->host);
    config.ended = both_ended;
    machine = start(config, text);
    both->services = weft_lua_services(machine);
    adder_start(&both->adder, &both->host.loop, both->services);
    run_all(&both->host);
    return machine;
}

static void with_adder(struct both *both, const char *text)
{
    weft_lua_destroy(run_with_adder(both, text));
    host_deinit(&both->host);
}

CASE(a_script_calls_a_service_of_c)
{
    static struct both both;

    with_adder(&both,
               "sys.taskInit(function()\n"
               "  print(service.call('adder', 'add', {a = 1, b = 2}))\n"
               "  print(service.call('adder', 'add', {a = 1, b = 2.5}, 9))\n"
               "  print(service.call('adder', 'refuse'))\n"
               "  print(service.call('adder', 'error'))\n"
               "  print(service.call('adder', 'full'))\n"
               "  print(service.call('adder', 'sub', {}))\n"
               "  print(service.call('suber', 'sub', {}))\n"
               "  print(service.call('adder\\0', 'add', {}))\n"
               "end)\n");
    CHECK_STR_EQ(both.host.err, "");
    CHECK_STR_EQ(both.host.out, "true\t3\n"
                                "false\ta and b are integers\n"
                                "false\tnot today\n"
                                "false\tempty\n"
                                "false\tfull\n"
                                "false\tno such operation\n"
                                "false\tno such service\n"
                                "false\tno such service\n");
}

CASE(values_keep_their_types)
{
    static struct both both;

    with_adder(&both,
               "local t = math.type\n"
               "sys.taskInit(function()\n"
               "  local ok, a, b, c, d, e, f = service.call('adder', 'types',"
               " {1, 2.0, x = '\\0', [-1] = false})\n"
               "  print(ok, #a, t(a[1]), t(a[2]), #a.x, a[-1])\n"
               "  print(b, c, t(d), d, #e, f[7], next(f, 7))\n"
               "  ok, a = service.call('adder', 'types', math.mininteger)\n"
               "  print(a == math.mininteger)\n"
               "  ok, a = service.call('adder', 'types', 0/0)\n"
               "  print(a ~= a)\n"
               "  ok, a = service.call('adder', 'types', '')\n"
               "  print(a == '', select('#', service.call('adder',"
               " 'types', nil)))\n"
               "end)\n");
    CHECK_STR_EQ(both.host.err, "");
    CHECK_STR_EQ(both.host.out, "true\t2\tinteger\tfloat\t1\tfalse\n"
                                "nil\ttrue\tfloat\t2.0\t3\tseven\tnil\n"
                                "true\ntrue\ntrue\t7\n");
}

/* --- late answers --------------------------------------------------------- */

CASE(a_late_answer_is_dropped)
{
    static struct both both;

    with_adder(&both, "sys.taskInit(function()\n"
                      "  print(service.call('adder', 'keep', {}, 20))\n"
                      "  print(service.call('adder', 'add', {a=1, b=1}))\n"
                      "end)\n");
    CHECK_STR_EQ(both.host.err, "");
    CHECK_STR_EQ(both.host.out, "false\ttimed out\ntrue\t2\n");
    CHECK(both.adder.keeps);
    CHECK(!weft_kept_settle(&both.adder.kept, 0));
}

CASE(an_answer_to_a_machine_that_has_gone)
{
    static struct both both;
    weft_lua_t *machine = run_with_adder(
        &both, "sys.taskInit(service.call, 'adder', 'take', {})\n"
               "sys.timerStart(function() os.exit(3) end, 5)");

    weft_lua_destroy(machine);
    CHECK(both.host.bytes > 0);
    CHECK(weft_future_cancel_asked(both.adder.taken));
    weft_request_settle(both.adder.taken, 0);
    host_deinit(&both.host);
}

/* Each ends the wait while the answer is still to come. */
CASE(a_call_that_is_given_up)
{
    static const char *const ways[] = {
        "coroutine.close(co)",
        "coroutine.resume(co, 'by hand')",
        "co = nil collectgarbage() collectgarbage() os.exit(0)",
        "rtos.reboot()",
    };
    static struct both both;
    static char script[512];

    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        weft_lua_t *machine;
        (void)snprintf(script, sizeof(script),
                       "co = coroutine.create(function()\n"
                       "  print(service.call('adder', 'take', {}))\n"
                       "end)\n"
                       "if first then coroutine.resume(co) first = false end\n"
                       "sys.timerStart(function() %s end, 5)",
                       ways[i]);
        if (i == 3) {
            break; /* see a_machine_boots_again */
        }
        (void)memmove(script + 11, script, strlen(script) + 1);
        memcpy(script, "first=true\n", 11);
        machine = run_with_adder(&both, script);
        CHECK_STR_EQ(both.host.out, i == 1 ? "by hand\n" : "");
        weft_lua_destroy(machine);
        CHECK(weft_future_cancel_asked(both.adder.taken));
        weft_request_settle(both.adder.taken, 0);
        host_deinit(&both.host);
    }
}

CASE(a_scope_gives_up_its_calls)
{
    static struct both both;
    weft_lua_t *machine = run_with_adder(
        &both, "sys.taskInit(function()\n"
               "  print(weft.scope(function(s)\n"
               "    s:spawn(service.call, 'adder', 'take', {})\n"
               "    sys.wait(5)\n"
               "    s:cancel()\n"
               "    print(pcall(service.call, 'adder', 'add', {a=1, b=1}))\n"
               "  end))\n"
               "end)\n");

    CHECK_STR_EQ(both.host.err, "");
    CHECK_STR_EQ(both.host.out, "false\tcancelled\n\n");
    weft_lua_destroy(machine);
    weft_request_settle(both.adder.taken, 0);
    host_deinit(&both.host);
}

/* --- a service of a script ------------------------------------------------ */

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
