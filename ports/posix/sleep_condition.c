/* sleep_condition.c - posix elsewhere: sleep and wake by condition variable
 * SPDX-License-Identifier: MIT
 *
 * sleep.h says how it works; here a slot's mutex makes its steps one. The
 * plain timed wait of POSIX follows the wall clock (macOS has no other): a
 * clock that is set back would lengthen a sleep, so it is cut in slices.
 */
#define _POSIX_C_SOURCE 200809L
#include "weft/port.h"

#ifndef __linux__

#include <pthread.h>
#include <time.h>

#include "ports/posix/sleep.h"

#define SLICE_US (60u * UINT64_C(1000000))

struct slot {
    pthread_mutex_t lock;
    pthread_cond_t turned;
    uint32_t turn;
};

static struct slot slots[WEFT__SLOTS];
static pthread_once_t slots_once = PTHREAD_ONCE_INIT;

static void slots_init(void)
{
    for (int i = 0; i < WEFT__SLOTS; i++) {
        (void)pthread_mutex_init(&slots[i].lock, NULL);
        (void)pthread_cond_init(&slots[i].turned, NULL);
    }
}

static struct slot *slot_of(const uintptr_t *word)
{
    (void)pthread_once(&slots_once, slots_init);
    return &slots[weft__slot_index(weft__slot_hash(word))];
}

static struct timespec wall_clock_in(uint64_t us)
{
    struct timespec at;

    (void)clock_gettime(CLOCK_REALTIME, &at);
    us += (uint64_t)at.tv_nsec / 1000u + 1u; /* rounded up: never early */
    at.tv_sec += (time_t)(us / 1000000u);
    at.tv_nsec = (long)(us % 1000000u) * 1000;
    return at;
}

/* One wait on a slot whose lock is held; false: the deadline has passed. */
static bool wait_slice(struct slot *slot, uint64_t deadline_us)
{
    uint64_t now = weft_port_now_us();

    if (deadline_us == UINT64_MAX) {
        (void)pthread_cond_wait(&slot->turned, &slot->lock);
        return true;
    }
    if (now >= deadline_us) {
        return false;
    }
    uint64_t left = deadline_us - now;
    struct timespec until = wall_clock_in(left < SLICE_US ? left : SLICE_US);
    (void)pthread_cond_timedwait(&slot->turned, &slot->lock, &until);
    return true;
}

void weft_port_sleep(const uintptr_t *word, uintptr_t asleep,
                     uint64_t deadline_us)
{
    struct slot *slot = slot_of(word);

    (void)pthread_mutex_lock(&slot->lock);
    uint32_t seen = slot->turn;
    bool more = true;
    while (more && slot->turn == seen &&
           __atomic_load_n(word, __ATOMIC_ACQUIRE) == asleep) {
        more = wait_slice(slot, deadline_us);
    }
    (void)pthread_mutex_unlock(&slot->lock);
}

void weft_port_wake(const uintptr_t *word)
{
    struct slot *slot = slot_of(word);

    (void)pthread_mutex_lock(&slot->lock);
    slot->turn++;
    (void)pthread_cond_broadcast(&slot->turned);
    (void)pthread_mutex_unlock(&slot->lock);
}

#endif
