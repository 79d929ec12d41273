/* host.h - a host that counts memory and keeps what its machines say
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_TEST_LUA_HOST_H
#define WEFT_TEST_LUA_HOST_H

#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "tests/support/test.h"
#include "weft/lua.h"

struct host {
    weft_loop_t loop;
    weft_allocator_t allocator;
    size_t bytes;     /* allocated now */
    unsigned calls;   /* allocations so far */
    unsigned fail_at; /* this one fails; 0: none */
    bool for_good;    /* and all after it */
    char out[4096];
    char err[4096];
    unsigned ended;
};

static inline void *count_memory(void *ctx, void *pointer, size_t old_size,
                                 size_t new_size)
{
    struct host *host = ctx;
    void *result = NULL;

    if (new_size == 0) {
        free(pointer);
        host->bytes -= pointer == NULL ? 0 : old_size;
        return NULL;
    }
    if (new_size > old_size && ++host->calls >= host->fail_at &&
        host->fail_at != 0 &&
        (host->for_good || host->calls == host->fail_at)) {
        return NULL;
    }
    result = realloc(pointer, new_size);
    CHECK(result != NULL);
    host->bytes += new_size - (pointer == NULL ? 0 : old_size);
    return result;
}

static inline void append(char *text, size_t size, const char *more,
                          size_t count)
{
    size_t used = strlen(text);

    count = count < size - used - 1 ? count : size - used - 1;
    memcpy(text + used, more, count);
    text[used + count] = '\0';
}

static inline void on_print(void *ctx, const char *text, size_t size)
{
    struct host *host = ctx;

    append(host->out, sizeof(host->out), text, size);
}

static inline void on_report(void *ctx, const char *text, size_t size)
{
    struct host *host = ctx;

    append(host->err, sizeof(host->err), text, size);
    append(host->err, sizeof(host->err), "\n", 1);
}

static inline void on_ended(weft_lua_t *machine, enum weft_lua_end how,
                            void *ctx)
{
    (void)machine;
    (void)how;
    ((struct host *)ctx)->ended++;
}

static inline void host_init(struct host *host)
{
    memset(host, 0, sizeof(*host));
    host->allocator = (weft_allocator_t){count_memory, host};
    (void)weft_loop_init(&host->loop, NULL);
}

static inline weft_lua_config_t config_of(struct host *host)
{
    return (weft_lua_config_t){
        .loop = &host->loop,
        .allocator = &host->allocator,
        .print = on_print,
        .report = on_report,
        .ended = on_ended,
        .ctx = host,
    };
}

static inline weft_lua_t *start(weft_lua_config_t config, const char *text)
{
    weft_lua_t *machine = weft_lua_create(&config);

    CHECK(machine != NULL);
    CHECK_EQ(weft_lua_load_text(machine, "test.lua", text, strlen(text)), 0);
    CHECK_EQ(weft_lua_start(machine), 0);
    return machine;
}

static inline void run_all(struct host *host)
{
    weft_loop_stop(&host->loop);
    CHECK_EQ(weft_loop_run(&host->loop), 0);
}

static inline void host_deinit(struct host *host)
{
    weft_loop_deinit(&host->loop);
    CHECK_EQ(host->bytes, 0);
}

#endif
