# chip.awk - the table of dev/chip.sh: ours, best known, aim, on both chips
# SPDX-License-Identifier: MIT
#
# Reads the counts of the Cortex-M3, of RV32, then bench/chip/works.txt.

BEGIN {
    FS = "\t"
    printf "%-40s %15s  %13s  %13s  %s\n", kind == "size" ? "bytes" : \
        "instructions", "M3 / RV32", "best known", "aim", "beside the aim"
}

FILENAME != last { files++; last = FILENAME }
files < 3 { ours[files, $1] = $2; next }
/^#/ { next }

function beside(a, b) {
    return a == "" || b == "?" || b == 0 ? "-" : sprintf("%.2f", a / b)
}

{
    split($0, part, / *\| */)
    if (part[1] != kind)
        next
    split(part[3], known, " ")
    split(part[4], aim, " ")
    who = part[3]
    sub(/^[^ ]+ [^ ]+ ?/, "", who)
    m3 = ours[1, part[2]]
    rv = ours[2, part[2]]
    printf "%-40s %15s  %13s  %13s  %s / %s%s\n", part[2],
        (m3 == "" ? "-" : m3 + 0) " / " (rv == "" ? "-" : rv + 0),
        known[1] " / " known[2], aim[1] " / " aim[2],
        beside(m3, aim[1]), beside(rv, aim[2]), who == "" ? "" : "   " who
}
