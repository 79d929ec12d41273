/* main.c - a host that runs two Lua machines and carries words between them
 * SPDX-License-Identifier: MIT
 *
 * Each machine has its own globals, memory limit and tasks; both run on this
 * thread's one loop. What one publishes as "out" the host posts to the other
 * as "in": ping asks, pong answers.
 */
#include <lauxlib.h>
#include <lua.h>
#include <stdio.h>
#include <string.h>

#include "weft/lua.h"

static const char ping[] =
    "sys.taskInit(function()\n"
    "    for i = 1, 3 do\n"
    "        sys.publish('out', 'ping ' .. i)\n"
    "        local ok, answer = sys.waitUntil('in', 1000)\n"
    "        print('ping got', ok and answer or 'nothing')\n"
    "    end\n"
    "    sys.publish('out', 'bye')\n"
    "end)\n"
    "sys.run()\n";

static const char pong[] =
    "sys.subscribe('in', function(word)\n"
    "    print('pong got', word)\n"
    "    if word == 'bye' then os.exit(0) end\n"
    "    sys.publish('out', (word:gsub('ping', 'pong')))\n"
    "end)\n"
    "sys.timerLoopStart(function() end, 60000) -- stay alive\n"
    "sys.run()\n";

/* Called on the loop with each message that a machine publishes as "out". */
static void carry(void *ctx, lua_State *L, int top)
{
    weft_lua_t *other = *(weft_lua_t **)ctx;
    weft_lua_value_t word = {.type = WEFT_LUA_STRING};

    if (top < 1 || lua_type(L, 1) != LUA_TSTRING) {
        return;
    }
    word.as.string.data = lua_tolstring(L, 1, &word.as.string.size);
    if (weft_lua_post(other, "in", &word, 1) < 0) {
        fprintf(stderr, "a word was not taken\n");
    }
}

static weft_lua_t *machine_new(weft_loop_t *loop, const char *name,
                               const char *text)
{
    weft_lua_config_t config = {
        .loop = loop,
        .name = name,
        .memory_max = 256 * 1024,
    };
    weft_lua_t *machine = weft_lua_create(&config);

    if (machine == NULL ||
        weft_lua_load_text(machine, name, text, strlen(text)) < 0) {
        fprintf(stderr, "%s: %s\n", name,
                machine == NULL ? "out of memory" : weft_lua_error(machine));
        return NULL;
    }
    return machine;
}

int main(void)
{
    static weft_loop_t loop;
    static weft_lua_t *one, *two;

    weft_loop_init(&loop, NULL);
    one = machine_new(&loop, "ping", ping);
    two = machine_new(&loop, "pong", pong);
    if (one == NULL || two == NULL) {
        return 1;
    }
    weft_lua_subscribe(one, "out", carry, &two);
    weft_lua_subscribe(two, "out", carry, &one);
    weft_lua_start(one);
    weft_lua_start(two);
    weft_loop_stop(&loop); /* run ends when both machines have ended */
    weft_loop_run(&loop);
    weft_lua_destroy(two);
    weft_lua_destroy(one);
    return 0;
}
