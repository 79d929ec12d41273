/* spawn.c - runs a function once, on a thread of its own
 * SPDX-License-Identifier: MIT
 */
#include <aos_spawn.h>

#include "bindings/asyncrtos/future.h"
#include "bindings/asyncrtos/thread.h"
#include "weft/base/hooks.h"

struct _aos_spawn_t {
    aos__thread_t thread;
    void (*fn)(aos_future_t *future);
    aos_future_t *future;
};

static void run(aos__thread_t *thread)
{
    aos_spawn_t *spawn = WEFT_CONTAINER_OF(thread, aos_spawn_t, thread);

    spawn->fn(spawn->future);
}

static bool start(const aos_spawn_config_t *config,
                  void (*fn)(aos_future_t *future), aos_future_t *future)
{
    const struct aos__thread_hints hints = {config->stacksize, config->priority,
                                            config->name};
    aos__thread_t *thread;
    aos_spawn_t *spawn;

    if (fn == NULL) {
        return false;
    }
    (void)aos__threads_join();
    thread = aos__thread_new(sizeof(*spawn), &hints);
    if (thread == NULL) {
        return false;
    }
    spawn = WEFT_CONTAINER_OF(thread, aos_spawn_t, thread);
    spawn->fn = fn;
    spawn->future = future;
    thread->left = true;
    return aos__thread_start(thread, run);
}

aos_future_t *aos_spawn(aos_spawn_config_t *config, void (*fn)(aos_future_t *),
                        aos_future_t *future)
{
    static const aos_spawn_config_t none;

    aos__future_renew(future);
    if (!start(config == NULL ? &none : config, fn, future)) {
        aos__settle(future, AOS__REJECTED);
    }
    return future;
}
