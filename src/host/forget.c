/* forget.c - futures whose memory goes back when they are settled
 * SPDX-License-Identifier: MIT
 */
#include "weft/allocator.h"
#include "weft/future.h"

static void complete(weft_completion_t *completion, weft_future_t *future)
{
    weft_forget_t *forget =
        WEFT_CONTAINER_OF(completion, weft_forget_t, completion);

    (void)forget->allocator->resize(forget->allocator->ctx, future,
                                    forget->size, 0);
}

void weft_forget_init(weft_forget_t *forget, const weft_allocator_t *allocator,
                      size_t size)
{
    *forget = (weft_forget_t){
        .completion = {complete, false},
        .allocator = allocator != NULL ? allocator : weft_allocator_default(),
        .size = size,
    };
}

void weft_future_forget(weft_future_t *future, weft_forget_t *forget)
{
    weft_future_complete(future, &forget->completion);
}
