/* pool_work.h - internal: what a worker of a pool does
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_SRC_EXECUTORS_POOL_WORK_H
#define WEFT_SRC_EXECUTORS_POOL_WORK_H

#include "weft/pool.h"

/* Runs what comes, until the pool is over. */
void weft__pool_work(weft_pool_t *pool, weft_pool_worker_t *worker);

/* Whether workers may go: nothing lives, nor will, and no kick is to come. With
 * the pool's lock. */
bool weft__pool_ended(const weft_pool_t *pool);

/* The kick of the pool's inbox: wakes one idle worker. ctx: the pool. */
void weft__pool_kick(void *ctx);

/* A timer is due before the keeper wakes. ctx: the pool. */
void weft__pool_earlier(void *ctx);

#endif
