/* service_serve.c - a request to a script: its operation is a task
 * SPDX-License-Identifier: MIT
 *
 *   sent -1-> queued -2-> running -3-> settled   1 the service's handler
 *                 -4-----------------> settled   2 weft__lua_serve
 *
 *   3 the task returned, failed, was closed or collected
 *   4 its cancel was asked for, or memory is short; the machine ends (3, too)
 */
#include "bindings/lua/core.h"
#include "bindings/lua/service.h"

#define ANSWER "weft.service.answer"

/* The stack of a task that handles a request; results come from FUNCTION on. */
enum { SELF = 1, FUNCTION = 2, ARG = 3 };

/* Who has to answer: a userdata, so that a task which is collected does. */
struct answer {
    weft_list_node_t list;
    weft_lua_request_t *request; /* NULL: answered */
    const lua_State *co;
};

int weft__lua_serve_handler(weft_service_t *service, weft_request_t *request)
{
    struct weft_lua *m =
        WEFT_CONTAINER_OF(service, struct weft__lua_script_service, service)->m;
    weft_lua_request_t *call = weft_lua_request_of(request);
    int rc = weft_request_take(service, request);

    call->server = service;
    weft__lua_group_active(m);
    weft__lua_token_give(call);
    weft_list_node_init(&call->list);
    weft_list_push_back(&m->core->serving.todo, &call->list);
    weft_event_set(&m->wake);
    return rc;
}

bool weft__lua_serving_pending(const struct weft_lua *m)
{
    return !weft_list_empty(&m->core->serving.todo);
}

/* --- the answer ----------------------------------------------------------- */

static void settle(struct answer *answer, int rc)
{
    weft_lua_request_t *request = answer->request;

    answer->request = NULL;
    weft_list_remove(&answer->list);
    weft_request_settle(&request->request, rc);
}

static void fail(struct answer *answer, const char *reason, size_t size)
{
    settle(answer, weft__lua_request_fail(answer->request, reason, size));
}

static int l_gc(lua_State *L)
{
    struct answer *answer = luaL_checkudata(L, 1, ANSWER);

    if (answer->request != NULL) {
        settle(answer, WEFT_ERR_CANCELLED);
    }
    return 0;
}

void weft__lua_serve_open(lua_State *L, struct weft_lua *m)
{
    static const luaL_Reg events[] = {{"__gc", l_gc}, {NULL, NULL}};

    (void)luaL_newmetatable(L, ANSWER);
    weft__lua_setfuncs(L, m, events);
    lua_pop(L, 1);
}

/* The error is on top of L; what it says beyond a string is in the report. */
static void failed(struct weft_lua *m, lua_State *L, struct answer *answer)
{
    static const char other[] = "failed with an error that is no string";
    size_t size;
    const char *reason;

    if (m->core->ending != WEFT_LUA_RUNNING || weft__lua_is_unwind(L, -1)) {
        settle(answer, WEFT_ERR_STOPPED);
    } else if (lua_type(L, -1) == LUA_TSTRING) {
        reason = lua_tolstring(L, -1, &size);
        fail(answer, reason, size);
    } else {
        fail(answer, other, sizeof(other) - 1);
    }
}

/* A task that ends without an answer was closed. */
void weft__lua_serve_ended(struct weft_lua *m, lua_State *L,
                           const lua_State *co, int status)
{
    weft_list_t *running = &m->core->serving.running;
    weft_list_node_t *node = weft_list_first(running);
    struct answer *answer;

    for (; node != NULL; node = weft_list_next(running, node)) {
        answer = WEFT_CONTAINER_OF(node, struct answer, list);
        if (answer->co == co) {
            if (status == LUA_OK) {
                settle(answer, WEFT_ERR_CANCELLED);
            } else {
                failed(m, L, answer);
            }
            return;
        }
    }
}

/* --- the task ------------------------------------------------------------- */

static const char *name_of(const weft_lua_request_t *request)
{
    const struct weft__lua_script_service *service = request->server;

    return service->entry.ops[request->op].name;
}

