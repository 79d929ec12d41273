/* services.c - the directory: names of services, requests sent by them
 * SPDX-License-Identifier: MIT
 *
 * A place that somebody uses stays in its list, so who walks uses one after
 * the other and looks at what is in each without the lock; at the place itself
 * with it.
 */
#include <string.h>

#include "bindings/lua/core.h"
#include "bindings/lua/service.h"
#include "weft/base/hooks.h"
#include "weft/fiber_inlined.h"

void weft_lua_services_init(weft_lua_services_t *services)
{
    weft_list_init(&services->services);
    weft_list_init(&services->machines);
    services->busy = 0;
    weft_spinlock_init(&services->lock);
}

weft_lua_services_t *weft_lua_services(weft_lua_t *m)
{
    return m->core->serving.services;
}

/* --- places --------------------------------------------------------------- */

void weft__lua_place_add(weft_lua_services_t *services, weft_list_t *list,
                         weft_lua_place_t *place)
{
    unsigned key = weft_lock_mask(&services->lock);

    place->users = 0;
    place->leaves = false;
    weft_list_push_back(list, &place->list);
    weft_unlock_mask(&services->lock, key);
}

static bool removed(weft_lua_services_t *services, weft_lua_place_t *place)
{
    unsigned key = weft_lock_mask(&services->lock);
    bool unused = place->users == 0;

    place->leaves = true;
    if (unused) {
        weft_list_remove(&place->list);
    }
    weft_unlock_mask(&services->lock, key);
    return unused;
}

void weft__lua_place_remove(weft_lua_services_t *services,
                            weft_lua_place_t *place)
{
    while (!removed(services, place)) {
        weft_hook_spin();
    }
}

weft_lua_place_t *weft__lua_place_next(weft_lua_services_t *services,
                                       weft_list_t *list,
                                       weft_lua_place_t *place)
{
    unsigned key = weft_lock_mask(&services->lock);
    weft_list_node_t *node = place == NULL ? weft_list_first(list)
                                           : weft_list_next(list, &place->list);
    weft_lua_place_t *next =
        node == NULL ? NULL : WEFT_CONTAINER_OF(node, weft_lua_place_t, list);

    if (place != NULL) {
        place->users--;
    }
    if (next != NULL) {
        next->users++;
    }
    weft_unlock_mask(&services->lock, key);
    return next;
}

void weft__lua_place_leave(weft_lua_services_t *services,
                           weft_lua_place_t *place)
{
    unsigned key = weft_lock_mask(&services->lock);

    place->users--;
    weft_unlock_mask(&services->lock, key);
}

static bool leaves(weft_lua_services_t *services, const weft_lua_place_t *place)
{
    unsigned key = weft_lock_mask(&services->lock);
    bool result = place->leaves;

    weft_unlock_mask(&services->lock, key);
    return result;
}

/* --- names ---------------------------------------------------------------- */

static weft_lua_service_t *entry_of(weft_lua_place_t *place)
{
    return place == NULL ? NULL
                         : WEFT_CONTAINER_OF(place, weft_lua_service_t, place);
}

/* Of that name, but not this one; in use. */
static weft_lua_service_t *find(weft_lua_services_t *services, const char *name,
                                const weft_lua_service_t *but)
{
    weft_lua_place_t *place = NULL;
    weft_lua_service_t *entry;

    do {
        place = weft__lua_place_next(services, &services->services, place);
        entry = entry_of(place);
    } while (entry != NULL && (entry == but || strcmp(entry->name, name) != 0));
    return entry;
}

weft_lua_service_t *weft__lua_service_find(weft_lua_services_t *services,
                                           const char *name)
{
    weft_lua_service_t *entry = find(services, name, NULL);

    if (entry != NULL && leaves(services, &entry->place)) {
        weft__lua_place_leave(services, &entry->place);
        entry = NULL;
    }
    return entry;
}

size_t weft__lua_service_op(const weft_lua_service_t *entry, const char *op)
{
    size_t i = 0;

    while (i < entry->ops_count && strcmp(entry->ops[i].name, op) != 0) {
        i++;
    }
    return i;
}

