/* explore.c - sim: who goes on, while all schedules are tried
 * SPDX-License-Identifier: MIT
 *
 * Each choice on the way of a run is a node: which core makes the next step,
 * or a number. search.c walks the tree of them, conflicts.c says what there is
 * to try; or everything is, as long as it needs few preemptions (M. Musuvathi
 * and S. Qadeer, "Iterative context bounding", PLDI 2007).
 */
#include "ports/sim/explore.h"

#include <limits.h>
#include <stdlib.h>

#include "weft/error.h"

struct weft__explorer weft__explorer;

static bool on_core(void)
{
    return weft__sim.current != &weft__sim.outside;
}

/* --- what orders cores besides their accesses */

void weft__explore_ready(const struct weft__sim_core *core)
{
    struct weft__mind *mind = weft__mind_of(core);

    if (!weft__sim.exploring) {
        return;
    }
    mind->local = true;
    mind->spinning = false;
    if (on_core() && !weft__explorer.quiet) {
        weft__clock_join(&mind->clock,
                         &weft__mind_of(weft__sim.current)->clock);
    }
}

void weft__explore_started(const struct weft__sim_core *core)
{
    if (weft__sim.exploring) {
        weft__mind_of(core)->watches = 0;
        if (weft__explorer.cores <= core->index) {
            weft__explorer.cores = core->index + 1;
        }
        weft__explore_ready(core);
    }
}

void weft__explore_joined(const struct weft__sim_core *core)
{
    if (weft__sim.exploring) {
        weft__clock_join(&weft__mind_of(weft__sim.current)->clock,
                         &weft__mind_of(core)->clock);
    }
}

/* The clock moves when nobody can: after all that was, before all to come. */
void weft__explore_time(void)
{
    struct weft__clock all = {{0}};

    if (!weft__sim.exploring) {
        return;
    }
    weft__explorer.sleep = 0;
    for (unsigned i = 0; i < weft__sim.cores; i++) {
        weft__clock_join(&all, &weft__explorer.mind[i].clock);
    }
    for (unsigned i = 0; i < weft__sim.cores; i++) {
        weft__explorer.mind[i].clock = all;
        if (weft__explorer.mind[i].spinning) {
            weft__spin_ends(&weft__sim.core[i]);
        }
    }
}

/* --- nodes */

/* What the given schedule says of a node. */
static uint64_t given(unsigned index, uint64_t otherwise)
{
    const char *at = weft__explorer.given;

    while (at != NULL && *at != '\0') {
        char *end;
        unsigned long node = strtoul(at, &end, 10);
        uint64_t value = *end == ':' ? strtoull(end + 1, &end, 10) : 0;
        if (node == index && end != at) {
            return value;
        }
        at = *end == ',' || end == at ? end + 1 : end;
    }
    return otherwise;
}

static struct weft__node *add_node(void)
{
    struct weft__explorer *ex = &weft__explorer;

    WEFT_ASSERT(ex->depth < WEFT__NODES_MAX,
                "too many choices in one schedule to try them all");
    struct weft__node *node = &ex->node[ex->depth++];
    if (ex->depth > ex->again) {
        *node = (struct weft__node){0};
    }
    return node;
}

uint64_t weft__explore_choose(uint64_t n)
{
    unsigned index = weft__explorer.depth;
    struct weft__node *node = add_node();

    if (index >= weft__explorer.again) {
        node->count = n;
        node->picked = given(index, 0);
    }
    WEFT_ASSERT(node->count == n && node->picked < n,
                "the program does not do the same in each run");
    return node->picked;
}

/* Blocked, and an interrupt could take it out of that. */
static uint32_t interruptible(void)
{
    uint32_t found = 0;

    for (unsigned i = 0; weft__sim.interrupts != NULL && i < weft__sim.cores;
         i++) {
        const struct weft__sim_core *core = &weft__sim.core[i];
        if (core->state == WEFT__SIM_LIVE && weft__sim_open(core) &&
            weft__sim_interrupts_random(core) != 0) {
            found |= weft__sim_bit(core);
        }
    }
    return found & ~weft__sim.ready;
}

