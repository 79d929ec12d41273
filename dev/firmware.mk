# firmware.mk - builds for one board: Weft's library, programs, tests
# SPDX-License-Identifier: MIT
#
#   make -f dev/firmware.mk BOARD=qemu-m3 lib
#   make -f dev/firmware.mk BOARD=qemu-m3 build/firmware/qemu-m3/PATH.elf
#
#   make -f dev/firmware.mk BOARD=qemu-m3 PROJECT=/a/folder BUILD=/a/folder/build
#
# PATH.c is a program: examples/*/main.c with what else is in its folder, or a
# test, which is linked with the runner. With PROJECT, all C files of that folder are one, BUILD/main.elf; or
# its main.lua is, with the modules below the folder. What a board is made of stands in boards/NAME/board.mk:
#
#   PORT           folder of ports/          ARCH   folder of ports/arch/
#   CROSS          prefix of the compiler    CPU_FLAGS, BOARD_DEFINES
#   LINK_SCRIPT    LINK_FLAGS                CORES  how many it has
#   PORT_SRC       sources of the port, where they are not ports/$(PORT)
#   TEST_CORES     with how many the tests are run: 1 2 4; CORES
#   TEST_QEMU      more options for them, such as a clock that follows the
#                  instructions and not the host's time
#   BOARD_SRC      of the board, where they are not all of its folder
#   FOREIGN_SRC    those of PORT_SRC that are not ours: no warnings
#   CONFIG_H       a header that these depend on, seen by no other way
#   NO_LUA         why Lua is not for it; empty: it is
#   MISSING        why nothing can be built for it here; empty: it can
#   QEMU           how it is emulated, up to -kernel; %SMP% is the number
#                  of cores asked for

MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: lib everything list qemu test-cores test-qemu port missing \
	lacks-to-build lacks-to-run

