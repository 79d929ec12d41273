# platform.awk - names of systems and processors in a preprocessor condition
# SPDX-License-Identifier: MIT
BEGIN {
    names = "__linux|__APPLE__|_WIN(32|64)|__unix|__CYGWIN__|__MINGW|_MSC_VER"
    names = names "|__FreeBSD__|__arm__|__thumb|__ARM_|__aarch64__|__x86_64__"
    names = names "|__i386|__riscv|__XTENSA__|ESP_PLATFORM|__FREERTOS"
}

{ line = code() }

line ~ /^[ \t]*#[ \t]*(el)?if/ && line ~ names {
    say("#if about a platform; put one file for each into ports/")
}