static unsigned lowest(uint32_t cores)
{
    return (unsigned)__builtin_ctz(cores);
}

static unsigned usual(uint32_t enabled)
{
    uint32_t ready = enabled & weft__sim.ready;

    if ((ready >> weft__explorer.core & 1u) != 0) {
        return weft__explorer.core;
    }
    return lowest(ready != 0 ? ready : enabled);
}

/* Who ran last could go on, and somebody else shall. */
static bool preempts(unsigned core)
{
    return core != weft__explorer.core &&
           (weft__sim.ready >> weft__explorer.core & 1u) != 0;
}

/* A new node: whom to try first, who else is to be tried in any case. */
static void fill_node(struct weft__node *node, uint32_t enabled)
{
    struct weft__explorer *ex = &weft__explorer;
    uint32_t awake = enabled;

    node->enabled = (uint8_t)enabled;
    node->usual = (uint8_t)usual(enabled);
    node->core = node->usual;
    if (ex->given != NULL) {
        node->core = (uint8_t)given(ex->depth - 1, node->usual);
        return;
    }
    if (ex->bounded) {
        bool more = !preempts(UINT_MAX) || ex->spent < ex->bound;
        node->todo = more ? node->enabled : (uint8_t)(1u << node->core);
        ex->restricted = ex->restricted || node->todo != node->enabled;
        return;
    }
    node->sleep = ex->sleep;
    awake &= ~(uint32_t)ex->sleep;
    if (awake == 0) {
        weft__sim.result = WEFT__CUT;
        return;
    }
    node->core = (uint8_t)usual(awake);
    node->todo = (uint8_t)(1u << node->core | (awake & ~weft__sim.ready));
}

/* Gives the node's core its turn. */
static void enter_node(unsigned index)
{
    struct weft__explorer *ex = &weft__explorer;
    struct weft__node *node = &ex->node[index];
    struct weft__clock *clock = &ex->mind[node->core].clock;
    unsigned bit = 1u << node->core;

    WEFT_ASSERT((node->enabled & bit) != 0,
                "the program does not do the same in each run");
    ex->spent += preempts(node->core);
    ex->core = node->core;
    ex->step = index;
    ex->sleep = (uint8_t)((node->sleep | node->done) & ~bit);
    if (index < ex->fixed) {
        *clock = node->clock;
    } else {
        node->range = (struct weft__range){.effect = WEFT__EFFECT_NONE};
        clock->of[node->core] = index + 1;
        node->clock = *clock;
    }
}

/* --- who runs next */

static struct weft__sim_core *local_core(void)
{
    for (unsigned i = 0; i < weft__sim.cores; i++) {
        struct weft__sim_core *core = &weft__sim.core[i];
        if (weft__explorer.mind[i].local &&
            (weft__sim.ready & weft__sim_bit(core)) != 0) {
            return core;
        }
    }
    return NULL;
}

static bool time_goes_first(uint32_t enabled)
{
    if ((enabled & weft__sim.ready) != 0 || enabled == 0) {
        return false;
    }
    return weft__sim_next_due_us() != UINT64_MAX &&
           weft__explore_choose(2) == 0;
}

static struct weft__sim_core *choose_core(uint32_t enabled)
{
    struct weft__explorer *ex = &weft__explorer;
    unsigned index = ex->depth;
    unsigned before = ex->core;
    struct weft__node *node = add_node();

    if (index >= ex->again) {
        fill_node(node, enabled);
        if (weft__sim.result != 0) {
            return NULL;
        }
    }
    WEFT_ASSERT(node->enabled == enabled,
                "the program does not do the same in each run");
    enter_node(index);
    struct weft__sim_core *core = &weft__sim.core[node->core];
    if (before != node->core) {
        weft__sim_note(WEFT__SIM_SWITCH, core->index);
    }
    if ((weft__sim.ready & weft__sim_bit(core)) == 0) {
        ex->quiet = true;
        (void)weft__sim_interrupt_random(core);
        ex->quiet = false;
    }
    return core;
}

