/* trace.c - sim: the digest of a run, its last choices, choices for others
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>

#include "ports/sim/machine.h"
#include "weft/base/hooks.h"

enum { RING = 64 };

struct entry {
    uint64_t now_us;
    uint64_t point;
    uint64_t what;
    uint8_t core; /* on which it happened */
    uint8_t note;
};

static struct {
    struct entry ring[RING];
    uint64_t count;
    uint64_t digest;
} trace;

/* How each enum weft__sim_note reads; its number follows. */
static const char *const texts[] = {
    "starts core",    "returns, core", "switch to core",
    "spins, to core", "sleeps, core",  "does not sleep, core",
    "wakes core",     "time becomes",  "interrupt on core",
    "chose",          "deadlock",      "livelock",
};

/* FNV-1a over words, with a shift so that high bits reach low ones. */
static void digest(uint64_t word)
{
    trace.digest = (trace.digest ^ word) * UINT64_C(0x100000001b3);
    trace.digest ^= trace.digest >> 29;
}

void weft__sim_note(enum weft__sim_note note, uint64_t what)
{
    struct entry *entry = &trace.ring[trace.count++ % RING];

    entry->now_us = weft__sim.now_us;
    entry->point = weft__sim_points();
    entry->what = what;
    entry->core = (uint8_t)weft__sim.current->index;
    entry->note = (uint8_t)note;
    digest(entry->point << 8 | (uint64_t)note << 4 | entry->core);
    digest(what);
}

void weft__sim_trace_clear(void)
{
    trace.count = 0;
    trace.digest = UINT64_C(0xcbf29ce484222325);
}

static void print_entry(FILE *out, const struct entry *entry)
{
    (void)fprintf(out, "  [%" PRIu64 ".%06" PRIu64 "] point %" PRIu64 " ",
                  entry->now_us / 1000000u, entry->now_us % 1000000u,
                  entry->point);
    if (entry->core < WEFT_SIM_CORES_MAX) {
        (void)fprintf(out, "core %u: ", entry->core);
    }
    (void)fprintf(out, "%s %" PRIu64 "\n", texts[entry->note], entry->what);
}

static void print_core(FILE *out, const struct weft__sim_core *core)
{
    bool ready = (weft__sim.ready & weft__sim_bit(core)) != 0;

    if (core->state != WEFT__SIM_LIVE) {
        return;
    }
    (void)fprintf(out, "  core %u %s%s%s", core->index,
                  core == weft__sim.current ? "runs"
                  : ready                   ? "is ready"
                                            : "sleeps",
                  core->frame != NULL ? ", in an interrupt" : "",
                  core->masked != 0 ? ", masked" : "");
    if (!ready && core->deadline_us != UINT64_MAX) {
        (void)fprintf(out, " until %" PRIu64 " us", core->deadline_us);
    }
    (void)fprintf(out, "\n");
}

void weft_sim_trace_print(FILE *out)
{
    weft_sim_stats_t stats = weft_sim_stats();
    uint64_t first = trace.count > RING ? trace.count - RING : 0;

    weft__explore_print(out);
    (void)fprintf(out,
                  "sim: seed %" PRIu64 ", digest %016" PRIx64 ", %" PRIu64
                  " points, the last choices:\n",
                  weft__sim.seed, stats.digest, stats.points);
    for (uint64_t i = first; i < trace.count; i++) {
        print_entry(out, &trace.ring[i % RING]);
    }
    for (unsigned i = 0; i < weft__sim.cores; i++) {
        print_core(out, &weft__sim.core[i]);
    }
}

weft_sim_stats_t weft_sim_stats(void)
{
    weft_sim_stats_t stats = weft__sim.stats;

    if (weft__sim.running) {
        stats.points = weft__sim_points();
    }
    stats.digest = trace.digest;
    return stats;
}

bool weft_sim_running(void)
{
    return weft__sim.running;
}

uint64_t weft_sim_seed(void)
{
    return weft__sim.running ? weft__sim.seed : 0;
}

uint64_t weft_sim_choose(uint64_t n)
{
    WEFT_ASSERT(n > 0, "a choice among nothing");
    if (!weft__sim.running || n == 1) {
        return 0;
    }
    uint64_t choice = weft__sim_pick(n);
    weft__sim_note(WEFT__SIM_CHOICE, choice);
    return choice;
}

bool weft_sim_fail(unsigned one_in)
{
    return weft__sim.running && one_in != 0 && weft_sim_choose(one_in) == 0;
}
