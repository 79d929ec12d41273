/* test_service_where.c - one service on every kind of executor
 * SPDX-License-Identifier: MIT
 *
 * The numbers at the ends of names: see test_service.c.
 */
#include "tests/support/levels.h"
#include "tests/support/pools.h"
#include "tests/support/services.h"
#include "tests/support/test.h"
#include "weft/cores.h"

/* Counts plainly: that nothing of it runs at the same time the thread
 * sanitizer sees, and who asks. */
struct meter {
    weft_service_t service;
    unsigned count, beats;
    bool inside;
    weft_service_loop_t loop;
    weft_kept_t kept;
};

static struct meter *meter_of(weft_service_t *service)
{
    return WEFT_CONTAINER_OF(service, struct meter, service);
}

enum { COUNT, KEEP, ANSWER, CODES };

static int counts(weft_service_t *service, weft_request_t *request)
{
    struct meter *meter = meter_of(service);

    (void)request;
    CHECK(!meter->inside);
    meter->inside = true;
    meter->count++;
    meter->inside = false;
    return (int)meter->count;
}

static int keeps(weft_service_t *service, weft_request_t *request)
{
    return weft_request_keep(service, request, &meter_of(service)->kept);
}

static int answers(weft_service_t *service, weft_request_t *request)
{
    (void)request;
    CHECK(weft_kept_settle(&meter_of(service)->kept, 99));
    return WEFT_OK;
}

static void beats(weft_service_t *service, weft_service_loop_t *loop)
{
    struct meter *meter = meter_of(service);

    CHECK(!meter->inside);
    meter->beats++;
    (void)loop;
}

static int begins(weft_service_t *service, weft_request_t *request)
{
    struct meter *meter = meter_of(service);

    (void)request;
    meter->beats = 0;
    return weft_service_loop_set(service, &meter->loop, beats, WEFT_MS(1));
}

static const weft_handler_t handlers[] = {
    {COUNT, 0, counts}, {KEEP, 0, keeps}, {ANSWER, 0, answers}};
static const weft_service_type_t meter_type = {
    .name = "meter",
    .handlers = handlers,
    .handlers_count = CODES,
    .on_start = begins,
};

/* Asks it: a whole life of the service, twice. */
struct guest {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    struct meter *meter;
    struct note note, kept;
    int life, i;
    weft_cores_t *cores; /* NULL, or what it stops at the end */
};
WEFT_TASK(guest)
{
    int rc;
    WEFT_BEGIN;
    for (self->life = 0; self->life < 2; self->life++) {
        WEFT_AWAIT_RC(rc, weft_call, &self->meter->service, WEFT_SERVICE_START,
                      &self->note.request);
        CHECK_EQ(rc, 0);
        for (self->i = 0; self->i < 3; self->i++) {
            WEFT_AWAIT_RC(rc, weft_call, &self->meter->service, COUNT,
                          &self->note.request);
            CHECK_EQ(rc, self->life * 3 + self->i + 1);
        }
        CHECK_EQ(
            weft_service_send(&self->meter->service, KEEP, &self->kept.request),
            0);
        WEFT_AWAIT_RC(rc, weft_call, &self->meter->service, ANSWER,
                      &self->note.request);
        CHECK_EQ(rc, 0);
        WEFT_AWAIT_RC(rc, weft_future_await, &self->kept.request);
        CHECK_EQ(rc, 99);
        WEFT_SLEEP(WEFT_US(2500)); /* its loop runs */
        WEFT_AWAIT_RC(rc, weft_call, &self->meter->service, WEFT_SERVICE_STOP,
                      &self->note.request);
        CHECK_EQ(rc, 0);
        CHECK(self->meter->beats >= 1);
    }
    if (self->cores != NULL) {
        weft_cores_stop(self->cores);
    }
    WEFT_END;
}

static void visit(struct meter *meter, weft_executor_t *executor,
                  weft_loop_t *here)
{
    struct guest guest = {.meter = meter};

    CHECK_EQ(weft_service_init(&meter->service, &meter_type, executor), 0);
    CHECK_EQ(weft_loop_run_task(here, guest_task(&guest)), 0);
    CHECK_EQ(meter->count, 6);
    memset(&meter->service, 0xdb, sizeof(meter->service)); /* it may go */
    memset(meter, 0, sizeof(*meter));
}

struct place {
    weft_loop_t loop; /* of the guest */
    struct meter meter;
    struct core core;
};

static struct place *place_new(void)
{
    struct place *place = frame_new(sizeof(*place));

    weft_loop_init(&place->loop, NULL);
    return place;
}

static void place_drop(struct place *place)
{
    weft_loop_deinit(&place->loop);
    frame_drop(place, sizeof(*place));
}

CASE(on_the_loop_of_who_asks)
{
    struct place *place = place_new();

    visit(&place->meter, &place->loop.executor, &place->loop);
    place_drop(place);
}

CASE(on_the_loop_of_another_thread)
{
    struct place *place = place_new();

    core_start(&place->core);
    visit(&place->meter, &place->core.loop.executor, &place->loop);
    core_stop(&place->core);
    place_drop(place);
}

CASE(on_a_pool)
{
    struct place *place = place_new();
    struct pool *pool = pool_open(2);

    visit(&place->meter, &pool->pool.executor, &place->loop);
    weft_pool_stop(&pool->pool);
    pool_join(pool);
    weft_pool_deinit(&pool->pool);
    frame_drop(pool, sizeof(*pool));
    place_drop(place);
}

CASE(on_a_strand_of_a_pool)
{
    struct place *place = place_new();
    struct pool *pool = pool_open(2);
    weft_strand_t strand;

    weft_strand_init(&strand, &pool->pool.executor);
    visit(&place->meter, &strand.executor, &place->loop);
    weft_strand_stop(&strand);
    CHECK_EQ(weft_strand_join(&strand), 0);
    weft_thread_leave();
    weft_pool_stop(&pool->pool);
    pool_join(pool);
    weft_pool_deinit(&pool->pool);
    frame_drop(pool, sizeof(*pool));
    place_drop(place);
}

CASE(on_a_core_of_its_own)
{
    weft_core_t *core = frame_new(2 * sizeof(*core));
    struct meter *meter = frame_new(sizeof(*meter));
    weft_cores_t cores;
    struct guest guest = {.meter = meter, .cores = &cores};

    CHECK_STARTED(weft_cores_start(&cores, core, 2));
    CHECK_EQ(weft_service_init(&meter->service, &meter_type,
                               weft_core_executor(&cores, 1)),
             0);
    CHECK_EQ(weft_spawn_on(&cores, 0, guest_task(&guest)), 0);
    CHECK_EQ(weft_cores_run(&cores), 0);
    CHECK_EQ(weft_task_result(&guest.task), 0);
    CHECK_EQ(meter->count, 6);
    frame_drop(meter, sizeof(*meter));
    frame_drop(core, 2 * sizeof(*core));
}

CASE_LEVELS(on_an_executor_of_an_interrupt_priority, 1)
{
    struct bench *bench = bench_start(1);
    struct meter *meter = frame_new(sizeof(*meter));

    visit(meter, bench_executor(bench, 1), &bench->loop);
    bench_stop(bench);
    frame_drop(meter, sizeof(*meter));
}
