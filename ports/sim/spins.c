/* spins.c - sim: loops that wait for another core, while all is tried
 * SPDX-License-Identifier: MIT
 *
 * A core that spins has looked in vain. In a reduced search it stays where it
 * is: a schedule in which it looks only when there is something to see leads
 * to the same, and is tried as well (a loop that only looks can be taken as an
 * assumption: M. Kokologiannakis, X. Ren and V. Vafeiadis, "Dynamic partial
 * order reductions for spinloops", FMCAD 2021). What is left to find out is
 * whether it would have seen something by now: if not, it spins for ever.
 */
#include "ports/sim/explore.h"

void weft__spin_ends(struct weft__sim_core *core)
{
    weft__sim.ready |= weft__sim_bit(core);
    weft__explore_ready(core);
}

/* The last two words that the core looked at since it changed one: what a
   loop that spins waits for. */
void weft__spin_looked(struct weft__mind *mind, const struct weft__range *range)
{
    if (range->effect == WEFT__EFFECT_WRITE) {
        mind->watches = 0;
    }
    if (range->effect != WEFT__EFFECT_READ) {
        return;
    }
    if (mind->watches == 0 || mind->watch[0].first != range->first) {
        mind->watch[1] = mind->watch[0];
        mind->watched_at[1] = mind->watched_at[0];
        mind->watches += mind->watches < WEFT__WATCHES;
    }
    mind->watch[0] = *range;
    mind->watched_at[0] = weft__explorer.step;
}

static bool watches(const struct weft__mind *mind,
                    const struct weft__range *range)
{
    for (unsigned i = 0; i < mind->watches; i++) {
        if (weft__overlap(&mind->watch[i], range)) {
            return true;
        }
    }
    return mind->watches == 0;
}

void weft__spin_changed(const struct weft__range *range)
{
    for (unsigned i = 0; i < weft__sim.cores; i++) {
        struct weft__mind *mind = &weft__explorer.mind[i];
        if (!mind->spinning || !watches(mind, range)) {
            continue;
        }
        mind->stale = true;
        if (weft__explorer.bounded) {
            weft__spin_ends(&weft__sim.core[i]);
        }
    }
}

static bool written_since(unsigned from, const struct weft__range *range)
{
    for (unsigned i = weft__explorer.depth; i-- > from + 1;) {
        const struct weft__node *node = &weft__explorer.node[i];
        if (node->count == 0 && node->range.effect == WEFT__EFFECT_WRITE &&
            weft__overlap(range, &node->range)) {
            return true;
        }
    }
    return false;
}

void weft__explore_spin(void)
{
    struct weft__mind *mind = weft__mind_of(weft__sim.current);

    mind->stale = false;
    for (unsigned i = 0; i < mind->watches; i++) {
        mind->stale =
            mind->stale || written_since(mind->watched_at[i], &mind->watch[i]);
    }
    if (!mind->stale || !weft__explorer.bounded) {
        mind->spinning = true;
        weft__sim_block(NULL, UINT64_MAX);
    }
    mind->watches = 0;
}

/* It would have seen by now what it waits for: this schedule says nothing
   that others do not say. */
bool weft__spin_is_stale(void)
{
    for (unsigned i = 0; i < weft__sim.cores; i++) {
        if (weft__explorer.mind[i].spinning && weft__explorer.mind[i].stale) {
            return true;
        }
    }
    return false;
}
