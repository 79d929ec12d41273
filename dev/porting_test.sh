#!/usr/bin/env bash
# porting_test.sh - docs/porting.md makes a port, and that port works
# SPDX-License-Identifier: MIT
#
# In a copy of the sources: fills ports/template with the blocks of the guide,
# as the guide says, then builds and runs what the guide runs.
#
#   dev/porting_test.sh          exit status 77: the tools are not here
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
unset MAKEFLAGS MFLAGS MAKELEVEL # of the make that runs the tests
for tool in arm-none-eabi-gcc qemu-system-arm; do
    if ! command -v $tool >/dev/null; then
        echo "skip: $tool is not installed (dev/install_deps.sh firmware)"
        exit 77
    fi
done
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
cd "$root"
cp -r --parents Makefile dev docs/porting.md include src ports boards \
    examples tests/support tests/port "$temp"
cd "$temp"

# The commands of the guide's section N, of which there must be COUNT.
commands_of() { # commands_of N COUNT: into commands.N
    awk -v section="^## $1[.]" '/^## / { on = $0 ~ section }
        on && /^    / { print substr($0, 5) }' docs/porting.md >"commands.$1"
    [ "$(wc -l <"commands.$1")" = "$2" ] && return
    echo "docs/porting.md: section $1 has $(wc -l <"commands.$1") commands," \
        "not $2"
    exit 1
}

# Step 1 as it stands there.
commands_of 1 3
sh -e commands.1

# Each place takes the block of its name.
for file in ports/lm3s/* boards/lm3s/*; do
    awk -v guide=docs/porting.md '
        BEGIN {
            while ((getline line < guide) > 0) {
                if (line ~ /^```/) {
                    name = line
                    sub(/^```[a-z]* */, "", name)
                } else if (name != "") {
                    block[name] = block[name] line "\n"
                }
            }
        }
        /^ *#error "fill in: / {
            name = $0
            sub(/^ *#error "fill in: /, "", name)
            sub(/".*/, "", name)
            if (!(name in block)) {
                print FILENAME ": no block " name >"/dev/stderr"
                exit 1
            }
            printf "%s", block[name]
            next
        }
        { print }' "$file" >filled
    mv filled "$file"
done

# Step 6 as it stands there: builds and runs a test, then an example.
commands_of 6 4
ran=
while read -r line <&3; do
    [[ $line = make* ]] && line="$line -s CFLAGS='-Os -g -Werror'"
    echo "$line"
    LIMIT=${LIMIT:-300} timeout -k 5 600 bash -c "$line" 2>&1 | tee printed
    [ "${PIPESTATUS[0]}" = 0 ]
    case $line in
    make*) ran="$ran build" ;;
    *run.sh*test_port*)
        grep -q '^\[  *OK \]' printed
        ran="$ran test"
        ;;
    *run.sh*examples*)
        example=${line##*/examples/}
        # The emulator may have something to say, too.
        grep -v '^Timer with period zero' printed |
            diff - "$root/examples/${example%%/*}/expect.txt"
        ran="$ran example"
        ;;
    esac
done 3<commands.6
if [ "$ran" != " build test build example" ]; then
    echo "docs/porting.md: section 6 ran:$ran"
    exit 1
fi
