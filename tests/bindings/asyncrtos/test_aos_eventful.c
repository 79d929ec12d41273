/* test_aos_eventful.c - answers that come to a task as events; spawned calls
 * SPDX-License-Identifier: MIT
 */
#include "tests/bindings/asyncrtos/counted.h"

enum { ASK, ANSWER, WORK, NOBODY };

struct asker {
    aos_task_t *worker;
    int rounds; /* asks left */
    unsigned answers, rejected, cleaned;
    aos_future_t *parent;
    aos_future_t *kept;
    unsigned stopping;
};

static void work(aos_task_t *task, aos_future_t *future)
{
    (void)task;
    aos_resolve(future);
}

static void keep(aos_task_t *task, aos_future_t *future)
{
    struct asker *asker = aos_task_args_get(task);

    asker->kept = future;
}

/* Passes the question on; its own future is the answer's context. */
static void ask(aos_task_t *task, aos_future_t *future)
{
    struct asker *asker = aos_task_args_get(task);
    aos_eventful_config_t config = {
        .task = task, .event = ANSWER, .ctx = future};

    (void)aos_task_send(asker->worker, WORK, aos_eventful_alloc(&config, 8));
}

static void answer(aos_task_t *task, aos_future_t *future)
{
    struct asker *asker = aos_task_args_get(task);

    asker->answers++;
    asker->stopping += aos_task_isstopping(task) ? 1 : 0;
    asker->rejected += aos_isresolved(future) ? 0 : 1;
    if (asker->rounds > 0) {
        asker->rounds--;
        (void)aos_task_send(asker->worker, WORK, future);
    } else {
        aos_future_t *parent = aos_eventful_free(future);

        if (parent != NULL) {
            aos_resolve(parent);
        }
    }
}

static const aos_task_handler_entry_t asks[] = {{ASK, ask}, {ANSWER, answer}};
static const aos_task_handler_entry_t works[] = {{WORK, work}};
static const aos_task_handler_entry_t keeps[] = {{WORK, keep}};

static aos_task_t *make(const aos_task_handler_entry_t *table, unsigned count,
                        struct asker *asker)
{
    aos_task_t *task = aos_task_alloc(&(aos_task_config_t){
        .args = asker, .handlers = table, .handlers_count = count});

    CHECK(task != NULL);
    return task;
}

/* The asker runs, and a worker; false: there are too few threads. */
static bool start_both(struct asker *asker, aos_task_t *task)
{
    if (!start_task(task)) {
        aos_task_free(task);
        aos_task_free(asker->worker);
        return false;
    }
    if (!start_task(asker->worker)) {
        CHECK(stop_task(task));
        aos_task_free(task);
        aos_task_free(asker->worker);
        return false;
    }
    return true;
}

static void stop_both(struct asker *asker, aos_task_t *task)
{
    CHECK(stop_task(asker->worker));
    aos_task_free(asker->worker);
    CHECK(stop_task(task));
    aos_task_free(task);
    counted_check();
}

CASE(an_answer_comes_as_an_event_with_its_context)
{
    struct asker asker = {.worker = make(works, 1, NULL)};
    aos_task_t *task = make(asks, 2, &asker);

    if (!start_both(&asker, task)) {
        SKIP("no thread is left");
    }
    CHECK(send_task(task, ASK));
    CHECK(send_task(task, ASK));
    CHECK_EQ(asker.answers, 2);
    CHECK_EQ(asker.rejected, 0);
    stop_both(&asker, task);
}

CASE(a_callback_sends_its_future_again_and_again)
{
    struct asker asker = {.worker = make(works, 1, NULL), .rounds = 20};
    aos_task_t *task = make(asks, 2, &asker);

    if (!start_both(&asker, task)) {
        SKIP("no thread is left");
    }
    CHECK(send_task(task, ASK));
    CHECK_EQ(asker.answers, 21);
    stop_both(&asker, task);
}

