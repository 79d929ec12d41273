/* log.c - the service that drains a log, and its requests
 * SPDX-License-Identifier: MIT
 *
 * One request of the log's own, `pull`, has the service look at the ring. Who
 * has made a record READY, or dropped the first since the last report, sends
 * it, unless it is under way; the word `pulled` says so:
 *
 *     IDLE     -1-> UNDERWAY   1 weft__log_pull, by who sends it
 *     UNDERWAY -2-> IDLE       2 pull_ended
 *     UNDERWAY -3-> BLOCKED    3 pull_ended: the sink took nothing
 *     BLOCKED  -4-> UNDERWAY   4 weft_log_ready, by who sends it
 *     BLOCKED  -5-> IDLE       5 stop
 *
 * After 2 and 3 it is looked once more for what came meanwhile. All of them
 * change the word: who came before 2 or 3 is seen by that look, and who came
 * after sees that it is not UNDERWAY.
 */
#include "services/log.h"

enum { IDLE = 0, UNDERWAY = 1, BLOCKED = 2 };

/* Lines in one go, before other requests have their turn. */
enum { BATCH = 8 };

/* Ends a line that was begun and lost, so that no figure in it looks whole. */
enum { TORN_SIZE = 4 };
static const char TORN[TORN_SIZE + 1] = "...\n";

/* --- the request of its own ----------------------------------------------- */

enum { PULL = 0 };

static void send_from(weft_log_t *log, uint32_t state)
{
    /* A change, by nothing: what was written before is seen by whoever leaves
     * UNDERWAY after it. */
    if (weft_atomic_fetch_add_acq_rel_u32(&log->pulled, 0) == state &&
        weft_atomic_cas_acq_rel_u32(&log->pulled, &state, UNDERWAY)) {
        (void)weft_service_send(&log->service, PULL, &log->pull);
    }
}

void weft__log_pull(weft_log_t *log)
{
    send_from(log, IDLE);
}

void weft_log_ready(weft_log_t *log)
{
    weft_atomic_store_release_u8(&log->ready, 1);
    send_from(log, BLOCKED);
}

/* Whether so many records are lines already. */
static bool reached(const weft_log_t *log, uint32_t count)
{
    return (int32_t)(log->taken - count) >= 0;
}

/* Whether a line on drops comes before the next record: where the first one
 * happened, and then once in a while, or where a flush or stop asks for it. */
static bool report_due(const weft_log_t *log)
{
    return (log->must_say && reached(log, log->say_at)) ||
           (!log->reports && weft_atomic_load_acquire_u8(&log->unsaid) != 0 &&
            reached(log, log->drop_at));
}

static void report_soon(weft_log_t *log)
{
    if (!log->must_say) {
        log->must_say = true;
        log->say_at = weft_atomic_load_acquire_u32(&log->accepted);
    }
}

static bool has_work(const weft_log_t *log)
{
    return log->holds != WEFT__LOG_NOTHING || report_due(log) ||
           weft__log_has(log);
}

static void end_blocked(weft_log_t *log)
{
    (void)weft_atomic_exchange_acq_rel_u32(&log->pulled, BLOCKED);
    if (weft_atomic_load_acquire_u8(&log->ready) != 0) {
        send_from(log, BLOCKED);
    }
}

/* In the service, or, where that was stopped, in who sent: if it serves by now
 * it is sent again. Where a bound of the user's is reached there are requests
 * in the mailbox, and the handler of each pulls. */
static void pull_ended(weft_request_t *request)
{
    weft_log_t *log = WEFT_CONTAINER_OF(request, weft_log_t, pull);
    int rc = weft_future_result(request);
    bool served = rc == WEFT_OK;

    if (served && log->blocked) {
        end_blocked(log);
        return;
    }
    (void)weft_atomic_exchange_acq_rel_u32(&log->pulled, IDLE);
    if (served ? has_work(log)
               : rc == WEFT_ERR_STOPPED &&
                     weft_atomic_load_acquire_u8(&log->open) != 0) {
        weft__log_pull(log);
    }
}

/* --- lines to the sink ---------------------------------------------------- */

static void line_ended(weft_log_t *log, bool lost)
{
    if (log->holds == WEFT__LOG_RECORD) {
        weft__log_count(log, lost);
    } else if (!lost) {
        for (int i = 0; i < 3; i++) {
            log->said[i] = log->saying[i];
        }
    }
    log->holds = WEFT__LOG_NOTHING;
}

/* What the sink takes of these bytes. */
static int bytes_out(weft_log_t *log, const char *bytes, uint32_t size)
{
    int rc;

    weft_atomic_store_release_u8(&log->ready, 0);
    rc = log->sink(log->ctx, bytes, size);
    WEFT_ASSERT(rc < 0 || (uint32_t)rc <= size,
                "a log's sink took more than it was given");
    log->blocked = rc == 0;
    return rc;
}

