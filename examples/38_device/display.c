/* display.c - the only one who writes on the screen
 * SPDX-License-Identifier: MIT
 */
#include "examples/38_device/display.h"

#include <stdio.h>

static int show(weft_service_t *service, weft_request_t *request)
{
    const struct display_show *call = display_show_of(request);

    (void)service;
    printf("%s %d: %d C%s\n", call->what, call->number, call->celsius,
           call->alarm ? ", too hot" : "");
    return WEFT_OK;
}

static const weft_handler_t handlers[] = {{DISPLAY_SHOW, 0, show}};
static const weft_service_type_t type = {
    .name = "display",
    .handlers = handlers,
    .handlers_count = 1,
};

int display_init(struct display *display, weft_executor_t *executor)
{
    *display = (struct display){0};
    return weft_service_init(&display->service, &type, executor);
}
