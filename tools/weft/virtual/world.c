/* world.c - weft-sim: virtual time
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include "tools/weft/world.h"

#include <limits.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "tools/weft/complain.h"
#include "tools/weft/run.h"
#include "tools/weft/signals.h"
#include "weft/sim.h"

const bool world_is_virtual = true;

int world_become_virtual(char **words)
{
    (void)words;
    return complain("time is virtual here already");
}

int world_run(uint64_t seed, void (*program)(void *ctx), void *ctx)
{
    weft_sim_config_t config = {
        .seed = seed,
        .cores = 1,
        .calm = UINT_MAX,
        .steps_max = UINT64_MAX,
    };

    return weft_sim_run(&config, program, ctx);
}

/* --- Ctrl-C --------------------------------------------------------------- */

static void on_interrupt(void *ctx)
{
    run_stop(ctx, STOP_SIGNAL);
}

static weft_sim_interrupt_t interrupt = {.handler = on_interrupt};

/* How long a script may run on after the signal: processor time, so that a
 * busy machine takes none of it. */
static const struct itimerval patience = {.it_value = {.tv_sec = 3}};

/* Makes the simulated interrupt due: a store, for here hardly anything else
 * is allowed. It is taken when virtual time moves; a script that never waits
 * keeps it from moving. */
static void signal_asks(void)
{
    interrupt.at_us = 1;
    (void)setitimer(ITIMER_VIRTUAL, &patience, NULL);
}

static void on_patience_over(int number)
{
    static const char text[] =
        "weft: 3 s after the signal a script still runs: ended at once\n";
    ssize_t written = write(STDERR_FILENO, text, sizeof(text) - 1);

    (void)number;
    (void)written;
    _exit(STATUS_FAILED);
}

void world_begin(struct run *run)
{
    struct sigaction late = {.sa_handler = on_patience_over};

    interrupt.ctx = run;
    (void)sigaction(SIGVTALRM, &late, NULL);
    weft_sim_interrupt_attach(&interrupt);
    signals_catch(signal_asks, NULL);
}

void world_end(struct run *run)
{
    static const struct itimerval none;

    (void)run;
    (void)setitimer(ITIMER_VIRTUAL, &none, NULL);
    weft_sim_interrupt_remove(&interrupt);
}

bool world_reads_keys(void)
{
    return false;
}

int world_attach_pty(struct machine *machine, unsigned port)
{
    (void)machine;
    return complain("--uart %u=pty: a terminal needs real time", port);
}

uint64_t world_clock_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}
