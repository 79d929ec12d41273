/* service_group.c - when machines that call each other end: services.h
 * SPDX-License-Identifier: MIT
 */
#include "bindings/lua/core.h"
#include "bindings/lua/service.h"
#include "weft/base/atomic.h"

/* Machines wait for this to look whether they end. */
static void wake_all(weft_lua_services_t *services)
{
    weft_lua_place_t *place = NULL;

    while ((place = weft__lua_place_next(services, &services->machines,
                                         place)) != NULL) {
        struct weft__lua_serving *serving =
            WEFT_CONTAINER_OF(place, struct weft__lua_serving, member);
        weft_event_set(&serving->m->wake);
    }
}

static void busier(weft_lua_services_t *services)
{
    (void)weft_atomic_fetch_add_acq_rel_u32(&services->busy, 1);
}

static void less_busy(weft_lua_services_t *services)
{
    if (weft_atomic_fetch_sub_acq_rel_u32(&services->busy, 1) == 1) {
        wake_all(services);
    }
}

/* --- what is on its way --------------------------------------------------- */

/* Who changes this is busy itself, or it has been dropped: so the count is not
 * 0 in between, and a directory is not looked at that may have gone. */
void weft__lua_token_take(weft_lua_request_t *call)
{
    uint8_t old = WEFT__LUA_NO_TOKEN;

    if (weft_atomic_cas_acq_rel_u8(&call->token, &old, WEFT__LUA_TOKEN)) {
        busier(call->services);
    }
}

void weft__lua_token_give(weft_lua_request_t *call)
{
    uint8_t old = WEFT__LUA_TOKEN;

    if (weft_atomic_cas_acq_rel_u8(&call->token, &old, WEFT__LUA_NO_TOKEN)) {
        less_busy(call->services);
    }
}

void weft__lua_token_drop(weft_lua_request_t *call)
{
    if (weft_atomic_exchange_acq_rel_u8(&call->token, WEFT__LUA_DROPPED) ==
        WEFT__LUA_TOKEN) {
        less_busy(call->services);
    }
}

/* --- machines ------------------------------------------------------------- */

void weft__lua_group_join(struct weft_lua *m)
{
    struct weft__lua_serving *serving = &m->core->serving;

    weft_lua_services_init(&serving->own);
    weft_list_init(&serving->todo);
    weft_list_init(&serving->running);
    serving->m = m;
    serving->services =
        m->config.services != NULL ? m->config.services : &serving->own;
    busier(serving->services);
    serving->active = true;
    serving->joined = true;
    weft__lua_place_add(serving->services, &serving->services->machines,
                        &serving->member);
}

void weft__lua_group_leave(struct weft_lua *m)
{
    struct weft__lua_serving *serving = &m->core->serving;

    if (!serving->joined) {
        return;
    }
    serving->joined = false;
    weft__lua_place_remove(serving->services, &serving->member);
    if (serving->active) {
        serving->active = false;
        less_busy(serving->services);
    }
}

void weft__lua_group_active(struct weft_lua *m)
{
    struct weft__lua_serving *serving = &m->core->serving;

    if (!serving->active && serving->joined) {
        serving->active = true;
        busier(serving->services);
    }
}

bool weft__lua_group_ends(struct weft_lua *m)
{
    struct weft__lua_serving *serving = &m->core->serving;

    if (serving->first == NULL && serving->calls == 0) {
        return true;
    }
    if (serving->active) {
        serving->active = false;
        less_busy(serving->services);
    }
    return weft_atomic_load_acquire_u32(&serving->services->busy) == 0;
}
