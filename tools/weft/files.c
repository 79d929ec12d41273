/* files.c - what kind of file a name stands for, and whether two are one
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include "tools/weft/files.h"

#include <stddef.h>
#include <sys/stat.h>

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
