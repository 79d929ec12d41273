/* kinds.c - finds a board by name
 * SPDX-License-Identifier: MIT
 */
#include "sim/boards/kinds.h"

#include <string.h>

static const weft_sim_kind_t *const kinds[] = {
    &weft__board_generic,
    &weft__board_mini,
};

const weft_sim_kind_t *weft_sim_board_kind_at(size_t index)
{
    return index < sizeof(kinds) / sizeof(kinds[0]) ? kinds[index] : NULL;
}

const weft_sim_kind_t *weft_sim_board_kind(const char *name)
{
    const weft_sim_kind_t *kind = kinds[0];

    for (size_t i = 0; name != NULL && kind != NULL; i++) {
        kind = weft_sim_board_kind_at(i);
        if (kind != NULL && strcmp(kind->name, name) == 0) {
            return kind;
        }
    }
    return kind;
}
