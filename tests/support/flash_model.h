/* flash_model.h - a flash in memory whose power can be cut at any unit
 * SPDX-License-Identifier: MIT
 *
 *     static struct flash_model model;
 *     flash_model_init(&model, 4, 256, 1);
 *     model.cut = 17;           the 18th unit or erase is not finished
 *     ... operations fail from then on ...
 *     flash_model_power(&model);   on again, what is there stays
 *
 * What is interrupted leaves garbage, by model.seed: of a unit some of the bits
 * that were to be cleared; of an erase any bits, a begin or an end that is
 * erased, all of it but the first mark, or all, which is not yet good. It
 * checks the rules of weft/flash.h: whole units, each once between two erases,
 * and none in a sector whose last erase was interrupted.
 */
#ifndef WEFT_TEST_FLASH_MODEL_H
#define WEFT_TEST_FLASH_MODEL_H

#include <string.h>

#include "tests/support/test.h"
#include "weft/base/hooks.h"
#include "weft/flash.h"

enum { FLASH_MODEL_BYTES = 1536, FLASH_MODEL_SECTORS = 6 };

struct flash_model {
    weft_flash_t flash;
    long cut; /* units and erases until the power goes; -1: it stays */
    long done;
    uint32_t seed;
    uint32_t erases;
    bool dark;
    bool weak[FLASH_MODEL_SECTORS];
    uint8_t used[FLASH_MODEL_BYTES / 8];
    uint8_t bytes[FLASH_MODEL_BYTES];
};

static struct flash_model *flash_model_of(weft_flash_t *flash)
{
    return WEFT_CONTAINER_OF(flash, struct flash_model, flash);
}

static uint32_t flash_model_random(struct flash_model *model)
{
    model->seed = model->seed * 1664525u + 1013904223u;
    return model->seed >> 16;
}

/* The power goes with this operation. */
static bool flash_model_cut(struct flash_model *model)
{
    if (!model->dark) {
        model->done++;
        if (model->cut != 0) {
            model->cut -= model->cut > 0;
            return false;
        }
        model->dark = true;
        return true;
    }
    return false;
}

static int flash_model_read(weft_flash_t *flash, uint32_t at, void *to,
                            uint32_t size)
{
    struct flash_model *model = flash_model_of(flash);

    CHECK(at + size <= flash->sectors * flash->sector_size);
    if (model->dark) {
        return WEFT_ERR_FAILED;
    }
    memcpy(to, model->bytes + at, size);
    return WEFT_OK;
}

static void flash_model_unit(struct flash_model *model, uint32_t at,
                             const uint8_t *from)
{
    uint32_t unit = model->flash.unit;
    bool half = flash_model_cut(model);

    if (model->dark && !half) {
        return;
    }
    CHECK((model->used[at / 8] & 1u << at % 8) == 0);
    CHECK(!model->weak[at / model->flash.sector_size]);
    if (half && flash_model_random(model) % 4 == 0) {
        return; /* it had not yet begun */
    }
    model->used[at / 8] |= (uint8_t)(1u << at % 8);
    for (uint32_t i = 0; i < unit; i++) {
        uint32_t keep = half ? flash_model_random(model) : 0;

        model->bytes[at + i] &= (uint8_t)(from[i] | keep);
    }
    /* Nobody can see a unit that was begun and reads erased. */
    if (half && from[0] != 0xff && model->bytes[at] == 0xff) {
        model->bytes[at] = from[0];
    }
}

static int flash_model_program(weft_flash_t *flash, uint32_t at,
                               const void *from, uint32_t size)
{
    struct flash_model *model = flash_model_of(flash);

    CHECK(at % flash->unit == 0 && size % flash->unit == 0 && size > 0);
    CHECK(at / flash->sector_size == (at + size - 1) / flash->sector_size);
    CHECK(at + size <= flash->sectors * flash->sector_size);
    for (uint32_t i = 0; i < size; i += flash->unit) {
        flash_model_unit(model, at + i, (const uint8_t *)from + i);
    }
    return model->dark ? WEFT_ERR_FAILED : WEFT_OK;
}

static void flash_model_half_erase(struct flash_model *model, uint8_t *bytes,
                                   uint32_t size)
{
    uint32_t how = flash_model_random(model) % 6;
    uint32_t from = flash_model_random(model) % size;
    uint32_t mark = model->flash.unit < 16 ? 16 : model->flash.unit;

    for (uint32_t i = 0; i < size; i++) {
        uint8_t any = (uint8_t)flash_model_random(model);

        if (how == 0) {
            bytes[i] |= any;
        } else if ((how == 1 && i < from) || (how == 2 && i >= from) ||
                   (how == 3 && i >= mark) || how == 4) {
            bytes[i] = 0xff;
        }
    }
}

static int flash_model_erase(weft_flash_t *flash, uint32_t sector)
{
    struct flash_model *model = flash_model_of(flash);
    uint8_t *bytes = model->bytes + sector * flash->sector_size;
    bool half = flash_model_cut(model);

    CHECK(sector < flash->sectors);
    if (half) {
        model->weak[sector] = true;
        flash_model_half_erase(model, bytes, flash->sector_size);
    }
    if (model->dark) {
        return WEFT_ERR_FAILED;
    }
    memset(bytes, 0xff, flash->sector_size);
    for (uint32_t i = 0; i < flash->sector_size; i++) {
        uint32_t at = sector * flash->sector_size + i;

        model->used[at / 8] &= (uint8_t) ~(1u << at % 8);
    }
    model->weak[sector] = false;
    model->erases++;
    return WEFT_OK;
}

static inline void flash_model_power(struct flash_model *model)
{
    model->dark = false;
    model->cut = -1;
}

static inline void flash_model_init(struct flash_model *model, uint32_t sectors,
                                    uint32_t sector_size, uint32_t unit)
{
    static const weft_flash_ops_t ops = {.read = flash_model_read,
                                         .program = flash_model_program,
                                         .erase = flash_model_erase};

    CHECK(sectors * sector_size <= FLASH_MODEL_BYTES &&
          sectors <= FLASH_MODEL_SECTORS);
    memset(model, 0, sizeof(*model));
    memset(model->bytes, 0xff, sizeof(model->bytes));
    model->flash = (weft_flash_t){.ops = &ops,
                                  .sectors = sectors,
                                  .sector_size = sector_size,
                                  .unit = unit};
    model->cut = -1;
    model->seed = 1;
}

#endif
