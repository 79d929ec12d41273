/* files.c - what kind of file a name stands for, and whether two are one
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include "tools/weft/files.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE_MOST ((off_t)64 << 20)

const char *files_trouble(const char *name)
{
    struct stat stat_of;

    if (stat(name, &stat_of) != 0) {
        return NULL;
    }
    if (S_ISDIR(stat_of.st_mode)) {
        return "is a directory";
    }
    if (!S_ISREG(stat_of.st_mode)) {
        return "is not a plain file";
    }
    return stat_of.st_size > SIZE_MOST ? "is larger than 64 MB" : NULL;
}

/* --- whether two names are one file -------------------------------------- */

enum { LINKS_MOST = 8 };

/* What is there; or, where nothing is yet, the folder and the name in it. */
struct place {
    bool exists;
    struct stat is;
    char path[PATH_MAX];
    const char *base; /* in path */
};

/* Follows a link that leads to nothing yet: to write makes what it names. */
static bool follow(char *path, const char *base)
{
    char target[PATH_MAX];
    ssize_t size = readlink(path, target, sizeof(target) - 1);
    size_t room = PATH_MAX - (size_t)(base - path);

    if (size <= 0) {
        return false;
    }
    target[size] = '\0';
    if (target[0] == '/') {
        (void)snprintf(path, PATH_MAX, "%s", target);
    } else {
        (void)snprintf(path + (base - path), room, "%s", target);
    }
    return true;
}

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* false: not even its folder is there. */
static bool find(struct place *place, const char *name)
{
    char folder[PATH_MAX];
    int size;

    place->exists = stat(name, &place->is) == 0;
    if (place->exists) {
        return true;
    }
    (void)snprintf(place->path, sizeof(place->path), "%s", name);
    for (int i = 0; i < LINKS_MOST; i++) {
        if (!follow(place->path, base_of(place->path))) {
            break;
        }
    }
    place->base = base_of(place->path);
    size = (int)(place->base - place->path);
    (void)snprintf(folder, sizeof(folder), "%.*s", size, place->path);
    return stat(size > 0 ? folder : ".", &place->is) == 0;
}

bool files_same(const char *name, const char *other)
{
    struct place a;
    struct place b;

    if (!find(&a, name) || !find(&b, other) || a.exists != b.exists ||
        a.is.st_dev != b.is.st_dev || a.is.st_ino != b.is.st_ino) {
        return false;
    }
    return a.exists ? !S_ISCHR(a.is.st_mode) : strcmp(a.base, b.base) == 0;
}
