/* service.h - a serial owner of state that answers requests
 * SPDX-License-Identifier: MIT
 *
 * When to use it: to split a program into parts that own what they own and ask
 * each other. A service handles one request after the other, so its state
 * needs no lock; who asks waits, is called back, gets a message, or forgets.
 * For a stream of values take a channel, for one newest value a signal.
 *
 * Example:
 *
 *     enum { ADDER_ADD };
 *     WEFT_REQUEST(adder_add, ADDER_ADD, int a, b, sum;);
 *
 *     static int add(weft_service_t *service, weft_request_t *request)
 *     {
 *         struct adder_add *call = adder_add_of(request);
 *         (void)service;
 *         call->sum = call->a + call->b;
 *         return WEFT_OK;
 *     }
 *     static const weft_handler_t handlers[] = {{ADDER_ADD, 0, add}};
 *     static const weft_service_type_t adder = {
 *         .name = "adder", .handlers = handlers, .handlers_count = 1};
 *
 *     static weft_service_t service;
 *     ...
 *     weft_request_t start = WEFT_FUTURE_INIT;
 *     weft_service_init(&service, &adder, &loop.executor);
 *     weft_service_start(&service, &start);
 *
 *     struct adder_add call = {.a = 1, .b = 2};
 *     int rc = adder_add_call(&service, &call);
 *
 * Request. A future (weft/future.h) in a struct of the user's own, with what is
 * asked and what is answered. All zero is a request that can be awaited; what
 * else happens at its end is chosen before each send. Once sent it is
 * settled exactly once, whatever happens, and its memory must live until then.
 * A settled one may be sent again.
 *
 * Handler. What it returns is the answer: 0 or more, or an error. It may look
 * after the request later instead: it returns what weft_request_keep,
 * _take or _forward give. Handlers of one service, its hooks and its loops
 * never run at the same time. Plain ones may not wait, but where the type says
 * WEFT_SERVICE_BLOCKING: then they may block the thread that runs the executor,
 * and call, which waits, only services that have another one.
 * With WEFT_HANDLER_FIBER one runs in a fiber of the service's, and may wait;
 * meanwhile the next request waits for its end, or, of a type that is
 * WEFT_SERVICE_CONCURRENT, is handled while another fiber is left.
 *
 * Where it runs is said by the executor: a loop, that of a core or of a thread
 * of its own, a strand on a pool, an interrupt priority's. On a pool itself,
 * too, if it has no fibers. A started service lives on its executor like a
 * task: who stops that stops the service first.
 *
 * Order: what one sender sends is handled in the order sent.
 *
 * Context: send and cancel from any thread, core and interrupt; call where one
 * may wait; init while it is stopped; the rest where it says so. Where a
 * send fails, what happens at the request's end happens inside of it: so a
 * function that sends again at once what a bound refuses never returns.
 * Memory: the caller's; a service may go when its stop was settled and no send
 * to it is under way.
 */
#ifndef WEFT_SERVICE_H
#define WEFT_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weft/base/list.h"
#include "weft/base/spinlock.h"
#include "weft/executor.h"
#include "weft/fiber.h"
#include "weft/future.h"
#include "weft/task.h"
#include "weft/timer.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef weft_future_t weft_request_t;
typedef struct weft_service weft_service_t;
typedef int weft_handler_fn(weft_service_t *service, weft_request_t *request);

enum {
    WEFT_SERVICE_CODE_MAX = 0xffef, /* the greatest code of a user's */
    WEFT_SERVICE_START = 0xfff0,
    WEFT_SERVICE_STOP = 0xfff1,
};

/* Flags of a handler. */
enum { WEFT_HANDLER_FIBER = 1 };

typedef struct weft_handler {
    uint16_t code;
    uint16_t flags;
    weft_handler_fn *fn;
} weft_handler_t;

/* Flags of a type. */
enum {
    WEFT_SERVICE_BLOCKING = 1,    /* plain handlers, hooks and loops may block
                                    the thread, which is the service's own */
    WEFT_SERVICE_CONCURRENT = 2,  /* several fibers at once */
    WEFT_SERVICE_FIBER_HOOKS = 4, /* the hooks run in a fiber, and may wait */
};

