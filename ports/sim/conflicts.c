/* conflicts.c - sim: which steps depend on each other, what else to try
 * SPDX-License-Identifier: MIT
 *
 * Dynamic partial order reduction with source sets: P. Abdulla, S. Aronis,
 * B. Jonsson and K. Sagonas, "Optimal dynamic partial order reduction", POPL
 * 2014, algorithm 1, after C. Flanagan and P. Godefroid, POPL 2005. Each step
 * has a vector clock; two that conflict and are ordered by nothing else are
 * tried the other way round as well.
 */
#include <string.h>

#include "ports/sim/explore.h"

static uintptr_t value_at(const void *at, size_t size)
{
    uintptr_t word = 0;
    uint32_t four;

    if (size == 1) {
        return *(const uint8_t *)at;
    }
    if (size == sizeof(four)) {
        memcpy(&four, at, sizeof(four));
        return four;
    }
    memcpy(&word, at, sizeof(word));
    return word;
}

static bool changes(const struct weft__access *access)
{
    if (access->access == WEFT__ACCESS_ADD) {
        return access->value != 0;
    }
    bool same = value_at(access->at, access->size) == access->value;
    return same == (access->access == WEFT__ACCESS_CAS);
}

struct weft__range weft__range_at_most(const struct weft__access *access)
{
    static const enum weft__effect effects[] = {
        [WEFT__ACCESS_LOAD] = WEFT__EFFECT_READ,
        [WEFT__ACCESS_STORE] = WEFT__EFFECT_WRITE,
        [WEFT__ACCESS_CAS] = WEFT__EFFECT_WRITE,
        [WEFT__ACCESS_ADD] = WEFT__EFFECT_WRITE,
        [WEFT__ACCESS_WRITE] = WEFT__EFFECT_WRITE,
        [WEFT__ACCESS_SLEEP] = WEFT__EFFECT_SLEEP,
        [WEFT__ACCESS_WAKE] = WEFT__EFFECT_WAKE,
        [WEFT__ACCESS_NONE] = WEFT__EFFECT_NONE,
    };
    uintptr_t at = (uintptr_t)access->at;

    if (access->size == 0) {
        return (struct weft__range){.effect = WEFT__EFFECT_NONE};
    }
    if (access->at == NULL) {
        return (struct weft__range){0, UINTPTR_MAX, WEFT__EFFECT_WRITE};
    }
    return (struct weft__range){at, at + access->size - 1,
                                effects[access->access]};
}

struct weft__range weft__range_of(const struct weft__access *access)
{
    struct weft__range range = weft__range_at_most(access);

    if (range.effect == WEFT__EFFECT_WRITE &&
        access->access != WEFT__ACCESS_WRITE && !changes(access)) {
        range.effect = WEFT__EFFECT_READ;
    }
    if (range.effect == WEFT__EFFECT_SLEEP &&
        value_at(access->at, access->size) != access->value) {
        range.effect = WEFT__EFFECT_READ;
    }
    return range;
}

bool weft__overlap(const struct weft__range *a, const struct weft__range *b)
{
    return a->first <= b->last && b->first <= a->last;
}

static bool one_is(const struct weft__range *a, const struct weft__range *b,
                   enum weft__effect effect)
{
    return a->effect == effect || b->effect == effect;
}

bool weft__conflict(const struct weft__range *a, const struct weft__range *b)
{
    if (one_is(a, b, WEFT__EFFECT_NONE) || !weft__overlap(a, b)) {
        return false;
    }
    if (one_is(a, b, WEFT__EFFECT_WAKE)) {
        return one_is(a, b, WEFT__EFFECT_SLEEP);
    }
    return one_is(a, b, WEFT__EFFECT_WRITE);
}

void weft__clock_join(struct weft__clock *clock,
                      const struct weft__clock *other)
{
    for (unsigned i = 0; i < WEFT_SIM_CORES_MAX; i++) {
        if (clock->of[i] < other->of[i]) {
            clock->of[i] = other->of[i];
        }
    }
}

/* Whether a step of that core and clock has none before it, but its own core's
   and those up to node `first`. */
static bool begins_after(unsigned first, const struct weft__clock *clock,
                         unsigned core)
{
    for (unsigned i = 0; i < WEFT_SIM_CORES_MAX; i++) {
        if (i != core && clock->of[i] > first + 1) {
            return false;
        }
    }
    return true;
}

/* Node `first` and the running step, of `clock` without it, can be swapped:
   which cores can be the first of a schedule that does it. */
static uint8_t initials(unsigned first, const struct weft__clock *clock)
{
    const struct weft__explorer *ex = &weft__explorer;
    unsigned other = ex->node[first].core;
    unsigned seen = 0;
    unsigned found = 0;

    for (unsigned i = first + 1; i < ex->step; i++) {
        const struct weft__node *node = &ex->node[i];
        unsigned bit = 1u << node->core;
        if (node->count != 0 || (seen & bit) != 0) {
            continue;
        }
        seen |= bit;
        if (node->clock.of[other] <= first &&
            begins_after(first, &node->clock, node->core)) {
            found |= bit;
        }
    }
    if ((seen & (1u << ex->core)) == 0 &&
        begins_after(first, clock, ex->core)) {
        found |= 1u << ex->core;
    }
    return (uint8_t)found;
}

static void swap(unsigned first, const struct weft__clock *clock)
{
    struct weft__node *node = &weft__explorer.node[first];
    unsigned found = initials(first, clock);

    if ((found & (node->todo | node->sleep)) != 0) {
        return;
    }
    found &= node->enabled;
    node->todo |= (uint8_t)(found != 0 ? found & (0u - found) : node->enabled);
}

void weft__conflicts_note(const struct weft__range *range)
{
    struct weft__explorer *ex = &weft__explorer;
    struct weft__node *step = &ex->node[ex->step];
    struct weft__clock *clock = &ex->mind[ex->core].clock;

    step->range = *range;
    if (ex->bounded || ex->step < ex->fixed) {
        return; /* nothing to reduce; or the clock is known */
    }
    for (unsigned i = ex->step; i-- > 0;) {
        const struct weft__node *node = &ex->node[i];
        if (node->count == 0 && node->core != ex->core &&
            clock->of[node->core] <= i && weft__conflict(&node->range, range)) {
            swap(i, clock);
            weft__clock_join(clock, &node->clock);
        }
    }
    step->clock = *clock;
}
