/* test_lua_service_end.c - machines that call each other, and how they end
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "tests/bindings/lua/host.h"
#include "tests/support/cores.h"
#include "weft/lua_service.h"
#include "weft/weft.h"

/* --- two machines --------------------------------------------------------- */

struct pair {
    struct host host;
    weft_lua_services_t *services;
    const char *text;
    weft_port_thread_t thread;
};

static weft_lua_t *pair_start(struct pair *pair)
{
    weft_lua_config_t config;

    host_init(&pair->host);
    config = config_of(&pair->host);
    config.allocator = NULL; /* the other one frees what it answers */
    config.services = pair->services;
    return start(config, pair->text);
}

static void pair_run(void *ctx)
{
    struct pair *pair = ctx;
    weft_lua_t *machine = pair_start(pair);

    run_all(&pair->host);
    CHECK_STR_EQ(pair->host.err, "");
    weft_lua_destroy(machine);
    host_deinit(&pair->host);
}

/* A name comes when the other machine has got so far. */
#define CALL                                                                   \
    "local function call(...)\n"                                               \
    "  local ok, why, more\n"                                                  \
    "  repeat\n"                                                               \
    "    ok, why, more = service.call(...)\n"                                  \
    "    if why == 'no such service' then sys.wait(1) end\n"                   \
    "  until ok or why ~= 'no such service'\n"                                 \
    "  return ok, why, more\n"                                                 \
    "end\n"

/* They call each other, and back from inside of that. */
static const char ping[] =
    CALL "service.define('ping', {\n"
         "  double = function(x) return 2 * x end,\n"
         "  deep = function(x) return select(2, call('pong', 'double', x)) "
         "end })\n"
         "sys.taskInit(function()\n"
         "  local sum = 0\n"
         "  for i = 1, 20 do\n"
         "    sum = sum + select(2, call('pong', 'deep', i))\n"
         "  end\n"
         "  print(sum)\n"
         "end)\n";
static const char pong[] =
    CALL "service.define('pong', {\n"
         "  double = function(x) return 2 * x end,\n"
         "  deep = function(x) return select(2, call('ping', 'double', x)) "
         "end })\n"
         "sys.taskInit(function()\n"
         "  local sum = 0\n"
         "  for i = 1, 10 do\n"
         "    sum = sum + select(2, call('ping', 'deep', i))\n"
         "  end\n"
         "  print(sum)\n"
         "end)\n";

CASE(two_machines_on_two_threads_call_each_other)
{
    static struct pair a, b;
    weft_lua_services_t services;

    weft_lua_services_init(&services);
    a = (struct pair){.services = &services, .text = ping};
    b = (struct pair){.services = &services, .text = pong};
    b.thread.run = NULL;
    CHECK_STARTED(weft_port_thread_start(&b.thread, pair_run, &b));
    pair_run(&a);
    weft_port_thread_join(&b.thread);
    CHECK_STR_EQ(a.host.out, "420\n");
    CHECK_STR_EQ(b.host.out, "110\n");
}

/* Both on one loop: what both print. */
static void on_one_loop(const char *first, const char *second,
                        const char *expected)
{
    static struct host host;
    weft_lua_services_t services;
    weft_lua_config_t config;
    weft_lua_t *a;
    weft_lua_t *b;

    host_init(&host);
    weft_lua_services_init(&services);
    config = config_of(&host);
    config.services = &services;
    a = start(config, first);
    b = start(config, second);
    run_all(&host);
    CHECK_STR_EQ(host.err, "");
    CHECK_STR_EQ(host.out, expected);
    CHECK_EQ(weft_lua_ended(a), WEFT_LUA_FINISHED);
    CHECK_EQ(weft_lua_ended(b), WEFT_LUA_FINISHED);
    weft_lua_destroy(a);
    weft_lua_destroy(b);
    host_deinit(&host);
}

CASE(machines_that_serve_end_together)
{
    on_one_loop(ping, pong, "110\n420\n");
    on_one_loop("service.define('a', {f = function() sys.wait(50) end})",
                "sys.taskInit(function() sys.wait(100)\n"
                "  print(service.call('a', 'f')) end)",
                "true\n");
    on_one_loop("service.define('a', {f = function() end})",
                "service.define('b', {f = function() end})", "");
}

/* Nothing can happen any more, in both of them. */
CASE(machines_that_wait_for_each_other_end)
{
    on_one_loop("service.define('a', {f = function()\n"
                "  return service.call('b', 'g') end})",
                "service.define('b', {\n"
                "  g = function() sys.waitUntil('never') end})\n"
                "sys.taskInit(function() service.call('a', 'f') end)",
                "");
}