/* When a service has failed: see weft_service_fail. */
enum weft_restart {
    WEFT_RESTART_NEVER = 0,   /* it is stopped, its requests fail */
    WEFT_RESTART_ONCE = 1,    /* once since it was started, at once */
    WEFT_RESTART_BACKOFF = 2, /* again and again, after a pause that doubles */
};

/* What all services of a kind have alike: constant, outlives them. */
typedef struct weft_service_type {
    const char *name;
    const weft_handler_t *handlers;
    uint16_t handlers_count;
    uint8_t flags;
    uint8_t restart;     /* enum weft_restart */
    bool restart_keeps;  /* queued requests wait for the restart; false: they
                             fail, with what the service has failed with */
    uint32_t backoff_us; /* the first pause; 0: 100 ms */
    uint32_t backoff_max_us; /* the longest; 0: 10 s. One that has served for
                                so long begins with the first again */
    /* Hooks, NULL: none. The request is the start or the stop, and what is
     * around it; at a restart NULL. An error of on_start fails the start and
     * all that is queued; one of on_stop fails the stop and the service goes
     * on. They may not keep the request. */
    weft_handler_fn *on_start;
    weft_handler_fn *on_stop;
    /* Is told that the service has failed with that; before a restart. */
    void (*on_fail)(weft_service_t *service, int error);
} weft_service_type_t;

enum weft_service_state {
    WEFT_SERVICE_STOPPED = 0,
    WEFT_SERVICE_STARTING = 1,
    WEFT_SERVICE_SERVING = 2,
    WEFT_SERVICE_STOPPING = 3,
    WEFT_SERVICE_RESTARTING = 4, /* pauses before the next start */
};

typedef struct weft_service_loop weft_service_loop_t;
typedef struct weft_service_fiber weft_service_fiber_t;
typedef struct weft_service_fibers weft_service_fibers_t;
typedef struct weft_handler_entry weft_handler_entry_t;

/* The wait for the next request: src/services/service.h tells the word. */
typedef struct weft_mailbox {
    const weft_object_ops_t *ops;
    uintptr_t word; /* atomic */
} weft_mailbox_t;

struct weft_service {
    const weft_service_type_t *type;
    uint32_t dropped; /* answers that came as messages nobody handles */
    /* private */
    weft_executor_t *executor;
    weft_pool_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_mailbox_t mailbox;
    weft_link_t *ready; /* taken out of the mailbox, first come first */
    weft_link_t *ready_end;
    weft_link_t *ends;       /* starts or stops, settled when that is over */
    weft_request_t *current; /* whom the running handler has to answer */
    weft_handler_entry_t *entries;
    weft_service_loop_t *loops;
    weft_service_fibers_t *fibers;
    const struct weft__service_fiber_ops *fiber_ops; /* NULL: no fibers */
    const struct weft__service_time_ops *time_ops; /* NULL: waits for no time */
    void *blocked;      /* atomic: the thread that a handler may block */
    uint64_t resume_us; /* when a restart is due; since when it serves */
    uint32_t pause_us;  /* before the next restart */
    int error;          /* it has failed with, or closes with */
    uint32_t bound;     /* 0: none */
    uint32_t queued;    /* atomic, where there is a bound */
    uint32_t starts;    /* in ready */
    uint32_t stops;
    uint8_t phase;  /* atomic, written by itself */
    uint8_t parked; /* how it waits */
    uint8_t marks;
    weft_spinlock_t lock; /* of the two lists */
    weft_list_t kept;     /* requests that handlers have kept */
    weft_list_t replies;  /* who may post to it */
};

/* private */
int weft__service_init(weft_service_t *service, const weft_service_type_t *type,
                       weft_executor_t *executor);
extern const struct weft__service_time_ops weft__service_time;

/* Prepares a stopped service of this type, which stays as long as the service,
 * to run on executor. WEFT_ERR_INVALID: a handler without function, of a code
 * above WEFT_SERVICE_CODE_MAX or that another one has too, flags that are none,
 * or an executor that runs no tasks; then a send to it is an assertion.
 * In line: of a type in sight without back-off nothing of times is linked. */
