/* health.c - looks at parties, and feeds a watchdog while none is late
 * SPDX-License-Identifier: MIT
 */
#include "weft/health.h"

static weft_health_t *health_of(weft_service_t *service)
{
    return WEFT_CONTAINER_OF(service, weft_health_t, service);
}

static weft_health_party_t *party_of(weft_list_node_t *place)
{
    return WEFT_CONTAINER_OF(place, weft_health_party_t, place);
}

static weft_health_party_t *first_of(const weft_health_t *health)
{
    weft_list_node_t *place = weft_list_first(&health->parties);

    return place == NULL ? NULL : party_of(place);
}

static weft_health_party_t *next_of(const weft_health_t *health,
                                    const weft_health_party_t *party)
{
    weft_list_node_t *place = weft_list_next(&health->parties, &party->place);

    return place == NULL ? NULL : party_of(place);
}

/* --- looks ---------------------------------------------------------------- */

/* Takes a report. A pause that comes meanwhile stays. */
static bool reported(weft_health_party_t *party)
{
    uint32_t word = WEFT__HEALTH_ALIVE;

    return weft_atomic_cas_acq_rel_u32(&party->word, &word,
                                       WEFT__HEALTH_SILENT) ||
           word == WEFT__HEALTH_PAUSED;
}

static bool alive(weft_health_party_t *party)
{
    bool said = reported(party);

    if (party->probe == NULL) {
        return said;
    }
    return party->probe(party) ||
           weft_atomic_load_relaxed_u32(&party->word) == WEFT__HEALTH_PAUSED;
}

static void becomes_late(weft_health_t *health, weft_health_party_t *party,
                         uint64_t silent_us)
{
    party->late = true;
    party->times++;
    health->late++;
    health->tripped = health->config.latched;
    if (health->config.late != NULL) {
        health->config.late(health->config.ctx, party, silent_us);
    }
}

static void comes_back(weft_health_t *health, weft_health_party_t *party,
                       uint64_t silent_us)
{
    party->late = false;
    health->late--;
    if (health->config.back != NULL) {
        health->config.back(health->config.ctx, party, silent_us);
    }
}

static void look_at(weft_health_t *health, weft_health_party_t *party,
                    uint64_t now_us)
{
    uint64_t silent_us = now_us - party->seen_us;
    bool is_alive = alive(party);

    if (weft_atomic_load_relaxed_u32(&party->word) != WEFT__HEALTH_PAUSED &&
        silent_us > party->worst_us) {
        party->worst_us = silent_us;
    }
    if (is_alive) {
        party->seen_us = now_us;
        if (party->late) {
            comes_back(health, party, silent_us);
        }
    } else if (!party->late && silent_us > party->period_us) {
        becomes_late(health, party, silent_us);
    }
}

static bool feeds(const weft_health_t *health)
{
    return health->late == 0 && !health->tripped;
}

static void look(weft_service_t *service, weft_service_loop_t *loop)
{
    weft_health_t *health = health_of(service);
    uint64_t now_us = weft_now_us();

    (void)loop;
    for (weft_health_party_t *party = first_of(health); party != NULL;
         party = next_of(health, party)) {
        look_at(health, party, now_us);
    }
    if (feeds(health) && health->config.feed != NULL) {
        health->config.feed(health->config.ctx);
    }
}

/* --- requests ------------------------------------------------------------- */

static void begin(weft_health_party_t *party)
{
    party->seen_us = weft_now_us();
    party->late = false;
    (void)reported(party);
}

static int register_party(weft_service_t *service, weft_request_t *request)
{
    weft_health_t *health = health_of(service);
    weft_health_party_t *party = weft_health_register_of(request)->party;

    if (party == NULL || party->name == NULL || party->period_us == 0) {
        return WEFT_ERR_INVALID;
    }
    if (party->registered) {
        return WEFT_ERR_BUSY;
    }
    party->registered = true;
    party->worst_us = 0;
    party->times = 0;
    begin(party);
    weft_list_push_back(&health->parties, &party->place);
    health->count++;
    return WEFT_OK;
}

static bool knows(const weft_health_t *health, const weft_health_party_t *who)
{
    weft_health_party_t *party = first_of(health);

    while (party != NULL && party != who) {
        party = next_of(health, party);
    }
    return party != NULL;
}

static int unregister_party(weft_service_t *service, weft_request_t *request)
{
    weft_health_t *health = health_of(service);
    weft_health_party_t *party = weft_health_unregister_of(request)->party;

    if (party == NULL || !knows(health, party)) {
        return WEFT_ERR_NOT_FOUND;
    }
    weft_list_remove(&party->place);
    party->registered = false;
    health->count--;
    health->late -= party->late ? 1 : 0;
    return WEFT_OK;
}

static void add_to(struct weft_health_status *status,
                   const weft_health_party_t *party, uint64_t now_us)
{
    uint64_t silent_us = now_us - party->seen_us;

    if (party->late &&
        (status->late_name == NULL || silent_us > status->late_us)) {
        status->late_name = party->name;
        status->late_us = silent_us;
    }
    if (status->worst_name == NULL || party->worst_us > status->worst_us) {
        status->worst_name = party->name;
        status->worst_us = party->worst_us;
    }
    if (status->each != NULL) {
        status->each(status->ctx, party, silent_us);
    }
}

static int tell_status(weft_service_t *service, weft_request_t *request)
{
    weft_health_t *health = health_of(service);
    struct weft_health_status *status = weft_health_status_of(request);
    uint64_t now_us = weft_now_us();

    status->count = health->count;
    status->feeds = feeds(health);
    status->late_name = NULL;
    status->late_us = 0;
    status->worst_name = NULL;
    status->worst_us = 0;
    for (weft_health_party_t *party = first_of(health); party != NULL;
         party = next_of(health, party)) {
        add_to(status, party, now_us);
    }
    return health->late > WEFT_FUTURE_RESULT_MAX ? WEFT_FUTURE_RESULT_MAX
                                                 : (int)health->late;
}

/* --- its life ------------------------------------------------------------- */

static int start(weft_service_t *service, weft_request_t *request)
{
    weft_health_t *health = health_of(service);

    (void)request;
    health->late = 0;
    health->tripped = false;
    for (weft_health_party_t *party = first_of(health); party != NULL;
         party = next_of(health, party)) {
        begin(party);
    }
    return weft_service_loop_set(service, &health->loop, look,
                                 health->config.interval_us);
}

static int stop(weft_service_t *service, weft_request_t *request)
{
    (void)request;
    weft_service_loop_unset(service, &health_of(service)->loop);
    return WEFT_OK;
}

static const weft_handler_t handlers[] = {
    {WEFT_HEALTH_REGISTER, 0, register_party},
    {WEFT_HEALTH_UNREGISTER, 0, unregister_party},
    {WEFT_HEALTH_STATUS, 0, tell_status},
};

static const weft_service_type_t type = {
    .name = "health",
    .handlers = handlers,
    .handlers_count = sizeof(handlers) / sizeof(handlers[0]),
    .on_start = start,
    .on_stop = stop,
};

int weft_health_init(weft_health_t *health, const weft_health_config_t *config,
                     weft_executor_t *executor)
{
    *health = (weft_health_t){.config = *config};
    if (health->config.interval_us == 0) {
        health->config.interval_us = WEFT_MS(100);
    }
    weft_list_init(&health->parties);
    return weft_service_init(&health->service, &type, executor);
}
