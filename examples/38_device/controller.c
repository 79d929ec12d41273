/* controller.c - decides what is done with each reading
 * SPDX-License-Identifier: MIT
 */
#include "examples/38_device/controller.h"

enum { CONTROLLER_DONE = CONTROLLER_RUN + 1 }; /* shown, or stored */

static struct controller *controller_of(weft_service_t *service)
{
    return WEFT_CONTAINER_OF(service, struct controller, service);
}

/* Has both done, and take_done called for each. */
static void begin(struct controller *self)
{
    const struct reading *reading = self->reading;

    self->doing = 2;
    self->show.what = "reading";
    self->show.number = reading->number;
    self->show.celsius = reading->celsius;
    self->show.alarm = reading->celsius > self->limit;
    weft_request_reply(&self->show.request, &self->done);
    (void)display_show_send(&self->display->service, &self->show);

    self->add.celsius = reading->celsius;
    weft_request_reply(&self->add.request, &self->done);
    (void)storage_add_send(&self->storage->service, &self->add);
}

/* It is kept: until both are done, before that until somebody wants it. */
static int take_reading(weft_service_t *service, weft_request_t *request)
{
    struct controller *self = controller_of(service);

    if (self->reading != NULL) {
        return WEFT_ERR_BUSY;
    }
    self->reading = reading_of(request);
    if (self->left > 0) {
        begin(self);
    }
    return weft_request_keep(service, request, &self->kept_reading);
}

/* One of the two is done; after both the sensor may read again. */
static int take_done(weft_service_t *service, weft_request_t *request)
{
    struct controller *self = controller_of(service);

    (void)request;
    self->doing--;
    if (self->doing > 0) {
        return WEFT_OK;
    }
    self->left--;
    if (self->left == 0) {
        (void)weft_kept_settle(&self->kept_run, WEFT_OK);
    }
    self->reading = NULL;
    (void)weft_kept_settle(&self->kept_reading, WEFT_OK);
    return WEFT_OK;
}

static int take_run(weft_service_t *service, weft_request_t *request)
{
    struct controller *self = controller_of(service);

    int readings = controller_run_of(request)->readings;

    if (self->left > 0) {
        return WEFT_ERR_BUSY;
    }
    if (readings <= 0) {
        return WEFT_ERR_INVALID;
    }
    self->left = readings;
    if (self->reading != NULL) {
        begin(self);
    }
    return weft_request_keep(service, request, &self->kept_run);
}

static int on_start(weft_service_t *service, weft_request_t *request)
{
    struct controller *self = controller_of(service);

    (void)request;
    self->reading = NULL;
    self->left = 0;
    weft_reply_init(&self->done, service, CONTROLLER_DONE, NULL);
    return WEFT_OK;
}

/* What is kept may be cancelled, what others have of the controller's may not:
 * soon it will be back. */
static int on_stop(weft_service_t *service, weft_request_t *request)
{
    (void)request;
    return controller_of(service)->doing > 0 ? WEFT_ERR_BUSY : WEFT_OK;
}

static const weft_handler_t handlers[] = {
    {CONTROLLER_READING, 0, take_reading},
    {CONTROLLER_RUN, 0, take_run},
    {CONTROLLER_DONE, 0, take_done},
};
static const weft_service_type_t type = {
    .name = "controller",
    .handlers = handlers,
    .handlers_count = 3,
    .on_start = on_start,
    .on_stop = on_stop,
};

int controller_init(struct controller *controller, weft_executor_t *executor,
                    struct display *display, struct storage *storage, int limit)
{
    *controller = (struct controller){
        .display = display, .storage = storage, .limit = limit};
    return weft_service_init(&controller->service, &type, executor);
}
