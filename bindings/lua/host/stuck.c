/* stuck.c - a thread that watches whether a script ever comes back
 * SPDX-License-Identifier: MIT
 *
 * core->beat is odd while
 * a script runs and changes with every entry. The watcher looks at it a few
 * times a second; while nothing runs it sleeps until the next entry, so an
 * idle program has no wake-ups from it.
 *
 * A hook may be set from a signal handler on the thread that runs Lua, and
 * from nowhere else. None is called inside one long C function or a finalizer;
 * a handler of xpcall may loop again, killed coroutines be made again. So with
 * kill_stuck the program ends when the same run still goes on a second later.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "bindings/lua/core.h"
#include "bindings/lua/memory.h"
#include "bindings/lua/stuck.h"

enum { LOOK_MS = 200, C_CALL_MS = 1000 };

struct weft__lua_stuck {
    struct weft_lua *m;
    pthread_t watcher;
    pthread_t target;
    pthread_mutex_t lock;
    pthread_cond_t cond;
    bool quit;        /* under the lock */
    bool entered;     /* under the lock: ends the sleep while idle */
    uint8_t answered; /* atomic: the hook was called */
};

/* One signal is on its way at a time, to be answered by its handler. */
static pthread_mutex_t signalling = PTHREAD_MUTEX_INITIALIZER;
static struct weft__lua_core *volatile signalled;

static void on_signal(int number)
{
    struct weft__lua_core *core = signalled;
    lua_State *L = core == NULL ? NULL : core->current;

    (void)number;
    if (L != NULL) {
        lua_sethook(L, weft__lua_stuck_hook,
                    LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT, 1);
    }
    signalled = NULL;
}

static void send_signal(struct weft__lua_stuck *stuck)
{
    const struct timespec moment = {0, 1000000};

    (void)pthread_mutex_lock(&signalling);
    signalled = stuck->m->core;
    if (pthread_kill(stuck->target, SIGURG) == 0) {
        for (int i = 0; i < 100 && signalled != NULL; i++) {
            (void)nanosleep(&moment, NULL);
        }
    }
    signalled = NULL;
    (void)pthread_mutex_unlock(&signalling);
}

bool weft__lua_stuck_answer(struct weft__lua_stuck *stuck)
{
    return __atomic_exchange_n(&stuck->answered, 1, __ATOMIC_ACQ_REL) == 0;
}

/* No report function may be called here: it is the script's thread's. */
static void give_up(struct weft__lua_stuck *stuck, bool answered)
{
    const char *name = stuck->m->config.name;
    unsigned ran_ms = weft__lua_stuck_ms(stuck->m) + C_CALL_MS;

    (void)fprintf(stderr, "%s%sstopped: ", name != NULL ? name : "",
                  name != NULL ? ": " : "");
    if (answered) {
        (void)fprintf(stderr,
                      "a script still runs after %u ms, %d ms after it was to "
                      "be stopped\n",
                      ran_ms, C_CALL_MS);
    } else {
        (void)fprintf(stderr,
                      "a script is inside one C function or finalizer for more "
                      "than %u ms and cannot be interrupted there\n",
                      ran_ms);
    }
    (void)fflush(stderr);
    _exit(1);
}

static uint32_t beat_of(const struct weft__lua_stuck *stuck)
{
    return __atomic_load_n(&stuck->m->core->beat, __ATOMIC_ACQUIRE);
}

/* Sleeps for a look's time. Called and left with the lock held. */
static void pause_a_look(struct weft__lua_stuck *stuck)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    while (!stuck->quit && pthread_cond_timedwait(&stuck->cond, &stuck->lock,
                                                  &until) != ETIMEDOUT) {}
}

/* Nothing runs. Says that it wants to be woken, waits long enough for that to
 * be seen and for an entry from before to be seen here, then sleeps. */