WEFT__INLINE int weft_service_init(weft_service_t *service,
                                   const weft_service_type_t *type,
                                   weft_executor_t *executor)
{
    int rc = weft__service_init(service, type, executor);

    if (rc == 0 && type->restart == WEFT_RESTART_BACKOFF) {
        service->time_ops = &weft__service_time;
    }
    return rc;
}

/* From now on a send that finds so many requests queued fails with
 * WEFT_ERR_FULL. Starts, stops and answers do not count. WEFT_ERR_INVALID: 0.
 * Context: while it is stopped. */
int weft_service_bound(weft_service_t *service, unsigned bound);

/* Sends a request. 0; or the error with which it was settled here and now, what
 * happens at its end included: WEFT_ERR_STOPPED: the service does not serve;
 * WEFT_ERR_FULL: its bound. WEFT_ERR_BUSY: the request is in flight already,
 * nothing was done; WEFT_ERR_INVALID: no such code can be.
 * A code without handler fails the request with WEFT_ERR_NO_HANDLER. */
int weft_service_send(weft_service_t *service, unsigned code,
                      weft_request_t *request);

/* Whether it was sent and is not settled, or has not yet been handled where it
 * comes back as a message: it may not be changed, or sent. */
static inline bool weft_request_in_flight(const weft_request_t *request)
{
    return (weft_atomic_load_acquire_u32(&request->word) &
            (WEFT__FUTURE_SENT | WEFT__FUTURE_POSTED)) != 0;
}

/* The same, and waits for the answer: WEFT_AWAIT_RC(rc, weft_call, &service,
 * CODE, &self->request). The request is out of the service's hands when it
 * returns. A cancel of this wait, or its limit, cancels the request and waits
 * until the service has settled it: WEFT_ERR_CANCELLED or WEFT_ERR_TIMEOUT,
 * unless it was answered all the same. Where the wait is cancelled already it
 * is not sent, as with BUSY and INVALID. From a handler of the same service,
 * which would wait for itself, an assertion. */
int weft_call(weft_service_t *service, unsigned code, weft_request_t *request);
int weft_call_until(weft_service_t *service, unsigned code,
                    weft_request_t *request, uint64_t deadline_us);
int weft_call_begin(weft_await_t *await, weft_service_t *service, unsigned code,
                    weft_request_t *request);

/* Starts it: requests are taken from now on, and handled when the hook has
 * returned 0, which settles the start. Started already: succeeds. Errors, as
 * of weft_service_send: those of the hook; WEFT_ERR_STOPPED: the executor
 * takes no more; WEFT_ERR_INVALID: a handler or hook in a fiber, and no
 * fibers. weft_call(service, WEFT_SERVICE_START, &request) waits for it. */
static inline int weft_service_start(weft_service_t *service,
                                     weft_request_t *request)
{
    return weft_service_send(service, WEFT_SERVICE_START, request);
}

/* Stops it, when what was sent before is handled and the hook agrees: what was
 * sent later fails with WEFT_ERR_STOPPED, what is kept is cancelled, waits of
 * handlers in fibers are cancelled and waited for, and then the stop is
 * settled, and the service's memory may go. All of several stops succeed, also
 * of a service that is stopped. It has its turn like a request: of a service
 * that is not concurrent when the handler in its fiber has ended. From inside a
 * handler it is sent, never waited for. */
static inline int weft_service_stop(weft_service_t *service,
                                    weft_request_t *request)
{
    return weft_service_send(service, WEFT_SERVICE_STOP, request);
}

/* At this moment. Context: any. */
enum weft_service_state weft_service_state(const weft_service_t *service);

/* --- in its handlers, hooks and loops, or while it is stopped ------------ */

/* From now on fn handles this code, in place of who did; NULL: nobody does.
 * The entry is memory for that until it was unset; an entry that is set may
 * be set again. WEFT_ERR_INVALID: no such code can be. */
