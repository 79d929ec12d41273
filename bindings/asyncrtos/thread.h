/* thread.h - internal: threads that end when they like
 * SPDX-License-Identifier: MIT
 *
 * A port's thread must be joined. Who may not wait for that leaves it to those
 * that come later: a thread that is nobody's puts itself into a list at its
 * end, and the next call that starts or frees something joins what is there.
 */
#ifndef WEFT_ASYNCRTOS_THREAD_H
#define WEFT_ASYNCRTOS_THREAD_H

#include <stdbool.h>

#include "weft/port.h"

enum { AOS__NAME_SIZE = 16 };

typedef struct aos__thread aos__thread_t;
struct aos__thread {
    weft_port_thread_t port;
    void (*run)(aos__thread_t *thread);
    void *ctx;
    aos__thread_t *next;
    void *local; /* atomic: its weft_local_t, while it runs */
    bool left;   /* nobody will join it; of its own thread */
    char name[AOS__NAME_SIZE];
};

/* What a user asks of one; 0 and NULL: the defaults. */
struct aos__thread_hints {
    unsigned stack_size;
    unsigned priority;
    const char *name; /* copied */
};

/* The first member of a block of size bytes, all zero; NULL: no memory. */
aos__thread_t *aos__thread_new(size_t size,
                               const struct aos__thread_hints *hints);

/* Has run(thread) run; false: there is no thread, and its memory is gone. */
bool aos__thread_start(aos__thread_t *thread,
                       void (*run)(aos__thread_t *thread));

/* Waits for its end, and frees it. NULL: nothing. */
void aos__thread_join(aos__thread_t *thread);

/* The caller runs on it. */
bool aos__thread_here(aos__thread_t *thread);

/* Joins those that were left and have ended; how many there are still. */
unsigned aos__threads_join(void);

/* How many run. */
unsigned aos__threads_running(void);

#endif
