/* flash_file.c - a file as a flash
 * SPDX-License-Identifier: MIT
 *
 * A new file is filled under another name, and gets its own when it is on the
 * disk: so it is never found half made. Who fills it has it locked, and looks
 * then whether somebody else was first: so nobody fills what has its name, or
 * puts another in its place.
 */
#define _DEFAULT_SOURCE
#define _DARWIN_C_SOURCE

#include "weft/flash_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "weft/base/hooks.h"

enum { PATH_BYTES = 1024, CHUNK = 4096 };

static int write_all(int fd, const void *bytes, size_t size, off_t at)
{
    const char *from = (const char *)bytes;

    while (size > 0) {
        ssize_t done = pwrite(fd, from, size, at);

        if (done < 0 && errno != EINTR) {
            return WEFT_ERR_FAILED;
        }
        if (done > 0) {
            from += done;
            at += done;
            size -= (size_t)done;
        }
    }
    return WEFT_OK;
}

static int fill(int fd, off_t at, uint64_t size)
{
    unsigned char erased[CHUNK];
    int rc = WEFT_OK;

    memset(erased, 0xff, sizeof(erased));
    while (size > 0 && rc == WEFT_OK) {
        size_t step = size < sizeof(erased) ? (size_t)size : sizeof(erased);

        rc = write_all(fd, erased, step, at);
        at += (off_t)step;
        size -= step;
    }
    return rc;
}

/* --- operations ----------------------------------------------------------- */

static int fd_of(weft_flash_t *flash)
{
    return WEFT_CONTAINER_OF(flash, weft_flash_file_t, flash)->file;
}

static int file_read(weft_flash_t *flash, uint32_t at, void *to, uint32_t size)
{
    char *into = (char *)to;

    while (size > 0) {
        ssize_t done = pread(fd_of(flash), into, size, (off_t)at);

        if (done == 0 || (done < 0 && errno != EINTR)) {
            return WEFT_ERR_FAILED;
        }
        if (done > 0) {
            into += done;
            at += (uint32_t)done;
            size -= (uint32_t)done;
        }
    }
    return WEFT_OK;
}

static int file_program(weft_flash_t *flash, uint32_t at, const void *from,
                        uint32_t size)
{
    return write_all(fd_of(flash), from, size, (off_t)at);
}

static int file_erase(weft_flash_t *flash, uint32_t sector)
{
    return fill(fd_of(flash), (off_t)sector * flash->sector_size,
                flash->sector_size);
}

static int file_sync(weft_flash_t *flash)
{
    return fsync(fd_of(flash)) == 0 ? WEFT_OK : WEFT_ERR_FAILED;
}

/* --- opening -------------------------------------------------------------- */

/* The folder has the file's name on the disk, too. */
static int sync_folder(const char *path)
{
    char folder[PATH_BYTES];
    const char *slash = strrchr(path, '/');
    int length = slash == NULL ? 1 : slash == path ? 1 : (int)(slash - path);
    int fd;
    int rc;

    (void)snprintf(folder, sizeof(folder), "%.*s", length,
                   slash == NULL ? "." : path);
    fd = open(folder, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return WEFT_ERR_FAILED;
    }
    /* Some file systems have nothing to do for it, and say so by an error. */
    rc = fsync(fd) == 0 || errno == EINVAL ? WEFT_OK : WEFT_ERR_FAILED;
    (void)close(fd);
    return rc;
}

static int lock(int fd)
{
    return flock(fd, LOCK_EX | LOCK_NB) == 0 ? WEFT_OK
           : errno == EWOULDBLOCK            ? WEFT_ERR_BUSY
                                             : WEFT_ERR_FAILED;
}

/* Under the lock of what has the name `fresh`. */
static int make_locked(int fd, const char *fresh, const char *path,
                       uint64_t size)
{
    struct stat stat;
    int rc;

    if (lstat(path, &stat) == 0) {
        (void)unlink(fresh);
        return WEFT_OK;
    }
    rc = ftruncate(fd, 0) == 0 ? fill(fd, 0, size) : WEFT_ERR_FAILED;
    if (rc == WEFT_OK && (fsync(fd) != 0 || rename(fresh, path) != 0)) {
        rc = WEFT_ERR_FAILED;
    }
    return rc;
}

static int make(const char *path, uint64_t size)
{
    char fresh[PATH_BYTES];
    int length = snprintf(fresh, sizeof(fresh), "%s.new", path);
    int rc;
    int fd;

    if (length < 0 || length >= (int)sizeof(fresh)) {
        return WEFT_ERR_INVALID;
    }
    fd = open(fresh, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) {
        return WEFT_ERR_FAILED;
    }
    rc = lock(fd);
    if (rc == WEFT_OK) {
        rc = make_locked(fd, fresh, path, size);
    }
    (void)close(fd);
    return rc < 0 ? rc : sync_folder(path);
}

/* It is ours alone, and what it has to be. */
static int take(int fd, uint64_t size)
{
    struct stat stat;
    int rc = lock(fd);

    if (rc < 0) {
        return rc;
    }
    if (fstat(fd, &stat) != 0) {
        return WEFT_ERR_FAILED;
    }
    return S_ISREG(stat.st_mode) && (uint64_t)stat.st_size == size
               ? WEFT_OK
               : WEFT_ERR_INVALID;
}

int weft_flash_file_open(weft_flash_file_t *file, const char *path,
                         uint32_t sectors, uint32_t sector_size)
{
    static const weft_flash_ops_t ops = {.read = file_read,
                                         .program = file_program,
                                         .erase = file_erase,
                                         .sync = file_sync};
    uint64_t size = (uint64_t)sectors * sector_size;
    int rc = size == 0 || size > UINT32_MAX ? WEFT_ERR_INVALID : WEFT_OK;

    *file = (weft_flash_file_t){.flash = {.ops = &ops,
                                          .sectors = sectors,
                                          .sector_size = sector_size,
                                          .unit = 1},
                                .file = -1};
    if (rc == WEFT_OK && access(path, F_OK) != 0) {
        rc = make(path, size);
    }
    if (rc == WEFT_OK) {
        file->file = open(path, O_RDWR | O_CLOEXEC);
        rc = file->file < 0 ? WEFT_ERR_FAILED : take(file->file, size);
    }
    if (rc < 0) {
        weft_flash_file_close(file);
    }
    return rc;
}

void weft_flash_file_close(weft_flash_file_t *file)
{
    if (file->file >= 0) {
        (void)close(file->file);
        file->file = -1;
    }
}