/* Ends the line of which the sink took a part before its error. */
static int torn_out(weft_log_t *log)
{
    int rc = bytes_out(log, TORN + TORN_SIZE - log->torn, log->torn);

    log->torn = (uint8_t)(log->torn - (rc > 0 ? rc : 0));
    return rc;
}

static int rest_out(weft_log_t *log)
{
    int rc = bytes_out(log, log->line + log->sent, log->length - log->sent);

    if (rc > 0) {
        log->sent += (uint32_t)rc;
    } else if (rc < 0 && log->sent > 0) {
        log->torn = TORN_SIZE;
    }
    return rc;
}

/* The rest of the line; false: the sink takes no more of it now. */
static bool line_out(weft_log_t *log)
{
    int rc = 1;

    while (log->sent < log->length && rc > 0) {
        rc = log->torn > 0 ? torn_out(log) : rest_out(log);
    }
    if (rc == 0) {
        return false;
    }
    line_ended(log, rc < 0);
    return true;
}

static void report_loop(weft_service_t *service, weft_service_loop_t *loop)
{
    weft_log_t *log = WEFT_CONTAINER_OF(service, weft_log_t, service);

    if (log->holds == WEFT__LOG_REPORT) {
        return; /* what that says is in saying */
    }
    if (weft__log_unsaid(log)) {
        report_soon(log);
        weft__log_pull(log);
    } else {
        weft_service_loop_unset(service, loop);
        log->reports = false;
    }
}

static bool take_report(weft_log_t *log)
{
    if (!report_due(log)) {
        return false;
    }
    log->must_say = false;
    if (!weft__log_unsaid(log)) {
        return false;
    }
    weft__log_report(log);
    log->holds = WEFT__LOG_REPORT;
    if (!log->reports) {
        log->reports = true;
        (void)weft_service_loop_set(&log->service, &log->report, report_loop,
                                    log->report_us);
    }
    return true;
}

/* One line; false: there is none, or the sink is blocked. */
static bool step(weft_log_t *log)
{
    if (log->holds == WEFT__LOG_NOTHING && !take_report(log)) {
        if (!weft__log_take(log)) {
            return false;
        }
        log->holds = WEFT__LOG_RECORD;
    }
    return line_out(log);
}

/* --- flushes -------------------------------------------------------------- */

static bool flushed(const weft_log_t *log, const struct weft_log_flush *flush)
{
    return (int32_t)(log->done - flush->until) >= 0 && !log->must_say &&
           log->holds != WEFT__LOG_REPORT;
}

static void flushes_settle(weft_log_t *log, bool all)
{
    struct weft_log_flush **at = &log->flushes;

    while (*at != NULL) {
        struct weft_log_flush *flush = *at;
        int rc = flushed(log, flush) ? WEFT_OK
                 : weft_future_cancel_asked(&flush->request)
                     ? WEFT_ERR_CANCELLED
                 : all ? WEFT_ERR_STOPPED
                       : WEFT_PENDING;

        if (rc == WEFT_PENDING) {
            at = &flush->next;
        } else {
            *at = flush->next;
            weft_request_settle(&flush->request, rc);
        }
    }
}

/* --- handlers and hooks --------------------------------------------------- */

static void retry_loop(weft_service_t *service, weft_service_loop_t *loop)
{
    (void)loop;
    weft_log_ready(WEFT_CONTAINER_OF(service, weft_log_t, service));
}

/* While the sink is blocked it is asked every so often, as it may forget to
 * say that it takes again; then, too, flushes may be cancelled. */
static void retries_set(weft_log_t *log, bool set)
{
    if (set == log->retries) {
        return;
    }
    log->retries = set;
    if (set) {
        (void)weft_service_loop_set(&log->service, &log->retry, retry_loop,
                                    log->retry_us);
    } else {
        weft_service_loop_unset(&log->service, &log->retry);
    }
}

static int pull(weft_service_t *service, weft_request_t *request)
{
    weft_log_t *log = WEFT_CONTAINER_OF(service, weft_log_t, service);
    int left = BATCH;

    (void)request;
    while (left > 0 && step(log)) {
        left--;
    }
    flushes_settle(log, false);
    retries_set(log, log->blocked);
    return WEFT_OK;
}

static int flush(weft_service_t *service, weft_request_t *request)
{
    weft_log_t *log = WEFT_CONTAINER_OF(service, weft_log_t, service);
    struct weft_log_flush *call = weft_log_flush_of(request);

    call->until = weft_atomic_load_acquire_u32(&log->accepted);
    call->next = log->flushes;
    log->flushes = call;
    report_soon(log);
    weft__log_pull(log);
    return weft_request_take(service, request);
}

