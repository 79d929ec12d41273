/* aos_spawn.h - runs a function once, on a thread of its own
 * SPDX-License-Identifier: MIT
 */
#ifndef AOS_SPAWN_H
#define AOS_SPAWN_H

#include <aos_future.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _aos_spawn_t aos_spawn_t;

/* All zero is the default; see aos_task_config_t. */
typedef struct aos_spawn_config_t {
    unsigned int stacksize;
    unsigned int priority;
    const char *name;
} aos_spawn_config_t;

/* Has fn(future) run; it resolves the future. No thread, no memory, or fn NULL:
 * the future is rejected. Gives the future. */
aos_future_t *aos_spawn(aos_spawn_config_t *config, void (*fn)(aos_future_t *),
                        aos_future_t *future);

#ifdef __cplusplus
}
#endif

#endif
