/* test_store.c - the store as a service: requests, restart, cuts
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/flash_model.h"

#include "weft/loop.h"
#include "weft/manual.h"
#include "weft/store.h"

static struct flash_model model;
static weft_records_sector_t sectors[FLASH_MODEL_SECTORS];
static weft_store_t store;
static weft_manual_t manual;
static weft_request_t bare;

static void init_store(weft_executor_t *executor, uint32_t count)
{
    weft_store_config_t config = {
        .flash = &model.flash, .sectors = sectors, .count = count};

    flash_model_init(&model, 3, 256, 4);
    CHECK_EQ(weft_store_init(&store, executor, &config), 0);
}

/* Sends a request without fields, and runs until it is settled. */
static int ask(unsigned code)
{
    (void)weft_service_send(&store.service, code, &bare);
    weft_manual_drain(&manual);
    return weft_future_result(&bare);
}

static void begin(void)
{
    weft_manual_init(&manual);
    init_store(&manual.executor, FLASH_MODEL_SECTORS);
    weft_future_init(&bare);
    CHECK_EQ(ask(WEFT_SERVICE_START), 0);
}

static void end(void)
{
    CHECK_EQ(ask(WEFT_SERVICE_STOP), 0);
}

static int put(const char *key, const char *text)
{
    struct weft_store_put call = {
        .key = key, .value = text, .size = strlen(text)};

    (void)weft_store_put_send(&store.service, &call);
    weft_manual_drain(&manual);
    return weft_future_result(&call.request);
}

static int get(const char *key, char *text, size_t size)
{
    struct weft_store_get call = {.key = key, .value = text, .size = size};

    (void)weft_store_get_send(&store.service, &call);
    weft_manual_drain(&manual);
    return weft_future_result(&call.request);
}

CASE(requests_are_answered_and_last_over_a_stop)
{
    struct weft_store_next next = {.key = ""};
    struct weft_store_delete gone = {.key = "a"};
    struct weft_store_stats stats = {.stats = {0}};
    char text[8] = "";

    begin();
    CHECK_EQ(get("a", text, sizeof(text)), WEFT_ERR_NOT_FOUND);
    CHECK_EQ(put("a", "one"), 0);
    CHECK_EQ(put("b", "three"), 0);
    CHECK_EQ(put("", "x"), WEFT_ERR_INVALID);
    end();
    CHECK_EQ(put("a", "x"), WEFT_ERR_STOPPED);
    CHECK_EQ(ask(WEFT_SERVICE_START), 0);
    CHECK_EQ(get("a", text, sizeof(text)), 3);
    CHECK_STR_EQ(text, "one");
    (void)weft_store_delete_send(&store.service, &gone);
    (void)weft_store_next_send(&store.service, &next);
    (void)weft_store_stats_send(&store.service, &stats);
    CHECK_EQ(ask(WEFT_STORE_COMPACT), 0);
    CHECK_EQ(weft_future_result(&gone.request), 0);
    CHECK_EQ(weft_future_result(&next.request), 5);
    CHECK_STR_EQ(next.key, "b");
    CHECK_EQ(weft_future_result(&stats.request), 0);
    CHECK_EQ(stats.stats.keys, 1);
    CHECK_EQ(ask(99), WEFT_ERR_NO_HANDLER);
    end();
}

CASE(a_start_fails_with_what_the_open_says)
{
    weft_manual_init(&manual);
    init_store(&manual.executor, 2);
    weft_future_init(&bare);
    CHECK_EQ(ask(WEFT_SERVICE_START), WEFT_ERR_INVALID);
    CHECK_EQ(put("a", "one"), WEFT_ERR_STOPPED);
}

/* --- a flash that fails for a while --------------------------------------- */

static weft_loop_t loop;

