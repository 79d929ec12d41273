/* store.c - records as a service
 * SPDX-License-Identifier: MIT
 */
#include "weft/store.h"

static weft_store_t *store_of(weft_service_t *service)
{
    return WEFT_CONTAINER_OF(service, weft_store_t, service);
}

/* A store that its flash has failed is closed: the restart opens it again. */
static int answer(weft_store_t *store, int rc)
{
    if (rc < 0 && !store->records.open) {
        weft_service_fail(&store->service, rc);
    }
    return rc;
}

static int get(weft_service_t *service, weft_request_t *request)
{
    weft_store_t *store = store_of(service);
    struct weft_store_get *call = weft_store_get_of(request);

    return answer(store, weft_records_get(&store->records, call->key,
                                          call->value, call->size));
}

static int put(weft_service_t *service, weft_request_t *request)
{
    weft_store_t *store = store_of(service);
    struct weft_store_put *call = weft_store_put_of(request);

    return answer(store, weft_records_put(&store->records, call->key,
                                          call->value, call->size));
}

static int delete_key(weft_service_t *service, weft_request_t *request)
{
    weft_store_t *store = store_of(service);

    return answer(store,
                  weft_records_delete(&store->records,
                                      weft_store_delete_of(request)->key));
}

static int next(weft_service_t *service, weft_request_t *request)
{
    weft_store_t *store = store_of(service);

    return answer(store, weft_records_next(&store->records,
                                           weft_store_next_of(request)->key));
}

static int compact(weft_service_t *service, weft_request_t *request)
{
    weft_store_t *store = store_of(service);

    (void)request;
    return answer(store, weft_records_compact(&store->records));
}

static int stats(weft_service_t *service, weft_request_t *request)
{
    weft_store_t *store = store_of(service);

    return answer(store,
                  weft_records_stats(&store->records,
                                     &weft_store_stats_of(request)->stats));
}

static int open_records(weft_service_t *service, weft_request_t *request)
{
    weft_store_t *store = store_of(service);

    (void)request;
    return weft_records_open(&store->records, store->flash, store->sectors,
                             store->count);
}

static const weft_handler_t handlers[] = {
    {WEFT_STORE_GET, 0, get},           {WEFT_STORE_PUT, 0, put},
    {WEFT_STORE_DELETE, 0, delete_key}, {WEFT_STORE_NEXT, 0, next},
    {WEFT_STORE_COMPACT, 0, compact},   {WEFT_STORE_STATS, 0, stats},
};

/* With flags or without. */
#define STORE_TYPE(how)                                                        \
    {                                                                          \
        .name = "store", .handlers = handlers,                                 \
        .handlers_count = sizeof(handlers) / sizeof(handlers[0]),              \
        .flags = (how), .restart = WEFT_RESTART_BACKOFF,                       \
        .restart_keeps = true, .on_start = open_records                        \
    }

int weft_store_init(weft_store_t *store, weft_executor_t *executor,
                    const weft_store_config_t *config)
{
    static const weft_service_type_t type = STORE_TYPE(0);
    static const weft_service_type_t blocking =
        STORE_TYPE(WEFT_SERVICE_BLOCKING);

    *store = (weft_store_t){.flash = config->flash,
                            .sectors = config->sectors,
                            .count = config->count};
    return weft_service_init(&store->service,
                             config->flash_waits ? &blocking : &type, executor);
}

int weft_store_get(weft_store_t *store, const char *key, void *value,
                   size_t size)
{
    struct weft_store_get call = {.key = key, .value = value, .size = size};

    return weft_store_get_call(&store->service, &call);
}

int weft_store_put(weft_store_t *store, const char *key, const void *value,
                   size_t size)
{
    struct weft_store_put call = {.key = key, .value = value, .size = size};

    return weft_store_put_call(&store->service, &call);
}

int weft_store_delete(weft_store_t *store, const char *key)
{
    struct weft_store_delete call = {.key = key};

    return weft_store_delete_call(&store->service, &call);
}
