/* storage.h - keeps the last readings: a service as a module
 * SPDX-License-Identifier: MIT
 */
#ifndef EXAMPLES_DEVICE_STORAGE_H
#define EXAMPLES_DEVICE_STORAGE_H

#include "weft/service.h"

enum { STORAGE_ADD, STORAGE_SUMMARY, STORAGE_RECORDS = 8 };

WEFT_REQUEST(storage_add, STORAGE_ADD, int celsius;);
WEFT_REQUEST(storage_summary, STORAGE_SUMMARY, int count, lowest, highest;);

struct storage {
    weft_service_t service;
    /* private */
    int records[STORAGE_RECORDS];
    int count; /* of all there ever were */
};

int storage_init(struct storage *storage, weft_executor_t *executor);

#endif