struct user {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_request_t request;
    struct weft_store_put put;
    struct weft_store_get get;
    char text[8];
    int round;
};
WEFT_TASK(user)
{
    int rc;

    WEFT_BEGIN;
    WEFT_AWAIT_RC(rc, weft_call, &store.service, WEFT_SERVICE_START,
                  &self->request);
    CHECK_EQ(rc, 0);
    for (self->round = 0; self->round < 9; self->round++) {
        self->put = (struct weft_store_put){
            .key = "key", .value = &"012345678"[self->round], .size = 1};
        model.cut = self->round % 3 == 2 ? 3 : -1;
        WEFT_AWAIT_RC(rc, weft_store_put_call, &store.service, &self->put);
        CHECK_EQ(rc, self->round % 3 == 2 ? WEFT_ERR_FAILED : 0);
        flash_model_power(&model);
        /* This waits until the store has been opened again. */
        self->get = (struct weft_store_get){
            .key = "key", .value = self->text, .size = sizeof(self->text)};
        WEFT_AWAIT_RC(rc, weft_store_get_call, &store.service, &self->get);
        CHECK_EQ(rc, 1);
        CHECK_EQ(self->text[0],
                 '0' + self->round - (self->round % 3 == 2 ? 1 : 0));
    }
    WEFT_AWAIT_RC(rc, weft_call, &store.service, WEFT_SERVICE_STOP,
                  &self->request);
    CHECK_EQ(rc, 0);
    WEFT_END;
}

CASE(a_store_whose_flash_failed_opens_again_and_requests_wait_for_it)
{
    struct user user;

    memset(&user, 0, sizeof(user));
    weft_loop_init(&loop, NULL);
    init_store(&loop.executor, FLASH_MODEL_SECTORS);
    CHECK_EQ(weft_loop_run_task(&loop, user_task(&user)), 0);
    weft_loop_deinit(&loop);
}

/* --- several who ask, and the power goes ---------------------------------- */

enum { CLIENTS = 3, ROUNDS = 12 };

static struct client {
    weft_task_t task;
    weft_await_t await;
    struct weft_store_put put;
    char key[2];
    char value;
    char known; /* what was answered with 0 */
    int rc;
} clients[CLIENTS];
WEFT_TASK(client)
{
    WEFT_BEGIN;
    for (self->rc = 0; self->rc >= 0 && self->value < ROUNDS;) {
        self->value++;
        self->put = (struct weft_store_put){
            .key = self->key, .value = &self->value, .size = 1};
        WEFT_AWAIT_RC(self->rc, weft_store_put_call, &store.service,
                      &self->put);
        if (self->rc == 0) {
            self->known = self->value;
        }
    }
    WEFT_END;
}

static void check_clients(void)
{
    for (int i = 0; i < CLIENTS; i++) {
        char value = 0;
        int rc = get(clients[i].key, &value, 1);

        CHECK(rc == 1 || rc == WEFT_ERR_NOT_FOUND);
        CHECK(value == clients[i].known || value == clients[i].value);
    }
}

CASE(after_a_cut_each_client_finds_its_old_or_its_new_value)
{
    for (long cut = 0; cut < 1000; cut += TEST_ON_BOARD ? 17 : 3) {
        memset(clients, 0, sizeof(clients));
        weft_loop_init(&loop, NULL);
        init_store(&loop.executor, FLASH_MODEL_SECTORS);
        weft_future_init(&bare);
        (void)weft_service_start(&store.service, &bare);
        while (weft_future_result(&bare) == WEFT_PENDING) {
            (void)weft_loop_step(&loop);
        }
        model.cut = cut;
        model.seed = (uint32_t)cut;
        for (int i = 0; i < CLIENTS; i++) {
            clients[i].key[0] = (char)('a' + i);
            CHECK_EQ(weft_spawn(&loop.executor, client_task(&clients[i])), 0);
        }
        while (!model.dark && clients[0].known < ROUNDS) {
            (void)weft_loop_step(&loop);
        }
        if (!model.dark) {
            return; /* the script was shorter */
        }
        /* The machine is off: all that it knew is gone. */
        weft_manual_init(&manual);
        flash_model_power(&model);
        CHECK_EQ(weft_store_init(
                     &store, &manual.executor,
                     &(weft_store_config_t){.flash = &model.flash,
                                            .sectors = sectors,
                                            .count = FLASH_MODEL_SECTORS}),
                 0);
        weft_future_init(&bare);
        CHECK_EQ(ask(WEFT_SERVICE_START), 0);
        check_clients();
        end();
    }
    FAIL("it never came to an end");
}
