/* outputs.c - the files of --vcd and --trace: checked, opened, begun, ended
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/weft/complain.h"
#include "tools/weft/files.h"
#include "tools/weft/run.h"
#include "weft/time.h"

/* --- no file twice ------------------------------------------------------- */

enum use { WRITTEN, READ, SCRIPT };
struct named {
    enum use use;
    char option[16]; /* who names it: "--uart 1" */
    const char *name;
};

enum { NAMED_MAX = MACHINES_MAX + 2 + 2 * WEFT_SIM_UARTS };
struct list {
    struct named all[NAMED_MAX];
    size_t count;
};

static void note(struct list *list, enum use use, const char *option,
                 const char *name)
{
    struct named *named = &list->all[list->count];

    if (name != NULL && name[0] != '\0' && list->count < NAMED_MAX) {
        named->use = use;
        named->name = name;
        (void)snprintf(named->option, sizeof(named->option), "%s", option);
        list->count++;
    }
}

static void note_all(struct list *list, const struct options *options)
{
    note(list, WRITTEN, "--vcd", options->vcd);
    note(list, WRITTEN, "--trace", options->trace);
    for (unsigned i = 0; i < WEFT_SIM_UARTS; i++) {
        char option[16];

        (void)snprintf(option, sizeof(option), "--uart %u", i);
        note(list, WRITTEN, option, options->uarts[i].out);
        note(list, READ, option, options->uarts[i].in);
    }
    for (size_t i = 0; i < options->file_count; i++) {
        note(list, SCRIPT, "", options->files[i]);
    }
}

static int complain_of(const struct named *out, const struct named *other)
{
    switch (other->use) {
    case WRITTEN:
        return complain("%s and %s are both %s", out->option, other->option,
                        out->name);
    case READ:
        return complain("%s: %s is what %s reads", out->option, out->name,
                        other->option);
    case SCRIPT: break;
    }
    return complain("%s: %s is the script itself", out->option, out->name);
}

int outputs_check(const struct options *options)
{
    struct list list = {.count = 0};

    note_all(&list, options);
    for (size_t i = 0; i < list.count; i++) {
        const struct named *out = &list.all[i];

        for (size_t k = 0; out->use == WRITTEN && k < list.count; k++) {
            const struct named *other = &list.all[k];

            if (k != i && files_same(out->name, other->name)) {
                return complain_of(out, other);
            }
        }
    }
    return 0;
}

/* --- opening, beginning, ending ------------------------------------------ */

static int open_sink(struct sink *sink, const char *option, const char *name,
                     const char *tail)
{
    int rc = sink_open(sink, name, tail);

    if (rc != 0) {
        return complain("--%s: cannot write %s: %s", option, name,
                        strerror(rc));
    }
    return 0;
}

int outputs_open(struct run *run)
{
    const struct options *options = run->options;
    int rc = 0;

    if (options->vcd != NULL) {
        run->vcd = calloc(1, sizeof(*run->vcd));
        rc = run->vcd == NULL
                 ? complain("out of memory")
                 : open_sink(&run->vcd->sink, "vcd", options->vcd, "");
    }
    if (rc == 0 && options->trace != NULL) {
        run->json = calloc(1, sizeof(*run->json));
        rc = run->json == NULL ? complain("out of memory")
                               : open_sink(&run->json->sink, "trace",
                                           options->trace, "\n]}\n");
    }
    return rc;
}

/* Long names differ at their ends; at most that many bytes, as they are cut
 * there. */
static const char *end_of(const char *name, size_t most)
{
    size_t size = strlen(name);

    if (size <= most) {
        return name;
    }
    name += size - most;
    while (((unsigned char)*name & 0xC0) == 0x80) {
        name++; /* not into the middle of a letter */
    }
    return name;
}

void outputs_begin(struct run *run)
{
    if (run->vcd != NULL) {
        vcd_begin(run->vcd);
        for (unsigned i = 0; i < run->count; i++) {
            vcd_scope(run->vcd, end_of(run->machines[i].name, VCD_NAME_MAX), i,
                      &run->machines[i].board);
        }
        vcd_levels_begin(run->vcd);
        for (unsigned i = 0; i < run->count; i++) {
            vcd_levels(run->vcd, i, &run->machines[i].board);
        }
        vcd_levels_end(run->vcd);
    }
    if (run->json != NULL) {
        run->json->start_us = run->start_us;
        trace_json_begin(run->json);
        for (unsigned i = 0; i < run->count; i++) {
            trace_json_machine(run->json, i,
                               end_of(run->machines[i].name, TRACE_NAME_MAX));
        }
    }
}

void outputs_end(struct run *run)
{
    int rc = 0;

    if (run->vcd != NULL) {
        rc = vcd_end(run->vcd, run_elapsed_us(run));
        if (rc != 0) {
            run->status = complain("cannot write %s: %s", run->options->vcd,
                                   strerror(rc));
        }
    }
    if (run->json != NULL) {
        for (size_t i = 0; i < run->count; i++) {
            machine_drain(&run->machines[i]);
        }
        rc = trace_json_end(run->json, weft_now_us());
        if (rc != 0) {
            run->status = complain("cannot write %s: %s", run->options->trace,
                                   strerror(rc));
        }
    }
}

void outputs_flush(struct run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        machine_drain(&run->machines[i]);
    }
    if (run->json != NULL) {
        sink_flush(&run->json->sink);
    }
    if (run->vcd != NULL) {
        sink_flush(&run->vcd->sink);
    }
}
