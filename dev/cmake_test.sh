#!/usr/bin/env bash
# cmake_test.sh - our CMake package works: as a subfolder and when installed
# SPDX-License-Identifier: MIT
set -eu
cd "$(dirname "$0")/.."
root=$PWD
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
quiet() { "$@" >"$temp/log" 2>&1 || { tail -n 30 "$temp/log"; exit 1; }; }

project() { # project FOLDER HOW: a program that uses both libraries
    mkdir -p "$1"
    cat >"$1/main.c" <<'MAIN'
#include <stdio.h>
#include "weft/time.h"
int main(void)
{
    printf("%d\n", weft_now_us() < WEFT_S(1) * 1000000000u);
    return 0;
}
MAIN
    cat >"$1/CMakeLists.txt" <<LISTS
cmake_minimum_required(VERSION 3.16)
project(user C)
$2
add_executable(real main.c)
target_link_libraries(real PRIVATE weft::weft)
add_executable(simulated main.c)
target_link_libraries(simulated PRIVATE weft::sim)
LISTS
}

project "$temp/sub" "add_subdirectory($root weft)"
quiet cmake -S "$temp/sub" -B "$temp/sub/build"
quiet cmake --build "$temp/sub/build" -j 2
quiet "$temp/sub/build/real"

quiet cmake -S . -B "$temp/build" -DCMAKE_INSTALL_PREFIX="$temp/prefix" \
    -DWEFT_ASYNCRTOS=ON \
    -DWEFT_LUA="$(pkg-config --exists lua5.4 && ls bindings/lua/*.c \
        >/dev/null 2>&1 && echo ON || echo OFF)"
quiet cmake --build "$temp/build" -j 2
quiet cmake --install "$temp/build"
project "$temp/found" "find_package(weft REQUIRED)"
quiet cmake -S "$temp/found" -B "$temp/found/build" \
    -DCMAKE_PREFIX_PATH="$temp/prefix"
quiet cmake --build "$temp/found/build" -j 2
quiet "$temp/found/build/real"

# A program for AsyncRTOS links one library, which calls app_main.
mkdir "$temp/aos"
cat >"$temp/aos/main.c" <<'MAIN'
#include <aos.h>
#include <freertos/FreeRTOS.h>
#include <freertos/task.h>
void app_main(void)
{
    vTaskDelay(pdMS_TO_TICKS(1));
    aos_resolve(aos_forgettable_alloc(8));
}
MAIN
cat >"$temp/aos/CMakeLists.txt" <<'LISTS'
cmake_minimum_required(VERSION 3.16)
project(user C)
find_package(weft REQUIRED)
add_executable(app main.c)
target_link_libraries(app PRIVATE weft::asyncrtos)
LISTS
quiet cmake -S "$temp/aos" -B "$temp/aos/build" \
    -DCMAKE_PREFIX_PATH="$temp/prefix"
quiet cmake --build "$temp/aos/build"
quiet "$temp/aos/build/app"

# A service in C for Lua's scripts, by CMake and by our pkg-config files.
pkg-config --exists lua5.4 || exit 0
mkdir "$temp/lua" "$temp/pc"
cat >"$temp/lua/CMakeLists.txt" <<LISTS
cmake_minimum_required(VERSION 3.16)
project(user C)
find_package(weft REQUIRED)
add_executable(served $root/examples/30_lua_service/main.c)
target_link_libraries(served PRIVATE weft::lua)
LISTS
quiet cmake -S "$temp/lua" -B "$temp/lua/build" \
    -DCMAKE_PREFIX_PATH="$temp/prefix"
quiet cmake --build "$temp/lua/build"
quiet "$temp/lua/build/served"
for package in weft weft-lua; do
    sed "s|@prefix@|$temp/prefix|" "packaging/pkg-config/$package.pc.in" \
        >"$temp/pc/$package.pc"
done
read -r -a flags <<<"$(PKG_CONFIG_PATH=$temp/pc pkg-config \
    --cflags --libs weft-lua)"
quiet "${CC:-cc}" -o "$temp/served" examples/30_lua_service/main.c "${flags[@]}"
quiet "$temp/served"
