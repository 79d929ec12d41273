/* reading.h - what the services of the device pass on to each other
 * SPDX-License-Identifier: MIT
 */
#ifndef EXAMPLES_DEVICE_READING_H
#define EXAMPLES_DEVICE_READING_H

#include "weft/service.h"

/* One reading, as a request: from sensor to filter to controller. */
struct reading {
    weft_request_t request;
    int number;
    int celsius;
};

static inline struct reading *reading_of(weft_request_t *request)
{
    return WEFT_CONTAINER_OF(request, struct reading, request);
}

#endif
