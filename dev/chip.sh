#!/usr/bin/env bash
# chip.sh - instructions and bytes on microcontrollers, beside what is known
# SPDX-License-Identifier: MIT
#
#   dev/chip.sh cycles|size [--update]
#
# Builds the programs of bench/chip for both boards as firmware for one core is
# built when it is to be small: -Os, without assertions, and no thread waits
# beside the loop. cycles runs them in QEMU with -icount, where instructions
# are counted exactly. What is more than 2 % worse than
# bench/chip/baseline/VERSION-BOARD.KIND, which --update writes, is an error;
# for another version of the compiler nothing is compared. See
# docs/internals/small.md.
set -eu
cd "$(dirname "$0")/.."
kind=${1-} update=${2-}
case $kind:$update${3+ more} in
cycles: | size: | cycles:--update | size:--update) ;;
*)
    echo "usage: dev/chip.sh cycles|size [--update]" >&2
    exit 2
    ;;
esac
boards=(qemu-m3 qemu-rv32)
one_core="-UWEFT_SINGLE_CORE -DWEFT_SINGLE_CORE=1 -DWEFT_ASSERTIONS=0 \
    -DWEFT_THREADS=0"
declare -A flags=(
    [qemu-m3]="-Ibench/chip/cortex_m"
    [qemu-rv32]="-Ibench/chip/riscv -DWEFT_ATOMIC_LEAST=4 -DWEFT_IRQS=1"
)
inline=-UWEFT_PORT_INLINE\ -DWEFT_PORT_INLINE
declare -A inlined=(
    [qemu-m3]="$inline=1"
    [qemu-rv32]="$inline=1 -DWEFT_THREAD_LOCAL=1"
)
status=0

make_for() { # make_for BOARD FOLDER FLAGS LDFLAGS TARGET...
    local board=$1 build=build/chip/$2/$1 more=$3 link=$4
    shift 4
    make -s -j"$(nproc)" -f dev/firmware.mk BOARD="$board" CORES=1 \
        BUILD="$build" CPPFLAGS="$one_core ${flags[$board]} $more" \
        LDFLAGS="$link" "${@/#/$build/bench/chip/}" \
        >build/chip/log 2>&1 && return
    tail -n 20 build/chip/log >&2
    exit 1
}

run() { # run BOARD PROGRAM.elf: lines "key<tab>count"
    QEMU_MORE="-icount shift=6$([ "$1" = qemu-m3 ] || echo " -rtc clock=vm")" \
        LIMIT=60 dev/firmware_run.sh "$1" "$2"
}

count() { # count BOARD
    local programs=(tasks messages services timers locks levels) name
    make_for "$1" inlined "${inlined[$1]}" "" "${programs[@]/%/.elf}"
    # The windows are seen where the port's hooks are called.
    make_for "$1" called "$inline=0" \
        "$(printf -- '-Wl,--wrap=%s ' weft_hook_mask weft_hook_unmask \
            weft_port_sleep)" windows.elf
    for name in "${programs[@]}"; do
        run "$1" "build/chip/inlined/$1/bench/chip/$name.elf"
    done
    run "$1" "build/chip/called/$1/bench/chip/windows.elf"
}

prefix() {
    if [ "$1" = qemu-m3 ]; then echo arm-none-eabi-; else
        echo riscv64-unknown-elf-
    fi
}

# Text and initial data; and RAM: data and what is zero, without stacks. .tbss
# has no room of its own: other sections make it.
section_bytes() { # section_bytes BOARD PROGRAM
    "$(prefix "$1")size" -A "build/chip/inlined/$1/bench/chip/$2.elf" | awk '
        $1 ~ /^\.(text|rodata|vectors|data|tdata|init|ARM)/ { flash += $2 }
        $1 ~ /^\.(data|bss|tdata|tbss_room|tls)/ { ram += $2 }
        END { print flash, ram }'
}

