/* port.h - the only door to a platform: what a port gives to Weft
 * SPDX-License-Identifier: MIT
 *
 * Programs do not need this header; docs/internals/ports.md tells how a port is
 * written. A program links exactly one port; its functions are found by the
 * linker. A port also defines the hooks of weft/base/hooks.h (scheduling
 * point, spin hint, interrupt mask, panic).
 *
 * Context: as said at each function. Memory: nothing here allocates, but for
 * threads and stacks.
 */
#ifndef WEFT_PORT_H
#define WEFT_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weft/config.h"

#ifdef __cplusplus
extern "C" {
#endif

struct weft_waiter;
struct weft_home;
struct weft_executor;
struct weft_thread;
struct weft_pool_worker;
struct weft_credit;

/* What a port keeps for each core or thread, all zero at its start. Written
 * by that core or thread alone, never from an interrupt; an interrupt level
 * shares its core's, and leaves it as it found it. */
typedef struct weft_local {
    struct weft_waiter *waiter;     /* who runs here now; NULL: none */
    struct weft_home *home;         /* whose queue this thread is working off */
    struct weft_executor *executor; /* whose work it does */
    struct weft_thread *thread;     /* itself as a waiter, once it waited */
    struct weft_credit *credit;     /* of a pool's worker, as which it works */
    struct weft_home *move;         /* where who runs here wants to go on */
    /* Does that, or NULL; true: it has gone. */
    bool (*leave)(struct weft_home *home, struct weft_waiter *waiter);
    int budget;      /* operations left before others must run */
    uint32_t random; /* of fair choices; 0: seeded when used */
    uint8_t armed;   /* this run left a wait or a wake behind; for assertions */
    uint8_t depth;   /* runnables run inside submit */
} weft_local_t;

/* Microseconds since an arbitrary start. Never goes back, never wraps.
 * Context: any, interrupts too. */
uint64_t weft_port_now_us(void);

/* How far that may be behind, where it goes on in steps: what has certainly
 * passed is counted. weft_deadline adds it, so that no wait is early. 0 where
 * it counts microseconds. */
extern const uint32_t weft_port_clock_step_us;

/* Sleeps while *word == asleep, at most until deadline_us (UINT64_MAX: no
 * limit). May return early. Who ends the sleep changes *word and then calls
 * weft_port_wake(word): wherever the two fall between the sleeper's look at
 * *word and its sleep, it returns at once. Must not run any of Weft's code
 * itself. Context: task level. */
void weft_port_sleep(const uintptr_t *word, uintptr_t asleep,
                     uint64_t deadline_us);

/* Ends a weft_port_sleep on word. Reads nothing behind the address: its memory
 * may be gone by now. Context: any, interrupts too. */
void weft_port_wake(const uintptr_t *word);

/* Pauses the pipeline between two looks of one who sleeps where they are in
 * vain. Other than weft_hook_spin it gives the processor to nobody, ever: sleep
 * does. Called only with WEFT_SPIN. Context: task level. */
void weft_port_pause(void);

/* This core's or thread's own record, all zero when it starts; only `random`
 * may be anything. Context: task level. */
weft_local_t *weft_port_local(void);

/* Memory of this core or thread for itself as a waiter: size bytes, aligned
 * for anything, all zero when the thread starts, its own as long as it runs.
 * NULL: there is no room, or threads cannot wait here. Context: task level. */
void *weft_port_thread_room(size_t size);

/* Whether the caller runs in an interrupt that may call Weft.
 * Context: any. */
bool weft_port_in_interrupt(void);

/* The core that the caller runs on, from 0, and how many there are. A host
 * may answer 0 and 1. Context: any. */
unsigned weft_port_core(void);
unsigned weft_port_core_count(void);

/* Prints one line for whoever looks after the program: "weft: WHO: WHAT", or
 * "weft: WHAT" where who is NULL. On standard error; on a board on the console.
 * Context: any, interrupts too: there it takes as long as the console does. */
void weft_port_warn(const char *who, const char *what);

/* --- interrupt levels ------------------------------------------------------
 *
 * What an executor of weft/isr.h runs in: an interrupt that software pends, of
 * a priority that it names from 1, the least urgent, to weft_port_levels().
 * Hardware interrupts have the same priorities: one preempts what is below,
 * and waits for what is not. Task level is 0. weft_hook_mask keeps all of them
 * out. Interrupts that may not call Weft are above, and not numbered.
 *
 * Where nothing needs them the linker leaves these functions out. */

typedef void weft_port_level_fn(void *ctx);
typedef struct weft_port_level {
    weft_port_level_fn *run;
    void *ctx;
    uintptr_t pend; /* what weft_port_level_pend takes */
    uintptr_t handle[4];
} weft_port_level_t;

/* How many levels a core has; 0: none. The same on all cores. Context: any. */
unsigned weft_port_levels(void);

/* From now on a pend has run(ctx) called on this core, in an interrupt of that
 * priority, at once if nothing of it or above runs. Inside of run
 * weft_port_in_interrupt() is false: it is task level for all that may be
 * called, but sleeps; in interrupts that preempt it, it is true. The pending
 * bit is cleared before run is called.
 * WEFT_ERR_INVALID: no such priority; WEFT_ERR_BUSY: it is taken on this core;
 * WEFT_ERR_UNSUPPORTED: there are no levels. Context: task level. */
int weft_port_level_open(weft_port_level_t *level, unsigned priority,
                         weft_port_level_fn *run, void *ctx);

/* No run begins any more, and no alarm is set. Context: task level of the core
 * that opened it. */
void weft_port_level_close(weft_port_level_t *level);

/* Asks for a run on the core that opened it. While one is pending another pend
 * is the same run; during a run it means one more. It takes level->pend, a
 * value, as the level itself may be gone by now: one that is closed, or opened
 * again by somebody else, has nothing or a run for nothing. Release and
 * acquire: run sees what was written before. Context: any, any core. */
void weft_port_level_pend(uintptr_t pend);

/* Pends at deadline_us or soon after, never before; replaces the former one.
 * UINT64_MAX: none. Context: in run. */
void weft_port_level_alarm(weft_port_level_t *level, uint64_t deadline_us);

/* The priority of what runs here now, a level or an interrupt that may call
 * Weft; 0 at task level. Ceilings do not count. Context: any. */
unsigned weft_port_priority(void);

/* Keeps out, on this core, levels and interrupts up to this priority, and
 * those above too where the chip has one mask for all, and gives the key that
 * brings the former state back. Never lets in what was kept out. Pairs nest,
 * with weft_hook_mask too. Context: any. */
unsigned weft_port_ceiling_raise(unsigned priority);
void weft_port_ceiling_restore(unsigned key);

/* From now on hardware interrupt `irq` of this core has handler() called, with
 * this priority, from 1 to weft_port_levels(), and is enabled; NULL: disabled.
 * The numbers are the platform's. The handler is an interrupt: it quiets its
 * source itself, and weft_port_in_interrupt() is true.
 * WEFT_ERR_INVALID: no such number or priority, or, where the table of
 * handlers is fixed, another one stands there; WEFT_ERR_BUSY: the port uses
 * it, or it has a handler; WEFT_ERR_UNSUPPORTED. Context: task level. */
typedef void weft_port_irq_fn(void);
int weft_port_irq_setup(unsigned irq, unsigned priority,
                        weft_port_irq_fn *handler);

/* A thread, RTOS task or core that the port started. All zero before its first
 * start; its memory is the caller's until it was joined.
 *
 * The hints are the caller's, set before the start, which leaves them as they
 * are; zero: the port's default. stack_size: bytes that run may use. posix
 * takes it and, on Linux, the name, of which 15 bytes are kept; freertos takes
 * all three: its stacks have WEFT_FREERTOS_STACK words, and it refuses to start
 * what needs more; the name is that of an RTOS task's first thread. The others
 * ignore them. */
typedef void weft_port_thread_fn(void *ctx);
typedef struct weft_port_thread {
    size_t stack_size;
    unsigned priority; /* the platform's own number */
    const char *name;  /* borrows */
    /* private */
    weft_port_thread_fn *run;
    void *ctx;
    uintptr_t handle[2];
} weft_port_thread_t;

/* Starts a thread or the next free core at run(ctx). WEFT_ERR_UNSUPPORTED:
 * there is none left; WEFT_ERR_TIMEOUT: it did not come up;
 * WEFT_ERR_MEMORY: also that its stack is smaller than the hint.
 * Context: task level. */
int weft_port_thread_start(weft_port_thread_t *thread, weft_port_thread_fn *run,
                           void *ctx);

/* Waits, blocking the calling thread or core, until it returned. */
void weft_port_thread_join(weft_port_thread_t *thread);

/* Reserves a stack of at least size bytes with a guard below it where the
 * platform has one; base is its lowest usable byte. WEFT_ERR_MEMORY,
 * WEFT_ERR_UNSUPPORTED. */
int weft_port_stack_reserve(size_t size, void **base, size_t *usable);
void weft_port_stack_release(void *base, size_t usable);

/* Pages of stacks are guarded by: their size, 0 where nothing is. */
size_t weft_port_stack_page(void);

/* Reserves memory for many stacks, from a page's start, committed when it is
 * touched. WEFT_ERR_MEMORY, WEFT_ERR_UNSUPPORTED. */
int weft_port_slab_reserve(size_t size, void **base);
void weft_port_slab_release(void *base, size_t size);

/* Makes each access to these pages of a slab a fault. WEFT_ERR_MEMORY: the
 * system's limit is reached; WEFT_ERR_UNSUPPORTED. */
int weft_port_slab_guard(void *base, size_t size);

/* Where the stack in use ends, for WEFT_STACK_LIMIT. low: its lowest byte, of
 * which up to 63 are lost to what catches an overflow; NULL: not known. */
typedef struct weft_port_limit {
    const void *low;
    const char *name; /* of the fiber */
} weft_port_limit_t;

/* From now on this is the end of the stack in use, until the next call; gives
 * what was. An overflow ends the program with "stack overflow in fiber NAME".
 * Called with NULL on a stack that is about to be left, and with its own on the
 * one that was entered. Only with WEFT_STACK_LIMIT, where a port has it:
 * cortex_m by an MPU or by the stack limits of Armv8-M Mainline, and nothing
 * on cores without; riscv by PMP; freertos on Armv8-M Mainline.
 * Context: task level. */
weft_port_limit_t weft_port_stack_limit(weft_port_limit_t limit);

/* For the port: panics with "stack overflow in fiber NAME". Context: any, the
 * handler of a fault too. */
__attribute__((noreturn)) void weft__stack_overflowed(const char *name);

/* Who knows whose guard an address lies in. Linked into the port's list. */
typedef struct weft_port_overflow {
    struct weft_port_overflow *next;
    /* The name of the stack, NULL when it is none of these. Runs in a signal
     * handler or a fault's. */
    const char *(*name_at)(void *ctx, const void *address);
    void *ctx;
} weft_port_overflow_t;

/* From now on a fault at an address that name_at knows prints "stack overflow
 * in fiber NAME" before the program ends as it would; every fault goes on to
 * who handled it before. It works on the calling thread, if it is the first,
 * and on those that the port starts. Nothing where faults cannot be seen.
 * Context: task level. */
void weft_port_overflow_watch(weft_port_overflow_t *overflow);
void weft_port_overflow_unwatch(weft_port_overflow_t *overflow);

#ifdef __cplusplus
}
#endif

#endif
