/* main.c - a service of C and a service of a script call each other
 * SPDX-License-Identifier: MIT
 *
 * The heater is a service of C with a power that it owns. The rule is a service
 * of a script, which can be changed without a compiler. A fiber measures and
 * asks the rule; the rule asks the heater, waits for its answer, and says what
 * it has done. Each finds the other by its name.
 */
#include <stdio.h>
#include <string.h>

#include "weft/lua_service.h"
#include "weft/weft.h"

static const char rule[] =
    "service.define('rule', {\n"
    "    measured = function(args)\n"
    "        local want = args.celsius < 20 and 100 or\n"
    "            args.celsius < 21 and 40 or 0\n"
    "        local ok, before = service.call('heater', 'set',\n"
    "            {percent = want}, 1000)\n"
    "        if not ok then error(before, 0) end\n"
    "        return want - before, args.room .. ' at ' .. want .. ' %'\n"
    "    end,\n"
    "})\n";

/* --- the heater ----------------------------------------------------------- */

struct heater {
    weft_service_t service;
    int64_t percent;
};

enum { HEATER_SET };

/* Answers with what it was. */
static int set(weft_service_t *service, weft_request_t *request)
{
    struct heater *heater = WEFT_CONTAINER_OF(service, struct heater, service);
    weft_lua_request_t *call = weft_lua_request_of(request);
    int64_t percent;

    if (weft_lua_arg_integer(call, "percent", &percent) < 0) {
        return weft_lua_request_fail(call, "percent: an integer, please");
    }
    (void)weft_lua_put_integer(&call->results, heater->percent);
    heater->percent = percent;
    return call->results.error;
}

static const weft_handler_t handlers[] = {{HEATER_SET, 0, set}};
static const weft_service_type_t heater_type = {
    .name = "heater", .handlers = handlers, .handlers_count = 1};
static const weft_lua_service_op_t ops[] = {{"set", HEATER_SET}};

static struct heater heater;
static weft_lua_service_t entry = {
    .name = "heater", .service = &heater.service, .ops = ops, .ops_count = 1};

/* --- the sensor ----------------------------------------------------------- */

static weft_lua_t *machine;

static void ask(double celsius)
{
    unsigned char room[96];
    weft_lua_request_t call;
    weft_lua_reader_t reader;
    weft_lua_value_t by;
    weft_lua_value_t words;

    weft_lua_request_init(&call, room, sizeof(room));
    (void)weft_lua_put_table(&call.args);
    (void)weft_lua_put_text(&call.args, "celsius");
    (void)weft_lua_put_number(&call.args, celsius);
    (void)weft_lua_put_text(&call.args, "room");
    (void)weft_lua_put_text(&call.args, "kitchen");
    (void)weft_lua_put_end(&call.args);
    if (weft_lua_call(weft_lua_services(machine), "rule", "measured", &call) <
        0) {
        printf("no answer: %s\n", weft_lua_request_reason(&call));
        return;
    }
    reader = weft_lua_read(&call.results);
    if (weft_lua_next(&reader, &by) && weft_lua_next(&reader, &words)) {
        printf("%d.%d degrees: %+d, %s\n", (int)celsius,
               (int)(celsius * 10) % 10, (int)by.as.integer,
               words.as.string.data);
    }
}

static int measure(void *ctx)
{
    weft_request_t stop = WEFT_FUTURE_INIT;
    double celsius = 19.5;

    (void)ctx;
    for (int i = 0; i < 5; i++) {
        weft_sleep(WEFT_MS(100));
        ask(celsius);
        celsius += 0.5;
    }
    weft_lua_service_withdraw(weft_lua_services(machine), &entry);
    (void)weft_call(&heater.service, WEFT_SERVICE_STOP, &stop);
    weft_lua_stop(machine);
    return 0;
}

/* --- all together --------------------------------------------------------- */

/* The machine does not end while it waits to be asked. */
static bool begin(weft_loop_t *loop)
{
    static weft_request_t start = WEFT_FUTURE_INIT;

    machine =
        weft_lua_create(&(weft_lua_config_t){.loop = loop, .stays = true});
    return machine != NULL &&
           weft_lua_load_static(machine, "rule.lua", rule, strlen(rule)) == 0 &&
           weft_service_init(&heater.service, &heater_type, &loop->executor) ==
               0 &&
           weft_service_start(&heater.service, &start) == 0 &&
           weft_lua_service_publish(weft_lua_services(machine), &entry) == 0 &&
           weft_lua_start(machine) == 0;
}

int main(void)
{
    static weft_loop_t loop;
    static weft_fiber_t sensor;
    static char stack[32768];
    int status = 1;

    weft_loop_init(&loop, NULL);
    if (begin(&loop)) {
        weft_fiber_init(&sensor, "sensor", stack, sizeof(stack));
        weft_go(&loop.executor, &sensor, measure, NULL);
        weft_loop_stop(&loop);
        weft_loop_run(&loop);
        status = 0;
    }
    weft_lua_destroy(machine);
    return status;
}
