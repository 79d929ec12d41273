# weft.py - PlatformIO: the sources of Weft that a board's processor takes
# SPDX-License-Identifier: MIT
#
# The project, or its framework, brings FreeRTOS and FreeRTOSConfig.h.
# Runs with weft.py's folder as the current one; `Import` is PlatformIO's.
from os.path import abspath, join

Import("env")  # noqa: F821

root = abspath(join("..", ".."))
board = env.BoardConfig()  # noqa: F821
cpu = board.get("build.cpu", "")
march = board.get("build.march", "")
if cpu in ("cortex-m0", "cortex-m0plus", "cortex-m23"):
    arch = "armv6m"
elif cpu.startswith("cortex-m"):
    arch = "armv7m"
elif (cpu + march).startswith(("rv32", "rv64", "riscv", "sifive-")):
    arch = "riscv"
else:
    raise SystemExit(
        "weft.py: no context switch for build.cpu '%s': see docs/freertos.md" % cpu
    )
inside = [root, join(root, "src"), join(root, "ports", "arch", arch, "include")]

defines = [("WEFT_INTERRUPTS", 1), ("WEFT_SPIN", 0)]
if cpu in ("cortex-m33", "cortex-m35p", "cortex-m55", "cortex-m85"):
    defines.append(("WEFT_STACK_LIMIT", 1))

env.Append(  # noqa: F821
    SRC_FILTER=["-<*>"]
    + [
        "+<%s>" % path
        for path in (
            "src/",
            "ports/freertos/",
            "ports/common/no_points.c",
            "ports/common/no_stacks.c",
            "ports/arch/%s/" % arch,
        )
    ]
    + ["-<src/host/posix/>"],
    CPPPATH=inside + [join(root, "ports", "freertos", "include")],
    CPPDEFINES=defines,
)
