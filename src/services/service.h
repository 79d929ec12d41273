/* service.h - internal: the parts of a service
 * SPDX-License-Identifier: MIT
 *
 * A service is a task that waits for its mailbox. The word of that:
 *
 *     0, or a stack of requests      it is awake
 *     a node with tag 1              it waits, with that node
 *     any of these, with CLOSED      it is about to stop: takes no requests
 *     STOPPED                        there is no task
 *
 *     STOPPED      -1-> stack        1 send of a start, which spawns the task
 *     stack        -2-> stack        2 send; a start takes CLOSED away
 *     node         -3-> stack        3 send, which claims the node: the end of
 *                                      the wait is its last touch
 *     stack        -4-> 0            4 the service: collect
 *     0            -5-> node         5 the service: park
 *     node         -6-> 0            6 its time has come, or a fiber has ended
 *     0            -7-> CLOSED       7 the service: close
 *     CLOSED       -8-> STOPPED      8 the service: leave, its last touch
 *
 * Who sends touches the service no more after its compare-and-swap, and where
 * that claimed the node the service cannot run before the node is delivered.
 *
 * The phases, each written by the service (1 by who starts it):
 *
 *     OPENED  -1-> HOOK -2-> SERVING       2 begin_start, started
 *     SERVING -3-> HOOK -4-> CLOSING       3 begin_stop  4 stop_agreed
 *             <-5-                         5 the hook refuses
 *     SERVING -6-> FAILING -7-> PAUSE      6 weft_service_fail 7 no fiber runs
 *     PAUSE   -8-> HOOK                    8 begin_start
 *     HOOK, FAILING, PAUSE -9-> CLOSING    9 no restart is left, or a stop came
 *     CLOSING -10-> OPENED                10 a start was queued behind the stop
 */
#ifndef WEFT_SRC_SERVICES_SERVICE_H
#define WEFT_SRC_SERVICES_SERVICE_H

#include "weft/service.h"

#include "core/local.h"
#include "futures/future.h"

enum {
    WEFT__SERVICE_WAITING = 1,
    WEFT__SERVICE_CLOSED = 2,
    WEFT__SERVICE_STOPPED = 6, /* no address: the first page has none */
};

enum {
    WEFT__SERVICE_OPENED = 0,
    WEFT__SERVICE_HOOK_START = 1,
    WEFT__SERVICE_SERVES = 2,
    WEFT__SERVICE_HOOK_STOP = 3,
    WEFT__SERVICE_FAILING = 4,
    WEFT__SERVICE_PAUSE = 5,
    WEFT__SERVICE_CLOSING = 6,
};

/* service->marks */
enum {
    WEFT__SERVICE_FAILED = 1,    /* weft_service_fail was called */
    WEFT__SERVICE_RESTARTED = 2, /* once since the start */
    WEFT__SERVICE_WARNED = 4,
    WEFT__SERVICE_REFUSES = 8,   /* closing, it fails starts too */
    WEFT__SERVICE_LOOPED = 16,   /* loops were called, which may take long */
    WEFT__SERVICE_RESTARTS = 32, /* this start is a restart */
};

/* What is asked of one before its init would be lost in it. */
static inline void weft__service_made(const weft_service_t *service)
{
    WEFT_ASSERT(service->type != NULL,
                "a service that weft_service_init has not made");
}

static inline void weft__service_phase(weft_service_t *service, unsigned phase)
{
    weft_atomic_store_release_u8(&service->phase, (uint8_t)phase);
}

static inline weft_request_t *weft__request_of(weft_link_t *link)
{
    return WEFT_CONTAINER_OF(link, weft_request_t, link);
}

extern const weft_object_ops_t weft__mailbox_ops;

/* What is pushed without being a request, beside starts and stops. */
enum { WEFT__SERVICE_REPLY = 0xfff2 };

/* Puts a request of that code into the mailbox: 0; WEFT_ERR_STOPPED, not put.
 * *waiting: a claimed node for weft__service_wake, or NULL. */
int weft__service_push(weft_service_t *service, weft_request_t *request,
                       unsigned code, weft_node_t **waiting);

bool weft__service_code_valid(unsigned code);

/* weft_service_send of what is marked as sent. */
int weft__service_transmit(weft_service_t *service, unsigned code,
                           weft_request_t *request);

/* The end of its wait. NULL: nothing. */
void weft__service_wake(weft_node_t *waiting);

/* Has it look again. At its home. */
void weft__service_poke(weft_service_t *service);

/* A start that found it stopped: what send gives. The last touch. */
int weft__service_open(weft_service_t *service, weft_request_t *request);