struct weft_handler_entry {
    /* private */
    weft_handler_entry_t *next;
    weft_handler_t handler;
};
int weft_service_handler_set(weft_service_t *service,
                             weft_handler_entry_t *entry, unsigned code,
                             weft_handler_fn *fn);
/* Takes the entry out: who handled the code before does again. */
void weft_service_handler_unset(weft_service_t *service,
                                weft_handler_entry_t *entry);

/* Calls fn every interval_us, without drift, the first time one interval after
 * the start, or after now while it serves. What could not be in time is
 * skipped and counted in `missed`. Requests that flood in do not hold it up:
 * it is looked for after each. A loop that is set may be set again.
 * WEFT_ERR_INVALID: an interval of 0, or fn NULL. */
typedef void weft_service_loop_fn(weft_service_t *service,
                                  weft_service_loop_t *loop);
struct weft_service_loop {
    uint32_t missed;
    /* private */
    weft_service_loop_t *next;
    weft_service_loop_fn *fn;
    uint64_t interval_us;
    uint64_t due_us;
};
int weft_service_loop_set(weft_service_t *service, weft_service_loop_t *loop,
                          weft_service_loop_fn *fn, uint64_t interval_us);
/* May be called by the loop itself, or another. Not set: nothing happens. */
void weft_service_loop_unset(weft_service_t *service,
                             weft_service_loop_t *loop);

/* Gives it fibers for its handlers with WEFT_HANDLER_FIBER, count of them in
 * fiber[], each made by weft_fiber_init or weft_fiber_init_pooled on its member
 * `fiber`. WEFT_ERR_INVALID: count is 0, or the executor is a pool, on which
 * they would run at the same time: put a strand between. Context: while it is
 * stopped. */
struct weft_service_fiber {
    weft_fiber_t fiber;
    /* private */
    weft_service_t *service;
    weft_handler_fn *fn;
    weft_request_t *request; /* what it is called with */
    weft_request_t *current; /* what it has to answer */
    int rc;
    uint8_t job;
    uint8_t done;
};
struct weft_service_fibers {
    /* private */
    weft_service_fiber_t *fiber;
    unsigned count;
    unsigned busy;
    unsigned calling; /* of them wait for their own service */
};
int weft_service_fibers_set(weft_service_t *service,
                            weft_service_fibers_t *fibers,
                            weft_service_fiber_t *fiber, unsigned count);

/* The service has failed and is to be restarted, or stopped, as its type says:
 * when this handler or loop has returned. What is kept is cancelled, stops
 * that are queued succeed. Context: inside only. */
void weft_service_fail(weft_service_t *service, int error);

/* --- answering later ------------------------------------------------------ */

/* Keeps the request that the handler was called with, which returns what this
 * gives. `kept` is the keeper's memory, and the only way to the request: until
 * it is taken back a stop of the service may cancel it. */
typedef struct weft_kept {
    /* private */
    weft_list_node_t place;
    void *request;           /* atomic */
    weft_service_t *service; /* NULL: it was taken back */
} weft_kept_t;
int weft_request_keep(weft_service_t *service, weft_request_t *request,
                      weft_kept_t *kept);

/* Takes it back, to be answered by weft_request_settle; NULL: a stop has
 * settled it, nothing is to be done. Twice: an assertion. Context: any. */
weft_request_t *weft_kept_take(weft_kept_t *kept);

/* Both in one, for an answer that is nothing but rc. False: a stop was first,
 * it had no effect. Twice: an assertion. Context: any. */
bool weft_kept_settle(weft_kept_t *kept, int rc);

/* Takes the request for good: no stop cancels it, and who has it settles it,
 * wherever and however late. The handler returns what this gives. */
int weft_request_take(weft_service_t *service, weft_request_t *request);

/* Answers a request that was taken. Context: any. */
void weft_request_settle(weft_request_t *request, int rc);

/* Passes it on to another service, as code there: that one answers, and who
 * asked sees no difference. The handler returns what this gives; an error
 * (WEFT_ERR_STOPPED, WEFT_ERR_FULL) means that it is not passed on. */
