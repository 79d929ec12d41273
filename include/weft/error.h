/* error.h - the results that every part of Weft returns
 * SPDX-License-Identifier: MIT
 *
 * A function returns 0 or a count on success, a negative error otherwise.
 * Expected things (a time-out, a cancel, full, empty) are errors; a wrong
 * program is an assertion.
 *
 * Example:
 *
 *     int rc = weft_spawn(&loop.executor, blink_task(&led));
 *     if (rc < 0) { report("blink: %s", weft_error_text(rc)); }
 *
 * A program's own errors go from WEFT_ERR_USER down.
 */
#ifndef WEFT_ERROR_H
#define WEFT_ERROR_H

#include <limits.h>

#ifdef __cplusplus
extern "C" {
#endif

enum weft_error {
    WEFT_OK = 0,
    WEFT_ERR_TIMEOUT = -1,      /* the deadline passed; nothing happened */
    WEFT_ERR_CANCELLED = -2,    /* asked to stop; nothing happened */
    WEFT_ERR_CLOSED = -3,       /* the object takes no more */
    WEFT_ERR_STOPPED = -4,      /* the executor takes no new work */
    WEFT_ERR_BUSY = -5,         /* in use: already spawned, joined, locked */
    WEFT_ERR_EMPTY = -6,        /* nothing to take */
    WEFT_ERR_FULL = -7,         /* a bound that was asked for is reached */
    WEFT_ERR_INVALID = -8,      /* an argument out of its range */
    WEFT_ERR_MEMORY = -9,       /* an allocation failed */
    WEFT_ERR_UNSUPPORTED = -10, /* not on this port or in this build */
    WEFT_ERR_NOT_FOUND = -11,   /* no such thing */
    WEFT_ERR_FAILED = -12,      /* failed for a reason said elsewhere */
    WEFT_ERR_DEADLOCK = -13,    /* nothing can ever happen again */
    WEFT_ERR_NO_HANDLER = -14,  /* a service handles no such request */
    WEFT_ERR_USER = -1000
};

/* Not a result: "ask again later". Never a task's result. */
#define WEFT_PENDING INT_MIN

/* A short English text for an error or success; never NULL. */
const char *weft_error_text(int rc);

#ifdef __cplusplus
}
#endif

#endif
