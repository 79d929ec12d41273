/* on.c - a future's function, called on an executor of its own
 * SPDX-License-Identifier: MIT
 */
#include "futures/future.h"

static int run(weft_runnable_t *runnable)
{
    weft_future_on_t *on =
        WEFT_CONTAINER_OF(runnable, weft_future_on_t, runnable);

    weft__future_arrived(on->future);
    on->fn(on->future);
    return 0;
}

/* Where the executor takes no more it is called all the same: exactly once. */
static void complete(weft_completion_t *completion, weft_future_t *future)
{
    weft_future_on_t *on =
        WEFT_CONTAINER_OF(completion, weft_future_on_t, completion);

    on->future = future;
    if (weft_submit(on->executor, &on->runnable, WEFT_HINT_DEFAULT) < 0) {
        (void)run(&on->runnable);
    }
}

void weft_future_on(weft_future_t *future, weft_future_on_t *on,
                    weft_executor_t *executor, weft_future_fn *fn)
{
    *on = (weft_future_on_t){
        .completion = {complete, true},
        .runnable = {.run = run},
        .executor = executor,
        .fn = fn,
    };
    weft_future_complete(future, &on->completion);
}