/* Who handles this code; NULL: nobody. */
const weft_handler_t *weft__service_handler(const weft_service_t *service,
                                            unsigned code);

/* Whether all handlers and hooks can run, so that it may start. */
bool weft__service_able(const weft_service_t *service);

/* Moves what has come to ready. */
void weft__service_collect(weft_service_t *service);

/* The first that is ready, taken out; there is one. */
weft_request_t *weft__service_next(weft_service_t *service);

/* A request has left the queue. */
void weft__service_uncount(weft_service_t *service);

/* Where handlers may block the thread is lent to what is called between the
 * two: its waits are the thread's own, outside of any executor. */
void weft__service_lend_blocking(weft_service_t *service, weft_local_t *ours);
void weft__service_lent_blocking(weft_service_t *service, weft_local_t *ours);

static inline void weft__service_lend(weft_service_t *service,
                                      weft_local_t *ours)
{
    if ((service->type->flags & WEFT_SERVICE_BLOCKING) != 0) {
        weft__service_lend_blocking(service, ours);
    }
}

static inline void weft__service_lent(weft_service_t *service,
                                      weft_local_t *ours)
{
    if ((service->type->flags & WEFT_SERVICE_BLOCKING) != 0) {
        weft__service_lent_blocking(service, ours);
    }
}

/* Calls a handler here. */
int weft__service_run(weft_service_t *service, weft_handler_fn *fn,
                      weft_request_t *request);

/* The life of a service, in service_life.c. True: something was done. */
bool weft__service_open_step(weft_service_t *service);
bool weft__service_fail_step(weft_service_t *service);
bool weft__service_pause_step(weft_service_t *service);
void weft__service_begin_stop(weft_service_t *service, weft_request_t *stop);
void weft__service_hook_ended(weft_service_t *service, unsigned phase, int rc);

/* Its end, in service_close.c: what is queued fails with error; refuses:
 * starts do, too. */
void weft__service_close(weft_service_t *service, int error, bool refuses);
bool weft__service_close_step(weft_service_t *service);

/* Keeps a start or stop until that is over; settles a chain of them. */
void weft__service_end_add(weft_service_t *service, weft_request_t *request);
void weft__service_ends_settle(weft_link_t *ends, int start, int stop);

/* Fails a request that nobody has begun, cancelled if that was asked for. */
void weft__service_refuse(weft_service_t *service, weft_request_t *request,
                          int error);

/* Closing is over but for the task: weft_local_t.leave. */
bool weft__service_leave(weft_home_t *home, weft_waiter_t *waiter);

/* Whom the handler that runs has to answer. */
weft_request_t **weft__service_current(weft_service_t *service);

/* Prepares it, without a look at what it was given. */
void weft__service_begin(weft_service_t *service,
                         const weft_service_type_t *type,
                         weft_executor_t *executor);

/* An answer that nobody handles: to its cleanup. */
void weft__reply_drop(weft_request_t *request);
void weft__service_replies_detach(weft_service_t *service);
void weft__service_kept_cancel(weft_service_t *service);

/* Where handlers run in fibers: service_fiber.c. */
typedef struct weft__service_fiber_ops {
    /* Runs fn(request) in one; phase: of a hook. answers: it has to answer. */
    void (*begin)(weft_service_t *service, weft_handler_fn *fn,
                  weft_request_t *request, unsigned phase, bool answers);
    bool (*reap)(weft_service_t *service);          /* true: one has ended */
    bool (*settled)(const weft_service_t *service); /* false: look again soon */
    void (*cancel)(weft_service_t *service);
    /* Whom the running fiber has to answer; NULL: it is none of its. */
    weft_request_t **(*current)(weft_service_t *service);
    /* Whether the running fiber is one of its, and would never be answered. */
    bool (*deaf)(weft_service_t *service, unsigned code);
} weft__service_fiber_ops_t;

/* Where it waits for times: service_time.c. */
typedef struct weft__service_time_ops {
    void (*started)(weft_service_t *service);
    bool (*run)(weft_service_t *service); /* loops that are due; any? */
    uint64_t (*next)(const weft_service_t *service);
    void (*limit)(weft_service_t *service, uint64_t deadline_us);
    int (*poll)(weft_service_t *service);
    bool (*due)(weft_service_t *service);   /* of a restart */
    void (*pause)(weft_service_t *service); /* before a restart */
} weft__service_time_ops_t;

static inline unsigned weft__service_busy(const weft_service_t *service)
{
    return service->fibers == NULL ? 0 : service->fibers->busy;
}

#endif
