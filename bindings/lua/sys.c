/* sys.c - the table sys, which sysplus is too
 * SPDX-License-Identifier: MIT
 */
#include "bindings/lua/sys.h"

#include "bindings/lua/core.h"

static const luaL_Reg functions[] = {
    {"run", weft__lua_l_run},
    {"safeRun", weft__lua_l_safe_run},
    {"taskInit", weft__lua_l_task_init},
    {"coresume", weft__lua_l_coresume},
    {"check_task", weft__lua_l_check_task},
    {"wait", weft__lua_l_wait},
    {"waitUntil", weft__lua_l_wait_until},
    {"waitUntilExt", weft__lua_l_wait_until_ext},
    {"waitUntilMsg", weft__lua_l_wait_until_msg},
    {"publish", weft__lua_l_publish},
    {"subscribe", weft__lua_l_subscribe},
    {"unsubscribe", weft__lua_l_unsubscribe},
    {"timerStart", weft__lua_l_timer_start},
    {"timerLoopStart", weft__lua_l_timer_loop_start},
    {"timerAdvStart", weft__lua_l_timer_adv_start},
    {"timerStop", weft__lua_l_timer_stop},
    {"timerStopAll", weft__lua_l_timer_stop_all},
    {"timerIsActive", weft__lua_l_timer_is_active},
    {"taskInitEx", weft__lua_l_task_init_ex},
    {"taskDel", weft__lua_l_task_del},
    {"taskCB", weft__lua_l_task_cb},
    {"sendMsg", weft__lua_l_send_msg},
    {"cleanMsg", weft__lua_l_clean_msg},
    {"waitMsg", weft__lua_l_wait_msg},
    {NULL, NULL},
};

/* Globals that LuatOS has beside the table. */
static const struct {
    const char *global;
    const char *field;
} shortcuts[] = {
    {"sys_pub", "publish"},
    {"sys_send", "sendMsg"},
    {"sys_wait", "waitMsg"},
};

int weft__lua_open_sys(lua_State *L)
{
    struct weft_lua *m = lua_touserdata(L, 1);

    weft__lua_open_mailbox(m, L);
    lua_newtable(L);
    weft__lua_setfuncs(L, m, functions);
    for (size_t i = 0; i < sizeof(shortcuts) / sizeof(*shortcuts); i++) {
        lua_getfield(L, -1, shortcuts[i].field);
        lua_setglobal(L, shortcuts[i].global);
    }
    weft__lua_open_cw(m, L);
    return 1;
}
