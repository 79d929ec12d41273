/* error.c - the text of an error
 * SPDX-License-Identifier: MIT
 */
#include "weft/error.h"

static const char *weft_text(enum weft_error error)
{
    switch (error) {
    case WEFT_OK: return "ok";
    case WEFT_ERR_TIMEOUT: return "timed out";
    case WEFT_ERR_CANCELLED: return "cancelled";
    case WEFT_ERR_CLOSED: return "closed";
    case WEFT_ERR_STOPPED: return "stopped";
    case WEFT_ERR_BUSY: return "busy";
    case WEFT_ERR_EMPTY: return "empty";
    case WEFT_ERR_FULL: return "full";
    case WEFT_ERR_INVALID: return "invalid argument";
    case WEFT_ERR_MEMORY: return "out of memory";
    case WEFT_ERR_UNSUPPORTED: return "not supported";
    case WEFT_ERR_NOT_FOUND: return "not found";
    case WEFT_ERR_FAILED: return "failed";
    case WEFT_ERR_DEADLOCK: return "deadlock";
    case WEFT_ERR_NO_HANDLER: return "no handler";
    case WEFT_ERR_USER: return "an error of the program";
    }
    return "unknown error";
}

const char *weft_error_text(int rc)
{
    if (rc == WEFT_PENDING) {
        return "pending";
    }
    if (rc >= 0) {
        return "ok";
    }
    return weft_text(rc <= WEFT_ERR_USER ? WEFT_ERR_USER : (enum weft_error)rc);
}
