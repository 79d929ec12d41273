/* outputs.c - the files of --vcd and --trace: opened, begun, ended
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "tools/weft/complain.h"
#include "tools/weft/run.h"
#include "weft/time.h"

static int open_sink(struct run *run, struct sink *sink, const char *option,
                     const char *name, const char *tail)
{
    int rc = sink_open(sink, name, tail);

    if (rc != 0) {
        return complain("--%s: cannot write %s: %s", option, name,
                        strerror(rc));
    }
    for (size_t i = 0; i < run->count; i++) {
        if (sink_is_file(sink, run->machines[i].name)) {
            return complain("--%s: %s is the script itself", option, name);
        }
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
                 : open_sink(run, &run->vcd->sink, "vcd", options->vcd, "");
    }
    if (rc == 0 && options->trace != NULL) {
        run->json = calloc(1, sizeof(*run->json));
        rc = run->json == NULL ? complain("out of memory")
                               : open_sink(run, &run->json->sink, "trace",
                                           options->trace, "\n]}\n");
    }
    if (rc == 0 && run->vcd != NULL && run->json != NULL &&
        sink_same(&run->vcd->sink, &run->json->sink)) {
        rc = complain("--vcd and --trace are both %s", options->vcd);
    }
    return rc;
}

void outputs_begin(struct run *run)
{
    if (run->vcd != NULL) {
        vcd_begin(run->vcd);
        for (unsigned i = 0; i < run->count; i++) {
            vcd_scope(run->vcd, run->machines[i].name, i,
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
            trace_json_machine(run->json, i, run->machines[i].name);
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
