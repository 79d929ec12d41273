/* display.h - the only one who writes on the screen: a service as a module
 * SPDX-License-Identifier: MIT
 */
#ifndef EXAMPLES_DEVICE_DISPLAY_H
#define EXAMPLES_DEVICE_DISPLAY_H

#include "weft/service.h"

enum { DISPLAY_SHOW };

/* A number, what it is, and whether it is alarming. */
WEFT_REQUEST(display_show, DISPLAY_SHOW, const char *what; int number;
             int celsius; bool alarm;);

struct display {
    weft_service_t service;
};

int display_init(struct display *display, weft_executor_t *executor);

#endif
