/* controller.h - decides what is done with each reading: a service as a module
 * SPDX-License-Identifier: MIT
 *
 * As long as somebody wants them it shows each on the display, stores it, and
 * answers it when both are done. Where nobody does, a reading waits.
 */
#ifndef EXAMPLES_DEVICE_CONTROLLER_H
#define EXAMPLES_DEVICE_CONTROLLER_H

#include "examples/38_device/display.h"
#include "examples/38_device/reading.h"
#include "examples/38_device/storage.h"

enum {
    CONTROLLER_READING, /* struct reading */
    CONTROLLER_RUN,
};

/* Is answered when so many readings are shown and stored. One at a time:
 * WEFT_ERR_BUSY. */
WEFT_REQUEST(controller_run, CONTROLLER_RUN, int readings;);

struct controller {
    weft_service_t service;
    /* private */
    struct display *display;
    struct storage *storage;
    int limit;
    weft_reply_t done;
    struct display_show show;
    struct storage_add add;
    struct reading *reading; /* that is kept; NULL: none */
    weft_kept_t kept_reading;
    weft_kept_t kept_run;
    int left;  /* readings until that is answered; 0: nobody asks */
    int doing; /* of the two for this reading, with the others */
};

/* Above limit a reading is an alarm. */
int controller_init(struct controller *controller, weft_executor_t *executor,
                    struct display *display, struct storage *storage,
                    int limit);

#endif
