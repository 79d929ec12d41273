/* inline.c - the executor that runs a runnable inside submit
 * SPDX-License-Identifier: MIT
 */
#include "weft/inline.h"

static int submit(weft_executor_t *executor, weft_runnable_t *runnable,
                  enum weft_hint hint)
{
    (void)executor;
    (void)hint;
    (void)runnable->run(runnable);
    return WEFT_OK;
}

static const weft_executor_ops_t inline_ops = {"inline", submit};

weft_executor_t *weft_inline_executor(void)
{
    /* Never written: const behind an interface that is not. */
    static const weft_executor_t executor = {&inline_ops, 0};
    return (weft_executor_t *)(uintptr_t)&executor;
}
