/* cores.c - a loop on each core
 * SPDX-License-Identifier: MIT
 */
#include "weft/cores.h"

#include "core/wait.h"
#include "coro/block.h"

/* All are to stop. Until the last has ended the others may ask its loop, and
 * it theirs. */
static void end(weft_cores_t *cores)
{
    unsigned i;

    (void)weft_loop_run(&cores->core[0].loop);
    for (i = 1; i < cores->count; i++) {
        weft_port_thread_join(&cores->core[i].thread);
    }
    for (i = 0; i < cores->count; i++) {
        weft_loop_deinit(&cores->core[i].loop);
    }
    cores->count = 0;
}

int weft_cores_start(weft_cores_t *cores, weft_core_t *core, unsigned count)
{
    unsigned i;
    int rc;

    *cores = (weft_cores_t){.core = core, .count = count};
    if (count == 0) {
        return WEFT_ERR_INVALID;
    }
    (void)weft_loop_init(&core[0].loop, NULL);
    for (i = 1; i < count; i++) {
        rc = weft_loop_thread_start(&core[i], NULL);
        if (rc < 0) {
            cores->count = i;
            weft_cores_stop(cores);
            end(cores);
            return rc;
        }
    }
    return WEFT_OK;
}

int weft_cores_run(weft_cores_t *cores)
{
    end(cores);
    return WEFT_OK;
}

void weft_cores_stop(weft_cores_t *cores)
{
    unsigned i;

    for (i = 0; i < cores->count; i++) {
        weft_loop_stop(&cores->core[i].loop);
    }
}

weft_executor_t *weft_core_executor(const weft_cores_t *cores, unsigned core)
{
    return core < cores->count ? &cores->core[core].loop.executor : NULL;
}

int weft_spawn_on(const weft_cores_t *cores, unsigned core, weft_task_t *task)
{
    weft_executor_t *executor = weft_core_executor(cores, core);

    return executor == NULL ? WEFT_ERR_INVALID : weft_spawn(executor, task);
}

int weft_migrate_to_begin(weft_await_t *await, const weft_cores_t *cores,
                          unsigned core)
{
    weft_executor_t *executor = weft_core_executor(cores, core);
    int rc;

    if (executor != NULL) {
        return weft_switch_to_begin(await, executor);
    }
    rc = weft__wait_enter(await);
    return rc < 0 ? rc : weft__wait_ready(await, WEFT_ERR_INVALID);
}

int weft_migrate_to(const weft_cores_t *cores, unsigned core)
{
    weft_await_t await;

    return weft__block(&await, weft_migrate_to_begin(&await, cores, core));
}
