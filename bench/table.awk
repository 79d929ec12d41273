# table.awk - figures and works.txt in, the table of `make bench` out
# SPDX-License-Identifier: MIT
#
#   awk -f table.awk FIGURES works.txt     figures: WHO NAME MEDIAN MIN MAX
#
# With check=1: only says which of our figures are missing; then status 1.
# A row that is marked "later" may be without one. With only=NAME: the rows
# that this run has figures of.

BEGIN {
    FS = "\t"
    peers = split("libuv Boost.Context Boost.Fiber oneTBB Go Tokio" \
        " queues Lua", peer, " ")
    row = "%-37s %9s  %-16s  %-38s %5s %8s  %s\n"
    if (!check)
        printf row, "work", "ours", "least..greatest", "peers", "ratio", \
            "aim", "met?"
}

function number(value) {
    if (in_us)
        value /= 1000
    return value >= 1000000 ? sprintf("%.3g M", value / 1000000) : \
        value >= 10000 ? sprintf("%.3g k", value / 1000) : \
        sprintf(value >= 100 ? "%.0f" : "%.3g", value)
}

# The peers' figures, the best one (the greatest if more) first.
function of_peers(name, more,    i, best, list) {
    best_peer = ""
    for (i = 1; i <= peers; i++) {
        if ((peer[i], name) in median && (best_peer == "" || \
            (more ? median[peer[i], name] > best : \
            median[peer[i], name] < best)))
            best = median[best_peer = peer[i], name]
    }
    if (best_peer == "")
        return ""
    list = best_peer " " number(best)
    for (i = 1; i <= peers; i++)
        if (peer[i] != best_peer && (peer[i], name) in median)
            list = list ", " peer[i] " " number(median[peer[i], name])
    return list
}

# The aim as a number, "" where there is none.
function aim_of(aim, name,    part, n, who) {
    n = split(aim, part, " ")
    sub(/^>/, "", part[1])
    if (aim == "-")
        return ""
    if (n == 1)
        return part[1]
    if (part[2] ~ /@/) {
        split(part[2], who, "@")
        part[2] = who[1] == "" ? "weft" : who[1]
        name = who[2]
    }
    if ((part[2], name) in median)
        return part[1] * median[part[2], name]
    return part[3] == "-" ? "" : part[3]
}

function verdict(ours, aim, more,    times) {
    if (aim == "")
        return ""
    times = aim == 0 ? ours + 1 : more ? aim / ours : ours / aim
    counted++
    if (times < 1.005) { # as exact as the table shows it
        met++
        return "met"
    }
    return sprintf("%s (%.2f x)", times <= 1.5 ? "close" : "MISSED", times)
}

# as: the name of the peers' figures.
function line(name, work, unit, aim, as,    ours, list, limit, more) {
    ours = median["weft", name]
    more = aim ~ /^>/
    in_us = unit == "ns" && ours >= 10000
    if (in_us)
        unit = "us"
    list = of_peers(as, more)
    limit = aim_of(aim, as)
    printf row, work, number(ours) " " unit, \
        least["weft", name] == greatest["weft", name] ? "" : \
        number(least["weft", name]) ".." number(greatest["weft", name]), \
        list, best_peer == "" ? "" : \
        sprintf("%.2f", ours / median[best_peer, as]), \
        limit == "" ? "" : (more ? ">" : "") number(limit), \
        verdict(ours, limit, more)
}

# A row that has no figure of ours yet.
function line_of_others(work, aim, as,    list, limit) {
    in_us = 0
    list = of_peers(as, aim ~ /^>/)
    limit = aim_of(aim, as)
    printf row, work, "-", "", list, "", \
        limit == "" ? "" : (aim ~ /^>/ ? ">" : "") number(limit), "not yet"
}

function heading() {
    if (!check && title != "")
        print title
    title = ""
}

FNR == NR {
    median[$1, $2] = $3
    least[$1, $2] = $4
    greatest[$1, $2] = $5
    next
}

FNR == 1 { header = 1 }

# The comment at the top is for readers, each further one a part's title.
/^#/ {
    title = header ? "" : "\n" substr($0, 3)
    next
}

NF == 0 {
    header = 0
    next
}

{
    fields = split($0, field, / *\| */)
    if (fields < 5)
        field[5] = ""
    as = field[1]
    if (match(field[5], /as [a-z0-9_]+/))
        as = substr(field[5], RSTART + 3, RLENGTH - 3)
    if (("weft", field[1]) in median) {
        heading()
        if (!check)
            line(field[1], field[2], field[3], field[4], as)
    } else if (only != "") {
        next
    } else if (field[5] ~ /later/) {
        heading()
        if (!check)
            line_of_others(field[2], field[4], as)
    } else if (check || !lua) {
        heading()
        print "no figure for: " field[1]
        missing++
    }
}

END {
    if (!check)
        printf "\n%d of %d aims met (ratio: ours to the best peer of this" \
            " run; close: within 1.5 x)\n", met, counted
    exit missing > 0
}
