/* test_lua_channel_value.c - no end of a wait loses a value
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "tests/bindings/lua/peer.h"

static void send_all(void *ctx)
{
    struct peer *peer = ctx;

    for (int i = 1; i <= VALUES; i++) {
        meet();
        CHECK_EQ(weft_channel_send(&peer->to, &i), 0);
    }
    CHECK_EQ(weft_channel_close(&peer->to), 0);
}

/* A thread sends, and closes; the script gets each in order. */
static void gets_all(const char *text)
{
    static struct peer peer;
    struct host host;
    weft_lua_t *machine;

    host_init(&host);
    peer_init(&peer, 0);
    machine = start_with(config_of(&host), &peer, text);
    CHECK_EQ(weft_port_thread_start(&peer.thread, send_all, &peer), 0);
    run_all(&host);
    CHECK_STR_EQ(host.err, "");
    CHECK_STR_EQ(host.out, "30\n");
    weft_lua_destroy(machine);
    weft_port_thread_join(&peer.thread);
    peer_deinit(&peer);
    host_deinit(&host);
}

CASE(a_limit_loses_no_value)
{
    gets_all("sys.taskInit(function()\n"
             "  local last = 0\n"
             "  while true do\n"
             "    local value, why = to:recv(1)\n"
             "    if why == 'closed' then break end\n"
             "    if value then assert(value == last + 1) last = value end\n"
             "  end\n"
             "  print(last)\n"
             "end)\n");
}

CASE(a_resume_by_hand_loses_no_value)
{
    gets_all("local done\n"
             "local co = sys.taskInit(function()\n"
             "  local last = 0\n"
             "  while true do\n"
             "    local value, why = to:recv()\n"
             "    if why == 'closed' then break end\n"
             "    assert(value == last + 1 or value == 'by hand')\n"
             "    if value ~= 'by hand' then last = value end\n"
             "  end\n"
             "  done = true\n"
             "  print(last)\n"
             "end)\n"
             "sys.timerLoopStart(function()\n"
             "  if done then os.exit(0) end\n"
             "  coroutine.resume(co, 'by hand')\n"
             "end, 1)\n");
}

CASE(a_select_loses_no_value)
{
    gets_all("sys.taskInit(function()\n"
             "  local last, other = 0, weft.channel()\n"
             "  while true do\n"
             "    local i, value, why = weft.select {\n"
             "      { recv = other }, { recv = to }, { recv = to },\n"
             "      { send = other, value = {} }, timeout = 1 }\n"
             "    if why == 'closed' then break end\n"
             "    if i then assert(value == last + 1) last = value\n"
             "    else assert(why == 'timeout', why) end\n"
             "  end\n"
             "  print(last)\n"
             "end)\n");
}

static void run_select(void *ctx)
{
    struct peer *peer = ctx;
    struct host host;
    weft_lua_t *machine;

    host_init(&host);
    machine = start_with(config_of(&host), peer, peer->script);
    run_all(&host);
    CHECK_STR_EQ(host.err, "");
    CHECK_STR_EQ(host.out, "12\t12\n");
    weft_lua_destroy(machine);
    host_deinit(&host);
}

/* Each is in a select on both channels; each value goes one way. */
CASE(two_machines_select_against_each_other)
{
    static const char text[] =
        "sys.taskInit(function()\n"
        "  local sent, got, n = 0, 0, 12\n"
        "  while sent < n or got < n do\n"
        "    local i, value = weft.select {\n"
        "      { send = sent < n and out or nobody, value = sent + 1 },\n"
        "      { recv = got < n and into or nobody } }\n"
        "    if i == 1 then sent = sent + 1\n"
        "    else assert(value == got + 1) got = value end\n"
        "  end\n"
        "  print(sent, got)\n"
        "end)\n";
    static struct peer peer;
    static char mine[1024];
    struct host host;
    weft_lua_t *machine;

    host_init(&host);
    peer_init(&peer, 0);
    (void)snprintf(mine, sizeof(mine),
                   "out, into, nobody = to, from, weft.channel()\n%s", text);
    (void)snprintf(peer.script, sizeof(peer.script),
                   "out, into, nobody = from, to, weft.channel()\n%s", text);
    machine = start_with(config_of(&host), &peer, mine);
    CHECK_EQ(weft_port_thread_start(&peer.thread, run_select, &peer), 0);
    run_all(&host);
    CHECK_STR_EQ(host.err, "");
    CHECK_STR_EQ(host.out, "12\t12\n");
    weft_lua_destroy(machine);
    weft_port_thread_join(&peer.thread);
    peer_deinit(&peer);
    host_deinit(&host);
}

/* The last one's value may go with it: it had been handed over. */
CASE(a_coroutine_is_closed_while_a_value_is_on_its_way)
{
    static struct peer peer;
    struct host host;
    weft_lua_t *machine;

    host_init(&host);
    peer_init(&peer, 0);
    machine = start_with(config_of(&host), &peer,
                         "local got, closed = 0, 0\n"
                         "local function next()\n"
                         "  local co = sys.taskInit(function()\n"
                         "    local value, why = to:recv()\n"
                         "    assert(value or why == 'closed', why)\n"
                         "    if value then got = got + 1 end\n"
                         "  end)\n"
                         "  sys.timerStart(function()\n"
                         "    if coroutine.status(co) == 'suspended' then\n"
                         "      closed = closed + 1\n"
                         "      coroutine.close(co)\n"
                         "    end\n"
                         "    if to:isClosed() then os.exit(0) end\n"
                         "    next()\n"
                         "  end, 1)\n"
                         "end\n"
                         "next()\n");
    CHECK_EQ(weft_port_thread_start(&peer.thread, send_all, &peer), 0);
    run_all(&host);
    CHECK_STR_EQ(host.err, "");
    weft_lua_destroy(machine);
    weft_port_thread_join(&peer.thread);
    peer_deinit(&peer);
    host_deinit(&host);
}
