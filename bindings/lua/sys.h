/* sys.h - the functions of sys, by the files that have them
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_LUA_SYS_H
#define WEFT_LUA_SYS_H

#include <lua.h>

/* sys_wait.c */
int weft__lua_l_wait(lua_State *L);
int weft__lua_l_wait_until(lua_State *L);
int weft__lua_l_wait_until_ext(lua_State *L);
int weft__lua_l_wait_until_msg(lua_State *L);

/* task.c */
int weft__lua_l_task_init(lua_State *L);
int weft__lua_l_coresume(lua_State *L);
int weft__lua_l_check_task(lua_State *L);

/* messages.c, subscribe.c */
int weft__lua_l_publish(lua_State *L);
int weft__lua_l_subscribe(lua_State *L);
int weft__lua_l_unsubscribe(lua_State *L);

/* timers.c */
int weft__lua_l_timer_start(lua_State *L);
int weft__lua_l_timer_loop_start(lua_State *L);
int weft__lua_l_timer_adv_start(lua_State *L);
int weft__lua_l_timer_stop(lua_State *L);
int weft__lua_l_timer_stop_all(lua_State *L);
int weft__lua_l_timer_is_active(lua_State *L);

/* mailbox.c, mailbox_wait.c */
int weft__lua_l_task_init_ex(lua_State *L);
int weft__lua_l_task_del(lua_State *L);
int weft__lua_l_task_cb(lua_State *L);
int weft__lua_l_send_msg(lua_State *L);
int weft__lua_l_clean_msg(lua_State *L);
int weft__lua_l_wait_msg(lua_State *L);

/* cw.c */
int weft__lua_l_cw(lua_State *L);

/* run.c */
int weft__lua_l_run(lua_State *L);
int weft__lua_l_safe_run(lua_State *L);

#endif
