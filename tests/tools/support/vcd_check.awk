# vcd_check.awk - whether a file is a value change dump that viewers take
# SPDX-License-Identifier: MIT
#
# Declarations first, then times that grow, and changes of declared signals.

function bad(why) {
    print FILENAME ":" FNR ": " why
    status = 1
    exit 1
}

!defined && $1 == "$timescale" { scale = $2 }
!defined && $1 == "$scope" { depth++ }
!defined && $1 == "$upscope" { depth-- }
!defined && $1 == "$var" {
    if (NF != 6 || $2 != "wire" || $3 != 1 || $6 != "$end")
        bad("not `$var wire 1 CODE NAME $end`")
    if ($4 in name)
        bad("code " $4 " is declared twice")
    if (depth < 1)
        bad("a signal outside of a scope")
    name[$4] = $5
}
$1 == "$enddefinitions" {
    if (scale != "1us")
        bad("timescale is " scale)
    if (depth != 0)
        bad("scopes are not closed")
    defined = 1
    next
}
defined && /^#/ {
    now = substr($0, 2)
    if (now !~ /^[0-9]+$/ || (timed && now + 0 <= last))
        bad("time does not grow")
    last = now + 0
    timed = 1
    next
}
defined && /^[01]/ {
    code = substr($0, 2)
    if (!(code in name))
        bad("change of '" code "', which is not declared")
    changes++
    next
}
defined && !/^\$(dumpvars|end)$/ { bad("what is '" $0 "'?") }

END {
    if (status)
        exit status
    if (!defined || !timed)
        bad("no definitions or no time")
    print changes " changes up to " last
}
