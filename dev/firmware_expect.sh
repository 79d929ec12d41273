#!/usr/bin/env bash
# firmware_expect.sh - whether an example printed on a board what it should
# SPDX-License-Identifier: MIT
#
#   dev/firmware_expect.sh examples/NAME LOG
#   TICKS=1 dev/firmware_expect.sh examples/NAME LOG
#
# TICKS=1: of a board whose time goes by ticks: each wait is rounded up to one,
# so numbers may differ.
# The console must be expect.txt. A script's LEDs are on the console too, as
# "led 0 on": these are taken out, and must be what expect_stderr.txt says of
# the pins 27 and 10 to 12 (boards/lua/pins.h), whatever the time.
set -eu
folder=$1 log=$2
compare() { # compare WHAT EXPECTED <printed
    diff -u --label expected --label "$1" <(vague <"$2") <(vague)
}
vague() {
    if [ "${TICKS-}" = 1 ]; then
        sed 's/[0-9]\{1,\}/N/g'
    else
        cat
    fi
}

if [ ! -e "$folder/main.lua" ]; then
    tr -d '\r' <"$log" | compare printed "$folder/expect.txt"
    exit
fi
tr -d '\r' <"$log" | grep -v '^led [0-9] o' |
    compare printed "$folder/expect.txt"
[ -e "$folder/expect_stderr.txt" ] || exit 0
leds=$(sed -n 's/^.* gpio 27 -> /led 0 /p; s/^.* gpio 10 -> /led 1 /p
    s/^.* gpio 11 -> /led 2 /p; s/^.* gpio 12 -> /led 3 /p' \
    "$folder/expect_stderr.txt" | sed 's/1$/on/; s/0$/off/')
tr -d '\r' <"$log" | grep '^led [0-9] o' |
    compare "the LEDs" <(echo "$leds")
