/* test_rwlock.c - readers together, a writer alone, in the order they came
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "tests/support/handler.h"

/* What a visitor wants: a letter each, r or w. */
struct visitor {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_rwlock_t *lock;
    weft_event_t *leave;
    uint64_t deadline_us; /* 0: none */
    char mode;
    bool inside;
    int rc;
};

static int lock_begin(weft_await_t *await, const struct visitor *self)
{
    return self->mode == 'r' ? weft_rwlock_read_begin(await, self->lock)
                             : weft_rwlock_write_begin(await, self->lock);
}

WEFT_TASK(visitor)
{
    int rc;
    WEFT_BEGIN;
    if (self->deadline_us == 0) {
        WEFT_AWAIT_RC(self->rc, lock, self);
    } else {
        WEFT_AWAIT_UNTIL(self->rc, self->deadline_us, lock, self);
    }
    if (self->rc != WEFT_OK) {
        return self->rc;
    }
    self->inside = true;
    WEFT_AWAIT_RC(rc, weft_event_wait, self->leave);
    CHECK(rc == 0 || rc == WEFT_ERR_CANCELLED);
    self->inside = false;
    weft_rwlock_unlock(self->lock);
    WEFT_END;
}

enum { MOST = 2 * WEFT_STEP + 4 };

struct house {
    weft_loop_t loop;
    weft_rwlock_t lock;
    weft_event_t leave[MOST];
    struct visitor visitor[MOST];
    int count;
};

static void step(struct house *house)
{
    for (int i = 0; i < 4; i++) {
        (void)weft_loop_step(&house->loop);
    }
}

static void house_init(struct house *house)
{
    *house = (struct house){.count = 0};
    weft_rwlock_init(&house->lock);
    weft_loop_init(&house->loop, NULL);
}

static void come_until(struct house *house, char mode, uint64_t deadline_us)
{
    int i = house->count++;
    struct visitor *visitor = &house->visitor[i];

    weft_event_init(&house->leave[i], false);
    visitor->lock = &house->lock;
    visitor->leave = &house->leave[i];
    visitor->deadline_us = deadline_us;
    visitor->mode = mode;
    CHECK_EQ(weft_spawn(&house->loop.executor, visitor_task(visitor)), 0);
    step(house);
}

static void come(struct house *house, const char *modes)
{
    for (; *modes != 0; modes++) {
        come_until(house, *modes, 0);
    }
}

static void leave(struct house *house, int i)
{
    weft_event_set(&house->leave[i]);
    step(house);
}

/* A mark for each: X is inside, - is not. */
static void check_inside(const struct house *house, const char *marks)
{
    char seen[MOST + 1] = "";

    for (int i = 0; i < house->count; i++) {
        seen[i] = house->visitor[i].inside ? 'X' : '-';
    }
    CHECK_STR_EQ(seen, marks);
}

static void house_deinit(struct house *house)
{
    for (int i = 0; i < house->count; i++) {
        weft_event_set(&house->leave[i]);
    }
    weft_loop_stop(&house->loop);
    CHECK_EQ(weft_loop_run(&house->loop), 0);
    weft_loop_deinit(&house->loop);
    CHECK_EQ(house->lock.word, 0);
}

/* A deadline that has passed; 0 is none here. */
static uint64_t past(void)
{
    CHECK_EQ(weft_sleep(WEFT_US(10)), 0);
    return weft_now_us() - 1;
}

CASE(an_open_lock_is_locked_at_once)
{
    weft_rwlock_t lock = WEFT_RWLOCK_INIT;

    CHECK_EQ(weft_rwlock_read(&lock), 0);
    CHECK_EQ(weft_rwlock_read_until(&lock, past()), 0);
    CHECK_EQ(weft_rwlock_try_read(&lock), 0);
    CHECK_EQ(weft_rwlock_try_write(&lock), WEFT_ERR_BUSY);
    CHECK_EQ(weft_rwlock_write_until(&lock, past()), WEFT_ERR_TIMEOUT);
    for (int i = 0; i < 3; i++) {
        weft_rwlock_unlock(&lock);
    }
    CHECK_EQ(weft_rwlock_write(&lock), 0);
    CHECK_EQ(weft_rwlock_try_read(&lock), WEFT_ERR_BUSY);
    CHECK_EQ(weft_rwlock_try_write(&lock), WEFT_ERR_BUSY);
    weft_rwlock_unlock(&lock);
    CHECK_EQ(weft_rwlock_write_until(&lock, past()), 0);
    weft_rwlock_unlock(&lock);
    CHECK_EQ(weft_rwlock_try_write(&lock), 0);
    weft_rwlock_unlock(&lock);
    CHECK_EQ(lock.word, 0);
}

