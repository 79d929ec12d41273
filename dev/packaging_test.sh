#!/usr/bin/env bash
# packaging_test.sh - what of packaging/ can be checked without its tools
# SPDX-License-Identifier: MIT
#
# ESP-IDF: its CMake functions are played by a few lines; each source that the
# component names is there, for a RISC-V and an Xtensa chip, and every source of
# src is named. PlatformIO: the manifest is JSON, and so is what it names there.
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
  add_library(weft INTERFACE)
endfunction()
function(target_compile_definitions)
  file(APPEND ${CMAKE_BINARY_DIR}/defined "${ARGN}\n")
endfunction()
include(${ROOT}/packaging/esp-idf/weft/CMakeLists.txt)
LISTS

component() { # component NAME OPTIONS...: as CMake sees it for that chip
    local build=$temp/$1 source
    shift
    if ! cmake -S "$temp" -B "$build" -DROOT="$root" -DCONFIG_WEFT_TASKS=4 \
        -DCONFIG_WEFT_THREADS=4 -DCONFIG_WEFT_STACK=4096 \
        -DCONFIG_WEFT_PRIORITY=5 "$@" >"$temp/log" 2>&1; then
        cat "$temp/log"
        return 1
    fi
    find src -name '*.c' | while read -r source; do
        grep -qx "$root/$source" "$build/named" ||
            { echo "$source is not in the component"; exit 1; }
    done
}

component riscv -DCONFIG_IDF_TARGET_ARCH_RISCV=1 -DCONFIG_FREERTOS_UNICORE=1
grep -q 'WEFT_SINGLE_CORE=1;.*WEFT_ATOMIC_LEAST=4' "$temp/riscv/defined"
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
