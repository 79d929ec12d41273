/* watch.c - the watch: one value with a version, and a crowd of observers
 * SPDX-License-Identifier: MIT
 *
 * All fields are under the lock. Who waits has seen the version that is there,
 * or is due (core/crowd.h) and will be given what is newest then. A node's
 * buffer is its reader.
 *
 * There is room for two values. Those who borrow all borrow the same one, so
 * the other is free: a set writes there when the newest is lent, and else over
 * the newest. It need not wait, and who borrows reads what nobody writes.
 */
#include "weft/watch.h"

#include <string.h>

#include "core/crowd.h"
#include "core/wait.h"
#include "coro/block.h"

enum { CLOSED = WEFT__CROWD_OWN };

static bool withdraw(weft_node_t *node, int reason);
static int serve(weft_crowd_t *crowd, weft_node_t *node);

const weft_crowd_ops_t weft__watch_ops = {
    .object = {"watch", withdraw},
    .serve = serve,
    .go_on = weft__crowd_go_on,
};

int weft_watch_init(weft_watch_t *watch, void *values, size_t size)
{
    if (size == 0 || size > WEFT_COPY_MAX || values == NULL) {
        return WEFT_ERR_INVALID;
    }
    *watch = (weft_watch_t)WEFT__WATCH_INIT(values, size);
    return WEFT_OK;
}

void weft_watch_reader_init(weft_watch_reader_t *reader, weft_watch_t *watch)
{
    *reader = (weft_watch_reader_t){.watch = watch};
}

static char *newest(const weft_watch_t *watch)
{
    return (char *)watch->values + (size_t)watch->current * watch->size;
}

int weft_watch_set(weft_watch_t *watch, const void *value)
{
    uint32_t state;
    unsigned key = weft__bit_lock(&watch->crowd.word, &state);

    if ((state & CLOSED) != 0) {
        weft__crowd_unlock(&watch->crowd, state, key);
        return WEFT_ERR_CLOSED;
    }
    if (watch->borrowers > 0 && watch->lent == watch->current) {
        watch->current ^= 1;
    }
    (void)memcpy(newest(watch), value, watch->size);
    watch->version++; /* 64 bits: it does not come round to 0, or to seen */
    weft__crowd_end(&watch->crowd, state, key);
    return WEFT_OK;
}

int weft_watch_get(weft_watch_t *watch, void *value)
{
    uint32_t state;
    unsigned key = weft__bit_lock(&watch->crowd.word, &state);
    bool there = watch->version != 0;

    if (there) {
        (void)memcpy(value, newest(watch), watch->size);
    }
    weft__crowd_unlock(&watch->crowd, state, key);
    return there ? WEFT_OK : WEFT_ERR_EMPTY;
}

int weft_watch_close(weft_watch_t *watch)
{
    uint32_t state;
    unsigned key;

    WEFT_ASSERT(!weft__in_interrupt(), "a watch closed in an interrupt");
    key = weft__bit_lock(&watch->crowd.word, &state);
    if ((state & CLOSED) != 0) {
        weft__crowd_unlock(&watch->crowd, state, key);
        return WEFT_ERR_CLOSED;
    }
    weft__crowd_end(&watch->crowd, state | CLOSED, key);
    return WEFT_OK;
}

const void *weft_watch_borrow(weft_watch_t *watch)
{
    const void *value = NULL;
    uint32_t state;
    unsigned key;

    WEFT_ASSERT(!weft__in_interrupt(), "an interrupt that borrows");
    key = weft__bit_lock(&watch->crowd.word, &state);
    if (watch->version != 0 &&
        (watch->borrowers == 0 || watch->lent == watch->current)) {
        WEFT_ASSERT(watch->borrowers < UINT32_MAX, "borrowed without an end");
        watch->borrowers++;
        watch->lent = watch->current;
        value = newest(watch);
    }
    weft__crowd_unlock(&watch->crowd, state, key);
    return value;
}

void weft_watch_release(weft_watch_t *watch)
{
    uint32_t state;
    unsigned key = weft__bit_lock(&watch->crowd.word, &state);

    WEFT_ASSERT(watch->borrowers > 0, "release of what nobody borrows");
    watch->borrowers--;
    weft__crowd_unlock(&watch->crowd, state, key);
}

/* Under the lock, where there is a value that is new to it. */
static void take(const weft_watch_t *watch, weft_watch_reader_t *reader,
                 void *value)
{
    if (value != NULL) {
        (void)memcpy(value, newest(watch), watch->size);
    }
    reader->seen = watch->version;
}

/* The newest, also to who became due by an older one; none: it is closed. */
static int serve(weft_crowd_t *crowd, weft_node_t *node)
{
    const weft_watch_t *watch = (const weft_watch_t *)(const void *)crowd;
    weft_watch_reader_t *reader = (weft_watch_reader_t *)node->buffer;

    reader->waits = false;
    if (reader->seen == watch->version) {
        return WEFT_ERR_CLOSED;
    }
    take(watch, reader, reader->value);
    return WEFT_OK;
}

/* Look, and link in the same hold. await NULL: it does not wait. */
static int look(weft_watch_reader_t *reader, void *value, weft_await_t *await)
{
    weft_watch_t *watch = reader->watch;
    uint32_t state;
    unsigned key = weft__bit_lock(&watch->crowd.word, &state);
    int rc = WEFT_ERR_EMPTY;

    WEFT_ASSERT(!reader->waits, "a reader that already waits");
    if (reader->seen != watch->version) {
        take(watch, reader, value);
        rc = WEFT_OK;
    } else if ((state & CLOSED) != 0) {
        rc = WEFT_ERR_CLOSED;
    } else if (await != NULL) {
        reader->value = value;
        reader->waits = true;
        weft__crowd_park(&watch->crowd, await, (uintptr_t)reader);
        rc = WEFT_PENDING;
    }
    weft__crowd_unlock(&watch->crowd, state, key);
    return rc;
}

int weft_watch_try_wait(weft_watch_reader_t *reader, void *value)
{
    return look(reader, value, NULL);
}

int weft_watch_wait_begin(weft_await_t *await, weft_watch_reader_t *reader,
                          void *value)
{
    int rc = weft__wait_enter(await);

    if (rc < 0) {
        return rc;
    }
    rc = look(reader, value, await);
    return rc == WEFT_PENDING ? rc : weft__wait_ready(await, rc);
}

/* Also of one who is due: it has seen nothing, the value stays for it. */
static bool withdraw(weft_node_t *node, int reason)
{
    weft_watch_reader_t *reader = (weft_watch_reader_t *)node->buffer;
    weft_crowd_t *crowd = &reader->watch->crowd;
    uint32_t state;
    unsigned key = weft__bit_lock(&crowd->word, &state);
    bool linked = weft_atomic_load_relaxed_u8(&node->linked) != 0;

    (void)reason;
    if (linked) {
        reader->waits = false;
        weft__crowd_remove(crowd, node);
    }
    weft__crowd_unlock(crowd, state, key);
    return linked;
}

int weft_watch_wait(weft_watch_reader_t *reader, void *value)
{
    weft_await_t await;

    return weft__block(&await, weft_watch_wait_begin(&await, reader, value));
}

int weft_watch_wait_until(weft_watch_reader_t *reader, void *value,
                          uint64_t deadline_us)
{
    weft_await_t await;

    return weft__block_until(&await, deadline_us,
                             weft_watch_wait_begin(&await, reader, value));
}
