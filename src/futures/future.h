/* future.h - internal: the word of a future, and how a request is settled
 * SPDX-License-Identifier: MIT
 *
 *     0 LOCK          5 ANSWERED  after a cancel    8 ENDING     claimed
 *     1-2 state       6 THEN        then: function  9 BY_CANCEL  of a cancel
 *     3 SENT          7 COMPLETION  then: one       16-31 code, then result
 *     4 CANCEL asked  10 POSTED      settled, carried on
 *
 *     idle    -1-> SENT                 1 weft__future_send
 *     pending -2-> ENDING -3-> settled  2 who comes first, under the lock:
 *                                         weft_future_settle, _cancel; of what
 *                                         is SENT weft__future_end
 *                                       3 the last hold of the lock, when
 *                                         nobody is in the list any more
 *     settled -1-> SENT
 *
 * What is SENT has one owner at a time, who settles it: the mailbox, the
 * service, the handler, or who keeps it. A cancel only sets CANCEL.
 */
#ifndef WEFT_SRC_FUTURES_FUTURE_H
#define WEFT_SRC_FUTURES_FUTURE_H

#include "weft/future.h"

enum {
    WEFT__FUTURE_ANSWERED = 32,
    WEFT__FUTURE_THEN = 64,
    WEFT__FUTURE_COMPLETION = 128,
    WEFT__FUTURE_HOW = 192,
    WEFT__FUTURE_ENDING = 256,
    WEFT__FUTURE_BY_CANCEL = 512,
    WEFT__FUTURE_TAKEN =
        WEFT__FUTURE_SENT | WEFT__FUTURE_ENDING | WEFT__FUTURE_POSTED,
    WEFT__FUTURE_VALUE_SHIFT = 16,
};

/* Makes an idle or settled future a request in flight; false: it is one. */
bool weft__future_send(weft_future_t *future, unsigned code);

/* What a completion has carried is there: it may be sent again. */
void weft__future_arrived(weft_future_t *future);

/* A request in flight is now of that code. */
void weft__future_recode(weft_future_t *future, unsigned code);

static inline unsigned weft__future_code(const weft_future_t *future)
{
    return weft_atomic_load_relaxed_u32(&future->word) >>
           WEFT__FUTURE_VALUE_SHIFT;
}

/* Settles what is in flight. WEFT_ERR_CANCELLED where its cancel was asked for
 * makes it cancelled. The last touch, but for what happens then. */
void weft__future_end(weft_future_t *future, int rc);

/* The same as cancelled, asked for or not. */
void weft__future_end_cancelled(weft_future_t *future);

/* weft__future_send, awaited by a wait that was entered: its cancel or limit
 * cancels the request, and it lasts until that is settled. */
bool weft__future_call(weft_future_t *future, unsigned code,
                       weft_await_t *await);

#endif
