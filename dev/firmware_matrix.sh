#!/usr/bin/env bash
# firmware_matrix.sh - the last runs of the tests as a table: subject by port
# SPDX-License-Identifier: MIT
#
#   dev/firmware_matrix.sh            prints it (Markdown)
#   dev/firmware_matrix.sh --write    puts it into docs/ports.md
#
# Boards: build/firmware/results, or RESULTS, of `make firmware-test`. Host and
# simulator: build/logs, of `make test`; nothing there, no columns.
set -eu
cd "$(dirname "$0")/.."
shopt -s nullglob

host_results() { # as build/firmware/results has them
    local log name run
    for log in build/logs/{unit,port,regress}.*@{real,sim}.log; do
        name=$(basename "$log" .log)
        run=posix
        [ "${name#*@}" = real ] || run=sim
        name=${name%@*}
        awk -v run=$run -v name="${name/./\/}" '
            /^\[ *OK \]/ { ok++ } /^\[ *FAILED/ { bad++ } /^skip: / { skip++ }
            END { print run, name, ok + 0, bad + 0, skip + 0 }' "$log"
    done
}

versions() {
    local tool
    for tool in arm-none-eabi-gcc riscv64-unknown-elf-gcc qemu-system-arm; do
        ! command -v $tool >/dev/null || $tool --version | head -n 1 |
            sed 's/(.*) *//; s/ ([^)]*)$//; s/ emulator version//; s/ *$//'
    done | paste -s -d , | sed 's/,/, /g'
}

table() {
    echo "As of $(date -u +%Y-%m-%d), with $(versions)."
    echo
    { host_results; cat "${RESULTS:-build/firmware/results}"; } |
        awk -f dev/firmware_matrix.awk
}

if [ "${1-}" != --write ]; then
    table
    exit
fi
new=$(mktemp)
table >"$new"
sed -i -e '/^<!-- matrix -->$/,/^<!-- end -->$/ {
    /^<!-- matrix -->$/ r '"$new"'
    /^<!-- /!d
}' docs/ports.md
rm -f "$new"
