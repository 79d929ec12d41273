/* world.c - weft: real time
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include "tools/weft/world.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tools/weft/complain.h"
#include "tools/weft/real/outside.h"

const bool world_is_virtual = false;

/* The folder that this program is in, with its slash; "" if unknown. */
static void own_folder(char *path, size_t room, const char *word)
{
    ssize_t size = readlink("/proc/self/exe", path, room - 1);
    char *slash;

    if (size > 0) {
        path[size] = '\0';
    } else {
        (void)snprintf(path, room, "%s", word);
    }
    slash = strrchr(path, '/');
    if (slash != NULL) {
        slash[1] = '\0';
    } else {
        path[0] = '\0';
    }
}

int world_become_virtual(char **words)
{
    static const char name[] = "weft-sim";
    char path[PATH_MAX + sizeof(name)];

    own_folder(path, PATH_MAX, words[0]);
    (void)memcpy(path + strlen(path), name, sizeof(name));
    (void)execv(path, words);
    return complain("--virtual: cannot start %s: %s (it is built and installed "
                    "beside weft)",
                    path, strerror(errno));
}

int world_run(uint64_t seed, void (*program)(void *ctx), void *ctx)
{
    (void)seed;
    program(ctx);
    return 0;
}

void world_begin(struct run *run)
{
    outside_begin(run);
}

void world_end(struct run *run)
{
    (void)run;
    outside_end();
}

bool world_reads_keys(void)
{
    return outside_reads_keys();
}

int world_attach_pty(struct machine *machine, unsigned port)
{
    return outside_attach_pty(machine, port);
}

uint64_t world_clock_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

const weft_allocator_t *world_allocator(void)
{
    return NULL;
}
