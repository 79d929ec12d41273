/* test_priority.c - 32 levels: order, change of a queued task, urgent work
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "tests/support/frames.h"

struct named {
    weft_task_t task;
    weft_await_t await;
    weft_event_t *event; /* waited for first, unless it is NULL */
    char *names;
    char name;
};
WEFT_TASK(named)
{
    WEFT_BEGIN;
    if (self->event != NULL) {
        WEFT_AWAIT(weft_event_wait, self->event);
    }
    self->names[strlen(self->names)] = self->name;
    WEFT_END;
}

struct ranks {
    weft_loop_t loop;
    weft_priority_scheduler_t order;
    char names[16];
    struct named tasks[8];
};

static void ranks_init(struct ranks *ranks)
{
    memset(ranks, 0, sizeof(*ranks));
    weft_priority_scheduler_init(&ranks->order);
    weft_loop_init(&ranks->loop,
                   &(weft_loop_config_t){.scheduler = &ranks->order.scheduler});
    for (int i = 0; i < 8; i++) {
        ranks->tasks[i].names = ranks->names;
        ranks->tasks[i].name = (char)('a' + i);
    }
}

static void spawn_at(struct ranks *ranks, int i, unsigned level)
{
    weft_task_t *task = named_task(&ranks->tasks[i]);

    CHECK_EQ(weft_task_set_priority(task, level), 0);
    CHECK_EQ(weft_spawn(&ranks->loop.executor, task), 0);
}

static void run(struct ranks *ranks, const char *expected)
{
    while (weft_loop_step(&ranks->loop) != WEFT_FOREVER) {}
    CHECK_STR_EQ(ranks->names, expected);
}

CASE(a_higher_level_runs_first_and_each_is_first_in_first_out)
{
    struct ranks ranks;

    ranks_init(&ranks);
    spawn_at(&ranks, 0, 0);
    spawn_at(&ranks, 1, 5);
    spawn_at(&ranks, 2, 31);
    spawn_at(&ranks, 3, 5);
    spawn_at(&ranks, 4, 0);
    spawn_at(&ranks, 5, 31);
    run(&ranks, "cfbdae");
}

CASE(the_level_outlives_a_run_and_counts_for_the_end_of_a_wait)
{
    struct ranks ranks;
    weft_event_t event = WEFT_EVENT_INIT;

    ranks_init(&ranks);
    for (int i = 0; i < 3; i++) {
        ranks.tasks[i].event = &event;
    }
    spawn_at(&ranks, 0, 1);
    spawn_at(&ranks, 1, 3);
    spawn_at(&ranks, 2, 2);
    run(&ranks, "");
    weft_event_set(&event);
    run(&ranks, "bca");
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(weft_spawn(&ranks.loop.executor, &ranks.tasks[i].task), 0);
    }
    run(&ranks, "bcabca");
}

CASE(a_level_out_of_range_is_an_error)
{
    struct ranks ranks;

    ranks_init(&ranks);
    CHECK_EQ(
        weft_task_set_priority(named_task(&ranks.tasks[0]), WEFT_PRIORITIES),
        WEFT_ERR_INVALID);
    CHECK_EQ(weft_task_set_priority(&ranks.tasks[0].task, WEFT_PRIORITIES - 1),
             0);
}

/* Changes levels of queued tasks from inside the loop. */
struct shuffle {
    weft_runnable_t runnable;
    struct ranks *ranks;
    int task[2];
    unsigned level[2];
};

static int shuffle_run(weft_runnable_t *runnable)
{
    struct shuffle *shuffle = (struct shuffle *)(void *)runnable;

    for (int i = 0; i < 2; i++) {
        CHECK_EQ(weft_task_set_priority(
                     &shuffle->ranks->tasks[shuffle->task[i]].task,
                     shuffle->level[i]),
                 0);
    }
    return 0;
}

static void run_shuffled(int a, unsigned a_level, int b, unsigned b_level,
                         const char *expected)
{
    struct ranks ranks;
    struct shuffle shuffle = {
        {.run = shuffle_run}, &ranks, {a, b}, {a_level, b_level}};

    ranks_init(&ranks);
    CHECK_EQ(
        weft_submit(&ranks.loop.executor, &shuffle.runnable, WEFT_HINT_DEFAULT),
        0);
    for (int i = 0; i < 4; i++) {
        spawn_at(&ranks, i, 0);
    }
    run(&ranks, expected);
}

