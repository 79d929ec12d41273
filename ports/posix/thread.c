/* thread.c - posix: threads by pthread
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "weft/port.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "weft/base/hooks.h"
#include "ports/posix/overflow.h"
#include "weft/error.h"

WEFT_STATIC_ASSERT(sizeof(pthread_t) <=
                       sizeof(((weft_port_thread_t *)0)->handle),
                   "a pthread_t fits the handle");

static void *enter(void *arg)
{
    weft_port_thread_t *thread = arg;
    char overflow_stack[WEFT__OVERFLOW_STACK];

    weft__overflow_thread_begin(overflow_stack);
    thread->run(thread->ctx);
    weft__overflow_thread_end(overflow_stack);
    return NULL;
}

int weft_port_thread_start(weft_port_thread_t *thread, weft_port_thread_fn *run,
                           void *ctx)
{
    pthread_t made;

    thread->run = run;
    thread->ctx = ctx;
    int rc = pthread_create(&made, NULL, enter, thread);
    if (rc == 0) {
        memcpy(thread->handle, &made, sizeof(made));
        return 0;
    }
    return rc == ENOMEM ? WEFT_ERR_MEMORY : WEFT_ERR_UNSUPPORTED;
}

void weft_port_thread_join(weft_port_thread_t *thread)
{
    pthread_t made;

    memcpy(&made, thread->handle, sizeof(made));
    int rc = pthread_join(made, NULL);
    WEFT_ASSERT(rc == 0, "join of a thread that is not there");
    (void)rc;
}
