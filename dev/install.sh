#!/usr/bin/env bash
# install.sh - what `make install` does: install.sh BUILD DESTDIR PREFIX ARCH
# SPDX-License-Identifier: MIT
set -eu
cd "$(dirname "$0")/.."
build=$1 prefix=$3 to=$2$3 arch=$4
version=$(sed -n 's/^project(weft VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)

install -d "$to/bin" "$to/lib/pkgconfig" "$to/include/weft/base"
install -m 644 "$build/libweft.a" "$build/libweft_sim.a" "$to/lib"
install -m 644 include/weft/*.h "$arch"/weft/*.h "$to/include/weft"
install -m 644 include/weft/base/*.h "$to/include/weft/base"
packages="weft weft-sim"
if [ -e "$build/real/libweft_lua.a" ]; then
    install -m 644 "$build/real/libweft_lua.a" "$to/lib"
    install -m 644 bindings/lua/include/weft/*.h "$to/include/weft"
    packages="$packages weft-lua"
fi
install -d "$to/include/asyncrtos/freertos"
install -m 644 "$build/libweft_asyncrtos.a" "$to/lib"
install -m 644 bindings/asyncrtos/include/*.h bindings/asyncrtos/host/*.h \
    "$to/include/asyncrtos"
install -m 644 bindings/asyncrtos/host/freertos/*.h \
    "$to/include/asyncrtos/freertos"
packages="$packages weft-asyncrtos"
for program in weft weft-sim; do
    [ ! -e "$build/$program" ] || install "$build/$program" "$to/bin"
done
for package in $packages; do
    sed -e "s|@prefix@|$prefix|" -e "s|@version@|$version|" \
        "packaging/pkg-config/$package.pc.in" \
        >"$to/lib/pkgconfig/$package.pc"
done
