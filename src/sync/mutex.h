/* mutex.h - internal: what a condition needs of its mutex
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_SRC_SYNC_MUTEX_H
#define WEFT_SRC_SYNC_MUTEX_H

#include "weft/mutex.h"

/* Whether it is this waiter's. */
bool weft__mutex_owned(const weft_mutex_t *mutex, const weft_waiter_t *waiter);

/* Gives it to the waiter of a claimed node: true, now, and the caller sends
 * the wait its end. Else the node is put behind those who wait, not to be
 * withdrawn, and an unlock will deliver it with this result. */
bool weft__mutex_give(weft_mutex_t *mutex, weft_node_t *node, int result);

#endif
