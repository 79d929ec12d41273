/* outside.c - what comes from outside of the loop: signals, keys, terminals
 * SPDX-License-Identifier: MIT
 *
 * The thread reads and posts a runnable; the loop takes keys under the lock,
 * bytes of a terminal as pty.h says.
 */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE

#include "tools/weft/real/outside.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools/weft/complain.h"
#include "tools/weft/real/pty.h"
#include "tools/weft/real/terminal.h"
#include "tools/weft/run.h"
#include "tools/weft/signals.h"
#include "tools/weft/world.h"
#include "weft/time.h"

#define GRACE_US WEFT_S(3) /* how long after --for until it is forced */
#define HINT_MS 1000       /* how long after Ctrl-C until another is offered */

enum { NOTHING_MAX = 100 };

struct keys {
    weft_runnable_t post; /* first */
    pthread_mutex_t lock;
    size_t count;
    char data[32];
};

static struct outside {
    struct run *run;
    pthread_t thread;
    int pipe[2]; /* one byte: 's' a signal came, 'w' look again, 'q' end */
    bool running, keys_on;
    bool listens, signalled; /* the thread's own */
    struct keys keys;
    struct pty *ptys[WEFT_SIM_UARTS];
    unsigned pty_count;
} outside = {.pipe = {-1, -1}, .keys = {.lock = PTHREAD_MUTEX_INITIALIZER}};

static void nudge(char what)
{
    ssize_t done = write(outside.pipe[1], &what, 1);

    (void)done; /* a full pipe is nudged already */
}

/* --- signals -------------------------------------------------------------- */

static void signal_asks(void)
{
    nudge('s');
}

static void signal_leaves(void)
{
    ssize_t done;

    terminal_restore();
    done = write(STDERR_FILENO, "\n", 1);
    (void)done;
}

/* --- keys ----------------------------------------------------------------- */

static int keys_run(weft_runnable_t *runnable)
{
    struct keys *keys = (struct keys *)(void *)runnable;
    char data[sizeof(keys->data)];
    size_t count;

    (void)pthread_mutex_lock(&keys->lock);
    count = keys->count;
    memcpy(data, keys->data, count);
    keys->count = 0;
    (void)pthread_mutex_unlock(&keys->lock);
    for (size_t i = 0; i < count; i++) {
        run_key(outside.run, data[i]);
    }
    return 0;
}

/* Never blocks, see terminal_raw: a terminal may say that there is something
   and then have nothing, such as an end of file from before it was raw. */
static void read_keys(struct keys *keys)
{
    static unsigned nothing;
    char key;
    bool first = false;
    ssize_t size = read(STDIN_FILENO, &key, 1);

    nothing = size == 0 ? nothing + 1 : 0;
    if (size < 0 || nothing > NOTHING_MAX) {
        outside.listens = false; /* the terminal is gone */
    }
    if (size != 1) {
        return;
    }
    (void)pthread_mutex_lock(&keys->lock);
    if (keys->count < sizeof(keys->data)) {
        first = keys->count == 0;
        keys->data[keys->count++] = key;
    }
    (void)pthread_mutex_unlock(&keys->lock);
    if (first) {
        (void)weft_submit(&outside.run->loop.executor, &keys->post,
                          WEFT_HINT_DEFAULT);
    }
}

/* --- the thread ----------------------------------------------------------- */

/* What takes the live line away; here the screen may not be touched. */
static const char *erase(void)
{
    return outside.run->screen.live ? "\r\033[K" : "";
}

static void leave_at_once(const char *why)
{
    terminal_restore();
    (void)dprintf(STDERR_FILENO, "%sweft: %s\n", erase(), why);
    _exit(STATUS_FAILED);
}

