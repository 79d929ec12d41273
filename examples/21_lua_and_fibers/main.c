/* main.c - a fiber of C measures, a Lua task decides, on two channels
 * SPDX-License-Identifier: MIT
 *
 * The sensor is C and waits like any blocking code; the rule is a script that
 * can be changed without a compiler. Neither knows what the other is: each
 * sends and receives. When the sensor has no more it closes its channel, the
 * script's loop ends, and it closes the other one.
 */
#include <lua.h>
#include <stdio.h>
#include <string.h>

#include "weft/lua_channel.h"
#include "weft/weft.h"

WEFT_CHANNEL_DEFINE(readings, double, 2);
WEFT_CHANNEL_DEFINE(heating, int, 0);

static const char rule[] = "sys.taskInit(function()\n"
                           "    for celsius in readings do\n"
                           "        local percent = celsius < 20 and 100 or\n"
                           "            celsius < 21 and 40 or 0\n"
                           "        print(celsius .. ' degrees')\n"
                           "        heating:send(percent)\n"
                           "    end\n"
                           "    heating:close()\n"
                           "end)\n"
                           "sys.run()\n";

static int measure(void *ctx)
{
    double celsius = *(double *)ctx;

    for (int i = 0; i < 5; i++) {
        weft_sleep(WEFT_MS(100));
        if (weft_channel_send(&readings, &celsius) < 0) {
            break;
        }
        celsius += 0.5;
    }
    return weft_channel_close(&readings);
}

static int heat(void *ctx)
{
    int percent;

    (void)ctx;
    while (weft_channel_recv(&heating, &percent) == 0) {
        printf("    heating at %d %%\n", percent);
    }
    puts("    heating off");
    return 0;
}

static weft_lua_t *machine_new(weft_loop_t *loop)
{
    weft_lua_t *machine = weft_lua_create(&(weft_lua_config_t){.loop = loop});
    lua_State *L;

    if (machine == NULL) {
        return NULL;
    }
    L = weft_lua_state(machine);
    weft_lua_push_channel(L, &readings, &weft_lua_codec_number);
    lua_setglobal(L, "readings");
    weft_lua_push_channel(L, &heating, &weft_lua_codec_int);
    lua_setglobal(L, "heating");
    (void)weft_lua_load_text(machine, "rule.lua", rule, strlen(rule));
    (void)weft_lua_start(machine);
    return machine;
}

int main(void)
{
    static weft_loop_t loop;
    static weft_fiber_t sensor, heater;
    static char stacks[2][32768];
    double first = 19.5;
    weft_lua_t *machine;
    int status = 1;

    weft_loop_init(&loop, NULL);
    machine = machine_new(&loop);
    if (machine != NULL) {
        weft_fiber_init(&sensor, "sensor", stacks[0], sizeof(stacks[0]));
        weft_fiber_init(&heater, "heater", stacks[1], sizeof(stacks[1]));
        weft_go(&loop.executor, &sensor, measure, &first);
        weft_go(&loop.executor, &heater, heat, NULL);
        weft_loop_stop(&loop);
        weft_loop_run(&loop);
        status = weft_lua_status(machine);
    }
    weft_lua_destroy(machine);
    return status;
}
