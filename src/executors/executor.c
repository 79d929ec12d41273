/* executor.c - submit on any executor
 * SPDX-License-Identifier: MIT
 */
#include "weft/executor.h"
#include "weft/base/hooks.h"

#include "core/home.h"

int weft_submit(weft_executor_t *executor, weft_runnable_t *runnable,
                enum weft_hint hint)
{
    WEFT_ASSERT(runnable->run != 0, "a runnable without a function");
    /* Most submit to a home; who never submits does not link it. */
    return executor->ops->submit == NULL
               ? weft__executor_submit(executor, runnable, hint)
               : executor->ops->submit(executor, runnable, hint);
}
