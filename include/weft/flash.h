/* flash.h - memory that is erased by the sector, as a driver gives it
 * SPDX-License-Identifier: MIT
 *
 * When to use it: to let weft/records.h or weft/store.h keep values on a chip's
 * flash, or on anything that is made to look like one. For a file on a host
 * there is weft/flash_file.h.
 *
 * Example:
 *
 *     static int chip_read(weft_flash_t *flash, uint32_t at, void *to,
 *                          uint32_t size)
 *     {
 *         (void)flash;
 *         memcpy(to, (const char *)0x08060000 + at, size);
 *         return WEFT_OK;
 *     }
 *     static int chip_program(weft_flash_t *flash, uint32_t at,
 *                             const void *from, uint32_t size)
 *     {
 *         (void)flash;
 *         return flash_write(0x08060000 + at, from, size);
 *     }
 *     static int chip_erase(weft_flash_t *flash, uint32_t sector)
 *     {
 *         return flash_erase(0x08060000 + sector * flash->sector_size);
 *     }
 *     static const weft_flash_ops_t chip_ops = {
 *         .read = chip_read, .program = chip_program, .erase = chip_erase};
 *     static weft_flash_t chip = {
 *         .ops = &chip_ops, .sectors = 4, .sector_size = 4096, .unit = 8};
 *
 * An erased sector reads 0xff everywhere. Programming clears bits; who uses a
 * flash programs each unit once between two erases, in whole units, at a
 * multiple of the unit. Addresses count from the begin of the area. A unit
 * whose program a power cut ended so early that it reads erased is programmed
 * again: a driver that can tell it (a blank check) reads it as zeros.
 *
 * Context: the operations are called by one user at a time, where that runs,
 * and may block it as long as they take. Memory: the caller's; a driver puts
 * its own state around the struct (WEFT_CONTAINER_OF).
 */
#ifndef WEFT_FLASH_H
#define WEFT_FLASH_H

#include <stdint.h>

#include "weft/config.h"
#include "weft/error.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_flash weft_flash_t;

/* Each gives 0 or an error; what is programmed has been read back and is as
 * asked, or is an error. */
typedef struct weft_flash_ops {
    int (*read)(weft_flash_t *flash, uint32_t at, void *to, uint32_t size);
    int (*program)(weft_flash_t *flash, uint32_t at, const void *from,
                   uint32_t size);
    int (*erase)(weft_flash_t *flash, uint32_t sector);
    /* When it returns all that was done lasts. NULL: it does at once. */
    int (*sync)(weft_flash_t *flash);
} weft_flash_ops_t;

enum { WEFT_FLASH_UNIT_MAX = 32 };

struct weft_flash {
    const weft_flash_ops_t *ops;
    uint32_t sectors;
    uint32_t sector_size;
    uint32_t unit; /* bytes programmed at once: 1, 2, 4, to 32 */
};

#ifdef __cplusplus
}
#endif

#endif
