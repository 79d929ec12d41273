#!/usr/bin/env bash
# packaging_test.sh - what of packaging/ can be checked without its tools
# SPDX-License-Identifier: MIT
#
# ESP-IDF: its CMake functions are played by a few lines; each source that a
# component names is there, for a RISC-V and an Xtensa chip, and every source of
# src, of the port and of the processor is named, but for what ESP-IDF has
# itself. PlatformIO: the manifest is JSON, what it names is there, and its
# script takes a processor's folder, or refuses.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

cat >"$temp/CMakeLists.txt" <<'LISTS'
cmake_minimum_required(VERSION 3.16)
project(played NONE)
function(idf_component_register)
  cmake_parse_arguments(A "" ""
    "SRCS;INCLUDE_DIRS;PRIV_INCLUDE_DIRS;REQUIRES;PRIV_REQUIRES" ${ARGN})
  if(A_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "not known: ${A_UNPARSED_ARGUMENTS}")
  endif()
  foreach(path ${A_SRCS} ${A_INCLUDE_DIRS} ${A_PRIV_INCLUDE_DIRS})
    get_filename_component(path ${path} ABSOLUTE
      BASE_DIR ${CMAKE_CURRENT_LIST_DIR})
    if(NOT EXISTS ${path})
      message(FATAL_ERROR "${path} is not there")
    endif()
    file(APPEND ${CMAKE_BINARY_DIR}/named "${path}\n")
  endforeach()
  set(COMPONENT_LIB weft PARENT_SCOPE)
  if(NOT TARGET weft)
    add_library(weft INTERFACE)
  endif()
endfunction()
function(target_compile_definitions)
  file(APPEND ${CMAKE_BINARY_DIR}/defined "${ARGN}\n")
endfunction()
include(${ROOT}/packaging/esp-idf/weft/CMakeLists.txt)
include(${ROOT}/packaging/esp-idf/asyncrtos/CMakeLists.txt)
LISTS

named() { # named NAME SOURCE...: all of them are in that component
    local build=$temp/$1 source
    shift
    for source; do
        grep -qx "$root/$source" "$build/named" && continue
        echo "$source is not in the component"
        return 1
    done
}

component() { # component NAME OPTIONS...: as CMake sees it for that chip
    local name=$1 build=$temp/$1 sources
    shift
    if ! cmake -S "$temp" -B "$build" -DROOT="$root" -DCONFIG_WEFT_TASKS=4 \
        -DCONFIG_WEFT_THREADS=4 -DCONFIG_WEFT_STACK=4096 \
        -DCONFIG_WEFT_PRIORITY=5 "$@" >"$temp/log" 2>&1; then
        cat "$temp/log"
        return 1
    fi
    mapfile -t sources < <(find src ports/freertos -name '*.c' \
        ! -path ports/freertos/panic.c ! -path 'src/host/posix/*')
    named "$name" "${sources[@]}" ports/common/no_points.c \
        ports/common/no_stacks.c bindings/asyncrtos/*.c
}

component riscv -DCONFIG_IDF_TARGET_ARCH_RISCV=1 -DCONFIG_FREERTOS_UNICORE=1
grep -q 'WEFT_SINGLE_CORE=1;.*WEFT_ATOMIC_LEAST=4' "$temp/riscv/defined"
mapfile -t sources < <(find ports/arch/riscv -name '*.[cS]' \
    ! -name atomics_masked.c)
named riscv "${sources[@]}"
component xtensa
! grep -q 'WEFT_SINGLE_CORE' "$temp/xtensa/defined"
grep -q 'no_switch\.c$' "$temp/xtensa/named"

cat >"$temp/json.cmake" <<'LISTS'
file(READ ${FILE} text)
string(JSON source GET "${text}" build srcDir)
string(JSON script GET "${text}" build extraScript)
get_filename_component(here ${FILE} DIRECTORY)
foreach(path ${source}/src ${source}/ports/freertos ${script})
  if(NOT EXISTS ${here}/${path})
    message(FATAL_ERROR "${path} is not there")
  endif()
endforeach()
LISTS
cmake -DFILE="$root/packaging/platformio/library.json" -P "$temp/json.cmake"

command -v python3 >/dev/null || exit 0 # PlatformIO brings it
cat >"$temp/played.py" <<'PYTHON'
import sys


class Played:
    def BoardConfig(self):
        return {"build.cpu": sys.argv[1]}

    def Append(self, SRC_FILTER, **more):
        print(SRC_FILTER[-2])  # the last is left out


def Import(name):
    globals()[name] = Played()


exec(open("weft.py").read())
PYTHON
cd packaging/platformio
for pair in cortex-m0plus=armv6m cortex-m4=armv7m rv32imac=riscv; do
    took=$(python3 "$temp/played.py" "${pair%=*}")
    [ "$took" = "+<ports/arch/${pair#*=}/>" ] || {
        echo "weft.py: ${pair%=*} takes $took"
        exit 1
    }
done
if python3 "$temp/played.py" esp32 2>"$temp/log"; then
    echo "weft.py: esp32 is not refused"
    exit 1
fi
grep -q "^weft.py: .*'esp32'" "$temp/log" && [ "$(wc -l <"$temp/log")" = 1 ]