BOARDS := $(sort $(patsubst boards/%/board.mk,%,$(wildcard \
	boards/*/board.mk)))
ifeq ($(filter $(BOARD),$(BOARDS)),)
$(error BOARD=$(BOARD) is none of: $(BOARDS))
endif

find = $(sort $(foreach d,$(1),$(if $(wildcard $(d)),$(shell \
	find $(d) -name '*.c' -o -name '*.S'))))

CORES := 1
TEST_CORES = $(CORES)
PORT_SRC = $(call find,ports/$(PORT))
BOARD_SRC = $(call find,boards/$(BOARD))
include boards/$(BOARD)/board.mk

CC := $(CROSS)gcc
AR := $(CROSS)ar
CFLAGS ?= -Os -g
STRICT ?=
BUILD ?= build/firmware/$(BOARD)

WARN := -Wall -Wextra
ifneq ($(STRICT),)
WARN += -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wundef -Wcast-align -Wwrite-strings -Wvla -Werror
endif
BASE_FLAGS := -std=c11 $(WARN) -MMD -MP -ffunction-sections -fdata-sections \
	-fno-common --specs=picolibc.specs $(CPU_FLAGS)
INCLUDE_ARCH := $(firstword $(wildcard ports/arch/$(ARCH)/include) \
	ports/arch/called/include)
INCLUDE := -Iinclude -I$(INCLUDE_ARCH) \
	$(addprefix -I,$(wildcard ports/$(PORT)/include)) -I. -Isrc
INCLUDE_MORE := -Ibindings/lua/include -Ibindings/asyncrtos/include \
	-Isim/include
DEFINES := -DWEFT_INTERRUPTS=1 -DWEFT_SPIN=0 $(BOARD_DEFINES)
COMPILE = $(CC) $(BASE_FLAGS) $(DEFINES) $(CPPFLAGS) $(CFLAGS) $(INCLUDE) \
	$(if $(filter src/% ports/%,$<),,$(INCLUDE_MORE)) \
	$(if $(filter $(FOREIGN_SRC),$<),-w)

obj = $(addprefix $(BUILD)/,$(addsuffix .o,$(basename $(1))))
Q := $(if $(V),,@)
show = $(if $(V),,@echo "  $(1) $(2)")

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call show,CC,$@)
	$(Q)$(COMPILE) -c -o $@ $<
$(BUILD)/%.o: %.S
	@mkdir -p $(@D)
	$(call show,CC,$@)
	$(Q)$(COMPILE) -c -o $@ $<

# What needs an operating system stays out.
SRC := $(filter-out src/host/posix/%,$(call find,src ports/arch/$(ARCH))) \
	$(PORT_SRC)
LIB := $(BUILD)/libweft.a
# Start code and vectors are linked by name: nothing refers to them.
START := $(call obj,$(BOARD_SRC))

$(call obj,$(PORT_SRC) $(BOARD_SRC)): $(CONFIG_H)

lib: $(LIB)
$(LIB): $(call obj,$(SRC))
	@rm -f $@
	$(call show,AR,$@)
	$(Q)$(AR) rcs $@ $^

# --- programs --------------------------------------------------------------
LINK_SCRIPT ?= boards/$(BOARD)/link.ld
LINK = $(CC) $(CPU_FLAGS) $(CFLAGS) --specs=picolibc.specs -nostartfiles \
	-T $(LINK_SCRIPT) -Wl,--gc-sections -Wl,-z,noexecstack $(LINK_FLAGS) \
	$(LDFLAGS)
define link
@mkdir -p $(@D)
$(call show,LD,$@)
$(Q)$(LINK) $(1) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -lm -lc -lgcc \
	-Wl,--end-group
endef

SRC_support := $(filter-out %/main.c %/main_sim.c %/example_main.c \
	%/runner.c,$(wildcard tests/support/*.c)) tests/support/firmware/runner.c
TEST_OBJECTS := $(call obj,$(SRC_support))
$(BUILD)/tests/%.o: INCLUDE_MORE += -Itests/support/small

# The binding of AsyncRTOS: for boards whose port has threads.
ASYNCRTOS := $(call obj,$(filter-out bindings/asyncrtos/host/%, \
	$(call find,bindings/asyncrtos)))
$(BUILD)/libweft_asyncrtos.a: $(ASYNCRTOS)
	@rm -f $@
	$(call show,AR,$@)
	$(Q)$(AR) rcs $@ $^
ASYNCRTOS_PROGRAMS := $(patsubst %.c,$(BUILD)/%.elf,$(shell \
	grep -ls '<aos\.h>' examples/*/main.c))
$(ASYNCRTOS_PROGRAMS): $(BUILD)/libweft_asyncrtos.a

$(BUILD)/tests/bindings/asyncrtos/%.elf: \
		$(BUILD)/tests/bindings/asyncrtos/%.o $(TEST_OBJECTS) $(START) \
		$(BUILD)/libweft_asyncrtos.a $(LIB) $(LINK_SCRIPT)
	$(call link)
$(BUILD)/tests/%.elf: $(BUILD)/tests/%.o $(TEST_OBJECTS) $(START) $(LIB) \
		$(LINK_SCRIPT)
	$(call link)
$(BUILD)/%.elf: $(BUILD)/%.o $(START) $(LIB) $(LINK_SCRIPT)
	$(call link)
# An example's folder may hold more than main.c.
define example_more
$(BUILD)/$(dir $(1))main.elf: $(call obj,$(filter-out $(1),$(wildcard \
	$(dir $(1))*.c)))
endef
$(foreach e,$(wildcard examples/*/main.c),$(eval $(call example_more,$(e))))
include dev/firmware_lua.mk

# The public headers, as a program in C++ takes them.
$(BUILD)/headers.cxx: $(wildcard include/weft/*.h include/weft/base/*.h \
		ports/$(PORT)/include/weft/*.h)
	@mkdir -p $(@D)
	$(Q)echo '#include "weft/weft.h"' | $(CROSS)g++ -std=c++17 -Wall \
		-Wextra -Werror --specs=picolibc.specs $(CPU_FLAGS) \
		$(DEFINES) $(CPPFLAGS) $(INCLUDE) -x c++ -fsyntax-only -
	@touch $@

# What `make check` compiles: all that may be linked for a board. Lua's headers
# are fetched where something is linked, not here.
ifeq ($(strip $(MISSING)),)
everything: $(LIB) $(START) $(TEST_OBJECTS) $(ASYNCRTOS) $(call obj,$(wildcard \
	tests/bindings/asyncrtos/*.c tests/unit/*.c tests/port/*.c tests/port/$(PORT)/*.c tests/regress/*.c)) \
	$(BUILD)/headers.cxx
ifneq ($(NO_LUA),)
else ifneq ($(wildcard $(LUA_TREE)/luaconf.h),)
everything: $(WITH_LUA) $(call obj,$(wildcard boards/lua/*.c tests/firmware/*.c))
else
everything: no-lua
endif
.PHONY: no-lua
no-lua:
	@echo 'note: $(BOARD): Lua for boards not compiled, its source is not there'
else
everything:
	@echo 'note: $(BOARD): $(strip $(MISSING))'
endif

# What this machine lacks, for builds and for runs; a line, empty: nothing.
lacks = $(shell command -v $(1) >/dev/null || \
	echo 'no $(1): dev/install_deps.sh firmware')
lacks_libc = $(shell $(CC) --specs=picolibc.specs -E -xc /dev/null \
	>/dev/null 2>&1 || echo 'no picolibc for $(CC): dev/install_deps.sh firmware')
unbuilt = $(or $(strip $(MISSING)),$(call lacks,$(CC)),$(lacks_libc))
ifneq ($(PROJECT),)
include dev/firmware_project.mk
endif
lacks-to-build:
	@echo '$(unbuilt)'
lacks-to-run:
	@echo '$(or $(unbuilt),$(call lacks,$(firstword $(QEMU))))'

# What dev/firmware_run.sh asks for.
qemu:
	@echo '$(QEMU)'
list:
	@echo $(BOARDS)
missing:
	@echo '$(strip $(MISSING))'
port:
	@echo $(PORT)
# With how many cores the tests are run, each: dev/firmware_test.sh.
test-cores:
	@echo $(TEST_CORES)
test-qemu:
	@echo $(TEST_QEMU)

-include $(shell [ -d $(BUILD) ] && find $(BUILD) -name '*.d' 2>/dev/null)
