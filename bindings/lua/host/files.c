/* files.c - scripts from files: a machine's program, its modules
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bindings/lua/core.h"
#include "bindings/lua/load.h"
#include "bindings/lua/memory.h"

#define FILE_MOST ((size_t)64 << 20) /* a device may never end */

struct buffer {
    char *text;
    size_t room, size;
};

/* Why reading gave up, behind a rc of read_all. */
static const char *why_unread(int rc)
{
    switch (rc) {
    case WEFT_ERR_MEMORY: return "not enough memory";
    case WEFT_ERR_FULL: return "is larger than 64 MB";
    default: return strerror(errno); /* a directory, for one */
    }
}

/* Reads to the end; the room grows by doubling. */
static int read_all(struct weft_lua *m, FILE *file, struct buffer *into)
{
    for (;;) {
        if (into->room - into->size < 1) {
            size_t room = into->room * 2 + 4096;
            char *more = weft__lua_raw(m, into->text, into->room, room);
            if (more == NULL) {
                return WEFT_ERR_MEMORY;
            }
            into->text = more;
            into->room = room;
        }
        size_t count =
            fread(into->text + into->size, 1, into->room - into->size, file);
        into->size += count;
        if (into->size > FILE_MOST) {
            return WEFT_ERR_FULL;
        }
        if (count == 0) {
            return ferror(file) ? WEFT_ERR_INVALID : WEFT_OK;
        }
    }
}

int weft_lua_load_file(weft_lua_t *m, const char *path)
{
    FILE *file = fopen(path, "rb");
    struct buffer all = {NULL, 0, 0};
    char reason[200];
    int rc;

    if (file == NULL) {
        (void)snprintf(reason, sizeof(reason), "cannot be opened: %s",
                       strerror(errno));
        return weft__lua_load_failed(m, WEFT_ERR_NOT_FOUND, path, reason);
    }
    rc = read_all(m, file, &all);
    if (rc == WEFT_OK) {
        rc = weft_lua_load_text(m, path, all.text, all.size);
    } else {
        rc = weft__lua_load_failed(
            m, rc == WEFT_ERR_MEMORY ? rc : WEFT_ERR_INVALID, path,
            why_unread(rc));
    }
    (void)fclose(file);
    (void)weft__lua_raw(m, all.text, all.room, 0);
    return rc;
}

/* --- modules ------------------------------------------------------------- */

static bool readable(const char *path)
{
    FILE *file = fopen(path, "rb");

    if (file != NULL) {
        (void)fclose(file);
    }
    return file != NULL;
}

int weft__lua_load_module_file(lua_State *L)
{
    const char *path = lua_tostring(L, -1);

    if (!readable(path)) {
        return 0;
    }
    if (luaL_loadfilex(L, path, NULL) != LUA_OK) {
        return luaL_error(L, "error loading module '%s' from file '%s':\n\t%s",
                          lua_tostring(L, 1), path, lua_tostring(L, -1));
    }
    lua_insert(L, -2);
    return 2;
}
