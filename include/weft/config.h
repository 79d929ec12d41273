/* config.h - the few sizes and switches of a build, each with its range
 * SPDX-License-Identifier: MIT
 *
 * A port or a user changes one with -DNAME=value; the library and the program
 * that links it must agree on those that change a struct (said where so).
 */
#ifndef WEFT_CONFIG_H
#define WEFT_CONFIG_H

/* 1: every atomic operation and every lock asks the port for a scheduling
 * point first. The simulator and the model build set it. */
#ifndef WEFT_POINTS
#define WEFT_POINTS 0
#endif

/* 1: interrupts exist and may call in, so object locks mask them. A port sets
 * it for chips and the simulator; a host has none (a signal is not one). */
#ifndef WEFT_INTERRUPTS
#define WEFT_INTERRUPTS 0
#endif

/* 1: Weft runs on one core, so a lock is that core's interrupt mask and no
 * more, and atomic operations are ordered for its own interrupts only. A port
 * sets it for a build for one core. */
#ifndef WEFT_SINGLE_CORE
#define WEFT_SINGLE_CORE 0
#endif
#if WEFT_SINGLE_CORE && !WEFT_INTERRUPTS
#error "WEFT_SINGLE_CORE needs WEFT_INTERRUPTS"
#endif

/* 1: the port gives its most frequent functions in line as well, in a header
 * weft/port_inline.h of its own: see weft/base/hooks.h. */
#ifndef WEFT_PORT_INLINE
#define WEFT_PORT_INLINE 0
#endif

/* Bytes of the smallest thing that the processor itself changes in one step:
 * 1; 4 where it has no such operation for bytes (RISC-V); 8 where it has none
 * at all (Armv6-M). What is smaller is changed with interrupts off on a single
 * core; for several the compiler calls __atomic_exchange_1 and the like. */
#ifndef WEFT_ATOMIC_LEAST
#define WEFT_ATOMIC_LEAST 1
#endif

/* 1: the port keeps what it knows of a thread in thread-local storage that
 * the compiler can address directly; 0: ask weft_port_local(). */
#ifndef WEFT_THREAD_LOCAL
#define WEFT_THREAD_LOCAL (!WEFT_POINTS && !WEFT_INTERRUPTS)
#endif

/* 1: a thread that runs no executor may wait too, main before its loop runs
 * say; 0: only tasks and fibers do, and what a thread needs for it, 200 bytes
 * of a small chip's memory, is not linked. */
#ifndef WEFT_THREADS
#define WEFT_THREADS 1
#endif

/* 1: a wrong program (double resolve, lock not held, wait in an interrupt)
 * stops with a line that names what was wrong; 0: compiled out. */
#ifndef WEFT_ASSERTIONS
#define WEFT_ASSERTIONS 1
#endif

/* Timers of a loop: 1: a hierarchical wheel (11 KB a loop, flat cost), 0: a
 * pairing heap (a few words, O(log n)). Changes weft_loop_t. */
#ifndef WEFT_TIMER_WHEEL
#if defined(__SIZEOF_POINTER__) && __SIZEOF_POINTER__ >= 8
#define WEFT_TIMER_WHEEL 1
#else
#define WEFT_TIMER_WHEEL 0
#endif
#endif

/* Levels of the priority scheduler, 1 to 32; 0 is the lowest. */
#ifndef WEFT_PRIORITIES
#define WEFT_PRIORITIES 32
#endif
#if WEFT_PRIORITIES < 1 || WEFT_PRIORITIES > 32
#error "WEFT_PRIORITIES must be 1 to 32"
#endif

/* Polls in a row before a loop looks at its inbox and timers, 1 to 1000. */
#ifndef WEFT_LOOP_BATCH
#define WEFT_LOOP_BATCH 64
#endif
#if WEFT_LOOP_BATCH < 1 || WEFT_LOOP_BATCH > 1000
#error "WEFT_LOOP_BATCH must be 1 to 1000"
#endif

/* Entries that a worker of a pool takes from its queue in one go, 1 to 1000. */
#ifndef WEFT_POOL_BATCH
#define WEFT_POOL_BATCH 32
#endif
#if WEFT_POOL_BATCH < 1 || WEFT_POOL_BATCH > 1000
#error "WEFT_POOL_BATCH must be 1 to 1000"
#endif

/* Bytes between what different cores write, so that it shares no cache line,
 * 1 to 256. Changes weft_pool_t. */
#ifndef WEFT_APART
#if defined(__SIZEOF_POINTER__) && __SIZEOF_POINTER__ >= 8
#define WEFT_APART 64
#else
#define WEFT_APART 1
#endif
#endif
#if WEFT_APART < 1 || WEFT_APART > 256
#error "WEFT_APART must be 1 to 256"
#endif

/* Operations that a task may complete without waiting before one of them
 * lets the others run, 1 to 10000. */
#ifndef WEFT_BUDGET
#define WEFT_BUDGET 64
#endif
#if WEFT_BUDGET < 1 || WEFT_BUDGET > 10000
#error "WEFT_BUDGET must be 1 to 10000"
#endif

/* Nodes or children handled in one hold of an object's lock, 1 to 64. On small
 * chips few: interrupts are off meanwhile. */
