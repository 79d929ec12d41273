# sizes.awk - a function begins and ends with a brace in the first column
# SPDX-License-Identifier: MIT
FNR == 1 { start = 0 }
{ width = length($0); line = code() }
width > 80 { say(width " columns; 80 at most") }
FNR == 801 { say("over 800 lines; what are these two files?") }
/^\{/ { start = FNR }
/^\}/ && start {
    if (FNR - start - 1 > 70)
        say("a function of " FNR - start - 1 " lines; 70 at most, aim at 12")
    start = 0
}
# What a service costs to read: the aim is 1000, without comments and blanks.
FILENAME ~ /src\/services\/service[^\/]*\.c$/ && line !~ /^[ \t]*$/ && \
    ++services == 1501 {
    say("over 1500 lines of code in src/services/service*.c")
}
