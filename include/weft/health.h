/* health.h - feeds a watchdog while all parties report in time
 * SPDX-License-Identifier: MIT
 *
 * When to use it: where a hardware watchdog shall reset a device not only when
 * everything stands still, but when any one of its parts does; or to be told of
 * that.
 *
 * Example:
 *
 *     static weft_health_party_t radio = {.name = "radio",
 *                                         .period_us = WEFT_MS(500)};
 *     static weft_health_t health;
 *
 *     static void feed(void *ctx) { hardware_watchdog_feed(ctx); }
 *
 *     int health_begin(weft_executor_t *executor)
 *     {
 *         weft_health_config_t config = {.feed = feed,
 *                                        .interval_us = WEFT_MS(100)};
 *         struct weft_health_register call = {.party = &radio};
 *         int rc = weft_health_init(&health, &config, executor);
 *         if (rc == 0) {
 *             rc = weft_call(&health.service, WEFT_SERVICE_START,
 *                            &(weft_request_t){0});
 *         }
 *         return rc < 0 ? rc : weft_health_register_call(&health.service,
 *                                                        &call);
 *     }
 *
 *     void radio_interrupt(void) { weft_health_alive(&radio); }
 *
 * The service looks at all parties every interval_us. When each has reported
 * within its period it calls `feed`; else it does not, and the hardware resets
 * the device, if `late`, which is told of the first look that finds a party
 * silent for too long, has not helped. When all report again it feeds again,
 * unless it is configured as latched: then it never does, until it is started
 * anew. Silence is measured from look to look: a report counts from the look
 * that finds it, and a party is found late at most one interval after it is.
 *
 * A report is one store into the party. A party that sleeps on purpose says so,
 * and is not waited for until it reports again.
 *
 * A loop is watched, too, without reporting: weft_health_loop_t finds one run
 * of a task or callback that takes longer than the party's period. Health then
 * runs on another one: another core, thread or interrupt priority.
 *
 * The hardware's time-out must be longer than interval_us, by what else its
 * executor may have to do first. A stopped service does not feed.
 *
 * Context: alive and pause from any thread, core and interrupt; callbacks run
 * in the service and may not wait. Memory: the caller's; a party and its name
 * from being registered until it was unregistered; where the service stopped
 * for good instead, a party is made all zero before it registers elsewhere.
 */
#ifndef WEFT_HEALTH_H
#define WEFT_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "weft/base/atomic.h"
#include "weft/base/list.h"
#include "weft/loop.h"
#include "weft/service.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_health_party weft_health_party_t;

/* Who has to report. All zero but name and period is one that was never
 * registered. */
struct weft_health_party {
    const char *name;
    uint64_t period_us; /* within which it reports */
    /* Asked at each look whether it is alive, in place of reports; NULL: it
     * reports itself. */
    bool (*probe)(weft_health_party_t *party);
    /* The service's: written by it alone. */
    uint64_t worst_us; /* the longest silence */
    uint32_t times;    /* so often it was late */
    bool late;
    /* private */
    bool registered;
    uint32_t word; /* atomic: enum weft__health_word */
    uint64_t seen_us;
    weft_list_node_t place;
};

enum weft__health_word {
    WEFT__HEALTH_SILENT = 0, /* since the last look */
    WEFT__HEALTH_ALIVE = 1,
    WEFT__HEALTH_PAUSED = 2,
};

/* "I am alive", also after a pause. */
static inline void weft_health_alive(weft_health_party_t *party)
{
    weft_atomic_store_relaxed_u32(&party->word, WEFT__HEALTH_ALIVE);
}

/* "I sleep until I say that I am alive." */
static inline void weft_health_pause(weft_health_party_t *party)
{
    weft_atomic_store_relaxed_u32(&party->word, WEFT__HEALTH_PAUSED);
}

/* A watched loop: register its member `party`. */
typedef struct weft_health_loop {
    weft_health_party_t party;
    weft_look_t look; /* the last one; while it is late, `waiter` names who */
    /* private */
    const weft_loop_t *loop;
} weft_health_loop_t;

/* Its period_us is how long one run may take. The loop must last as long as it
 * is registered. */
void weft_health_loop_init(weft_health_loop_t *watch, const char *name,
                           const weft_loop_t *loop, uint64_t period_us);

typedef struct weft_health_config {
    void (*feed)(void *ctx); /* the watchdog; NULL: there is none */
    /* Is told of each party that becomes late, and that was silent for so long;
     * and when it is back, of how long that took. NULL: nobody. */
    void (*late)(void *ctx, weft_health_party_t *party, uint64_t silent_us);
    void (*back)(void *ctx, weft_health_party_t *party, uint64_t silent_us);
    void *ctx;
    uint64_t interval_us; /* between two looks; 0: 100 ms */
    bool latched;         /* once late, it feeds no more */
} weft_health_config_t;

typedef struct weft_health {
    weft_service_t service;
    /* private */
    weft_health_config_t config;
    weft_service_loop_t loop;
    weft_list_t parties;
    uint32_t count;
    uint32_t late;
    bool tripped; /* latched, and somebody was late */
} weft_health_t;

/* Prepares a stopped service without parties, to run on executor. Copies
 * config. Errors of weft_service_init. */
int weft_health_init(weft_health_t *health, const weft_health_config_t *config,
                     weft_executor_t *executor);

/* --- requests ------------------------------------------------------------- */

enum {
    WEFT_HEALTH_REGISTER = 1,
    WEFT_HEALTH_UNREGISTER = 2,
    WEFT_HEALTH_STATUS = 3,
};

/* From now on the party has to report; what it said before does not count, but
 * for a pause. WEFT_ERR_INVALID: no name or a period of 0; WEFT_ERR_BUSY: it is
 * registered. */
WEFT_REQUEST(weft_health_register, WEFT_HEALTH_REGISTER,
             weft_health_party_t *party;);

/* Nobody waits for it any more. WEFT_ERR_NOT_FOUND: nobody did. */
WEFT_REQUEST(weft_health_unregister, WEFT_HEALTH_UNREGISTER,
             weft_health_party_t *party;);

/* How it stands, as of the last look. Answers with how many are late. Given:
 * each, called for every party, inside of the service; NULL: not. Answered: how
 * many parties, whether it feeds, who of those late is silent for longest and
 * for how long, and the worst silence there was; a name is NULL where there is
 * nobody. */
WEFT_REQUEST(weft_health_status, WEFT_HEALTH_STATUS,
             void (*each)(void *ctx, const weft_health_party_t *party,
                          uint64_t silent_us);
             void *ctx; uint32_t count; bool feeds; const char *late_name;
             uint64_t late_us; const char *worst_name; uint64_t worst_us;);

#ifdef __cplusplus
}
#endif

#endif
