/* inline.h - the executor that runs a runnable inside submit
 * SPDX-License-Identifier: MIT
 *
 * When to use it: where an executor is asked for and the work is so short
 * that it may run in the submitter's context. For plain runnables only: a
 * task on it is an assertion.
 *
 * Example:
 *
 *     weft_submit(weft_inline_executor(), runnable, WEFT_HINT_DEFAULT);
 *
 * Context: any; the runnable runs in it. Memory: none.
 */
#ifndef WEFT_INLINE_H
#define WEFT_INLINE_H

#include "weft/executor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The one inline executor; it has no state. */
weft_executor_t *weft_inline_executor(void);

#ifdef __cplusplus
}
#endif

#endif
