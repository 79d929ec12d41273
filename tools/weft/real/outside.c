/* outside.c - what comes from outside of the loop: signals, keys, terminals
 * SPDX-License-Identifier: MIT
 *
 * Who touches what: the thread reads file descriptors into buffers and posts
 * a runnable; from then on the buffer is the loop's, until it gives it back
 * by `full` = 0 (a terminal) or takes it under the lock (keys).
 */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE

#include "tools/weft/real/outside.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "tools/weft/complain.h"
#include "tools/weft/real/terminal.h"
#include "tools/weft/run.h"
#include "tools/weft/world.h"
#include "weft/base/atomic.h"
#include "weft/base/list.h"
#include "weft/time.h"

#define GRACE_US WEFT_S(3) /* how long after --for until it is forced */
#define HINT_MS 1000       /* how long after Ctrl-C until another is offered */

struct pty {
    weft_runnable_t post; /* first */
    int master, slave;    /* slave: held open, so that nobody hangs up */
    weft_sim_board_t *board;
    unsigned port;
    uint8_t full; /* atomic: data is the loop's */
    bool arrived; /* the loop knows of data */
    bool noted;   /* that nobody reads it */
    size_t at, size;
    char data[256];
};

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
    bool running, keys_on, signalled;
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

static volatile sig_atomic_t asked;

static void on_signal(int number)
{
    int saved = errno;

    asked = asked + 1;
    if (asked > 1) {
        terminal_restore();
        if (write(STDERR_FILENO, "\n", 1) != 1) {
            _exit(128 + number);
        }
        _exit(128 + number);
    }
    nudge('s');
    errno = saved;
}

static void catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    struct sigaction before;

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (sigaction(numbers[i], NULL, &before) == 0 &&
            before.sa_handler != SIG_IGN) {
            (void)sigaction(numbers[i], &action, NULL);
        }
    }
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

static void read_keys(struct keys *keys)
{
    char key;
    bool first = false;

    if (read(STDIN_FILENO, &key, 1) != 1) {
        outside.keys_on = false; /* the terminal is gone */
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

/* --- pseudo terminals ----------------------------------------------------- */

static void pty_deliver(struct pty *pty)
{
    if (!pty->arrived) {
        return;
    }
    pty->at += weft_sim_uart_receive(pty->board, pty->port, pty->data + pty->at,
                                     pty->size - pty->at);
    if (pty->at == pty->size) {
        pty->arrived = false;
        weft_atomic_store_release_u8(&pty->full, 0);
        nudge('w');
    }
}

static int pty_run(weft_runnable_t *runnable)
{
    struct pty *pty = (struct pty *)(void *)runnable;

    pty->arrived = true;
    pty_deliver(pty);
    return 0;
}

static void pty_room(void *ctx)
{
    pty_deliver(ctx);
}

static void pty_sent(void *ctx, const void *data, size_t size)
{
    struct pty *pty = ctx;
    ssize_t done = write(pty->master, data, size);

    if ((done < 0 || (size_t)done < size) && !pty->noted) {
        pty->noted = true;
        screen_line(&outside.run->screen,
                    "weft: uart %u: nobody reads what "
                    "it sends; the rest is lost",
                    pty->port);
    }
}

static void pty_read(struct pty *pty)
{
    ssize_t size = read(pty->master, pty->data, sizeof(pty->data));

    if (size <= 0) {
        return;
    }
    pty->at = 0;
    pty->size = (size_t)size;
    weft_atomic_store_release_u8(&pty->full, 1);
    (void)weft_submit(&outside.run->loop.executor, &pty->post,
                      WEFT_HINT_DEFAULT);
}

static int pty_open(struct pty *pty)
{
    struct termios plain;
    const char *name;

    pty->slave = -1;
    pty->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (pty->master < 0 || grantpt(pty->master) != 0 ||
        unlockpt(pty->master) != 0 || (name = ptsname(pty->master)) == NULL) {
        return errno;
    }
    pty->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (pty->slave < 0 || tcgetattr(pty->slave, &plain) != 0) {
        return errno;
    }
    cfmakeraw(&plain);
    (void)tcsetattr(pty->slave, TCSANOW, &plain);
    (void)fcntl(pty->master, F_SETFL, O_NONBLOCK);
    return 0;
}

int outside_attach_pty(struct machine *machine, unsigned port)
{
    struct pty *pty = calloc(1, sizeof(*pty));
    weft_sim_uart_end_t end = {pty_sent, pty_room, pty};
    int rc = pty != NULL ? pty_open(pty) : ENOMEM;

    if (rc != 0) {
        free(pty);
        return complain("--uart %u=pty: %s", port, strerror(rc));
    }
    pty->post.run = pty_run;
    pty->board = &machine->board;
    pty->port = port;
    outside.ptys[outside.pty_count++] = pty;
    screen_line(&machine->run->screen, "weft: uart %u is %s", port,
                ptsname(pty->master));
    return weft_sim_uart_attach(&machine->board, port, &end);
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
        (struct pollfd){outside.keys_on ? STDIN_FILENO : -1, POLLIN, 0};
    for (unsigned i = 0; i < outside.pty_count; i++) {
        bool full = weft_atomic_load_acquire_u8(&outside.ptys[i]->full) != 0;

        fds[count++] =
            (struct pollfd){full ? -1 : outside.ptys[i]->master, POLLIN, 0};
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
    outside.running = start_thread();
    if (outside.running) {
        catch_signals();
    } else {
        outside.keys_on = false;
        terminal_restore();
    }
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
        (void)close(outside.ptys[i]->master);
        (void)close(outside.ptys[i]->slave);
        free(outside.ptys[i]);
    }
    outside.pty_count = 0;
}

bool outside_reads_keys(void)
{
    return outside.keys_on;
}
