/* manual.c - an executor that runs nothing until it is told to
 * SPDX-License-Identifier: MIT
 */
#include "weft/manual.h"

#include "core/home.h"

static const weft_executor_ops_t manual_ops = {"manual", weft__executor_submit};

void weft_manual_init(weft_manual_t *manual)
{
    manual->executor = (weft_executor_t){&manual_ops, &manual->home};
    weft__home_init(&manual->home, &manual->executor);
    manual->home.alone = 1;
    manual->stop_post = (weft_runnable_t){.run = weft__run_nothing};
}

static weft_local_t enter(weft_manual_t *manual)
{
    WEFT_ASSERT(weft__local()->home != &manual->home,
                "a manual executor run inside itself");
    return weft__home_entered(&manual->home);
}

void weft_manual_set_kick(weft_manual_t *manual, weft_kick_fn *kick, void *ctx)
{
    manual->home.kick = kick;
    manual->home.kick_ctx = ctx;
    manual->home.sleepless = 1;
}

static bool rests(const weft_manual_t *manual)
{
    return weft_atomic_load_relaxed_word(&manual->home.inbox.word) ==
           WEFT__ASLEEP;
}

/* A rest lasts until something comes: who looks meanwhile does not end it. */
static void collect(weft_manual_t *manual)
{
    if (!rests(manual)) {
        weft__home_collect(&manual->home);
    }
}

bool weft_manual_rest(weft_manual_t *manual)
{
    return weft_queue_empty(&manual->home.ready) &&
           (rests(manual) || weft__inbox_announce(&manual->home.inbox));
}

size_t weft_manual_run_n(weft_manual_t *manual, size_t n)
{
    weft_local_t outer = enter(manual);
    size_t ran;

    for (ran = 0; ran < n; ran++) {
        weft_link_t *entry;
        collect(manual);
        entry = weft__home_next(&manual->home);
        if (entry == NULL) {
            break;
        }
        (void)weft__home_dispatch(&manual->home, entry);
    }
    weft__home_left(outer);
    return ran;
}

size_t weft_manual_run_one(weft_manual_t *manual)
{
    return weft_manual_run_n(manual, 1);
}

/* The batch is taken aside: what comes meanwhile, to the front too, is no
 * part of it. */
size_t weft_manual_run_batch(weft_manual_t *manual)
{
    weft_local_t outer = enter(manual);
    weft_queue_t batch = WEFT_QUEUE_INIT;
    weft_link_t *entry;
    size_t ran;

    collect(manual);
    weft_queue_splice(&batch, &manual->home.ready);
    for (ran = 0; (entry = weft_queue_pop(&batch)) != NULL; ran++) {
        (void)weft__home_dispatch(&manual->home, entry);
    }
    weft__home_left(outer);
    return ran;
}

size_t weft_manual_drain(weft_manual_t *manual)
{
    return weft_manual_run_n(manual, SIZE_MAX);
}

size_t weft_manual_count(weft_manual_t *manual)
{
    weft_link_t *entry;
    size_t count = 0;

    collect(manual);
    for (entry = weft_queue_first(&manual->home.ready); entry != NULL;
         entry = weft_link_strip(entry)->next) {
        count++;
    }
    return count;
}

void weft_manual_stop(weft_manual_t *manual)
{
    weft__home_stop(&manual->home, &manual->stop_post);
}
