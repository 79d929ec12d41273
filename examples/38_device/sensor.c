/* sensor.c - reads a probe at a steady rate
 * SPDX-License-Identifier: MIT
 */
#include "examples/38_device/sensor.h"

#include "weft/time.h"

static struct sensor *sensor_of(weft_service_t *service)
{
    return WEFT_CONTAINER_OF(service, struct sensor, service);
}

/* A device would ask its probe. This one gets warmer, and has a hiccup. */
static int probe(int number)
{
    return number == 4 ? 95 : 20 + number;
}

static void measure(weft_service_t *service, weft_service_loop_t *loop)
{
    struct sensor *self = sensor_of(service);

    (void)loop;
    if (weft_request_in_flight(&self->reading.request)) {
        return; /* nobody tells of the answer, so it is looked for here */
    }
    self->reading.number++;
    self->reading.celsius = probe(self->reading.number);
    (void)weft_service_send(self->to, self->code, &self->reading.request);
}

static int on_start(weft_service_t *service, weft_request_t *request)
{
    (void)request;
    return weft_service_loop_set(service, &sensor_of(service)->loop, measure,
                                 WEFT_MS(5));
}

static int on_stop(weft_service_t *service, weft_request_t *request)
{
    (void)request;
    weft_service_loop_unset(service, &sensor_of(service)->loop);
    return WEFT_OK;
}

/* It does all by itself, and can be asked for nothing but start and stop. */
static const weft_service_type_t type = {
    .name = "sensor",
    .on_start = on_start,
    .on_stop = on_stop,
};

int sensor_init(struct sensor *sensor, weft_executor_t *executor,
                weft_service_t *to, unsigned code)
{
    *sensor = (struct sensor){.to = to, .code = code};
    return weft_service_init(&sensor->service, &type, executor);
}