CASE(a_rejected_request_comes_back_too)
{
    struct asker asker = {.worker = make(works, 0, NULL)};
    aos_task_t *task = make(asks, 2, &asker);

    START_OR_SKIP(task);
    CHECK(send_task(task, ASK)); /* of a worker that does not run */
    CHECK_EQ(asker.rejected, 1);
    if (start_task(asker.worker)) {
        CHECK(send_task(task, ASK)); /* without a handler */
        CHECK_EQ(asker.rejected, 2);
    }
    stop_both(&asker, task);
}

CASE(an_asynchronous_function_answers_with_an_event)
{
    struct asker asker = {0};
    aos_task_t *task = make(asks, 2, &asker);
    aos_future_t *parent = aos_awaitable_alloc(0);
    aos_eventful_config_t config = {
        .task = task, .event = ANSWER, .ctx = parent};

    START_OR_SKIP(task);
    aos_resolve(aos_eventful_alloc(&config, 0));
    CHECK(await_free(parent));
    CHECK(stop_task(task));
    aos_task_free(task);
    counted_check();
}

/* --- nobody is there ------------------------------------------------------ */

static void clean(aos_future_t *future)
{
    struct asker *asker = aos_eventful_free(future);

    asker->cleaned++;
}

CASE(an_event_without_a_handler_is_dropped)
{
    struct asker asker = {0};
    aos_task_t *task = make(asks, 2, &asker);
    aos_eventful_config_t config = {.task = task, .event = NOBODY};

    START_OR_SKIP(task);
    aos_resolve(aos_eventful_alloc(&config, 0));
    aos_resolve(aos_eventful_alloc(&config, 0));
    config.cleanup = clean;
    config.ctx = &asker;
    aos_resolve(aos_eventful_alloc(&config, 0));
    CHECK(stop_task(task));
    CHECK_EQ(asker.cleaned, 1);
    aos_task_free(task);
    counted_check();
}

CASE(an_answer_to_a_stopped_or_freed_task_is_cleaned_up)
{
    struct asker asker = {0};
    aos_task_t *task = make(asks, 2, &asker);
    aos_eventful_config_t config = {
        .task = task, .event = ANSWER, .ctx = &asker, .cleanup = clean};
    aos_future_t *late;
    aos_future_t *later;
    aos_future_t *last;

    START_OR_SKIP(task);
    late = aos_eventful_alloc(&config, 0);
    later = aos_eventful_alloc(&config, 0);
    config.cleanup = NULL;
    last = aos_eventful_alloc(&config, 0);
    CHECK(stop_task(task));
    aos_resolve(late);
    CHECK_EQ(asker.cleaned, 1);
    aos_task_free(task);
    aos_resolve(later);
    CHECK_EQ(asker.cleaned, 2);
    aos_resolve(last);
    CHECK_EQ(asker.answers, 0);
    counted_check();
}

/* Resolves three answers to its own task and stops it: they come behind. */
static void stop_behind_answers(aos_task_t *task, aos_future_t *future)
{
    aos_eventful_config_t config = {.task = task, .event = ANSWER};
    int i;

    (void)aos_task_stop(task, future);
    for (i = 0; i < 3; i++) {
        aos_resolve(aos_eventful_alloc(&config, 0));
    }
}

CASE(answers_are_handled_while_the_task_stops)
{
    struct asker asker = {0};
    aos_task_t *task = make(asks, 2, &asker);

    aos_task_handler_set(task, stop_behind_answers, WORK);
    START_OR_SKIP(task);
    CHECK(send_task(task, WORK));
    CHECK_EQ(asker.answers, 3);
    CHECK_EQ(asker.stopping, 3);
    aos_task_free(task);
    counted_check();
}

CASE(a_worker_answers_when_its_asker_has_gone)
{
    struct asker asker = {0};
    aos_task_t *task;
    aos_future_t *parent = aos_awaitable_alloc(0);

    asker.worker = make(keeps, 1, &asker);
    task = make(asks, 2, &asker);
    if (!start_both(&asker, task)) {
        aos_awaitable_free(parent);
        SKIP("no thread is left");
    }
    (void)aos_task_send(task, ASK, parent);
    CHECK(stop_task(task));
    CHECK(stop_task(asker.worker));
    aos_task_free(task);
    if (asker.kept != NULL) {
        aos_resolve(asker.kept); /* freed; its context is the user's */
    }
    aos_task_free(asker.worker);
    aos_awaitable_free(parent);
    counted_check();
}

