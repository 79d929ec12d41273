/* priority.c - the order of 32 fixed priorities
 * SPDX-License-Identifier: MIT
 *
 * Each level is a ring of entries that is known by its last one, whose link
 * leads to the first: one word a level, and both ends in reach.
 */
#include "weft/scheduler.h"

static weft_priority_scheduler_t *self_of(weft_scheduler_t *scheduler)
{
    return (weft_priority_scheduler_t *)(void *)scheduler;
}

static void push(weft_scheduler_t *scheduler, weft_link_t *entry,
                 unsigned level, int front)
{
    weft_priority_scheduler_t *self = self_of(scheduler);
    weft_link_t *last = self->last[level];

    if (last == NULL) {
        weft_link_strip(entry)->next = entry;
        self->last[level] = entry;
        self->occupied |= (uint32_t)1 << level;
        return;
    }
    weft_link_strip(entry)->next = weft_link_strip(last)->next;
    weft_link_strip(last)->next = entry;
    if (!front) {
        self->last[level] = entry;
    }
}

/* The first entry of a level that has one. */
WEFT__INLINE weft_link_t *pop_level(weft_priority_scheduler_t *self,
                                    unsigned level)
{
    weft_link_t *last = self->last[level];
    weft_link_t *first = weft_link_strip(last)->next;

    if (first == last) {
        self->last[level] = NULL;
        self->occupied &= ~((uint32_t)1 << level);
    } else {
        weft_link_strip(last)->next = weft_link_strip(first)->next;
    }
    return first;
}

static weft_link_t *pop(weft_scheduler_t *scheduler)
{
    weft_priority_scheduler_t *self = self_of(scheduler);

    if (self->occupied == 0) {
        return NULL;
    }
    return pop_level(self, 31u - (unsigned)__builtin_clz(self->occupied));
}

/* Goes once round the old level: what is the waiter's moves, the rest keeps
 * its order. */
static void move(weft_scheduler_t *scheduler, weft_waiter_t *waiter,
                 unsigned from, unsigned to)
{
    weft_priority_scheduler_t *self = self_of(scheduler);
    weft_link_t *last = self->last[from];
    weft_link_t *entry = NULL;

    while (last != NULL && entry != last) {
        entry = pop_level(self, from);
        push(scheduler, entry, weft_entry_waiter(entry) == waiter ? to : from,
             0);
    }
}

void weft_priority_scheduler_init(weft_priority_scheduler_t *scheduler)
{
    static const weft_scheduler_ops_t ops = {"priority", push, pop, move};

    *scheduler = (weft_priority_scheduler_t){.scheduler = {&ops}};
}