#ifndef WEFT_STEP
#if defined(__SIZEOF_POINTER__) && __SIZEOF_POINTER__ >= 8
#define WEFT_STEP 8
#else
#define WEFT_STEP 2
#endif
#endif
#if WEFT_STEP < 1 || WEFT_STEP > 64
#error "WEFT_STEP must be 1 to 64"
#endif

/* How often at most an idle loop or thread looks at its inbox before it
 * sleeps, 0 to 10000: what comes within a few microseconds is taken without
 * the kernel. As many looks as proved good lately, at least a few. */
#ifndef WEFT_SPIN
#define WEFT_SPIN (WEFT_THREAD_LOCAL ? 512 : 0)
#endif

/* Largest element copied under a lock, in bytes. */
#ifndef WEFT_COPY_MAX
#if defined(__SIZEOF_POINTER__) && __SIZEOF_POINTER__ >= 8
#define WEFT_COPY_MAX 256
#else
#define WEFT_COPY_MAX 64
#endif
#endif

/* Bytes of the longest record of a log (weft/log.h), which is made on the stack
 * of who writes it, 32 to 1024. */
#ifndef WEFT_LOG_RECORD_MAX
#if defined(__SIZEOF_POINTER__) && __SIZEOF_POINTER__ >= 8
#define WEFT_LOG_RECORD_MAX 256
#else
#define WEFT_LOG_RECORD_MAX 128
#endif
#endif
#if WEFT_LOG_RECORD_MAX < 32 || WEFT_LOG_RECORD_MAX > 1024
#error "WEFT_LOG_RECORD_MAX must be 32 to 1024"
#endif

/* Bytes of the longest key of a store, 1 to 255. What was written with longer
 * ones is not opened. */
#ifndef WEFT_STORE_KEY
#define WEFT_STORE_KEY 32
#endif
#if WEFT_STORE_KEY < 1 || WEFT_STORE_KEY > 255
#error "WEFT_STORE_KEY must be 1 to 255"
#endif

/* Bytes that a shell has room for: of a line, of input that it has not looked
 * at, of output that the line has not taken, of lines that were typed before,
 * and the words of a line. They change weft_shell_t. */
#ifndef WEFT_SHELL_LINE
#define WEFT_SHELL_LINE 80
#endif
#if WEFT_SHELL_LINE < 8 || WEFT_SHELL_LINE > 4096
#error "WEFT_SHELL_LINE must be 8 to 4096"
#endif
#ifndef WEFT_SHELL_INPUT
#define WEFT_SHELL_INPUT 64
#endif
#if WEFT_SHELL_INPUT < 8 || WEFT_SHELL_INPUT > 65535
#error "WEFT_SHELL_INPUT must be 8 to 65535"
#endif
#ifndef WEFT_SHELL_OUTPUT
#define WEFT_SHELL_OUTPUT 256
#endif
#if WEFT_SHELL_OUTPUT < 64 || WEFT_SHELL_OUTPUT > 65535
#error "WEFT_SHELL_OUTPUT must be 64 to 65535"
#endif
#ifndef WEFT_SHELL_HISTORY
#define WEFT_SHELL_HISTORY 160
#endif
#if WEFT_SHELL_HISTORY < 1 || WEFT_SHELL_HISTORY > 65535
#error "WEFT_SHELL_HISTORY must be 1 to 65535"
#endif
#ifndef WEFT_SHELL_WORDS
#define WEFT_SHELL_WORDS 8
#endif
#if WEFT_SHELL_WORDS < 1 || WEFT_SHELL_WORDS > 64
#error "WEFT_SHELL_WORDS must be 1 to 64"
#endif

/* 1: size counts more than speed: what is in line elsewhere is called. */
#ifndef WEFT_SMALL
#ifdef __OPTIMIZE_SIZE__
#define WEFT_SMALL 1
#else
#define WEFT_SMALL 0
#endif
#endif

/* What is smaller in line than called, also where a compiler thinks not. */
#define WEFT__INLINE static inline __attribute__((always_inline))

/* 1: a fiber on the caller's stack has it painted by init, and a canary that
 * is looked at each time it comes back to its home. Stacks of pools have these
 * by their config. */
#ifndef WEFT_STACK_CANARY
#define WEFT_STACK_CANARY WEFT_INTERRUPTS
#endif

/* 1: at each switch the port is told where the running coroutine's stack ends,
 * and names an overflow before anything else is written: by the processor's
 * stack limit, or by 32 bytes that nobody may touch. Its own note of the name
 * takes a word of each stack. See weft_port_stack_limit for who can. */
#ifndef WEFT_STACK_LIMIT
#define WEFT_STACK_LIMIT 0
#endif

/* A static assertion that compiles as C11 and as C++17. */
#ifdef __cplusplus
#define WEFT_STATIC_ASSERT(condition, text) static_assert(condition, text)
#else
#define WEFT_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#endif

/* A budget of bytes for a struct: on 32-bit and on 64-bit targets. */
#define WEFT_SIZE_ASSERT(type, bytes32, bytes64)                               \
    WEFT_STATIC_ASSERT(sizeof(type) <=                                         \
                           (sizeof(void *) == 4 ? (bytes32) : (bytes64)),      \
                       #type " is over its budget")

#endif
