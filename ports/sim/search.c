/* search.c - sim: all schedules of a program, one after the other
 * SPDX-License-Identifier: MIT
 *
 * When a run has ended the last node that has something else to try takes it,
 * those after it are dropped, and the program runs again from its start.
 */
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "ports/sim/explore.h"
#include "weft/error.h"

enum { STEPS_DEFAULT = 20000 };

static void begin_run(void)
{
    struct weft__explorer *ex = &weft__explorer;

    ex->depth = 0;
    ex->step = 0;
    ex->core = 0;
    ex->spent = 0;
    ex->sleep = 0;
    ex->gones = 0;
    memset(ex->mind, 0, sizeof(ex->mind));
}

/* Another choice at this node; false: all were made. */
static bool advance_node(struct weft__node *node)
{
    if (node->count != 0) {
        return ++node->picked < node->count;
    }
    node->done |= (uint8_t)(1u << node->core);
    uint32_t left = node->todo & ~node->done & ~(uint32_t)node->sleep;
    if (left == 0) {
        return false;
    }
    node->core = (uint8_t)__builtin_ctz(left);
    return true;
}

/* A number that was picked anew may have changed its step: an interrupt came,
   or did not. */
static void fix_steps(void)
{
    struct weft__explorer *ex = &weft__explorer;

    ex->fixed = ex->again - 1;
    while (ex->fixed > 0 && ex->node[ex->fixed].count != 0) {
        ex->fixed--;
    }
}

static bool advance(void)
{
    struct weft__explorer *ex = &weft__explorer;

    while (ex->depth > 0) {
        if (advance_node(&ex->node[ex->depth - 1])) {
            ex->again = ex->depth;
            fix_steps();
            return true;
        }
        ex->depth--;
    }
    return false;
}

struct search {
    const weft_sim_config_t *config;
    weft_sim_fn *program;
    void *ctx;
    uint64_t runs_left;
    weft_sim_explored_t *out;
};

static int run_once(struct search *search)
{
    begin_run();
    weft__sim.exploring = true;
    int rc = weft_sim_run(search->config, search->program, search->ctx);
    weft__sim.exploring = false;
    if (rc == WEFT__CUT) {
        search->out->cut++;
        rc = 0;
    } else {
        search->out->schedules++;
    }
    search->out->cores = weft__explorer.cores;
    if (search->out->deepest < weft__explorer.depth) {
        search->out->deepest = weft__explorer.depth;
    }
    return rc;
}

/* 0; or that of the schedule that failed. *whole: nothing was left out. */
static int search_all(struct search *search, bool *whole)
{
    int rc;

    search->out->schedules = 0;
    search->out->cut = 0;
    weft__explorer.again = 0;
    weft__explorer.fixed = 0;
    weft__explorer.restricted = false;
    *whole = false;
    do {
        if (search->runs_left == 0) {
            return 0;
        }
        search->runs_left--;
        rc = run_once(search);
        if (rc != 0) {
            return rc;
        }
    } while (advance());
    *whole = true;
    return 0;
}

static int search_bounded(struct search *search, unsigned most)
{
    weft_sim_explored_t *out = search->out;
    bool whole = true;
    int rc = 0;

    weft__explorer.bounded = true;
    for (unsigned bound = 0; rc == 0 && bound <= most; bound++) {
        weft_sim_explored_t before = *out;
        weft__explorer.bound = bound;
        rc = search_all(search, &whole);
        if (rc == 0 && !whole) {
            *out = before; /* what was searched whole */
            break;
        }
        out->preemptions = (int)bound;
        out->complete = rc == 0 && !weft__explorer.restricted;
        if (out->complete) {
            break;
        }
    }
    return rc;
}

static int search_given(struct search *search, const char *schedule)
{
    weft__explorer.bounded = *schedule == 'p';
    weft__explorer.bound = UINT_MAX;
    weft__explorer.given = schedule + (*schedule == 'p');
    weft__explorer.again = 0;
    weft__explorer.fixed = 0;
    int rc = run_once(search);
    weft__explorer.given = NULL;
    return rc;
}

int weft_sim_explore(const weft_sim_explore_config_t *config,
                     weft_sim_fn *program, void *ctx, weft_sim_explored_t *out)
{
    if (weft_sim_running()) {
        return WEFT_ERR_BUSY;
    }
    if (config == NULL || program == NULL || out == NULL) {
        return WEFT_ERR_INVALID;
    }
    weft_sim_config_t run = {
        .cores = config->cores,
        .start_us = config->start_us,
        .calm = UINT_MAX,
        .steps_max = config->steps_max != 0 ? config->steps_max : STEPS_DEFAULT,
    };
    struct search search = {
        &run, program, ctx,
        config->runs_max != 0 ? config->runs_max : UINT64_MAX, out};

    *out = (weft_sim_explored_t){.preemptions = -1};
    weft__explorer.cores = 0;
    weft__explorer.bounded = false;
    if (config->schedule != NULL) {
        return search_given(&search, config->schedule);
    }
    if (config->preemptions_max != 0) {
        return search_bounded(&search, config->preemptions_max);
    }
    return search_all(&search, &out->complete);
}

/* --- the schedule as text */

static bool is_usual(const struct weft__node *node)
{
    return node->count != 0 ? node->picked == 0 : node->core == node->usual;
}

size_t weft_sim_schedule(char *text, size_t size)
{
    const struct weft__explorer *ex = &weft__explorer;
    size_t length = 0;

#define ADD(...)                                                               \
    length += (size_t)snprintf(length < size ? text + length : NULL,           \
                               length < size ? size - length : 0, __VA_ARGS__)
    ADD("%s", ex->bounded ? "p" : "");
    const char *comma = "";
    for (unsigned i = 0; i < ex->depth; i++) {
        const struct weft__node *node = &ex->node[i];
        if (!is_usual(node)) {
            ADD("%s%u:%" PRIu64, comma, i,
                node->count != 0 ? node->picked : node->core);
            comma = ",";
        }
    }
    if (*comma == '\0') {
        ADD("-");
    }
#undef ADD
    return length;
}

void weft__explore_print(FILE *out)
{
    char text[4096];

    if (weft__sim.exploring) {
        (void)weft_sim_schedule(text, sizeof(text));
        (void)fprintf(out, "sim: schedule %s\n", text);
    }
}