static int time_left_ms(void)
{
    const struct run *run = outside.run;
    uint64_t end_us = run->options->for_us + GRACE_US;
    uint64_t past_us = world_clock_us() - run->began_us;

    if (run->options->for_us == WEFT_FOREVER) {
        return -1;
    }
    if (past_us >= end_us) {
        leave_at_once("3 s after --for a script still runs: ended at once");
    }
    return end_us - past_us > 3600000000u
               ? 3600000
               : (int)((end_us - past_us) / 1000) + 1;
}

static int timeout_ms(void)
{
    int left = time_left_ms();

    return outside.signalled && (left < 0 || left > HINT_MS) ? HINT_MS : left;
}

static bool read_pipe(void)
{
    char what[16];
    ssize_t size = read(outside.pipe[0], what, sizeof(what));

    for (ssize_t i = 0; i < size; i++) {
        if (what[i] == 'q') {
            return false;
        }
        if (what[i] == 's') {
            outside.signalled = true;
            run_stop(outside.run, STOP_SIGNAL);
        }
    }
    return true;
}

static void offer_another(void)
{
    static bool offered;

    if (outside.signalled && !offered) {
        offered = true;
        (void)dprintf(STDERR_FILENO,
                      "%sweft: a script still runs; Ctrl-C again ends it at "
                      "once\n",
                      erase());
    }
}

static bool look_once(void)
{
    struct pollfd fds[2 + WEFT_SIM_UARTS];
    nfds_t count = 0;
    int ready;

    fds[count++] = (struct pollfd){outside.pipe[0], POLLIN, 0};
    fds[count++] =
        (struct pollfd){outside.listens ? STDIN_FILENO : -1, POLLIN, 0};
    for (unsigned i = 0; i < outside.pty_count; i++) {
        const struct pty *pty = outside.ptys[i];

        fds[count++] =
            (struct pollfd){pty_may_read(pty) ? pty->master : -1, POLLIN, 0};
    }
    ready = poll(fds, count, timeout_ms());
    if (ready == 0) {
        offer_another();
    }
    if (ready <= 0) {
        return true;
    }
    if (fds[1].revents != 0) {
        read_keys(&outside.keys);
    }
    for (unsigned i = 0; i < outside.pty_count; i++) {
        if (fds[2 + i].revents != 0) {
            pty_read(outside.ptys[i]);
        }
    }
    return fds[0].revents == 0 || read_pipe();
}

static void *thread_main(void *ctx)
{
    (void)ctx;
    while (look_once()) {}
    return NULL;
}

static bool start_thread(void)
{
    sigset_t all;
    sigset_t before;
    bool started;

    if (pipe(outside.pipe) != 0) {
        return false;
    }
    for (int i = 0; i < 2; i++) {
        (void)fcntl(outside.pipe[i], F_SETFD, FD_CLOEXEC);
        (void)fcntl(outside.pipe[i], F_SETFL, O_NONBLOCK);
    }
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    started = pthread_create(&outside.thread, NULL, thread_main, NULL) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

void outside_begin(struct run *run)
{
    outside.run = run;
    outside.keys.post.run = keys_run;
    outside.keys_on = run->screen.live && terminal_raw();
    outside.listens = outside.keys_on;
    outside.running = start_thread();
    if (outside.running) {
        signals_catch(signal_asks, signal_leaves);
    } else {
        outside.keys_on = false;
        terminal_restore();
    }
}

static void look_again(void)
{
    nudge('w');
}

int outside_attach_pty(struct machine *machine, unsigned port)
{
    int rc =
        pty_create(&outside.ptys[outside.pty_count], machine, port, look_again);

    outside.pty_count += rc == 0;
    return rc;
}

void outside_end(void)
{
    if (outside.running) {
        nudge('q');
        (void)pthread_join(outside.thread, NULL);
        outside.running = false;
    }
    terminal_restore();
    for (unsigned i = 0; i < outside.pty_count; i++) {
        pty_destroy(outside.ptys[i]);
    }
    outside.pty_count = 0;
}

bool outside_reads_keys(void)
{
    return outside.keys_on;
}