struct weft__sim_core *weft__explore_next(void)
{
    struct weft__sim_core *core = local_core();
    uint32_t enabled;

    if (core != NULL) {
        return core;
    }
    enabled = weft__sim.ready | interruptible();
    if ((enabled & weft__sim.ready) == 0 && weft__spin_is_stale()) {
        weft__sim.result = WEFT__CUT;
        return NULL;
    }
    if (enabled == 0 || time_goes_first(enabled)) {
        return NULL;
    }
    return choose_core(enabled);
}

int weft__explore_stuck(void)
{
    for (unsigned i = 0; weft__sim.exploring && i < weft__sim.cores; i++) {
        if (weft__explorer.mind[i].spinning) {
            return WEFT_ERR_TIMEOUT;
        }
    }
    return WEFT_ERR_DEADLOCK;
}

/* --- steps */

/* Comes back when it is the current core's turn. */
static void take_turn(void)
{
    struct weft__sim_core *core = weft__explore_next();

    if (core == NULL) {
        weft__sim_stop(weft__sim.result, WEFT__SIM_RETURN);
    }
    if (core != weft__sim.current) {
        weft__sim_switch(core);
    }
}

/* Interrupts that come before the core's next step; true: one did. */
static bool interrupted(void)
{
    struct weft__sim_core *core = weft__sim.current;
    bool any = false;

    while (weft__sim_open(core) && weft__sim_interrupts_random(core) != 0 &&
           weft__explore_choose(2) != 0) {
        (void)weft__sim_interrupt_random(core);
        (void)weft__sim_interrupts_take();
        any = true;
    }
    return any;
}

/* Cores that were left aside stay so as long as nothing meets their step. */
static void wake_sleepers(const struct weft__range *range)
{
    struct weft__explorer *ex = &weft__explorer;

    for (uint32_t left = ex->sleep; left != 0; left &= left - 1) {
        unsigned core = lowest(left);
        struct weft__range next = weft__range_at_most(ex->mind[core].pending);
        if (weft__conflict(&next, range)) {
            ex->sleep &= (uint8_t) ~(1u << core);
        }
    }
}

/* Who wakes names an address and touches nothing. */
static void check_there(const struct weft__access *access)
{
    const struct weft__explorer *ex = &weft__explorer;
    struct weft__range range = weft__range_at_most(access);

    if (access->access == WEFT__ACCESS_WAKE ||
        access->access == WEFT__ACCESS_WRITE) {
        return;
    }
    for (unsigned i = 0; i < ex->gones; i++) {
        WEFT_ASSERT(!weft__overlap(&ex->gone[i], &range),
                    "memory is used that is gone");
    }
}

void weft_sim_gone(const void *memory, size_t size)
{
    struct weft__explorer *ex = &weft__explorer;
    struct weft__access access = {memory, size, 0, WEFT__ACCESS_WRITE};

    if (!weft__sim.exploring) {
        return;
    }
    weft__sim_point(&access);
    WEFT_ASSERT(ex->gones < WEFT__GONE_MAX, "too much memory is gone");
    ex->gone[ex->gones++] = weft__range_at_most(&access);
}

void weft__explore_point(const struct weft__access *access)
{
    struct weft__mind *mind = weft__mind_of(weft__sim.current);
    struct weft__range range;

    if (access->access == WEFT__ACCESS_NONE || access->size == 0) {
        if (access->access != WEFT__ACCESS_NONE || access->value != 0) {
            (void)interrupted();
        }
        return;
    }
    do {
        mind->pending = access;
        mind->local = false;
        take_turn();
    } while (mind->pending != access || interrupted());
    check_there(access);
    range = weft__range_of(access);
    weft__conflicts_note(&range);
    wake_sleepers(&range);
    weft__spin_looked(mind, &range);
    if (range.effect == WEFT__EFFECT_WRITE) {
        weft__spin_changed(&range);
    }
}
