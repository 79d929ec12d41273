/* main.c - requests through a service in the middle, which knows nobody
 * SPDX-License-Identifier: MIT
 *
 * A desk takes orders, a kitchen cooks. The desk does not know who orders, nor
 * how they wait for it, and waits for nobody itself. What it cannot answer it
 * either passes on as it is (a soup), or keeps, asks the kitchen for something
 * else, and answers when the kitchen has answered (a menu, made of two).
 */
#include <stdio.h>

#include "weft/weft.h"

/* --- the kitchen ---------------------------------------------------------- */

enum { KITCHEN_COOK };
WEFT_REQUEST(kitchen_cook, KITCHEN_COOK, const char *dish; int minutes;);

static int answer_cook(weft_service_t *service, weft_request_t *request)
{
    struct kitchen_cook *call = kitchen_cook_of(request);

    (void)service;
    if (call->dish == NULL) {
        return WEFT_ERR_NOT_FOUND;
    }
    call->minutes = call->dish[0] % 10 + 5;
    return WEFT_OK;
}

static const weft_handler_t kitchen_handlers[] = {
    {KITCHEN_COOK, 0, answer_cook},
};
static const weft_service_type_t kitchen_type = {
    .name = "kitchen",
    .handlers = kitchen_handlers,
    .handlers_count = 1,
};

/* --- the desk ------------------------------------------------------------- */

/* DESK_COOKED comes from nobody: the kitchen's answers come back as it. */
enum { DESK_DISH, DESK_MENU, DESK_COOKED };

/* A soup is ordered with the kitchen's own struct. */
WEFT_REQUEST(desk_menu, DESK_MENU, const char *dish[2]; int minutes;);

/* One menu in work: who has ordered it, and what the kitchen is asked for. */
struct menu {
    weft_kept_t kept;
    struct kitchen_cook cook[2];
    int cooking; /* 0: the place is free */
    int minutes;
    int rc;
};

struct desk {
    weft_service_t service;
    weft_service_t *kitchen;
    weft_reply_t cooked;
    struct menu menus[2];
};

static struct desk *desk_of(weft_service_t *service)
{
    return WEFT_CONTAINER_OF(service, struct desk, service);
}

static struct menu *menu_of(struct desk *self, const struct kitchen_cook *cook)
{
    struct menu *menu = &self->menus[0];

    return cook >= menu->cook && cook < menu->cook + 2 ? menu : &self->menus[1];
}

/* An answer that comes when the desk is closed already: its place is free
 * again. It is called where the kitchen answers, here on the same loop. */
static void throw_away(weft_future_t *request)
{
    struct desk *self = (struct desk *)weft_request_reply_of(request)->context;
    const struct kitchen_cook *cook = kitchen_cook_of(request);

    printf("nobody wants the %s any more\n", cook->dish);
    menu_of(self, cook)->cooking--;
}

static int on_start(weft_service_t *service, weft_request_t *request)
{
    struct desk *self = desk_of(service);

    (void)request;
    self->cooked.context = self;
    weft_reply_init(&self->cooked, service, DESK_COOKED, throw_away);
    return WEFT_OK;
}

/* From here on the kitchen answers it, and whoever asked sees no difference. */
static int pass_on(weft_service_t *service, weft_request_t *request)
{
    return weft_request_forward(service, request, desk_of(service)->kitchen,
                                KITCHEN_COOK);
}

static int take_menu(weft_service_t *service, weft_request_t *request)
{
    struct desk *self = desk_of(service);
    struct desk_menu *call = desk_menu_of(request);
    struct menu *menu = &self->menus[self->menus[0].cooking == 0 ? 0 : 1];

    if (menu->cooking != 0) {
        return WEFT_ERR_BUSY;
    }
    menu->cooking = 2;
    menu->minutes = 0;
    menu->rc = WEFT_OK;
    for (int i = 0; i < 2; i++) {
        menu->cook[i].dish = call->dish[i];
        weft_request_reply(&menu->cook[i].request, &self->cooked);
        (void)kitchen_cook_send(self->kitchen, &menu->cook[i]);
    }
    return weft_request_keep(service, request, &menu->kept);
}

