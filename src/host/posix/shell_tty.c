/* shell_tty.c - bytes between a shell and a pty, a terminal or pipes
 * SPDX-License-Identifier: MIT
 *
 * Nobody but us may find its descriptors changed: what is not ours is opened
 * again where a write could block, and a terminal gets its settings back.
 */
#define _GNU_SOURCE
#define _DARWIN_C_SOURCE

#include "weft/shell_tty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "weft/base/atomic.h"

enum { CONTROL_C = 3, AHEAD = 1024, LOOK_AGAIN_MS = 10 };

static bool not_now(ssize_t rc)
{
    return rc < 0 && (errno == EINTR || errno == EAGAIN);
}

static void wake(const weft_shell_tty_t *tty)
{
    ssize_t rc;

    do {
        rc = write(tty->wake[1], "", 1);
    } while (rc < 0 && errno == EINTR);
}

/* Without the signal that ends a program where a pipe's reader is gone: the
 * error alone is what is asked for. */
static ssize_t write_quietly(int fd, const char *bytes, size_t size)
{
    sigset_t ours;
    sigset_t before;
    sigset_t pending;
    bool was_pending;
    ssize_t rc;
    int error;

    (void)sigemptyset(&ours);
    (void)sigaddset(&ours, SIGPIPE);
    (void)pthread_sigmask(SIG_BLOCK, &ours, &before);
    (void)sigpending(&pending);
    was_pending = sigismember(&pending, SIGPIPE) == 1;
    rc = write(fd, bytes, size);
    error = errno;
    (void)sigpending(&pending);
    if (!was_pending && sigismember(&pending, SIGPIPE) == 1) {
        (void)sigwait(&ours, &(int){0});
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return rc;
}

int weft_shell_tty_output(void *ctx, const char *bytes, size_t size)
{
    weft_shell_tty_t *tty = (weft_shell_tty_t *)ctx;
    struct pollfd room = {.fd = tty->out, .events = POLLOUT};
    ssize_t done = 0;

    if (poll(&room, 1, 0) > 0) {
        done = write_quietly(tty->out, bytes, size);
        if (done < 0 && !not_now(done)) {
            return WEFT_ERR_FAILED;
        }
        done = done < 0 ? 0 : done;
    }
    if ((size_t)done < size) {
        weft_atomic_store_release_u32(&tty->full, 1);
        wake(tty);
    }
    return (int)done;
}

/* --- the thread ----------------------------------------------------------- */

/* What was read and the shell had no room for. */
struct ahead {
    char bytes[AHEAD];
    size_t size;
    bool ended;
};

/* Ctrl-C does not wait behind what was typed before. */
static void look_for_break(struct ahead *ahead, size_t from)
{
    for (size_t i = ahead->size; i > from; i--) {
        if (ahead->bytes[i - 1] == CONTROL_C) {
            ahead->size -= i - 1;
            memmove(ahead->bytes, ahead->bytes + i - 1, ahead->size);
            return;
        }
    }
}

static void read_ahead(weft_shell_tty_t *tty, struct ahead *ahead)
{
    ssize_t size = read(tty->in, ahead->bytes + ahead->size,
                        sizeof(ahead->bytes) - ahead->size);
    size_t from = ahead->size;

    if (size > 0) {
        ahead->size += (size_t)size;
        look_for_break(ahead, from);
    } else if (!not_now(size)) {
        ahead->ended = true;
    }
}

static void feed(weft_shell_tty_t *tty, struct ahead *ahead)
{
    size_t size = weft_shell_room(tty->shell);

    if (ahead->size > 0 && ahead->bytes[0] == CONTROL_C) {
        size = WEFT_SHELL_INPUT; /* it makes room */
    }
    if (size > ahead->size) {
        size = ahead->size;
    }
    if (size > 0) {
        (void)weft_shell_feed(tty->shell, ahead->bytes, size);
        ahead->size -= size;
        memmove(ahead->bytes, ahead->bytes + size, ahead->size);
    }
}

static void wait_and_read(weft_shell_tty_t *tty, struct ahead *ahead)
{
    bool full = weft_atomic_load_acquire_u32(&tty->full) != 0;
    struct pollfd fds[3] = {
        {.fd = tty->wake[0], .events = POLLIN},
        {.fd = ahead->ended || ahead->size == AHEAD ? -1 : tty->in,
         .events = POLLIN},
        {.fd = full ? tty->out : -1, .events = POLLOUT},
    };
    char drained[64];

    (void)poll(fds, 3, ahead->size > 0 ? LOOK_AGAIN_MS : -1);
    if (fds[0].revents != 0) {
        (void)!read(tty->wake[0], drained, sizeof(drained));
    }
    if (fds[1].revents != 0) {
        read_ahead(tty, ahead);
    }
    if (fds[2].revents != 0) {
        weft_atomic_store_release_u32(&tty->full, 0);
        weft_shell_ready(tty->shell);
    }
}

static void run(void *ctx)
{
    weft_shell_tty_t *tty = (weft_shell_tty_t *)ctx;
    struct ahead ahead = {.size = 0};
    bool told = false;

    while (weft_atomic_load_acquire_u32(&tty->stopping) == 0) {
        wait_and_read(tty, &ahead);
        feed(tty, &ahead);
        if (ahead.ended && ahead.size == 0 && !told) {
            told = true;
            if (tty->ended != NULL) {
                tty->ended(tty->ended_ctx);
            }
        }
    }
}

/* --- opening -------------------------------------------------------------- */

static void close_one(int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
    }
    *fd = -1;
}

