/* store.h - a service that keeps keys and values, over restarts and power cuts
 * SPDX-License-Identifier: MIT
 *
 * When to use it: for settings, counters and calibration that several parts of
 * a program read and change, on a chip's flash or on a file. For one caller
 * alone, before anything runs, weft/records.h does the same without a service.
 *
 * Example:
 *
 *     static weft_records_sector_t sectors[4];
 *     static weft_store_t store;
 *
 *     int boot(weft_flash_t *flash)
 *     {
 *         weft_request_t start = WEFT_FUTURE_INIT;
 *         weft_store_config_t config = {
 *             .flash = flash, .sectors = sectors, .count = 4};
 *         int rc = weft_store_init(&store, &loop.executor, &config);
 *         return rc < 0 ? rc : weft_service_start(&store.service, &start);
 *     }
 *
 *     int count_a_start(void)
 *     {
 *         int starts = 0;
 *         int rc = weft_store_get(&store, "starts", &starts, sizeof(starts));
 *         starts++;
 *         return rc < 0 && rc != WEFT_ERR_NOT_FOUND
 *                    ? rc
 *                    : weft_store_put(&store, "starts", &starts,
 *                                     sizeof(starts));
 *     }
 *
 * What a put promises, how a full store behaves, how long things take, and what
 * happens to rotten bytes: weft/records.h. A put that is answered with 0 lasts;
 * one that is cancelled by its caller may have happened.
 *
 * Where an operation of the flash fails, the request fails with that, and the
 * service is restarted after a pause, which opens the store again; requests
 * wait for it meanwhile.
 *
 * The flash works in the handlers, so what else runs on the executor waits as
 * long as that takes, some erases at most. Where that is too long give the
 * store a thread of its own. A flash whose operations wait themselves, by a
 * semaphore say, needs that and `flash_waits`.
 *
 * Context: requests from anywhere, interrupts too, as with every service; the
 * functions that wait where one may wait. Memory: the caller's; key and value
 * of a request until it is settled; weft/records.h says how much.
 */
#ifndef WEFT_STORE_H
#define WEFT_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "weft/records.h"
#include "weft/service.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    WEFT_STORE_GET,
    WEFT_STORE_PUT,
    WEFT_STORE_DELETE,
    WEFT_STORE_NEXT,
    WEFT_STORE_COMPACT, /* a request without fields: weft_records_compact */
    WEFT_STORE_STATS,
};

typedef struct weft_store {
    weft_service_t service;
    /* private */
    weft_records_t records;
    weft_flash_t *flash;
    weft_records_sector_t *sectors;
    uint32_t count;
} weft_store_t;

typedef struct weft_store_config {
    weft_flash_t *flash;
    weft_records_sector_t *sectors; /* memory for as many as it has */
    uint32_t count;                 /* of these */
    bool flash_waits;               /* its operations block the thread */
} weft_store_config_t;

/* Prepares a stopped store; its start opens it, and fails with the errors of
 * weft_records_open. Keeps what the config names. Errors of
 * weft_service_init. */
int weft_store_init(weft_store_t *store, weft_executor_t *executor,
                    const weft_store_config_t *config);

/* The requests; what they give is what the function of that name in
 * weft/records.h gives. Of next `key` is asked with and answered in. */
WEFT_REQUEST(weft_store_get, WEFT_STORE_GET, const char *key; void *value;
             size_t size;);
WEFT_REQUEST(weft_store_put, WEFT_STORE_PUT, const char *key; const void *value;
             size_t size;);
WEFT_REQUEST(weft_store_delete, WEFT_STORE_DELETE, const char *key;);
WEFT_REQUEST(weft_store_next, WEFT_STORE_NEXT, char key[WEFT_STORE_KEY + 1];);
WEFT_REQUEST(weft_store_stats, WEFT_STORE_STATS, weft_records_stats_t stats;);

/* The same for who waits: a fiber or a thread. */
int weft_store_get(weft_store_t *store, const char *key, void *value,
                   size_t size);
int weft_store_put(weft_store_t *store, const char *key, const void *value,
                   size_t size);
int weft_store_delete(weft_store_t *store, const char *key);

#ifdef __cplusplus
}
#endif

#endif
