/* explore.h - sim: the search through all schedules, as its parts see it
 * SPDX-License-Identifier: MIT
 *
 * explore.c makes the choices of a run, search.c one run after the other;
 * conflicts.c knows which accesses depend on each other, and so what has to be
 * tried in another order; spins.c what a core waits for that spins.
 * docs/internals/model_build.md tells how it works.
 */
#ifndef WEFT_PORTS_SIM_EXPLORE_H
#define WEFT_PORTS_SIM_EXPLORE_H

#include "ports/sim/machine.h"

enum { WEFT__NODES_MAX = 8192, WEFT__WATCHES = 2, WEFT__GONE_MAX = 16 };

/* A run's result: it is not worth going on, what follows was or will be seen
 * in another one. */
enum { WEFT__CUT = 1 };

/* What an access turned out to be when it was made. */
enum weft__effect {
    WEFT__EFFECT_NONE,
    WEFT__EFFECT_READ, /* or a write that changes nothing */
    WEFT__EFFECT_WRITE,
    WEFT__EFFECT_SLEEP,
    WEFT__EFFECT_WAKE,
};

struct weft__range {
    uintptr_t first;
    uintptr_t last;
    enum weft__effect effect;
};

/* For each core: its last step that comes before, plus 1. */
struct weft__clock {
    uint32_t of[WEFT_SIM_CORES_MAX];
};

/* A choice made on the way, of a core or of a number. */
struct weft__node {
    struct weft__range range; /* what the core's step did */
    struct weft__clock clock;
    uint64_t picked; /* a number: which, of how many */
    uint64_t count;  /* 0: it is a core */
    uint8_t core;    /* which one */
    uint8_t usual;   /* what is chosen when nothing speaks against it */
    uint8_t enabled; /* the rest: a bit for each core */
    uint8_t todo;    /* to be tried, or tried */
    uint8_t done;    /* tried */
    uint8_t sleep;   /* tried before, and nothing has met it since */
};

/* What the search knows of a core. */
struct weft__mind {
    const struct weft__access *pending; /* the step it stands before */
    struct weft__clock clock;
    struct weft__range watch[WEFT__WATCHES]; /* its last looks, newest first */
    uint32_t watched_at[WEFT__WATCHES];      /* their nodes */
    unsigned watches;
    bool local;    /* its next step is nobody else's business */
    bool spinning; /* until somebody changes what it looked at */
    bool stale;    /* somebody has */
};

struct weft__explorer {
    unsigned depth;  /* nodes on the way so far */
    unsigned again;  /* that many of them are given, */
    unsigned fixed;  /* and of those before it the steps are the same, too */
    unsigned step;   /* the node of the running step */
    unsigned core;   /* the core of it */
    unsigned bound;  /* preemptions allowed, if bounded */
    unsigned spent;  /* preemptions made */
    uint8_t sleep;   /* see weft__node */
    bool bounded;    /* by preemptions, and nothing is left out; else reduced */
    bool restricted; /* the bound has kept something out */
    bool quiet;      /* who gets ready now was not made so by a core */
    const char *given; /* a schedule to repeat */
    unsigned gones;
    unsigned cores; /* the most that there were at once */
    struct weft__range gone[WEFT__GONE_MAX]; /* memory that nobody may touch */
    struct weft__mind mind[WEFT_SIM_CORES_MAX];
    struct weft__node node[WEFT__NODES_MAX];
};

extern struct weft__explorer weft__explorer;

/* --- conflicts.c */

/* What the access does, if it is made now. */
struct weft__range weft__range_of(const struct weft__access *access);

/* What it might do whenever it is made. */
struct weft__range weft__range_at_most(const struct weft__access *access);

/* Whether the order of the two matters. */
bool weft__conflict(const struct weft__range *a, const struct weft__range *b);

bool weft__overlap(const struct weft__range *a, const struct weft__range *b);

void weft__clock_join(struct weft__clock *clock,
                      const struct weft__clock *other);

/* The running step does that. Gives it its clock, and sees to it that those
 * before it that it could have come before are tried the other way round. */
void weft__conflicts_note(const struct weft__range *range);

/* --- spins.c */

/* The core has looked, or changed something, just now. */
void weft__spin_looked(struct weft__mind *mind,
                       const struct weft__range *range);

/* Somebody has changed that: who spins on it has something to see. */
void weft__spin_changed(const struct weft__range *range);

/* Whether somebody who spins has. */
bool weft__spin_is_stale(void);

/* It looks again. */
void weft__spin_ends(struct weft__sim_core *core);

static inline struct weft__mind *weft__mind_of(
    const struct weft__sim_core *core)
{
    return &weft__explorer.mind[core->index];
}

#endif
