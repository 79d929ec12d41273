/* channel_slots.h - internal: slots that are reserved and peeked at
 * SPDX-License-Identifier: MIT
 *
 * Behind the slots each has a byte that says what it is, and behind these is
 * `taken`: so many of the used slots, from the oldest on, are no more to be
 * received. Received is always the slot right behind them.
 *
 *     FREE     -1-> RESERVED    1 reserve    2 commit    3 send
 *     RESERVED -2-> FULL        4 peek       5 recv, release, abandon, and a
 *     FREE     -3-> FULL          commit after the close
 *     FULL     -4-> PEEKED      6 when all that are older are free, too
 *     PEEKED, FULL, RESERVED -5-> DEAD
 *     DEAD     -6-> FREE
 *
 * All of these functions are under the channel's lock but weft__slots_settle,
 * which releases it.
 */
#ifndef WEFT_SRC_SYNC_CHANNEL_SLOTS_H
#define WEFT_SRC_SYNC_CHANNEL_SLOTS_H

#include "sync/channel.h"

enum slot { SLOT_FREE, SLOT_RESERVED, SLOT_FULL, SLOT_PEEKED, SLOT_DEAD };

/* The byte of a slot. */
uint8_t *weft__slots_at(weft_channel_t *channel, uint32_t index);

/* The index of a slot by its address; another address is an assertion. */
uint32_t weft__slots_index(const weft_channel_t *channel, const void *slot);

/* Whether there is something to receive; passes over what is dead. */
bool weft__slots_ready(weft_channel_t *channel, uint32_t state);

/* Uses the next free slot, which there is. */
void *weft__slots_add(weft_channel_t *channel, uint32_t *state, enum slot to);

/* Receives the slot that is ready. */
void *weft__slots_take(weft_channel_t *channel, enum slot to);

/* Serves at most WEFT_STEP of those who can be served now; they go to the end
 * of a chain. True: there may be more. */
bool weft__slots_step(weft_channel_t *channel, uint32_t *state,
                      weft_link_t ***end);

/* Something has changed: serves who can now be served, in steps, unlocks, and
 * tells them. */
void weft__slots_settle(weft_channel_t *channel, uint32_t state, unsigned key);

#endif
