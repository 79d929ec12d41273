# c.awk - C source without its comments and strings, for the other checkers
# SPDX-License-Identifier: MIT
#
# code() gives the current line with comments removed and strings emptied;
# call it once for each line, in order. say() reports and counts.

FNR == 1 { in_comment = 0 }

function code(    line, out, at) {
    line = $0
    out = ""
    while (line != "") {
        if (in_comment) {
            at = index(line, "*/")
            if (at == 0)
                return out
            line = substr(line, at + 2)
            in_comment = 0
        }
        if (!match(line, /"|'|\/\*|\/\//))
            return out line
        out = out substr(line, 1, RSTART - 1)
        at = substr(line, RSTART, 2)
        line = substr(line, RSTART)
        if (at == "//")
            return out
        if (at == "/*") {
            in_comment = 1
            line = substr(line, 3)
            out = out " "
        } else if (match(line, /^"([^"\\]|\\.)*"|^'([^'\\]|\\.)*'/)) {
            out = out substr(line, 1, 1) substr(line, 1, 1)
            line = substr(line, RLENGTH + 1)
        } else {
            out = out substr(line, 1, 1)
            line = substr(line, 2)
        }
    }
    return out
}

function say(what) {
    print FILENAME ":" FNR ": " what
    bad++
}

END { exit bad > 0 }