/* An answer as a message. This request is the desk's own, and it is settled;
 * nobody waits for what is returned here. */
static int take_cooked(weft_service_t *service, weft_request_t *request)
{
    struct desk *self = desk_of(service);
    struct kitchen_cook *cook = kitchen_cook_of(request);
    struct menu *menu = menu_of(self, cook);
    int rc = weft_future_result(request);

    if (rc < 0) {
        menu->rc = rc;
    } else if (cook->minutes > menu->minutes) {
        menu->minutes = cook->minutes;
    }
    menu->cooking--;
    if (menu->cooking == 0) {
        weft_request_t *order = weft_kept_take(&menu->kept);
        if (order != NULL) { /* else the desk was closed in the meantime */
            desk_menu_of(order)->minutes = menu->minutes;
            weft_request_settle(order, menu->rc);
        }
    }
    return WEFT_OK;
}

static const weft_handler_t desk_handlers[] = {
    {DESK_DISH, 0, pass_on},
    {DESK_MENU, 0, take_menu},
    {DESK_COOKED, 0, take_cooked},
};
static const weft_service_type_t desk_type = {
    .name = "desk",
    .handlers = desk_handlers,
    .handlers_count = 3,
    .on_start = on_start,
};

/* --- a guest -------------------------------------------------------------- */

static weft_service_t kitchen;
static struct desk desk = {.kitchen = &kitchen};

static void say(const char *what, int rc, int minutes)
{
    if (rc < 0) {
        printf("%s: %s\n", what, weft_error_text(rc));
    } else {
        printf("%s: %d minutes\n", what, minutes);
    }
}

struct guest {
    weft_task_t task;
    weft_await_t await;
    weft_request_t request;
    struct kitchen_cook soup;
    struct desk_menu menu;
};
WEFT_TASK(guest)
{
    int rc;

    WEFT_BEGIN;
    WEFT_AWAIT(weft_call, &kitchen, WEFT_SERVICE_START, &self->request);
    WEFT_AWAIT(weft_call, &desk.service, WEFT_SERVICE_START, &self->request);

    self->soup.dish = "soup";
    WEFT_AWAIT_RC(rc, weft_call, &desk.service, DESK_DISH, &self->soup.request);
    say("soup", rc, self->soup.minutes);

    self->menu.dish[0] = "pie";
    self->menu.dish[1] = "cake";
    WEFT_AWAIT_RC(rc, desk_menu_call, &desk.service, &self->menu);
    say("pie and cake", rc, self->menu.minutes);

    self->menu.dish[1] = NULL;
    WEFT_AWAIT_RC(rc, desk_menu_call, &desk.service, &self->menu);
    say("pie and nothing", rc, self->menu.minutes);

    /* The desk stops with a menu in work, which was kept: it is cancelled. What
     * the kitchen answers too late is cleaned up. */
    self->menu.dish[1] = "cake";
    (void)desk_menu_send(&desk.service, &self->menu);
    WEFT_AWAIT(weft_call, &desk.service, WEFT_SERVICE_STOP, &self->request);
    WEFT_AWAIT_RC(rc, weft_future_await, &self->menu.request);
    say("in the evening", rc, self->menu.minutes);
    WEFT_AWAIT(weft_call, &kitchen, WEFT_SERVICE_STOP, &self->request);
    WEFT_END;
}

int main(void)
{
    static weft_loop_t loop;
    static struct guest guest;

    weft_loop_init(&loop, NULL);
    (void)weft_service_init(&kitchen, &kitchen_type, &loop.executor);
    (void)weft_service_init(&desk.service, &desk_type, &loop.executor);
    return weft_loop_run_task(&loop, guest_task(&guest));
}
