/* types.c - how large the types are: the size of each array is read
 * SPDX-License-Identifier: MIT
 */
#include "weft/weft.h"

#define SIZE(key, type)                                                        \
    extern char size_##key[sizeof(type)];                                      \
    char size_##key[sizeof(type)]

SIZE(task, weft_task_t);
SIZE(timer_node, weft_timer_node_t);
SIZE(wait_for_one_object, weft_await_t);
SIZE(event, weft_event_t);
SIZE(signal_beside_its_value, weft_signal_t);
SIZE(channel_beside_its_slots, weft_channel_t);
SIZE(mutex, weft_mutex_t);
SIZE(scope, weft_scope_t);
SIZE(loop, weft_loop_t);
SIZE(fiber_beside_its_stack, weft_fiber_t);
SIZE(request_beside_its_payload, weft_request_t);
SIZE(job_beside_its_payload, weft_job_t);
SIZE(service, weft_service_t);
SIZE(reply_of_a_service, weft_reply_t);
SIZE(kept_request, weft_kept_t);
SIZE(loop_of_a_service, weft_service_loop_t);
