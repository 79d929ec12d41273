/* main.c - a small device of five services, each a module of its own
 * SPDX-License-Identifier: MIT
 *
 *     sensor -> filter -> controller -> display
 *                                    -> storage
 *
 * A module is a header with a struct and what it may be asked, and a file with
 * its handlers; nothing is global, and none knows where it runs. That is said
 * here, at init: each on a core of its own where there are so many, a thread or
 * an RTOS task where those are the cores, else several on one.
 */
#include "examples/38_device/controller.h"
#include "examples/38_device/display.h"
#include "examples/38_device/filter.h"
#include "examples/38_device/sensor.h"
#include "examples/38_device/storage.h"
#include "weft/cores.h"
#include "weft/weft.h"

enum { SERVICES = 5, READINGS = 10, TOO_HOT = 27 };

struct device {
    struct sensor sensor;
    struct filter filter;
    struct controller controller;
    struct display display;
    struct storage storage;
    weft_service_t *services[SERVICES]; /* whom others ask first */
    weft_cores_t cores;
    weft_core_t core[SERVICES];
    unsigned core_count;
};

static weft_executor_t *place(const struct device *device, unsigned number)
{
    return weft_core_executor(&device->cores, number % device->core_count);
}

static int start_cores(struct device *device)
{
    int rc = WEFT_ERR_UNSUPPORTED;

    for (device->core_count = SERVICES; rc < 0 && device->core_count > 0;) {
        rc = weft_cores_start(&device->cores, device->core, device->core_count);
        device->core_count -= rc < 0;
    }
    return rc;
}

static int device_init(struct device *device)
{
    int rc = start_cores(device);

    if (rc < 0) {
        return rc;
    }
    (void)display_init(&device->display, place(device, 4));
    (void)storage_init(&device->storage, place(device, 3));
    (void)controller_init(&device->controller, place(device, 0),
                          &device->display, &device->storage, TOO_HOT);
    (void)filter_init(&device->filter, place(device, 2),
                      &device->controller.service, CONTROLLER_READING);
    (void)sensor_init(&device->sensor, place(device, 1),
                      &device->filter.service, FILTER_READING);
    device->services[0] = &device->display.service;
    device->services[1] = &device->storage.service;
    device->services[2] = &device->controller.service;
    device->services[3] = &device->filter.service;
    device->services[4] = &device->sensor.service;
    return WEFT_OK;
}

/* Starts them, lets them work, stops them in the opposite order. */
struct operate {
    weft_task_t task;
    weft_await_t await;
    struct device *device;
    weft_request_t request;
    struct controller_run run;
    struct storage_summary summary;
    struct display_show show;
    int i;
};
WEFT_TASK(operate)
{
    WEFT_BEGIN;
    for (self->i = 0; self->i < SERVICES; self->i++) {
        WEFT_AWAIT(weft_call, self->device->services[self->i],
                   WEFT_SERVICE_START, &self->request);
    }
    self->run.readings = READINGS;
    WEFT_AWAIT(controller_run_call, &self->device->controller.service,
               &self->run);
    WEFT_AWAIT(weft_call, &self->device->sensor.service, WEFT_SERVICE_STOP,
               &self->request);

    WEFT_AWAIT(storage_summary_call, &self->device->storage.service,
               &self->summary);
    self->show.what = "the lowest of";
    self->show.number = self->summary.count;
    self->show.celsius = self->summary.lowest;
    WEFT_AWAIT(display_show_call, &self->device->display.service, &self->show);
    self->show.what = "the highest of";
    self->show.celsius = self->summary.highest;
    WEFT_AWAIT(display_show_call, &self->device->display.service, &self->show);

    for (self->i = SERVICES - 1; self->i >= 0; self->i--) {
        WEFT_AWAIT(weft_call, self->device->services[self->i],
                   WEFT_SERVICE_STOP, &self->request);
    }
    weft_cores_stop(&self->device->cores); /* a device would not end */
    WEFT_END;
}

int main(void)
{
    static struct device device;
    static struct operate operate;

    if (device_init(&device) < 0) {
        return 1;
    }
    operate.device = &device;
    (void)weft_spawn_on(&device.cores, 0, operate_task(&operate));
    (void)weft_cores_run(&device.cores);
    return weft_task_result(&operate.task) < 0;
}