int weft_request_forward(weft_service_t *service, weft_request_t *request,
                         weft_service_t *to, unsigned code);

/* --- an answer as a message ----------------------------------------------- */

/* Says that requests come back to a service as messages of this code: its
 * handler is called with the settled request, which is its own again, and
 * whose weft_future_result it asks. One reply does for any number of requests,
 * or each has its own with a context. Where the service is stopped by then, or
 * handles no such code, cleanup(request) is called instead, where it is
 * settled or in the service; NULL: nothing. Who sets one gets the request back
 * in it, and sends or frees it from there on: it begins when the request is in
 * flight no more, so that others who asked for that may be first. */
typedef struct weft_reply {
    void *context; /* the user's */
    /* private */
    weft_completion_t completion;
    weft_list_node_t place;
    uintptr_t service; /* atomic, with a lock's bit; 0: it has stopped */
    weft_future_fn *cleanup;
    uint16_t code;
} weft_reply_t;

/* Until weft_reply_deinit or the service's stop; after that init it again, as
 * in on_start: a request that is still under way comes to the new life then.
 * All zero before the first time. Its memory must outlive the requests that
 * name it. One that was made while the service is stopped holds on to it: then
 * the service's memory may go after weft_reply_deinit, or the end of its next
 * life. Context: any, while the service does not stop. */
void weft_reply_init(weft_reply_t *reply, weft_service_t *service,
                     unsigned code, weft_future_fn *cleanup);

/* From now on answers go to cleanup. Context: any, while the service does not
 * stop, or after it has. */
void weft_reply_deinit(weft_reply_t *reply);

/* The request's answer goes there; to be said before each send. */
static inline void weft_request_reply(weft_request_t *request,
                                      weft_reply_t *reply)
{
    weft_future_complete(request, &reply->completion);
}

/* The reply of a request that came back. */
weft_reply_t *weft_request_reply_of(const weft_request_t *request);

/* --- a request in one line ------------------------------------------------ */

/* WEFT_REQUEST(adder_add, ADDER_ADD, int a, b, sum;) defines `struct
 * adder_add` with the member `request` and these fields, and
 *
 *     struct adder_add *adder_add_of(weft_request_t *request);
 *     int adder_add_send(weft_service_t *service, struct adder_add *call);
 *     int adder_add_call(weft_service_t *service, struct adder_add *call);
 *     int adder_add_call_until(weft_service_t *service,
 *                              struct adder_add *call, uint64_t deadline_us);
 *     int adder_add_call_begin(weft_await_t *await, weft_service_t *service,
 *                              struct adder_add *call);
 *
 * A request without fields is a weft_request_t, and needs none of these. */
#define WEFT_REQUEST(name, code, ...)                                          \
    struct name {                                                              \
        weft_request_t request;                                                \
        __VA_ARGS__                                                            \
    };                                                                         \
    WEFT__MAYBE_UNUSED static inline struct name *name##_of(                   \
        weft_request_t *request)                                               \
    {                                                                          \
        return (struct name *)(void *)request;                                 \
    }                                                                          \
    WEFT__MAYBE_UNUSED static inline int name##_send(weft_service_t *service,  \
                                                     struct name *call)        \
    {                                                                          \
        return weft_service_send(service, (code), &call->request);             \
    }                                                                          \
    WEFT__MAYBE_UNUSED static inline int name##_call(weft_service_t *service,  \
                                                     struct name *call)        \
    {                                                                          \
        return weft_call(service, (code), &call->request);                     \
    }                                                                          \
    WEFT__MAYBE_UNUSED static inline int name##_call_until(                    \
        weft_service_t *service, struct name *call, uint64_t deadline_us)      \
    {                                                                          \
        return weft_call_until(service, (code), &call->request, deadline_us);  \
    }                                                                          \
    WEFT__MAYBE_UNUSED static inline int name##_call_begin(                    \
        weft_await_t *await, weft_service_t *service, struct name *call)       \
    {                                                                          \
        return weft_call_begin(await, service, (code), &call->request);        \
    }                                                                          \
    struct name

#ifdef __cplusplus
}
#endif

#endif
