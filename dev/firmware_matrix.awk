# firmware_matrix.awk - results by subject and port, as a table in Markdown
# SPDX-License-Identifier: MIT
#
# Reads lines "PORT NAME PASSED FAILED SKIPPED"; ports stay in their order. A
# cell is what passed; what was skipped stands behind it in parentheses.
function subject(name) {
    if (name ~ /^port\/.*\//) return "of the port alone"
    sub(/.*\/(test_)?(race_)?/, "", name)
    if (name ~ /^port$/) return "conformance (test_port)"
    if (name ~ /^(select|wake_all_selects)/) return "select"
    if (name ~ /^(channel|slots)/) return "channel"
    if (name ~ /^(timer|clock|heap|wheel)/) return "timer"
    if (name ~ /^(scope|spawner|cancel)/) return "scope"
    if (name ~ /^(coroutine|fiber|stack|switch|inlined|move)/) return "fiber"
    if (name ~ /^(loop|manual|priority|inline|strand|pool|exec|isr|cores)/ ||
        name == "look")
        return "executors"
    if (name ~ /^(thread|interrupt|ceiling|hardware)/)
        return "threads and interrupts"
    if (name ~ /^(wake$|wake_all$|task|cases|respawn|leaving|errors)/)
        return "wait and task"
    if (name ~ /^(arena|list|queue|ring|atomic|spinlock|trace)/) return "base"
    if (name ~ /^(future|job|pairs_futures)/) return "futures"
    if (name ~ /^service/) return "services"
    if (name ~ /^(log|health|records|store|shell)/) return "services that ship"
    if (name ~ /^aos_/) return "AsyncRTOS"
    if (name ~ /^lua/) return "Lua"
    if (name == "main") return "examples"
    return "sync"
}
BEGIN {
    rows = split("conformance (test_port)|wait and task|timer|scope|sync|" \
        "channel|select|fiber|executors|threads and interrupts|base|" \
        "futures|services|services that ship|" \
        "of the port alone|AsyncRTOS|Lua|examples",
        row, "|")
}
NF == 5 {
    if (!($1 in known)) {
        known[$1] = 1
        port[++ports] = $1
    }
    key = subject($2) SUBSEP $1
    cells[key] = 1
    passed[key] += $3
    failed[key] += $4
    skipped[key] += $5
    all = "all" SUBSEP $1
    passed[all] += $3
    failed[all] += $4
    skipped[all] += $5
    cells[all] = 1
}
function cell(key) {
    if (!(key in cells))
        return "-"
    return (failed[key] ? "**" failed[key] " failed**, " : "") passed[key] \
        (skipped[key] ? " (" skipped[key] ")" : "")
}
function line(name,    i) {
    printf "| %s |", name
    for (i = 1; i <= ports; i++)
        printf " %s |", cell(name SUBSEP port[i])
    print ""
}
END {
    printf "| |"
    for (i = 1; i <= ports; i++)
        printf " %s |", port[i]
    printf "\n|---|"
    for (i = 1; i <= ports; i++)
        printf "---|"
    print ""
    for (r = 1; r <= rows; r++)
        line(row[r])
    line("all")
}
