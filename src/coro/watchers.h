/* watchers.h - tells the sanitizers and Valgrind about stacks and switches
 * SPDX-License-Identifier: MIT
 *
 * Each of them keeps its own picture of the running stack and reports nonsense
 * where the stack changes behind its back. What they want kept lies at the
 * top of the coroutine's stack and only in builds that watch, so a coroutine
 * has the same size in all of them. Around a switch:
 *
 *     resumer:   resume ->  switch  -> returned
 *     inside:    entered ... suspend ->  switch  -> entered ... suspend
 */
#ifndef WEFT_SRC_CORO_WATCHERS_H
#define WEFT_SRC_CORO_WATCHERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WEFT__ASAN 1
#elif __has_feature(thread_sanitizer)
#define WEFT__TSAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define WEFT__ASAN 1
#elif defined(__SANITIZE_THREAD__)
#define WEFT__TSAN 1
#endif

/* Valgrind is asked at run time; a few instructions when it is not there. For
   processors that it does not know its macros are empty. */
#if defined(__has_include)
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#endif
#endif
#ifndef VALGRIND_MAKE_MEM_UNDEFINED
#define RUNNING_ON_VALGRIND 0
#define VALGRIND_STACK_REGISTER(low, high) ((void)(low), (void)(high), 0)
#define VALGRIND_STACK_DEREGISTER(id) ((void)(id))
#define VALGRIND_MAKE_MEM_UNDEFINED(low, size) ((void)(low), (void)(size))
#define VALGRIND_MAKE_MEM_DEFINED(low, size) ((void)(low), (void)(size))
#endif

static inline bool weft__watched(void)
{
#if defined(WEFT__ASAN) || defined(WEFT__TSAN)
    return true;
#else
    return RUNNING_ON_VALGRIND != 0;
#endif
}

/* A look at what lies below the stack pointer of a stack that stands, or at
   frames that were left for good: each of them would object. */
#define WEFT__UNWATCHED __attribute__((no_sanitize_address))

static inline void weft__watch_read(const void *from, size_t size)
{
    (void)from;
    (void)size;
    (void)VALGRIND_MAKE_MEM_DEFINED(from, size);
}

/* What lies below a stack pointer may not be touched, in Valgrind's eyes: a
   stack that is used again, or is an array again, has none. */
static inline uint32_t weft__watch_stack(char *stack, size_t size)
{
    (void)stack;
    (void)size;
    (void)VALGRIND_MAKE_MEM_UNDEFINED(stack, size);
    return (uint32_t)VALGRIND_STACK_REGISTER(stack, stack + size);
}

static inline void weft__watch_stack_end(uint32_t id, char *stack, size_t size)
{
    (void)id;
    (void)stack;
    (void)size;
    VALGRIND_STACK_DEREGISTER(id);
    (void)VALGRIND_MAKE_MEM_UNDEFINED(stack, size);
}

#if defined(WEFT__ASAN) /* ------------------------------------------------- */

#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>

#define WEFT__WATCH_SIZE sizeof(struct weft__watch)

struct weft__watch {
    const void *stack; /* its own */
    size_t stack_size;
    void *fake; /* of its own frames, while it stands */
    const void *resumer_stack;
    size_t resumer_size;
    void *resumer_fake;
};

static inline void weft__watch_init(struct weft__watch *watch, void *stack,
                                    size_t size)
{
    /* Frames that were dropped, or left for good, are still poisoned. */
    __asan_unpoison_memory_region(stack, size);
    *watch = (struct weft__watch){.stack = stack, .stack_size = size};
}

static inline void weft__watch_deinit(struct weft__watch *watch)
{
    __asan_unpoison_memory_region(watch->stack, watch->stack_size);
}

static inline void weft__watch_resume(struct weft__watch *watch)
{
    __sanitizer_start_switch_fiber(&watch->resumer_fake, watch->stack,
                                   watch->stack_size);
}

static inline void weft__watch_returned(struct weft__watch *watch)
{
    __sanitizer_finish_switch_fiber(watch->resumer_fake, NULL, NULL);
}

static inline void weft__watch_entered(struct weft__watch *watch)
{
    __sanitizer_finish_switch_fiber(watch->fake, &watch->resumer_stack,
                                    &watch->resumer_size);
}

static inline void weft__watch_suspend(struct weft__watch *watch, bool last)
{
    __sanitizer_start_switch_fiber(last ? NULL : &watch->fake,
                                   watch->resumer_stack, watch->resumer_size);
}

#elif defined(WEFT__TSAN) /* ----------------------------------------------- */

#include <sanitizer/tsan_interface.h>

#define WEFT__WATCH_SIZE sizeof(struct weft__watch)

struct weft__watch {
    void *fiber;
    void *resumer;
};

static inline void weft__watch_init(struct weft__watch *watch, void *stack,
                                    size_t size)
{
    (void)stack;
    (void)size;
    watch->fiber = __tsan_create_fiber(0);
}

static inline void weft__watch_deinit(struct weft__watch *watch)
{
    __tsan_destroy_fiber(watch->fiber);
}

static inline void weft__watch_resume(struct weft__watch *watch)
{
    watch->resumer = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(watch->fiber, 0);
}

static inline void weft__watch_returned(struct weft__watch *watch)
{
    (void)watch;
}

static inline void weft__watch_entered(struct weft__watch *watch)
{
    (void)watch;
}

static inline void weft__watch_suspend(struct weft__watch *watch, bool last)
{
    (void)last;
    __tsan_switch_to_fiber(watch->resumer, 0);
}

#else /* nobody watches ---------------------------------------------------- */

#define WEFT__WATCH_SIZE ((size_t)0)

struct weft__watch {
    char none;
};

static inline void weft__watch_init(struct weft__watch *watch, void *stack,
                                    size_t size)
{
    (void)watch;
    (void)stack;
    (void)size;
}

static inline void weft__watch_deinit(struct weft__watch *watch)
{
    (void)watch;
}

static inline void weft__watch_resume(struct weft__watch *watch)
{
    (void)watch;
}

static inline void weft__watch_returned(struct weft__watch *watch)
{
    (void)watch;
}

static inline void weft__watch_entered(struct weft__watch *watch)
{
    (void)watch;
}

static inline void weft__watch_suspend(struct weft__watch *watch, bool last)
{
    (void)watch;
    (void)last;
}

#endif
#endif
