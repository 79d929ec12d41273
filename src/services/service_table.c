/* service_table.c - a service's type and its handlers
 * SPDX-License-Identifier: MIT
 */
#include "services/service.h"

enum {
    FLAGS = WEFT_SERVICE_BLOCKING | WEFT_SERVICE_CONCURRENT |
            WEFT_SERVICE_FIBER_HOOKS
};

static bool table_valid(const weft_service_type_t *type)
{
    unsigned i;
    unsigned k;

    if (type->handlers == NULL && type->handlers_count != 0) {
        return false;
    }
    for (i = 0; i < type->handlers_count; i++) {
        if (type->handlers[i].fn == NULL ||
            type->handlers[i].code > WEFT_SERVICE_CODE_MAX ||
            type->handlers[i].flags > WEFT_HANDLER_FIBER) {
            return false;
        }
        for (k = 0; k < i; k++) {
            if (type->handlers[k].code == type->handlers[i].code) {
                return false;
            }
        }
    }
    return true;
}

int weft__service_init(weft_service_t *service, const weft_service_type_t *type,
                       weft_executor_t *executor)
{
    if (executor->home == NULL || !table_valid(type) ||
        type->restart > WEFT_RESTART_BACKOFF || type->flags > FLAGS) {
        *service = (weft_service_t){0}; /* a send to it is an assertion */
        return WEFT_ERR_INVALID;
    }
    weft__service_begin(service, type, executor);
    return WEFT_OK;
}

int weft_service_bound(weft_service_t *service, unsigned bound)
{
    if (bound == 0) {
        return WEFT_ERR_INVALID;
    }
    weft__service_made(service);
    WEFT_ASSERT(weft_service_state(service) == WEFT_SERVICE_STOPPED,
                "the bound of a service that runs");
    service->bound = bound;
    return WEFT_OK;
}

/* Most often the table's index is the code. */
static const weft_handler_t *in_table(const weft_service_type_t *type,
                                      unsigned code)
{
    unsigned i;

    if (code < type->handlers_count && type->handlers[code].code == code) {
        return &type->handlers[code];
    }
    for (i = 0; i < type->handlers_count; i++) {
        if (type->handlers[i].code == code) {
            return &type->handlers[i];
        }
    }
    return NULL;
}

const weft_handler_t *weft__service_handler(const weft_service_t *service,
                                            unsigned code)
{
    const weft_handler_entry_t *entry = service->entries;

    while (entry != NULL && entry->handler.code != code) {
        entry = entry->next;
    }
    if (entry == NULL) {
        return in_table(service->type, code);
    }
    return entry->handler.fn == NULL ? NULL : &entry->handler;
}

bool weft__service_able(const weft_service_t *service)
{
    const weft_service_type_t *type = service->type;
    bool fibers = (type->flags & WEFT_SERVICE_FIBER_HOOKS) != 0;
    unsigned i;

    for (i = 0; i < type->handlers_count; i++) {
        fibers = fibers || (type->handlers[i].flags & WEFT_HANDLER_FIBER) != 0;
    }
    return !fibers || service->fiber_ops != NULL;
}

void weft_service_handler_unset(weft_service_t *service,
                                weft_handler_entry_t *entry)
{
    weft_handler_entry_t **at = &service->entries;

    while (*at != NULL && *at != entry) {
        at = &(*at)->next;
    }
    if (*at != NULL) {
        *at = entry->next;
    }
}

int weft_service_handler_set(weft_service_t *service,
                             weft_handler_entry_t *entry, unsigned code,
                             weft_handler_fn *fn)
{
    weft__service_made(service);
    if (code > WEFT_SERVICE_CODE_MAX) {
        return WEFT_ERR_INVALID;
    }
    weft_service_handler_unset(service, entry);
    entry->handler = (weft_handler_t){.code = (uint16_t)code, .fn = fn};
    entry->next = service->entries;
    service->entries = entry;
    return WEFT_OK;
}
