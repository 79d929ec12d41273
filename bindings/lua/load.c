/* load.c - a machine's program: taken, checked, compiled
 * SPDX-License-Identifier: MIT
 *
 * The text is kept: a reboot starts the same program again. Files are read by
 * host/files.c.
 */
#include <stdio.h>
#include <string.h>

#include "bindings/lua/core.h"
#include "bindings/lua/load.h"
#include "bindings/lua/memory.h"

static void free_text(struct weft_lua *m, char **text)
{
    if (*text != NULL) {
        (void)weft__lua_raw(m, *text, strlen(*text) + 1, 0);
        *text = NULL;
    }
}

static char *copy_text(struct weft_lua *m, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = weft__lua_raw(m, NULL, 0, size);

    return copy == NULL ? NULL : memcpy(copy, text, size);
}

static void free_program(struct weft_lua *m)
{
    struct weft__lua_core *core = m->core;

    if (core->text_copy != NULL) {
        (void)weft__lua_raw(m, core->text_copy, core->text_size + 1, 0);
    }
    core->text_copy = NULL;
    core->text = NULL;
    core->text_size = 0;
    free_text(m, &core->path);
}

void weft__lua_load_free(struct weft_lua *m)
{
    free_program(m);
    free_text(m, &m->core->error);
}

int weft__lua_load_failed(struct weft_lua *m, int rc, const char *path,
                          const char *reason)
{
    char line[512];

    if (path != NULL) {
        (void)snprintf(line, sizeof(line), "%s: %s", path, reason);
    } else {
        (void)snprintf(line, sizeof(line), "%s", reason);
    }
    line[strcspn(line, "\r\n")] = '\0';
    free_text(m, &m->core->error);
    m->core->error = copy_text(m, line);
    return rc;
}

const char *weft_lua_error(const weft_lua_t *m)
{
    return m->core->error != NULL ? m->core->error : "";
}

/* --- compiling ----------------------------------------------------------- */

/* What Lua's own loader skips in a file: a mark, and a first line that a
 * shell reads. The line end stays, so that lines are counted right. */
static const char *skip_start(const char *text, size_t *size)
{
    const char *at = text;
    const char *end = text + *size;

    if (*size >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0) {
        at += 3;
    }
    if (at < end && *at == '#') {
        while (at < end && *at != '\n') {
            at++;
        }
    }
    *size = (size_t)(end - at);
    return at;
}

/* Argument 1: the machine. Leaves the main chunk in a coroutine that the
 * registry keeps. */
static int compile(lua_State *L)
{
    struct weft_lua *m = lua_touserdata(L, 1);
    struct weft__lua_core *core = m->core;
    size_t size = core->text_size;
    const char *text = skip_start(core->text, &size);
    lua_State *co;

    lua_pushfstring(L, "@%s", core->path);
    co = lua_newthread(L);
    if (luaL_loadbufferx(L, text, size, lua_tostring(L, -2), "t") != LUA_OK) {
        return lua_error(L);
    }
    lua_xmove(L, co, 1);
    (void)luaL_ref(L, LUA_REGISTRYINDEX);
    core->main = co;
    core->main_state = WEFT__LUA_MAIN_RUNS;
    if (m->config.trace != NULL) {
        weft__lua_trace_new(m, L, co);
    }
    return 0;
}

int weft__lua_compile(struct weft_lua *m)
{
    lua_State *L = m->L;
    int rc = WEFT_OK;
    int status;

    lua_pushcfunction(L, compile);
    lua_pushlightuserdata(L, m);
    status = lua_pcall(L, 1, 0, 0);
    if (status != LUA_OK) {
        const char *reason = lua_tostring(L, -1);
        rc = weft__lua_load_failed(
            m, status == LUA_ERRMEM ? WEFT_ERR_MEMORY : WEFT_ERR_INVALID, NULL,
            reason != NULL ? reason : "cannot be compiled");
        lua_pop(L, 1);
    }
    return rc;
}

/* --- taking -------------------------------------------------------------- */

/* The text is in its place. */
static int take(struct weft_lua *m, const char *name)
{
    struct weft__lua_core *core = m->core;
    const char *text = core->text;
    size_t size = core->text_size;

    core->path = copy_text(m, name);
    if (core->path == NULL) {
        return weft__lua_load_failed(m, WEFT_ERR_MEMORY, name,
                                     "not enough memory");
    }
    if (memchr(text, '\0', size) != NULL || (size > 0 && text[0] == '\x1b')) {
        return weft__lua_load_failed(m, WEFT_ERR_INVALID, name,
                                     "is a binary file, not a Lua script");
    }
    return weft__lua_compile(m);
}

int weft_lua_load_text(weft_lua_t *m, const char *name, const char *text,
                       size_t size)
{
    char *copy = weft__lua_raw(m, NULL, 0, size + 1);

    if (copy == NULL) {
        return weft__lua_load_failed(m, WEFT_ERR_MEMORY, name,
                                     "not enough memory");
    }
    memcpy(copy, text, size);
    free_program(m);
    m->core->text_copy = copy;
    m->core->text = copy;
    m->core->text_size = size;
    return take(m, name);
}

int weft_lua_load_static(weft_lua_t *m, const char *name, const char *text,
                         size_t size)
{
    free_program(m);
    m->core->text = text;
    m->core->text_size = size;
    return take(m, name);
}

int weft_lua_load_script(weft_lua_t *m, const char *name)
{
    const weft_lua_script_t *script = weft__lua_script_find(m, name);

    if (script == NULL) {
        return weft__lua_load_failed(m, WEFT_ERR_NOT_FOUND, name,
                                     "is none of the machine's scripts");
    }
    return weft_lua_load_static(m, script->name, script->text, script->size);
}
