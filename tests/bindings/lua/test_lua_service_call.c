/* test_lua_service_call.c - scripts call a service of C
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
    };
    static struct both both;
    static char script[512];

    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        weft_lua_t *machine;
        (void)snprintf(script, sizeof(script),
                       "co = coroutine.create(function()\n"
                       "  print(service.call('adder', 'take', {}))\n"
                       "end)\n"
                       "coroutine.resume(co)\n"
                       "sys.timerStart(function() %s end, 5)",
                       ways[i]);
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