/* Answers race the stop, from another thread: each is handled or cleaned. */
struct racer {
    weft_port_thread_t thread;
    aos_future_t *futures[10];
};

static void resolve_all(void *ctx)
{
    struct racer *racer = ctx;
    int i;

    for (i = 0; i < 10; i++) {
        aos_resolve(racer->futures[i]);
    }
}

static void count_and_free(aos_task_t *task, aos_future_t *future)
{
    struct asker *asker = aos_task_args_get(task);

    asker->answers++;
    (void)aos_eventful_free(future);
}

static void count_cleaned(aos_future_t *future)
{
    (void)weft_atomic_fetch_add_relaxed_u32(aos_eventful_free(future), 1);
}

CASE(answers_race_a_stop)
{
    struct asker asker = {0};
    uint32_t cleaned = 0;
    aos_task_t *task = make(asks, 2, &asker);
    aos_eventful_config_t config = {.task = task,
                                    .event = ANSWER,
                                    .ctx = &cleaned,
                                    .cleanup = count_cleaned};
    struct racer racer = {0};
    int i;

    aos_task_handler_set(task, count_and_free, ANSWER);
    START_OR_SKIP(task);
    for (i = 0; i < 10; i++) {
        racer.futures[i] = aos_eventful_alloc(&config, 0);
    }
    if (weft_port_thread_start(&racer.thread, resolve_all, &racer) < 0) {
        resolve_all(&racer);
        racer.thread.run = NULL;
    }
    CHECK(stop_task(task));
    if (racer.thread.run != NULL) {
        weft_port_thread_join(&racer.thread);
    }
    aos_task_free(task);
    CHECK_EQ(asker.answers + cleaned, 10);
    counted_check();
}

/* --- spawned functions ---------------------------------------------------- */

AOS_DECLARE(add, int a, char b, int *sum)
AOS_DEFINE(add, int, char, int *)
static void add(aos_future_t *future)
{
    AOS_ARGS_T(add) *args = aos_args_get(future);

    (void)weft_sleep(WEFT_MS(1));
    *args->sum = args->a + args->b;
    aos_resolve(future);
}

CASE(a_spawned_function_runs_elsewhere_and_leaves_nothing)
{
    aos_spawn_config_t config = {.name = "a name longer than any port has"};
    int sum[3] = {0};
    aos_future_t *futures[3];
    int i;

    for (i = 0; i < 3; i++) {
        futures[i] = AOS_AWAITABLE_ALLOC_T(add)(i, 2, &sum[i]);
        (void)aos_spawn(i == 0 ? NULL : &config, add, futures[i]);
    }
    for (i = 0; i < 3; i++) {
        bool ran = await_free(futures[i]);

        CHECK(!ran || sum[i] == i + 2);
    }
    counted_check();
}

CASE(a_spawn_without_memory_is_rejected)
{
    int sum = 0;
    aos_future_t *future = AOS_AWAITABLE_ALLOC_T(add)(1, 2, &sum);

    counted_fail_at(1);
    CHECK(!await_free(aos_spawn(NULL, add, future)));
    CHECK(!await_free(aos_spawn(NULL, NULL, aos_awaitable_alloc(0))));
    CHECK_EQ(sum, 0);
    counted_check();
}

static void ask_from_thread(aos_future_t *future)
{
    aos_task_t **task = aos_args_get(future);

    CHECK(send_task(*task, WORK));
    aos_resolve(future);
}

CASE(a_spawned_function_awaits_a_task)
{
    aos_task_t *task = make(works, 1, NULL);
    aos_future_t *future = aos_awaitable_alloc(sizeof(task));

    *(aos_task_t **)aos_args_get(future) = task;
    if (!start_task(task)) {
        aos_awaitable_free(future);
        aos_task_free(task);
        SKIP("no thread is left");
    }
    (void)await_free(aos_spawn(NULL, ask_from_thread, future));
    CHECK(stop_task(task));
    aos_task_free(task);
    counted_check();
}
