/* isr.c - the executor of an interrupt priority
 * SPDX-License-Identifier: MIT
 *
 * A home whose turn is an interrupt. The inbox is asleep when no turn is asked
 * for; who pushes the first entry pends the level, by a value that it has read
 * before. A turn begins with the pending bit clear, so what is pended while it
 * runs is another turn: nothing is lost between its last look and its end.
 *
 *     ASLEEP -1-> stack     1 weft__home_post, kick: a turn is pended
 *     stack  -2-> NULL      2 run: weft__home_collect
 *     NULL   -3-> stack     3 weft__home_post, in the midst of a turn
 *     NULL   -4-> ASLEEP    4 run, with nothing left
 *
 * The core has one record of who runs. A turn keeps what it finds there and
 * brings it back, so whoever it preempted sees no difference: turns nest as
 * interrupts do. docs/internals/interrupts.md.
 */
#include "weft/isr.h"

#include "core/home.h"
#include "core/timers.h"
#include "executors/look.h"

static const weft_executor_ops_t isr_ops = {"isr", NULL};

static void kick(void *pend)
{
    weft_port_level_pend((uintptr_t)pend);
}

/* At most a batch. False: nothing is ready now. */
static bool turn(weft_isr_t *isr)
{
    weft_home_t *home = &isr->home;
    uint32_t runs = isr->runs;
    int left;

    weft__home_collect(home);
    weft__timers_look(home);
    for (left = WEFT_LOOP_BATCH; left > 0; left--) {
        weft_link_t *entry = weft__home_next(home);
        if (entry == NULL) {
            return false;
        }
        weft__look_run(&isr->runs, ++runs);
        (void)weft__home_dispatch(home, entry);
    }
    return true;
}

/* The alarm for what is armed now, if it is another one than before, which is
 * yet to come where it is not due. False: something is due already. */
static bool watch(weft_isr_t *isr)
{
    uint64_t next_us = weft__timers_due(&isr->home);

    if (next_us != WEFT_FOREVER && next_us <= weft_port_now_us()) {
        return false;
    }
    if (next_us != isr->alarm_us) {
        isr->alarm_us = next_us;
        weft_port_level_alarm(&isr->level, next_us);
    }
    return true;
}

/* Once: nothing comes after that but what a user of the executor may not do. */
static void look_for_end(weft_isr_t *isr)
{
    if (weft__home_live(&isr->home) == WEFT__STOPPING && isr->stopped == 0) {
        weft_atomic_store_release_u32(&isr->stopped, 1);
        if (isr->on_stopped != NULL) {
            isr->on_stopped(isr->stopped_ctx);
        }
    }
}

/* The credit is that of a worker which may be in the midst of counting it. */
static void run(void *ctx)
{
    weft_isr_t *isr = ctx;
    weft_home_t *home = &isr->home;
    weft_local_t outer = weft__home_entered(home);
    bool more;

    weft__local()->credit = NULL;
    weft__look_at(&isr->local, weft__local());
    more = turn(isr);
    look_for_end(isr);
    weft__home_left(outer);
    if (!watch(isr) || more || !weft__inbox_announce(&home->inbox)) {
        weft_port_level_pend(isr->level.pend);
    }
}

int weft_isr_init(weft_isr_t *isr, const weft_isr_config_t *config)
{
    weft_home_t *home = &isr->home;
    int rc;

    *isr = (weft_isr_t){
        .executor = {&isr_ops, home},
        .stop_post = {.run = weft__run_nothing},
        .alarm_us = WEFT_FOREVER,
        .on_stopped = config->stopped,
        .stopped_ctx = config->stopped_ctx,
    };
    weft__home_init(home, &isr->executor);
    home->alone = 1;
    home->sleepless = 1;
    home->inbox.word = WEFT__ASLEEP;
    home->scheduler = config->scheduler;
    home->timers = &isr->timers;
    rc = weft_port_level_open(&isr->level, config->priority, run, isr);
    if (rc < 0) {
        isr->executor.home = NULL;
        return rc;
    }
    home->kick = kick;
    home->kick_ctx = (void *)isr->level.pend;
    return WEFT_OK;
}

void weft_isr_deinit(weft_isr_t *isr)
{
    uintptr_t live = weft__home_live(&isr->home);

    WEFT_ASSERT(weft_port_priority() == 0,
                "deinit of an interrupt executor above task level");
    WEFT_ASSERT(live <= WEFT__STOPPING,
                "deinit of an interrupt executor with live tasks");
    (void)live;
    weft_port_level_close(&isr->level);
    isr->executor.home = NULL;
}

void weft_isr_stop(weft_isr_t *isr)
{
    weft__home_stop(&isr->home, &isr->stop_post);
}

bool weft_isr_stopped(const weft_isr_t *isr)
{
    return weft_atomic_load_acquire_u32(&isr->stopped) != 0;
}

weft_look_t weft_isr_look(const weft_isr_t *isr)
{
    return weft__look(&isr->home, &isr->local, &isr->runs);
}