/* One ends before the other: its callers are told. */
CASE(a_machine_ends_while_it_is_asked)
{
    static struct pair a, b;
    weft_lua_services_t services;

    weft_lua_services_init(&services);
    a = (struct pair){.services = &services,
                      .text = CALL "sys.taskInit(function()\n"
                                   "  local ok, why = call('b', 'f')\n"
                                   "  print(ok, why)\n"
                                   "end)\n"};
    b = (struct pair){.services = &services,
                      .text = "service.define('b', {f = function()\n"
                              "  sys.timerStart(os.exit, 3, 0)\n"
                              "  sys.wait(1000) end})\n"
                              "sys.timerStart(print, 100000)"};
    CHECK_STARTED(weft_port_thread_start(&b.thread, pair_run, &b));
    pair_run(&a);
    weft_port_thread_join(&b.thread);
    CHECK_STR_EQ(a.host.out, "false\tstopped\n");
}

CASE(a_machine_boots_again_with_calls_and_services)
{
    struct host host;
    weft_lua_config_t config;
    weft_lua_t *machine;

    host_init(&host);
    config = config_of(&host);
    config.reboots_max = 2;
    machine =
        start(config, "service.define('s', {never = sys.waitUntilMsg})\n"
                      "sys.taskInit(service.call, 's', 'never', 'X')\n"
                      "sys.taskInit(service.call, 's', 'never', 'X', 1)\n"
                      "sys.timerStart(function() print('up') rtos.reboot()\n"
                      "end, 10)");
    run_all(&host);
    CHECK_STR_EQ(host.out, "up\nup\nup\n");
    weft_lua_destroy(machine);
    host_deinit(&host);
}

CASE(a_host_closes_its_state_with_calls_and_services)
{
    lua_State *L = luaL_newstate();

    luaL_openlibs(L);
    luaL_requiref(L, "service", luaopen_service, 1);
    CHECK_EQ(luaL_dostring(L, "service.define('s', {f = function() end})\n"
                              "co = coroutine.create(service.call)\n"
                              "assert(coroutine.resume(co, 's', 'f'))\n"
                              "sys.taskInit(service.call, 's', 'f')\n"),
             0);
    lua_close(L);
}

CASE(a_host_runs_services)
{
    lua_State *L = luaL_newstate();

    luaL_openlibs(L);
    CHECK(weft_lua_open(L, NULL) != NULL);
    CHECK_EQ(luaL_dostring(L, "service.define('s', {f = function(x)\n"
                              "  sys.wait(1) return x + 1 end})\n"
                              "sys.taskInit(function()\n"
                              "  ok, got = service.call('s', 'f', 4) end)\n"
                              "sys.run()\n"
                              "assert(ok and got == 5)\n"),
             0);
    lua_close(L);
}

/* On another core it asks one that then has nothing more to do, and another
 * one, which may not have ended by then. */
struct traveller {
    struct host host;
    weft_lua_t *machine;
    weft_port_thread_t thread;
};

static void travel(void *ctx)
{
    struct traveller *traveller = ctx;

    run_all(&traveller->host);
}

CASE(who_is_asked_last_is_still_there)
{
    static struct traveller traveller;
    static struct host host;
    weft_lua_services_t services;
    weft_lua_config_t config;
    weft_lua_t *machines[2];

    memset(&traveller, 0, sizeof(traveller));
    weft_lua_services_init(&services);
    host_init(&traveller.host);
    config = config_of(&traveller.host);
    config.allocator = NULL;
    config.services = &services;
    traveller.machine = start(config, CALL "sys.taskInit(function()\n"
                                           "  call('b', 'f')\n"
                                           "  print(service.call('c', 'f'))\n"
                                           "end)");
    host_init(&host);
    config.loop = &host.loop;
    machines[0] = start(config, "service.define('c', {f = function()\n"
                                "  return 'here' end})");
    machines[1] = start(config, "service.define('b', {f = function() end})");
    CHECK_STARTED(
        weft_port_thread_start(&traveller.thread, travel, &traveller));
    run_all(&host);
    weft_port_thread_join(&traveller.thread);
    CHECK_STR_EQ(traveller.host.out, "true\there\n");
    weft_lua_destroy(traveller.machine);
    weft_lua_destroy(machines[0]);
    weft_lua_destroy(machines[1]);
    host_deinit(&host);
    host_deinit(&traveller.host);
}

/* --- a service on another core -------------------------------------------- */

enum { LATE };

struct late {
    struct core core;
    weft_service_t service;
    weft_lua_services_t services;
    weft_lua_service_t entry;
    weft_request_t life;
};

/* To a time at which the script's limits pass, or a bit later. */
static void meet(void)
{
    stand_until((weft_now_us() / 1000 + 1 + some(2)) * 1000 + some(2));
}