static void close_all(weft_shell_tty_t *tty)
{
    if (tty->saved != NULL) {
        (void)tcsetattr(tty->in, TCSADRAIN, (struct termios *)tty->saved);
        free(tty->saved);
        tty->saved = NULL;
    }
    close_one(&tty->in);
    close_one(&tty->out);
    close_one(&tty->other);
    close_one(&tty->wake[0]);
    close_one(&tty->wake[1]);
}

static void set_up(weft_shell_tty_t *tty, weft_shell_t *shell)
{
    tty->shell = shell;
    tty->in = tty->out = tty->other = tty->wake[0] = tty->wake[1] = -1;
    tty->full = tty->stopping = 0;
    tty->saved = NULL;
    tty->path[0] = '\0';
}

/* Bytes as they are typed, without the kernel's own editing. */
static bool make_raw(int fd)
{
    struct termios raw;

    if (tcgetattr(fd, &raw) != 0) {
        return false;
    }
    raw.c_iflag &=
        ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON);
    raw.c_oflag &= ~(tcflag_t)OPOST;
    raw.c_lflag &= ~(tcflag_t)(ECHO | ICANON | IEXTEN | ISIG);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    return tcsetattr(fd, TCSADRAIN, &raw) == 0;
}

static int start(weft_shell_tty_t *tty)
{
    int rc = WEFT_ERR_FAILED;

    if (pipe(tty->wake) == 0) {
        for (int i = 0; i < 2; i++) {
            (void)fcntl(tty->wake[i], F_SETFD, FD_CLOEXEC);
            (void)fcntl(tty->wake[i], F_SETFL, O_NONBLOCK);
        }
        tty->thread = (weft_port_thread_t){.name = "shell"};
        rc = weft_port_thread_start(&tty->thread, run, tty);
    }
    if (rc < 0) {
        close_all(tty);
    }
    return rc;
}

static int find_path(weft_shell_tty_t *tty)
{
    const char *path = ptsname(tty->in);

    if (path == NULL || strlen(path) >= sizeof(tty->path)) {
        return WEFT_ERR_FAILED;
    }
    memcpy(tty->path, path, strlen(path) + 1);
    tty->other = open(tty->path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    return tty->other >= 0 && make_raw(tty->other) ? WEFT_OK : WEFT_ERR_FAILED;
}

int weft_shell_tty_pty(weft_shell_tty_t *tty, weft_shell_t *shell)
{
    int rc = WEFT_ERR_FAILED;

    set_up(tty, shell);
    tty->in = posix_openpt(O_RDWR | O_NOCTTY);
    if (tty->in >= 0 && grantpt(tty->in) == 0 && unlockpt(tty->in) == 0) {
        (void)fcntl(tty->in, F_SETFD, FD_CLOEXEC);
        (void)fcntl(tty->in, F_SETFL, O_NONBLOCK);
        tty->out = fcntl(tty->in, F_DUPFD_CLOEXEC, 0);
        rc = tty->out < 0 ? WEFT_ERR_FAILED : find_path(tty);
    }
    if (rc < 0) {
        close_all(tty);
        return rc;
    }
    return start(tty);
}

/* A descriptor of our own for it, which does not block where that can be: its
 * file may be another program's, too. */
static int own_output(int fd)
{
    char name[32];
    struct stat stat;
    int own = -1;

    if (fstat(fd, &stat) == 0 &&
        (S_ISFIFO(stat.st_mode) || S_ISCHR(stat.st_mode))) {
        (void)snprintf(name, sizeof(name), "/dev/fd/%d", fd);
        own = open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    }
    return own >= 0 ? own : fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

int weft_shell_tty_open(weft_shell_tty_t *tty, weft_shell_t *shell, int in,
                        int out)
{
    set_up(tty, shell);
    tty->in = fcntl(in, F_DUPFD_CLOEXEC, 0);
    tty->out = own_output(out);
    if (tty->in >= 0 && isatty(tty->in)) {
        tty->saved = malloc(sizeof(struct termios));
        if (tty->saved != NULL &&
            tcgetattr(tty->in, (struct termios *)tty->saved) == 0) {
            (void)make_raw(tty->in);
        }
    }
    if (tty->in < 0 || tty->out < 0) {
        close_all(tty);
        return WEFT_ERR_FAILED;
    }
    return start(tty);
}

void weft_shell_tty_close(weft_shell_tty_t *tty)
{
    if (tty->shell != NULL && tty->wake[0] >= 0) {
        weft_atomic_store_release_u32(&tty->stopping, 1);
        wake(tty);
        weft_port_thread_join(&tty->thread);
        close_all(tty);
    }
}