CASE(readers_are_inside_together_and_a_writer_alone)
{
    struct house house;

    house_init(&house);
    come(&house, "rrrwr");
    check_inside(&house, "XXX--");
    leave(&house, 0);
    leave(&house, 1);
    check_inside(&house, "--X--");
    leave(&house, 2);
    check_inside(&house, "---X-");
    leave(&house, 3);
    check_inside(&house, "----X");
    house_deinit(&house);
}

CASE(nobody_passes_a_writer_who_waits)
{
    struct house house;

    house_init(&house);
    come(&house, "rwrw");
    check_inside(&house, "X---");
    CHECK_EQ(weft_rwlock_try_read(&house.lock), WEFT_ERR_BUSY);
    leave(&house, 0);
    check_inside(&house, "-X--");
    CHECK_EQ(weft_rwlock_try_read(&house.lock), WEFT_ERR_BUSY);
    house_deinit(&house);
}

CASE(readers_in_a_row_go_in_together_up_to_the_next_writer)
{
    struct house house;

    house_init(&house);
    come(&house, "wrrrwrw");
    leave(&house, 0);
    check_inside(&house, "-XXX---");
    leave(&house, 2);
    leave(&house, 1);
    leave(&house, 3);
    check_inside(&house, "----X--");
    leave(&house, 4);
    check_inside(&house, "-----X-");
    house_deinit(&house);
}

CASE(more_readers_than_one_step_go_in_together)
{
    struct house house;

    house_init(&house);
    come(&house, "w");
    for (int i = 1; i < MOST - 1; i++) {
        come(&house, "r");
    }
    come(&house, "w");
    leave(&house, 0);
    for (int i = 1; i < MOST - 1; i++) {
        CHECK(house.visitor[i].inside);
    }
    CHECK(!house.visitor[MOST - 1].inside);
    house_deinit(&house);
}

/* --- leaving */

CASE(when_a_writer_leaves_the_queue_the_readers_behind_it_go_in)
{
    struct house house;

    house_init(&house);
    come(&house, "rwrrwr");
    weft_task_cancel(&house.visitor[1].task);
    step(&house);
    CHECK_EQ(house.visitor[1].rc, WEFT_ERR_CANCELLED);
    check_inside(&house, "X-XX--");
    house_deinit(&house);
}

CASE(when_a_limit_ends_a_writers_wait_the_readers_behind_it_go_in)
{
    struct house house;

    house_init(&house);
    come(&house, "r");
    come_until(&house, 'w', weft_deadline(WEFT_MS(20)));
    come(&house, "r");
    check_inside(&house, "X--");
    CHECK_EQ(weft_sleep(WEFT_MS(25)), 0);
    step(&house);
    CHECK_EQ(house.visitor[1].rc, WEFT_ERR_TIMEOUT);
    check_inside(&house, "X-X");
    come_until(&house, 'w', past());
    CHECK_EQ(house.visitor[3].rc, WEFT_ERR_TIMEOUT);
    house_deinit(&house);
}

CASE(when_a_reader_leaves_the_queue_the_others_keep_their_place)
{
    struct house house;

    house_init(&house);
    come(&house, "wrwr");
    weft_task_cancel(&house.visitor[1].task);
    step(&house);
    check_inside(&house, "X---");
    leave(&house, 0);
    check_inside(&house, "--X-");
    house_deinit(&house);
}

CASE(who_was_let_in_is_inside_though_cancelled)
{
    struct house house;

    house_init(&house);
    CHECK_EQ(weft_rwlock_write(&house.lock), 0);
    come(&house, "wr");
    weft_rwlock_unlock(&house.lock); /* to the first, which has not run yet */
    weft_task_cancel(&house.visitor[0].task);
    step(&house);
    CHECK_EQ(house.visitor[0].rc, 0);
    check_inside(&house, "-X"); /* its own wait was cancelled: it left */
    house_deinit(&house);
}

