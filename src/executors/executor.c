/* executor.c - submit on any executor
 * SPDX-License-Identifier: MIT
 */
#include "weft/executor.h"
#include "weft/base/hooks.h"

int weft_submit(weft_executor_t *executor, weft_runnable_t *runnable,
                enum weft_hint hint)
{
    WEFT_ASSERT(runnable->run != 0, "a runnable without a function");
    return executor->ops->submit(executor, runnable, hint);
}
