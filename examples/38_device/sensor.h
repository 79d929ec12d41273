/* sensor.h - reads a probe at a steady rate: a service as a module
 * SPDX-License-Identifier: MIT
 *
 * Each reading is sent as a request, to a service and with a code that are
 * said at init. As long as that one has not answered, the next is not read.
 */
#ifndef EXAMPLES_DEVICE_SENSOR_H
#define EXAMPLES_DEVICE_SENSOR_H

#include "examples/38_device/reading.h"

struct sensor {
    weft_service_t service;
    /* private */
    weft_service_loop_t loop;
    weft_service_t *to;
    unsigned code;
    struct reading reading;
};

int sensor_init(struct sensor *sensor, weft_executor_t *executor,
                weft_service_t *to, unsigned code);

#endif
