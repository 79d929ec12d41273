/* aos.h - all of AsyncRTOS's API, over Weft's services
 * SPDX-License-Identifier: MIT
 *
 * When to use it: to build a program that was written for AsyncRTOS, on a host
 * or under FreeRTOS. New programs take weft/service.h.
 *
 * Example:
 *
 *     enum { GREET };
 *     AOS_DECLARE(greet, const char *name)
 *     AOS_DEFINE(greet, const char *)
 *
 *     static void greet_handler(aos_task_t *task, aos_future_t *future)
 *     {
 *         AOS_ARGS_T(greet) *args = aos_args_get(future);
 *         printf("hello, %s\n", args->name);
 *         aos_resolve(future);
 *     }
 *     static void ask(aos_task_t *task)
 *     {
 *         aos_future_t *future = AOS_AWAITABLE_ALLOC_T(greet)("weft");
 *         aos_await(aos_task_send(task, GREET, future));
 *         aos_awaitable_free(future);
 *     }
 *
 * docs/asyncrtos.md has where it differs from the original.
 */
#ifndef AOS_H
#define AOS_H

#include <aos_future.h>
#include <aos_future_awaitable.h>
#include <aos_future_eventful.h>
#include <aos_future_forgettable.h>
#include <aos_macros.h>
#include <aos_spawn.h>
#include <aos_task.h>
#include <string.h> /* programs may count on it */

#endif
