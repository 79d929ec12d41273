/* storage.c - keeps the last readings
 * SPDX-License-Identifier: MIT
 */
#include "examples/38_device/storage.h"

static struct storage *storage_of(weft_service_t *service)
{
    return WEFT_CONTAINER_OF(service, struct storage, service);
}

static int add(weft_service_t *service, weft_request_t *request)
{
    struct storage *self = storage_of(service);

    self->records[self->count % STORAGE_RECORDS] =
        storage_add_of(request)->celsius;
    self->count++;
    return WEFT_OK;
}

/* Of those that are still there. */
static int summarize(weft_service_t *service, weft_request_t *request)
{
    const struct storage *self = storage_of(service);
    struct storage_summary *call = storage_summary_of(request);

    if (self->count == 0) {
        return WEFT_ERR_EMPTY;
    }
    call->count = self->count < STORAGE_RECORDS ? self->count : STORAGE_RECORDS;
    call->lowest = self->records[0];
    call->highest = self->records[0];
    for (int i = 1; i < call->count; i++) {
        int celsius = self->records[i];
        call->lowest = celsius < call->lowest ? celsius : call->lowest;
        call->highest = celsius > call->highest ? celsius : call->highest;
    }
    return WEFT_OK;
}

static const weft_handler_t handlers[] = {
    {STORAGE_ADD, 0, add},
    {STORAGE_SUMMARY, 0, summarize},
};
static const weft_service_type_t type = {
    .name = "storage",
    .handlers = handlers,
    .handlers_count = 2,
};

int storage_init(struct storage *storage, weft_executor_t *executor)
{
    *storage = (struct storage){0};
    return weft_service_init(&storage->service, &type, executor);
}