/* With its argument, and more than fits in the room of the call. */
static int late(weft_service_t *service, weft_request_t *request)
{
    static const char words[200] = "words";
    weft_lua_request_t *call = weft_lua_request_of(request);
    weft_lua_reader_t reader = weft_lua_read(&call->args);
    weft_lua_value_t value;

    (void)service;
    meet();
    CHECK(weft_lua_next(&reader, &value));
    (void)weft_lua_put(&call->results, &value);
    return weft_lua_put_string(&call->results, words, sizeof(words));
}

static const weft_handler_t late_handlers[] = {{LATE, 0, late}};
static const weft_service_type_t late_type = {
    .name = "late", .handlers = late_handlers, .handlers_count = 1};
static const weft_lua_service_op_t late_ops[] = {{"late", LATE}};

static void late_start(struct late *all)
{
    memset(all, 0, sizeof(*all));
    core_start(&all->core);
    weft_lua_services_init(&all->services);
    all->entry = (weft_lua_service_t){.name = "late",
                                      .service = &all->service,
                                      .ops = late_ops,
                                      .ops_count = 1};
    CHECK_EQ(
        weft_service_init(&all->service, &late_type, &all->core.loop.executor),
        0);
    weft_future_init(&all->life);
    CHECK_EQ(weft_call(&all->service, WEFT_SERVICE_START, &all->life), 0);
    CHECK_EQ(weft_lua_service_publish(&all->services, &all->entry), 0);
}

static void late_stop(struct late *all)
{
    weft_lua_service_withdraw(&all->services, &all->entry);
    CHECK_EQ(weft_call(&all->service, WEFT_SERVICE_STOP, &all->life), 0);
    core_stop(&all->core);
}

static void with_late(const char *text, const char *expected)
{
    static struct late all;
    struct host host;
    weft_lua_config_t config;
    weft_lua_t *machine;

    late_start(&all);
    host_init(&host);
    config = config_of(&host);
    config.allocator = NULL;
    config.services = &all.services;
    machine = start(config, text);
    run_all(&host);
    CHECK_STR_EQ(host.err, "");
    CHECK_STR_EQ(host.out, expected);
    weft_lua_destroy(machine);
    late_stop(&all);
    host_deinit(&host);
}

CASE(answers_and_limits_that_meet)
{
    with_late("sys.taskInit(function()\n"
              "  for i = 1, 12 do\n"
              "    local ok, got, words = service.call('late', 'late', i, 2)\n"
              "    assert(ok and got == i and #words == 200 or\n"
              "      not ok and got == 'timed out', got)\n"
              "  end\n"
              "  print('done')\n"
              "end)\n",
              "done\n");
}

CASE(a_machine_goes_while_an_answer_comes)
{
    with_late("sys.taskInit(service.call, 'late', 'late', 1)\n"
              "sys.taskInit(service.call, 'late', 'late', 2)\n"
              "sys.timerStart(os.exit, 2, 0)\n",
              "");
}

/* --- a thread that goes on calling ---------------------------------------- */

struct asker {
    weft_lua_services_t services;
    weft_port_thread_t thread;
};

static int ask(struct asker *asker, weft_lua_request_t *call)
{
    int rc;

    weft_lua_request_init(call, NULL, 0);
    rc = weft_lua_request_send(&asker->services, "s", "f", call);
    return rc < 0 ? rc : weft_future_await(&call->request);
}

static void go_on_asking(void *ctx)
{
    struct asker *asker = ctx;
    weft_lua_request_t call;
    int rc;

    do { /* until it is there */
        rc = ask(asker, &call);
    } while (rc == WEFT_ERR_NOT_FOUND);
    while (rc != WEFT_ERR_NOT_FOUND) { /* until it has gone */
        CHECK(rc == WEFT_OK || rc == WEFT_ERR_STOPPED);
        meet();
        rc = ask(asker, &call);
    }
}

CASE(a_thread_calls_while_the_machine_goes)
{
    static struct asker asker;
    struct host host;
    weft_lua_config_t config;
    weft_lua_t *machine;

    memset(&asker, 0, sizeof(asker));
    weft_lua_services_init(&asker.services);
    host_init(&host);
    config = config_of(&host);
    config.services = &asker.services;
    config.stays = true;
    CHECK_STARTED(weft_port_thread_start(&asker.thread, go_on_asking, &asker));
    machine = start(config, "service.define('s', {f = function() end})\n"
                            "sys.timerStart(os.exit, 3, 0)\n");
    run_all(&host);
    weft_lua_destroy(machine);
    host_deinit(&host);
    weft_port_thread_join(&asker.thread);
}
