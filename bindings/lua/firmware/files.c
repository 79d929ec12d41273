/* files.c - a chip has no files: modules come from config.scripts alone
 * SPDX-License-Identifier: MIT
 *
 * Lua's own dofile and loadfile are still there, and find nothing. The two
 * functions of the C library that they need would bring all of its files
 * into the image, and are these here instead.
 */
#include <errno.h>
#include <stdio.h>

#include "bindings/lua/load.h"

int weft__lua_load_module_file(lua_State *L)
{
    (void)L;
    return 0;
}

FILE *fopen(const char *path, const char *mode)
{
    (void)path;
    (void)mode;
    errno = ENOENT;
    return NULL;
}

FILE *freopen(const char *path, const char *mode, FILE *file)
{
    (void)file;
    return fopen(path, mode);
}
