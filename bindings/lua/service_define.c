/* service_define.c - service.define: a service that a script makes
 * SPDX-License-Identifier: MIT
 *
 * It runs on the machine's manual executor, whose work no script sees, and all
 * it does is to queue what comes. Its memory is one block: itself, its
 * handlers, its operations, and their names.
 */
#include <string.h>

#include "bindings/lua/core.h"
#include "bindings/lua/memory.h"
#include "bindings/lua/service.h"

enum { OPS_MAX = 1000 };

/* The stack of service.define: then its functions by name. */
enum { NAME = 1, OPS = 2, FUNCTIONS = 3 };

static struct weft__lua_serving *serving_of(const struct weft_lua *m)
{
    return &m->core->serving;
}

/* --- what is asked for ---------------------------------------------------- */

/* A string without a zero byte; its size with one. */
static size_t name_size(lua_State *L, int index)
{
    size_t size = 0;
    const char *name = lua_tolstring(L, index, &size);

    return size > 0 && strlen(name) == size ? size + 1 : 0;
}

/* Key and value are on top; room for the name. */
static size_t check_op(lua_State *L)
{
    size_t size = lua_type(L, -2) == LUA_TSTRING ? name_size(L, -2) : 0;

    if (size == 0) {
        luaL_argerror(L, OPS,
                      lua_pushfstring(L,
                                      "the name of an operation is a %s, not a "
                                      "string with something in it",
                                      luaL_typename(L, -2)));
    }
    if (lua_type(L, -1) != LUA_TFUNCTION) {
        luaL_argerror(L, OPS,
                      lua_pushfstring(L,
                                      "operation \"%s\" is no function, "
                                      "but a %s",
                                      lua_tostring(L, -2),
                                      luaL_typename(L, -1)));
    }
    return size;
}

struct plan {
    size_t count;
    size_t names; /* bytes of all */
};

/* Copies the operations to FUNCTIONS, where no script changes them. */
static struct plan check(lua_State *L)
{
    struct plan plan = {0, 0};

    luaL_checktype(L, NAME, LUA_TSTRING);
    luaL_checktype(L, OPS, LUA_TTABLE);
    plan.names = name_size(L, NAME);
    luaL_argcheck(L, plan.names > 0, NAME,
                  "the name has nothing in it, or a zero byte");
    lua_settop(L, OPS);
    lua_newtable(L);
    for (lua_pushnil(L); lua_next(L, OPS) != 0; lua_pop(L, 1)) {
        plan.names += check_op(L);
        plan.count++;
        lua_pushvalue(L, -2);
        lua_pushvalue(L, -2);
        lua_rawset(L, FUNCTIONS);
    }
    luaL_argcheck(L, plan.count <= OPS_MAX, OPS, "too many operations");
    return plan;
}

/* --- making it ------------------------------------------------------------ */

static const char *copy_name(lua_State *L, int index, char **room)
{
    size_t size = name_size(L, index);
    char *name = memcpy(*room, lua_tostring(L, index), size);

    *room += size;
    return name;
}

/* Fills in what lies behind it. */
static void fill(lua_State *L, struct weft__lua_script_service *own,
                 size_t count)
{
    weft_lua_service_op_t *ops = (void *)(own + 1);
    weft_handler_t *handlers = (void *)(ops + count);
    char *names = (char *)(handlers + count);
    uint16_t code = 0;

    own->entry = (weft_lua_service_t){
        .name = copy_name(L, NAME, &names),
        .service = &own->service,
        .ops = ops,
        .ops_count = count,
        .script = true,
    };
    for (lua_pushnil(L); lua_next(L, FUNCTIONS) != 0; lua_pop(L, 1)) {
        ops[code] = (weft_lua_service_op_t){copy_name(L, -2, &names), code};
        handlers[code] = (weft_handler_t){code, 0, weft__lua_serve_handler};
        code++;
    }
    own->type = (weft_service_type_t){
        .name = own->entry.name,
        .handlers = handlers,
        .handlers_count = (uint16_t)count,
    };
}

