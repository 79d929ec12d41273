/* thread.h - internal: how a thread waits
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_SRC_CORE_THREAD_H
#define WEFT_SRC_CORE_THREAD_H

#include "weft/thread.h"

#include "core/home.h"

/* Sleeps until something has come for the thread, or the time; then does what
 * it stands for. May return early. */
void weft__thread_wait(weft_thread_t *thread, uint64_t deadline_us);

#endif
