/* weft.h - all of the public API but ports, boards and the simulator
 * SPDX-License-Identifier: MIT
 *
 * Include this, or just the headers you use: each stands alone.
 */
#ifndef WEFT_WEFT_H
#define WEFT_WEFT_H

#include "weft/barrier.h"
#include "weft/broadcast.h"
#include "weft/ceiling.h"
#include "weft/channel.h"
#include "weft/condition.h"
#include "weft/config.h"
#include "weft/cores.h"
#include "weft/coroutine.h"
#include "weft/error.h"
#include "weft/event.h"
#include "weft/executor.h"
#include "weft/fiber.h"
#include "weft/flags.h"
#include "weft/flash.h"
#include "weft/future.h"
#include "weft/hardware.h"
#include "weft/health.h"
#include "weft/inline.h"
#include "weft/isr.h"
#include "weft/job.h"
#include "weft/log.h"
#include "weft/loop.h"
#include "weft/loop_thread.h"
#include "weft/manual.h"
#include "weft/mutex.h"
#include "weft/pool.h"
#include "weft/records.h"
#include "weft/runnable.h"
#include "weft/rwlock.h"
#include "weft/scheduler.h"
#include "weft/scope.h"
#include "weft/select.h"
#include "weft/semaphore.h"
#include "weft/service.h"
#include "weft/shell.h"
#include "weft/signal.h"
#include "weft/stack.h"
#include "weft/store.h"
#include "weft/strand.h"
#include "weft/task.h"
#include "weft/thread.h"
#include "weft/time.h"
#include "weft/timer.h"
#include "weft/wait.h"
#include "weft/wait_group.h"
#include "weft/watch.h"

/* The version, as numbers and as text. */
#define WEFT_VERSION_MAJOR 0
#define WEFT_VERSION_MINOR 1
#define WEFT_VERSION_PATCH 0
#define WEFT_VERSION "0.1.0"

#endif
