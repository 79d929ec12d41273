/* filter.h - takes out what cannot be: a service as a module
 * SPDX-License-Identifier: MIT
 *
 * A reading becomes the median of the last three, and goes on to a service and
 * with a code that are said at init; that one answers it.
 */
#ifndef EXAMPLES_DEVICE_FILTER_H
#define EXAMPLES_DEVICE_FILTER_H

#include "examples/38_device/reading.h"

enum { FILTER_READING }; /* struct reading */

struct filter {
    weft_service_t service;
    /* private */
    weft_service_t *to;
    unsigned code;
    int last[3];
    unsigned count;
};

int filter_init(struct filter *filter, weft_executor_t *executor,
                weft_service_t *to, unsigned code);

#endif