/* Results that cannot pass are an error of the operation. */
static int put_results(lua_State *L, weft_lua_request_t *request)
{
    weft_lua_values_t *results = &request->results;
    int count = lua_gettop(L) - SELF;
    size_t total = 0;
    size_t size;

    if (count > WEFT_LUA_RESULTS_MAX) {
        return luaL_error(L, "operation \"%s\": %d results, %d at most",
                          name_of(request), count, WEFT_LUA_RESULTS_MAX);
    }
    for (int i = 1; i <= count; i++) {
        if (!weft__lua_value_passes(L, SELF + i, &size)) {
            return luaL_error(L, "operation \"%s\": result %d: %s",
                              name_of(request), i, lua_tostring(L, -1));
        }
        total += size;
    }
    if (total > WEFT_LUA_VALUES_MAX) {
        return luaL_error(L,
                          "operation \"%s\": the results are too large, %d "
                          "bytes at most",
                          name_of(request), WEFT_LUA_VALUES_MAX);
    }
    for (int i = 1; i <= count; i++) {
        (void)weft__lua_value_put(L, SELF + i, results);
    }
    return results->error;
}

static int served(lua_State *L, int status, lua_KContext ctx)
{
    struct answer *answer = lua_touserdata(L, SELF);

    (void)status;
    (void)ctx;
    if (answer->request != NULL) {
        settle(answer, put_results(L, answer->request));
    }
    return 0;
}

static int serve(lua_State *L)
{
    struct answer *answer = lua_touserdata(L, SELF);

    answer->co = L;
    lua_callk(L, 1, LUA_MULTRET, 0, served);
    return served(L, LUA_OK, 0);
}

/* Argument 1: the request, whose operation begins here. */
static int begin(lua_State *L)
{
    weft_lua_request_t **request = lua_touserdata(L, 1);
    const struct weft__lua_script_service *service = (*request)->server;
    struct weft_lua *m = service->m;
    struct answer *answer;

    lua_pushcfunction(L, serve);
    answer = lua_newuserdatauv(L, sizeof(*answer), 0);
    answer->request = NULL;
    luaL_setmetatable(L, ANSWER);
    lua_rawgeti(L, LUA_REGISTRYINDEX, service->functions);
    lua_getfield(L, -1, name_of(*request));
    lua_remove(L, -2);
    if (weft__lua_values_push(L, &(*request)->args) == 0) {
        lua_pushnil(L);
    }
    answer->request = *request;
    answer->co = NULL;
    weft_list_node_init(&answer->list);
    weft_list_push_back(&m->core->serving.running, &answer->list);
    *request = NULL;
    weft__lua_spawn(m, L, ARG);
    return 0;
}

/* There was memory for the answer, and none for the task. */
static void not_begun(struct weft_lua *m)
{
    weft_list_node_t *node = weft_list_last(&m->core->serving.running);
    struct answer *answer =
        node == NULL ? NULL : WEFT_CONTAINER_OF(node, struct answer, list);

    if (answer != NULL && answer->co == NULL) {
        settle(answer, WEFT_ERR_MEMORY);
    }
}

static void serve_one(struct weft_lua *m, weft_lua_request_t *request)
{
    weft_lua_request_t *left = request;

    if (weft_future_cancel_asked(&request->request)) {
        weft_request_settle(&request->request, WEFT_ERR_CANCELLED);
        return;
    }
    if (!weft__lua_protect(m, begin, &left, "a request to a service")) {
        not_begun(m);
    }
    if (left != NULL) {
        weft_request_settle(&request->request, WEFT_ERR_MEMORY);
    }
}

bool weft__lua_serve(struct weft_lua *m)
{
    weft_list_node_t *node = weft_list_pop(&m->core->serving.todo);

    if (node == NULL) {
        return false;
    }
    serve_one(m, WEFT_CONTAINER_OF(node, weft_lua_request_t, list));
    return true;
}

void weft__lua_serving_settle(struct weft_lua *m)
{
    struct weft__lua_serving *serving = &m->core->serving;
    weft_list_node_t *node;

    while ((node = weft_list_pop(&serving->todo)) != NULL) {
        weft_request_settle(
            &WEFT_CONTAINER_OF(node, weft_lua_request_t, list)->request,
            WEFT_ERR_STOPPED);
    }
    while ((node = weft_list_first(&serving->running)) != NULL) {
        settle(WEFT_CONTAINER_OF(node, struct answer, list), WEFT_ERR_STOPPED);
    }
}