static void sleep_while_idle(struct weft__lua_stuck *stuck, uint32_t beat)
{
    uint8_t *parked = &stuck->m->core->watcher_sleeps;

    stuck->entered = false;
    __atomic_store_n(parked, 1, __ATOMIC_SEQ_CST);
    pause_a_look(stuck);
    if (beat_of(stuck) == beat) {
        while (!stuck->quit && !stuck->entered) {
            (void)pthread_cond_wait(&stuck->cond, &stuck->lock);
        }
    }
    __atomic_store_n(parked, 0, __ATOMIC_SEQ_CST);
}

void weft__lua_stuck_wake(struct weft__lua_stuck *stuck)
{
    __atomic_store_n(&stuck->m->core->watcher_sleeps, 0, __ATOMIC_SEQ_CST);
    (void)pthread_mutex_lock(&stuck->lock);
    stuck->entered = true;
    (void)pthread_cond_signal(&stuck->cond);
    (void)pthread_mutex_unlock(&stuck->lock);
}

static unsigned now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (unsigned)now.tv_sec * 1000u + (unsigned)(now.tv_nsec / 1000000);
}

/* The same run of a script, from when it was first seen. */
static void watch_run(struct weft__lua_stuck *stuck, uint32_t beat)
{
    unsigned since = now_ms();
    unsigned limit = weft__lua_stuck_ms(stuck->m);
    bool asked = false;

    while (!stuck->quit && beat_of(stuck) == beat) {
        unsigned ran = now_ms() - since;
        if (ran >= limit && !asked) {
            asked = true;
            __atomic_store_n(&stuck->answered, 0, __ATOMIC_RELEASE);
            send_signal(stuck);
        }
        if (ran >= limit + C_CALL_MS && stuck->m->config.kill_stuck) {
            give_up(stuck,
                    __atomic_load_n(&stuck->answered, __ATOMIC_ACQUIRE) != 0);
        }
        pause_a_look(stuck);
    }
}

static void *watch(void *ctx)
{
    struct weft__lua_stuck *stuck = ctx;

    (void)pthread_mutex_lock(&stuck->lock);
    while (!stuck->quit) {
        uint32_t beat = beat_of(stuck);
        if ((beat & 1) != 0) {
            watch_run(stuck, beat);
        } else {
            sleep_while_idle(stuck, beat);
        }
    }
    (void)pthread_mutex_unlock(&stuck->lock);
    return NULL;
}

static void handle_signal(void)
{
    struct sigaction action = {0};

    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGURG, &action, NULL);
}

/* With all signals blocked in it, so that a host's handlers run elsewhere. */
static int start_thread(struct weft__lua_stuck *stuck)
{
    sigset_t all;
    sigset_t before;
    int rc;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    rc = pthread_create(&stuck->watcher, NULL, watch, stuck);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc;
}

/* Without memory or threads scripts run unwatched. */
void weft__lua_stuck_start(struct weft_lua *m)
{
    struct weft__lua_stuck *stuck = m->core->stuck;
    pthread_condattr_t attributes;

    if (stuck != NULL) {
        return;
    }
    stuck = weft__lua_raw(m, NULL, 0, sizeof(*stuck));
    if (stuck == NULL) {
        return;
    }
    *stuck = (struct weft__lua_stuck){.m = m, .target = pthread_self()};
    (void)pthread_mutex_init(&stuck->lock, NULL);
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&stuck->cond, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    handle_signal();
    m->core->stuck = stuck;
    if (start_thread(stuck) != 0) {
        m->core->stuck = NULL;
        (void)weft__lua_raw(m, stuck, sizeof(*stuck), 0);
    }
}

void weft__lua_stuck_stop(struct weft_lua *m)
{
    struct weft__lua_stuck *stuck = m->core->stuck;

    if (stuck == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&stuck->lock);
    stuck->quit = true;
    (void)pthread_cond_signal(&stuck->cond);
    (void)pthread_mutex_unlock(&stuck->lock);
    (void)pthread_join(stuck->watcher, NULL);
    (void)pthread_cond_destroy(&stuck->cond);
    (void)pthread_mutex_destroy(&stuck->lock);
    m->core->stuck = NULL;
    m->core->watcher_sleeps = 0;
    (void)weft__lua_raw(m, stuck, sizeof(*stuck), 0);
}