/* Every operation has a name, and is the first that has it. */
static bool valid(const weft_lua_service_t *entry)
{
    for (size_t i = 0; i < entry->ops_count; i++) {
        if (entry->ops[i].name == NULL ||
            weft__lua_service_op(entry, entry->ops[i].name) != i) {
            return false;
        }
    }
    return entry->name != NULL && entry->service != NULL &&
           entry->ops_count <= UINT16_MAX;
}

/* It is in the list before it is looked for, so that of two that come at once
 * not both are first. */
int weft_lua_service_publish(weft_lua_services_t *services,
                             weft_lua_service_t *entry)
{
    weft_lua_service_t *other;

    if (!valid(entry)) {
        return WEFT_ERR_INVALID;
    }
    weft__lua_place_add(services, &services->services, &entry->place);
    other = find(services, entry->name, entry);
    if (other != NULL) {
        weft__lua_place_leave(services, &other->place);
        weft__lua_place_remove(services, &entry->place);
        return WEFT_ERR_BUSY;
    }
    return WEFT_OK;
}

void weft_lua_service_withdraw(weft_lua_services_t *services,
                               weft_lua_service_t *entry)
{
    weft__lua_place_remove(services, &entry->place);
}

/* --- requests ------------------------------------------------------------- */

static int refuse(weft_lua_request_t *call, int rc)
{
    (void)weft_future_settle(&call->request, rc);
    return rc;
}

/* What the arguments leave of the room is for the results. */
static void open_results(weft_lua_request_t *call)
{
    weft_lua_values_t *args = &call->args;

    call->results = (weft_lua_values_t){
        .bytes = args->bytes == NULL ? NULL : &args->bytes[args->used],
        .room = args->room - args->used,
        .allocator = args->allocator,
    };
}

/* The code to send; or an error, with which the request was settled. */
static int prepare(const weft_lua_service_t *entry, const char *op,
                   weft_lua_request_t *call)
{
    const weft_lua_values_t *args = &call->args;
    size_t index;

    if (entry == NULL) {
        return refuse(call, WEFT_ERR_NOT_FOUND);
    }
    index = weft__lua_service_op(entry, op);
    if (index == entry->ops_count) {
        return refuse(call, WEFT_ERR_NO_HANDLER);
    }
    if (args->error < 0 || args->table != 0 || args->count > 1) {
        return refuse(call, args->error < 0 ? args->error : WEFT_ERR_INVALID);
    }
    open_results(call);
    call->op = (uint16_t)index;
    return entry->ops[index].code;
}

int weft__lua_request_post(weft_lua_services_t *services,
                           weft_lua_service_t *entry, const char *op,
                           weft_lua_request_t *call)
{
    int rc = prepare(entry, op, call);

    if (rc >= 0) {
        call->services = services;
        rc = weft_service_send(entry->service, (unsigned)rc, &call->request);
    }
    return rc;
}

/* The service stays while it is sent to. */
int weft_lua_request_send(weft_lua_services_t *services, const char *service,
                          const char *op, weft_lua_request_t *call)
{
    weft_lua_service_t *entry;
    int rc;

    if (weft_future_settled(&call->request)) {
        return WEFT_ERR_INVALID;
    }
    entry = weft__lua_service_find(services, service);
    rc = weft__lua_request_post(services, entry, op, call);
    if (entry != NULL) {
        weft__lua_place_leave(services, &entry->place);
    }
    return rc;
}

int weft_lua_call_begin(weft_await_t *await, weft_lua_services_t *services,
                        const char *service, const char *op,
                        weft_lua_request_t *call)
{
    weft_lua_service_t *entry = weft__lua_service_find(services, service);
    int rc = weft_future_settled(&call->request) ? WEFT_ERR_INVALID
                                                 : prepare(entry, op, call);

    if (rc >= 0) {
        call->services = services;
        rc = weft_call_begin(await, entry->service, (unsigned)rc,
                             &call->request);
    }
    if (entry != NULL) {
        weft__lua_place_leave(services, &entry->place);
    }
    return rc;
}

int weft_lua_call(weft_lua_services_t *services, const char *service,
                  const char *op, weft_lua_request_t *call)
{
    weft_await_t await;

    return weft__block_inlined(
        &await, weft_lua_call_begin(&await, services, service, op, call));
}
