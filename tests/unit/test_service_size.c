/* test_service_size.c - what requests cost in memory
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/test.h"
#include "weft/job.h"
#include "weft/service.h"

WEFT_REQUEST(plain, 0, uintptr_t word;);
WEFT_REQUEST(mixed, 1, char first; int32_t second; char third;);

CASE(a_request_takes_sixteen_bytes_beside_its_payload)
{
    size_t request = sizeof(void *) == 4 ? 16 : 32;

    CHECK_EQ(sizeof(weft_request_t), request);
    CHECK_EQ(sizeof(struct plain), request + sizeof(uintptr_t));
    CHECK_EQ(offsetof(struct mixed, first), request);
    CHECK_EQ(offsetof(struct mixed, second), request + sizeof(int32_t));
}

CASE(a_job_adds_who_runs_it)
{
    CHECK_EQ(sizeof(weft_job_t), sizeof(weft_future_t) +
                                     sizeof(weft_runnable_t) +
                                     sizeof(weft_job_fn *));
}
