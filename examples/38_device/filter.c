/* filter.c - takes out what cannot be
 * SPDX-License-Identifier: MIT
 */
#include "examples/38_device/filter.h"

static int median(int a, int b, int c)
{
    int low = a < b ? a : b;
    int high = a < b ? b : a;

    return c < low ? low : c > high ? high : c;
}

static int smooth(weft_service_t *service, weft_request_t *request)
{
    struct filter *self = WEFT_CONTAINER_OF(service, struct filter, service);
    struct reading *reading = reading_of(request);

    self->last[self->count % 3] = reading->celsius;
    self->count++;
    if (self->count >= 3) {
        reading->celsius = median(self->last[0], self->last[1], self->last[2]);
    }
    return weft_request_forward(service, request, self->to, self->code);
}

static int on_start(weft_service_t *service, weft_request_t *request)
{
    (void)request;
    WEFT_CONTAINER_OF(service, struct filter, service)->count = 0;
    return WEFT_OK;
}

static const weft_handler_t handlers[] = {{FILTER_READING, 0, smooth}};
static const weft_service_type_t type = {
    .name = "filter",
    .handlers = handlers,
    .handlers_count = 1,
    .on_start = on_start,
};

int filter_init(struct filter *filter, weft_executor_t *executor,
                weft_service_t *to, unsigned code)
{
    *filter = (struct filter){.to = to, .code = code};
    return weft_service_init(&filter->service, &type, executor);
}
