/* endings.h - in which order requests are settled, for tests of services
 * SPDX-License-Identifier: MIT
 *
 *     struct note notes[2];
 *
 *     notes_init(notes, 2);
 *     ...
 *     CHECK_EQ(settled, 2);
 *     CHECK_EQ(order[0], 1);
 */
#ifndef WEFT_TEST_ENDINGS_H
#define WEFT_TEST_ENDINGS_H

#include "tests/support/services.h"

/* Their values, in the order in which they were settled. */
static int order[DESK_LOG];
static int settled;

static inline void write_end(weft_future_t *future)
{
    CHECK(settled < DESK_LOG);
    order[settled++] = note_of(future)->value;
}

static inline void note_init(struct note *note, int value)
{
    *note = (struct note){.value = value};
    weft_future_then(&note->request, write_end);
}

/* Each has its index as its value. */
static inline void notes_init(struct note *notes, int count)
{
    settled = 0;
    for (int i = 0; i < count; i++) {
        note_init(&notes[i], i);
    }
}

#endif
