/* pty.c - a pseudo terminal as the other end of a uart
 * SPDX-License-Identifier: MIT
 */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE

#include "tools/weft/real/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "tools/weft/complain.h"
#include "weft/base/atomic.h"

static void pty_deliver(struct pty *pty)
{
    if (!pty->arrived) {
        return;
    }
    pty->at += weft_sim_uart_receive(&pty->machine->board, pty->port,
                                     pty->data + pty->at, pty->size - pty->at);
    if (pty->at == pty->size) {
        pty->arrived = false;
        weft_atomic_store_release_u8(&pty->full, 0);
        pty->emptied();
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
        screen_line(&pty->machine->run->screen,
                    "weft: uart %u: nobody reads what "
                    "it sends; the rest is lost",
                    pty->port);
    }
}

void pty_read(struct pty *pty)
{
    ssize_t size = read(pty->master, pty->data, sizeof(pty->data));

    if (size <= 0) {
        return;
    }
    pty->at = 0;
    pty->size = (size_t)size;
    weft_atomic_store_release_u8(&pty->full, 1);
    (void)weft_submit(&pty->machine->run->loop.executor, &pty->post,
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

int pty_create(struct pty **made, struct machine *machine, unsigned port,
               void (*emptied)(void))
{
    struct pty *pty = calloc(1, sizeof(*pty));
    weft_sim_uart_end_t end = {pty_sent, pty_room, pty};
    int rc = pty != NULL ? pty_open(pty) : ENOMEM;

    if (rc != 0) {
        free(pty);
        return complain("--uart %u=pty: %s", port, strerror(rc));
    }
    pty->post.run = pty_run;
    pty->machine = machine;
    pty->port = port;
    pty->emptied = emptied;
    *made = pty;
    screen_line(&machine->run->screen, "weft: uart %u is %s", port,
                ptsname(pty->master));
    return weft_sim_uart_attach(&machine->board, port, &end);
}

void pty_destroy(struct pty *pty)
{
    (void)close(pty->master);
    (void)close(pty->slave);
    free(pty);
}

bool pty_may_read(const struct pty *pty)
{
    return weft_atomic_load_acquire_u8(&pty->full) == 0;
}