/* --- many at once on one loop: nobody stays inside while he stands aside */

struct user {
    weft_task_t task;
    weft_await_t await;
    weft_rwlock_t *lock;
    int left;
    int waits;
};
WEFT_TASK(user)
{
    WEFT_BEGIN;
    for (; self->left > 0; self->left--) {
        if (self->left % 2 == 0) {
            WEFT_AWAIT(weft_rwlock_read, self->lock);
        } else {
            WEFT_AWAIT(weft_rwlock_write, self->lock);
        }
        self->waits += self->lock->waiters.first != NULL;
        weft_rwlock_unlock(self->lock);
    }
    WEFT_END;
}

CASE(who_stands_aside_is_not_inside)
{
    weft_loop_t loop;
    weft_rwlock_t lock = WEFT_RWLOCK_INIT;
    struct user users[3] = {{.left = 0}};

    weft_loop_init(&loop, NULL);
    for (int i = 0; i < 3; i++) {
        users[i].lock = &lock;
        users[i].left = 3 * WEFT_BUDGET + i;
        CHECK_EQ(weft_spawn(&loop.executor, user_task(&users[i])), 0);
    }
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(users[i].left, 0);
        CHECK_EQ(users[i].waits, 0);
    }
    weft_loop_deinit(&loop);
}

/* --- wrong programs */

CASE(locked_twice_by_its_writer_is_named)
{
    weft_rwlock_t lock = WEFT_RWLOCK_INIT;
    const char *named = "an rwlock locked twice by its writer";

    CHECK_EQ(weft_rwlock_write(&lock), 0);
    CHECK_DIES((void)weft_rwlock_write(&lock), named);
    CHECK_DIES((void)weft_rwlock_read(&lock), named);
    weft_rwlock_unlock(&lock);
    CHECK_DIES(weft_rwlock_unlock(&lock),
               "unlock of an rwlock that is not locked");
}

/* By hand where so many readers would take too long. */
CASE(one_more_reader_than_it_can_count_is_named)
{
    struct house house;
    const char *named = "more readers than an rwlock can count";
    uint32_t full = WEFT_RWLOCK_READERS_MAX * UINT32_C(8);

    house_init(&house);
    come(&house, "r");
    house.lock.word = full - 8;
    CHECK_EQ(weft_rwlock_try_read(&house.lock), 0);
    CHECK_DIES((void)weft_rwlock_try_read(&house.lock), named);
    CHECK_DIES((void)weft_rwlock_read(&house.lock), named);
    CHECK_EQ(weft_rwlock_try_write(&house.lock), WEFT_ERR_BUSY);
    come(&house, "wr");
    weft_task_cancel(&house.visitor[1].task);
    CHECK_DIES(step(&house), named);
    house.lock.word -= full - 8;
    step(&house);
    check_inside(&house, "X-X");
    house_deinit(&house);
}

CASE(unlocked_by_another_is_named)
{
    struct house house;
    const char *named = "an rwlock unlocked by another than its writer";

    house_init(&house);
    come(&house, "w");
    CHECK_DIES(weft_rwlock_unlock(&house.lock), named);
    come(&house, "w");
    leave(&house, 0);
    CHECK_DIES(weft_rwlock_unlock(&house.lock), named);
    house_deinit(&house);
}

static void read_inside(void *ctx)
{
    (void)weft_rwlock_read(ctx);
}

static void try_inside(void *ctx)
{
    (void)weft_rwlock_try_read(ctx);
}

static void unlock_inside(void *ctx)
{
    weft_rwlock_unlock(ctx);
}

CASE_INTERRUPT(an_interrupt_owns_nothing)
{
    weft_rwlock_t lock = WEFT_RWLOCK_INIT;

    CHECK_DIES(handle(read_inside, &lock), "a waiting call in an interrupt");
    CHECK_DIES(handle(try_inside, &lock), "a waiting call in an interrupt");
    CHECK_EQ(weft_rwlock_read(&lock), 0);
    CHECK_DIES(handle(unlock_inside, &lock),
               "an rwlock unlocked in an interrupt");
    weft_rwlock_unlock(&lock);
}