static int set_level(weft_service_t *service, weft_request_t *request)
{
    weft_log_t *log = WEFT_CONTAINER_OF(service, weft_log_t, service);
    enum weft_log_level level = weft_log_set_level_of(request)->level;
    int before = weft_atomic_load_relaxed_u8(&log->level);

    weft__log_pull(log);
    if ((unsigned)level > WEFT_LOG_DEBUG) {
        return WEFT_ERR_INVALID;
    }
    weft_atomic_store_relaxed_u8(&log->level, (uint8_t)level);
    return before;
}

static int start(weft_service_t *service, weft_request_t *request)
{
    weft_log_t *log = WEFT_CONTAINER_OF(service, weft_log_t, service);

    (void)request;
    weft_atomic_store_release_u8(&log->open, 1);
    weft__log_pull(log);
    return WEFT_OK;
}

/* Writes what is there as far as the sink takes it. */
static int stop(weft_service_t *service, weft_request_t *request)
{
    weft_log_t *log = WEFT_CONTAINER_OF(service, weft_log_t, service);
    uint32_t left = weft_atomic_load_acquire_u32(&log->accepted) - log->done;
    uint32_t blocked = BLOCKED;

    (void)request;
    weft_atomic_store_release_u8(&log->open, 0);
    report_soon(log);
    for (left += 2; left > 0 && step(log); left--) {}
    log->blocked = false;
    (void)weft_atomic_cas_acq_rel_u32(&log->pulled, &blocked, IDLE);
    flushes_settle(log, true);
    retries_set(log, false);
    if (log->reports) {
        log->reports = false;
        weft_service_loop_unset(service, &log->report);
    }
    return WEFT_OK;
}

static const weft_handler_t handlers[] = {
    {PULL, 0, pull},
    {WEFT_LOG_FLUSH, 0, flush},
    {WEFT_LOG_SET_LEVEL, 0, set_level},
};

#define TYPE(with)                                                             \
    {                                                                          \
        .name = "log", .handlers = handlers,                                   \
        .handlers_count = sizeof(handlers) / sizeof(handlers[0]),              \
        .flags = (with), .on_start = start, .on_stop = stop                    \
    }

static const weft_service_type_t type = TYPE(0);
static const weft_service_type_t type_blocking = TYPE(WEFT_SERVICE_BLOCKING);

/* --- being made ----------------------------------------------------------- */

enum {
    ROOM_MOST = 16 * 1024 * 1024,
    LINE_LEAST = 80,
    LINE_MOST = 4096,
    SECOND_US = 1000000,
};

static bool valid(const weft_log_config_t *config)
{
    return config->sink != NULL && config->room != NULL &&
           config->room_size >= 2 * WEFT_LOG_RECORD_MAX &&
           config->room_size <= ROOM_MOST && config->line != NULL &&
           config->line_size >= LINE_LEAST && config->line_size <= LINE_MOST &&
           config->rate <= SECOND_US && config->burst <= SECOND_US &&
           (unsigned)config->level <= WEFT_LOG_DEBUG &&
           (config->buckets == NULL) == (config->buckets_count == 0);
}

static uint32_t or_else(uint32_t value, uint32_t otherwise)
{
    return value != 0 ? value : otherwise;
}

/* In whole words, from a word's start. */
static void init_room(weft_log_t *log, const weft_log_config_t *config)
{
    uint32_t skip = (uint32_t)(0 - (uintptr_t)config->room) & 3;

    log->room = (unsigned char *)config->room + skip;
    log->size = (config->room_size - skip) & ~(uint32_t)3;
}

static void init_rate(weft_log_t *log, const weft_log_config_t *config)
{
    bool own = config->buckets == NULL;

    log->buckets = own ? &log->bucket : config->buckets;
    log->buckets_count = own ? 1 : config->buckets_count;
    if (config->rate != 0) {
        log->every_us = (SECOND_US + config->rate - 1) / config->rate;
        log->burst_us = (uint64_t)log->every_us *
                        (or_else(config->burst, config->rate) - 1);
    }
}

int weft_log_init(weft_log_t *log, const weft_log_config_t *config,
                  weft_executor_t *executor)
{
    if (!valid(config)) {
        return WEFT_ERR_INVALID;
    }
    *log = (weft_log_t){
        .sink = config->sink,
        .ctx = config->ctx,
        .level = (uint8_t)or_else(config->level, WEFT_LOG_INFO),
        .line = config->line,
        .line_size = config->line_size,
        .retry_us = or_else(config->retry_us, 10 * 1000),
        .report_us = or_else(config->report_us, 1000 * 1000),
    };
    init_room(log, config);
    init_rate(log, config);
    weft_future_then(&log->pull, pull_ended);
    return weft_service_init(
        &log->service, config->sink_blocks ? &type_blocking : &type, executor);
}
