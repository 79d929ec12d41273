/* thread.c - posix: threads by pthread
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "weft/port.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "weft/base/hooks.h"
#include "ports/posix/overflow.h"
#include "weft/error.h"

WEFT_STATIC_ASSERT(sizeof(pthread_t) <=
                       sizeof(((weft_port_thread_t *)0)->handle),
                   "a pthread_t fits the handle");

/* For debuggers and tools; the kernel keeps as much of it as it can. */
static void take_name(const char *name)
{
#ifdef __linux__
    (void)prctl(PR_SET_NAME, name);
#else
    (void)name;
#endif
}

static void *enter(void *arg)
{
    weft_port_thread_t *thread = arg;
    char overflow_stack[WEFT__OVERFLOW_STACK];

    if (thread->name != NULL) {
        take_name(thread->name);
    }
    weft__overflow_thread_begin(overflow_stack);
    thread->run(thread->ctx);
    weft__overflow_thread_end(overflow_stack);
    return NULL;
}

/* What the system needs for itself, and our own frame, come on top. */
static int set_stack(pthread_attr_t *attributes, size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t own = (size_t)PTHREAD_STACK_MIN + WEFT__OVERFLOW_STACK + page;

    if (size == 0) {
        return 0;
    }
    if (size > SIZE_MAX / 2) {
        return ENOMEM;
    }
    return pthread_attr_setstacksize(attributes,
                                     (size + own + page - 1) / page * page);
}

static int create(pthread_t *made, weft_port_thread_t *thread)
{
    pthread_attr_t attributes;
    int rc = pthread_attr_init(&attributes);

    if (rc != 0) {
        return rc;
    }
    rc = set_stack(&attributes, thread->stack_size);
    if (rc == 0) {
        rc = pthread_create(made, &attributes, enter, thread);
    }
    (void)pthread_attr_destroy(&attributes);
    return rc;
}

int weft_port_thread_start(weft_port_thread_t *thread, weft_port_thread_fn *run,
                           void *ctx)
{
    pthread_t made;

    thread->run = run;
    thread->ctx = ctx;
    int rc = create(&made, thread);
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