weigh() { # weigh BOARD
    local images=(image_empty image_task image_channel image_services) base
    local names=("" "executor + 1 task" "2 tasks, channel, timer" "2 services")
    local i image
    images+=(image_blink)
    # shellcheck disable=SC2016
    make_for "$1" inlined "${inlined[$1]}" '-Wl,-Map=$@.map' \
        "${images[@]/%/.elf}" types.o
    "$(prefix "$1")nm" -S -t d "build/chip/inlined/$1/bench/chip/types.o" |
        awk '{ sub(/^size_/, "", $4); gsub(/_/, " ", $4)
               printf "%s\t%d\n", $4, $2 }' FS=' '
    read -r -a base <<<"$(section_bytes "$1" image_empty)"
    for i in 1 2 3; do
        read -r -a image <<<"$(section_bytes "$1" "${images[$i]}")"
        printf '%s: text\t%d\n%s: RAM\t%d\n' \
            "${names[$i]}" $((image[0] - base[0])) \
            "${names[$i]}" $((image[1] - base[1]))
    done
    read -r -a image <<<"$(section_bytes "$1" image_blink)"
    printf 'blink + button: flash\t%d\nblink + button: RAM\t%d\n' "${image[@]}"
}

# Of which file of Weft how much is in an image.
parts() { # parts BOARD IMAGE
    awk '
        $1 ~ /^\.(text|rodata|data|bss)/ && NF == 1 { begun = $1; getline }
        /libweft\.a\(/ {
            size = $2 ~ /^0x/ && $1 !~ /^0x/ ? $3 : $2
            file = $NF
            sub(/.*\(/, "", file)
            sub(/\.o\)$/, "", file)
            if (address != $0)
                bytes[file] += hex(size)
        }
        /^\/DISCARD\/|^Discarded/ { skip = 1 }
        function hex(text,    i, value) {
            text = tolower(substr(text, 3))
            for (i = 1; i <= length(text); i++)
                value = value * 16 + \
                    index("0123456789abcdef", substr(text, i, 1)) - 1
            return value
        }
        END { for (file in bytes) if (bytes[file] > 0)
            printf "%6d %s\n", bytes[file], file }
        ' <(sed -n '/^Linker script and memory map/,/^\.debug_info/p' \
        "build/chip/inlined/$1/bench/chip/$2.elf.map") |
        sort -rn | column -c 78
}

goal=build
[ "$kind" != cycles ] || goal=run
for board in "${boards[@]}"; do
    lacks=$(MAKEFLAGS='' make -s --no-print-directory -f dev/firmware.mk \
        BOARD="$board" "lacks-to-$goal")
    if [ -n "$lacks" ]; then
        echo "chip: $board: $lacks" >&2
        exit 2
    fi
done
mkdir -p build/chip bench/chip/baseline
for board in "${boards[@]}"; do
    result=build/chip/$board.$kind
    if [ "$kind" = cycles ]; then count "$board"; else weigh "$board"; fi \
        >"$result"
    version=$("$(prefix "$board")gcc" -dumpfullversion)
    baseline=bench/chip/baseline/$version-$board.$kind
    if [ "$update" = --update ]; then
        sort "$result" >"$baseline"
    elif [ ! -e "$baseline" ]; then
        echo "chip: no baseline for gcc $version on $board: nothing compared"
    else
        awk -F '\t' -v board="$board" '
            NR == FNR { was[$1] = $2; next }
            ($1 in was) && $2 > was[$1] * 1.02 {
                printf "chip: %s, %s: %s, was %s\n", board, $1, $2, was[$1]
                worse = 1
            }
            { delete was[$1] }
            END {
                for (key in was) {
                    printf "chip: %s, %s: not counted any more\n", board, key
                    worse = 1
                }
                exit worse
            }' "$baseline" "$result" || status=1
    fi
done
awk -v kind="$kind" -f dev/chip.awk build/chip/qemu-m3."$kind" \
    build/chip/qemu-rv32."$kind" bench/chip/works.txt
if [ "$kind" = size ]; then
    for board in "${boards[@]}"; do
        echo "2 tasks, channel, timer on $board, by file (port included):"
        parts "$board" image_channel
        echo "2 services on $board:"
        parts "$board" image_services
    done
fi
exit $status