CASE(a_new_level_of_a_queued_task_takes_effect_at_once)
{
    run_shuffled(3, 1, 2, 2, "cdab");
    run_shuffled(0, 4, 1, 4, "abcd");
    run_shuffled(1, 4, 0, 4, "bacd");
    run_shuffled(3, 9, 3, 0, "abcd");
    run_shuffled(0, 9, 0, 0, "bcda");
    run_shuffled(0, 0, 3, 0, "abcd");
}

static void change_elsewhere(struct ranks *ranks)
{
    (void)weft_task_set_priority(&ranks->tasks[0].task, 3);
}

CASE(a_change_away_from_the_home_of_a_live_task_is_an_assertion)
{
    struct ranks ranks;

    ranks_init(&ranks);
    spawn_at(&ranks, 0, 0);
    CHECK_DIES(change_elsewhere(&ranks),
               "the priority of a live task, set away from its home");
    run(&ranks, "a");
    change_elsewhere(&ranks);
}

/* What comes into the inbox while a batch runs is picked by its level. */
struct urgent {
    weft_task_t task;
    struct ranks *ranks;
};

static void spawn_urgent(void *ctx)
{
    struct urgent *urgent = ctx;

    spawn_at(urgent->ranks, 7, 31);
}

WEFT_TASK(urgent)
{
    weft_port_thread_t thread;
    WEFT_BEGIN;
    thread_start(&thread, spawn_urgent, self);
    weft_port_thread_join(&thread);
    WEFT_END;
}

CASE(urgent_work_from_elsewhere_runs_before_the_rest_of_the_batch)
{
    struct ranks ranks;
    struct urgent urgent = {.ranks = &ranks};

    ranks_init(&ranks);
    CHECK_EQ(weft_spawn(&ranks.loop.executor, urgent_task(&urgent)), 0);
    spawn_at(&ranks, 0, 0);
    spawn_at(&ranks, 1, 0);
    run(&ranks, "hab");
}

/* Notes its name; then has `next` run next, and task b after that. */
struct note {
    weft_runnable_t runnable;
    struct ranks *ranks;
    char name;
    struct note *next;
};

static int note_run(weft_runnable_t *runnable)
{
    struct note *note = (struct note *)(void *)runnable;

    note->ranks->names[strlen(note->ranks->names)] = note->name;
    if (note->next != NULL) {
        CHECK_EQ(weft_submit(&note->ranks->loop.executor, &note->next->runnable,
                             WEFT_HINT_LIFO),
                 0);
        spawn_at(note->ranks, 1, 1);
    }
    return 0;
}

CASE(a_plain_runnable_is_at_the_lowest_level_in_the_order_submitted)
{
    struct ranks ranks;
    struct note plain = {{.run = note_run}, &ranks, 'p', NULL};

    ranks_init(&ranks);
    spawn_at(&ranks, 0, 0);
    CHECK_EQ(
        weft_submit(&ranks.loop.executor, &plain.runnable, WEFT_HINT_DEFAULT),
        0);
    spawn_at(&ranks, 1, 1);
    spawn_at(&ranks, 2, 0);
    run(&ranks, "bapc");
}

CASE(lifo_is_the_front_of_the_lowest_level)
{
    struct ranks ranks;
    struct note next = {{.run = note_run}, &ranks, 'n', NULL};
    struct note plain = {{.run = note_run}, &ranks, 'p', &next};

    ranks_init(&ranks);
    CHECK_EQ(
        weft_submit(&ranks.loop.executor, &plain.runnable, WEFT_HINT_DEFAULT),
        0);
    spawn_at(&ranks, 0, 0);
    spawn_at(&ranks, 2, 0);
    run(&ranks, "pbnac");
}

CASE(an_idle_task_takes_a_level_and_keeps_it)
{
    struct ranks ranks;

    ranks_init(&ranks);
    spawn_at(&ranks, 0, 1);
    CHECK_EQ(weft_task_set_priority(named_task(&ranks.tasks[3]), 0), 0);
    run(&ranks, "a");
    CHECK_EQ(weft_task_set_priority(&ranks.tasks[3].task, 2), 0);
    CHECK_EQ(weft_spawn(&ranks.loop.executor, &ranks.tasks[0].task), 0);
    CHECK_EQ(weft_spawn(&ranks.loop.executor, &ranks.tasks[3].task), 0);
    run(&ranks, "ada");
}
