/* vcd.c - pins as a value change dump, for GTKWave
 * SPDX-License-Identifier: MIT
 *
 * The format: IEEE 1364-2005, clause 18.
 */
#include "tools/weft/vcd.h"

#include <ctype.h>
#include <stdio.h>

#include "weft/weft.h"

/* Signals are named by printing characters, ! to ~; at most three here. */
struct code {
    char text[8];
};

static struct code code_of(unsigned machine, unsigned pin)
{
    enum { FIRST = '!', COUNT = '~' - '!' + 1 };
    unsigned n = machine * WEFT_SIM_PINS + pin;
    struct code code;
    size_t at = 0;

    do {
        code.text[at++] = (char)(FIRST + n % COUNT);
        n /= COUNT;
    } while (n > 0);
    code.text[at] = '\0';
    return code;
}

void vcd_begin(struct vcd *vcd)
{
    sink_begin(&vcd->sink);
    sink_print(&vcd->sink, "$version weft %s $end\n$timescale 1us $end\n",
               WEFT_VERSION);
}

/* No white space may stand in a name. */
static void print_name(struct sink *sink, const char *name)
{
    for (size_t i = 0; name[i] != '\0' && i < VCD_NAME_MAX; i++) {
        unsigned char c = (unsigned char)name[i];

        sink_print(sink, "%c", isgraph(c) && c < 0x80 ? c : '_');
    }
}

void vcd_scope(struct vcd *vcd, const char *name, unsigned machine,
               const weft_sim_board_t *board)
{
    struct sink *sink = &vcd->sink;

    sink_print(sink, "$scope module ");
    print_name(sink, name);
    sink_print(sink, " $end\n");
    for (unsigned pin = 0; pin < board->kind->pins; pin++) {
        const weft_sim_part_t *part = weft_sim_board_part(board, pin);

        sink_print(sink, "$var wire 1 %s ", code_of(machine, pin).text);
        if (part != NULL) {
            print_name(sink, part->name);
        } else {
            sink_print(sink, "gpio%u", pin);
        }
        sink_print(sink, " $end\n");
    }
    sink_print(sink, "$upscope $end\n");
}

void vcd_levels_begin(struct vcd *vcd)
{
    sink_print(&vcd->sink, "$enddefinitions $end\n#0\n$dumpvars\n");
}

void vcd_levels(struct vcd *vcd, unsigned machine,
                const weft_sim_board_t *board)
{
    for (unsigned pin = 0; pin < board->kind->pins; pin++) {
        sink_print(&vcd->sink, "%d%s\n", weft_sim_board_level(board, pin),
                   code_of(machine, pin).text);
    }
}

void vcd_levels_end(struct vcd *vcd)
{
    sink_print(&vcd->sink, "$end\n");
    sink_flush(&vcd->sink);
}

static void move_to(struct vcd *vcd, uint64_t time_us)
{
    if (time_us > vcd->time_us) {
        vcd->time_us = time_us;
        sink_print(&vcd->sink, "#%llu\n", (unsigned long long)time_us);
    }
}

void vcd_pin(struct vcd *vcd, uint64_t time_us, unsigned machine, unsigned pin,
             int level)
{
    move_to(vcd, time_us);
    sink_print(&vcd->sink, "%d%s\n", level, code_of(machine, pin).text);
}

int vcd_end(struct vcd *vcd, uint64_t time_us)
{
    move_to(vcd, time_us);
    return sink_close(&vcd->sink);
}