/* FUNCTIONS goes into the registry. */
static struct weft__lua_script_service *make(struct weft_lua *m, lua_State *L,
                                             const struct plan *plan)
{
    size_t size =
        sizeof(struct weft__lua_script_service) + plan->names +
        plan->count * (sizeof(weft_lua_service_op_t) + sizeof(weft_handler_t));
    struct weft__lua_script_service *own;
    int functions;

    lua_pushvalue(L, FUNCTIONS);
    functions = luaL_ref(L, LUA_REGISTRYINDEX);
    own = weft__lua_alloc_new(m, size);
    if (own == NULL) {
        luaL_unref(L, LUA_REGISTRYINDEX, functions);
        luaL_error(L, "not enough memory");
        return NULL;
    }
    memset(own, 0, size);
    own->m = m;
    own->size = size;
    own->functions = functions;
    weft_future_init(&own->life);
    fill(L, own, plan->count);
    return own;
}

/* The manual executor is worked off until its start or stop is settled. */
static int settled(struct weft__lua_script_service *own)
{
    weft__lua_ops_drain(own->m);
    while (!weft_future_settled(&own->life)) {
        weft_hook_spin();
        weft__lua_ops_drain(own->m);
    }
    return weft_future_result(&own->life);
}

static void stop(struct weft__lua_script_service *own)
{
    (void)weft_service_stop(&own->service, &own->life);
    (void)settled(own);
}

static int start(struct weft__lua_script_service *own)
{
    int rc = weft_service_init(&own->service, &own->type,
                               &own->m->core->ops.manual.executor);

    if (rc == WEFT_OK) {
        rc = weft_service_start(&own->service, &own->life);
    }
    if (rc == WEFT_OK) {
        rc = settled(own);
    }
    if (rc == WEFT_OK) {
        rc =
            weft_lua_service_publish(serving_of(own->m)->services, &own->entry);
        if (rc < 0) {
            stop(own);
        }
    }
    return rc;
}

/* service.define(name, {op = function(value) ... end, ...}) */
int weft__lua_l_service_define(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    struct plan plan = check(L);
    struct weft__lua_script_service *own;
    int rc;

    if (m->core->ops.stopped || !weft__lua_alive(m)) {
        return luaL_error(L, "the machine is about to end");
    }
    own = make(m, L, &plan);
    rc = start(own);
    if (rc == WEFT_OK) {
        own->next = serving_of(m)->first;
        serving_of(m)->first = own;
        return 0;
    }
    luaL_unref(L, LUA_REGISTRYINDEX, own->functions);
    (void)weft__lua_alloc(m, own, own->size, 0);
    return rc == WEFT_ERR_BUSY
               ? luaL_error(L, "there is a service \"%s\" already",
                            lua_tostring(L, NAME))
               : luaL_error(L, "the service does not start: %s",
                            weft_error_text(rc));
}

/* --- the end -------------------------------------------------------------- */

void weft__lua_serving_open(struct weft_lua *m, lua_State *L)
{
    (void)L;
    serving_of(m)->first = NULL;
    serving_of(m)->calls = 0;
}

void weft__lua_serving_stop(struct weft_lua *m)
{
    struct weft__lua_serving *serving = serving_of(m);
    struct weft__lua_script_service *own;

    for (own = serving->first; own != NULL; own = own->next) {
        weft_lua_service_withdraw(serving->services, &own->entry);
    }
    for (own = serving->first; own != NULL; own = own->next) {
        stop(own);
    }
    weft__lua_serving_settle(m);
}

void weft__lua_serving_close(struct weft_lua *m)
{
    struct weft__lua_serving *serving = serving_of(m);
    struct weft__lua_script_service *own;

    while ((own = serving->first) != NULL) {
        serving->first = own->next;
        (void)weft__lua_alloc(m, own, own->size, 0);
    }
}
