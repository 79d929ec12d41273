/* flash_file.h - a file of a host as a flash, for a store on a disk
 * SPDX-License-Identifier: MIT
 *
 * When to use it: on Linux and its like, to keep a weft/store.h in a file.
 *
 * Example:
 *
 *     static weft_flash_file_t file;
 *     int rc = weft_flash_file_open(&file, "/var/lib/probe.store", 8, 4096);
 *     if (rc == WEFT_OK) { rc = boot(&file.flash); }
 *
 * The file is as large as all sectors from the start, and is changed in place.
 * A put returns when the disk says that it has it (fsync): some milliseconds
 * each, so such a store is best given a thread of its own. What a disk has of
 * a put that was cut, in whatever order it wrote, is skipped by its check sum.
 *
 * Context: open and close from one thread; the operations as with each flash.
 * Memory: the caller's, until close.
 */
#ifndef WEFT_FLASH_FILE_H
#define WEFT_FLASH_FILE_H

#include "weft/flash.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_flash_file {
    weft_flash_t flash;
    /* private */
    int file;
} weft_flash_file_t;

/* Opens the file, or makes it, at first as one whose name ends with ".new".
 * WEFT_ERR_BUSY: somebody has it open, or makes it, in this process or another;
 * WEFT_ERR_INVALID: it has another size, or these sizes are 0; WEFT_ERR_FAILED:
 * as the system says. */
int weft_flash_file_open(weft_flash_file_t *file, const char *path,
                         uint32_t sectors, uint32_t sector_size);
void weft_flash_file_close(weft_flash_file_t *file);

#ifdef __cplusplus
}
#endif

#endif
