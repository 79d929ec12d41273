/* signals.c - the first signal asks, the next one ends
 * SPDX-License-Identifier: MIT
 */
#define _XOPEN_SOURCE 700

#include "tools/weft/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "tools/weft/world.h"
#include "weft/time.h"

#define SAME_US WEFT_MS(200)

static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};

/* The handler's own; of these signals one is handled at a time. */
static struct {
    void (*asks)(void);
    void (*leaves)(void);
    volatile sig_atomic_t asked;
    uint64_t asked_us;
} signals;

static void on_signal(int number)
{
    int saved = errno;
    uint64_t now_us = world_clock_us();

    if (!signals.asked) {
        signals.asked = true;
        signals.asked_us = now_us;
        signals.asks();
    } else if (now_us - signals.asked_us >= SAME_US) {
        if (signals.leaves != NULL) {
            signals.leaves();
        }
        _exit(128 + number);
    }
    errno = saved;
}

void signals_catch(void (*asks)(void), void (*leaves)(void))
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    struct sigaction before;

    signals.asks = asks;
    signals.leaves = leaves;
    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        (void)sigaddset(&action.sa_mask, numbers[i]);
    }
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (sigaction(numbers[i], NULL, &before) == 0 &&
            before.sa_handler != SIG_IGN) {
            (void)sigaction(numbers[i], &action, NULL);
        }
    }
}
