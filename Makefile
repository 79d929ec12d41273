# Makefile - the one door; `make help` lists what it does
# SPDX-License-Identifier: MIT
#
# Sources are found by folder: a new file needs no change here.
# A build is named by its folder: build/ for users, build/asan and build/tsan
# (SAN=asan, SAN=tsan), build/check-gcc and build/check-clang (STRICT=1).

MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all examples run test check format bench bench-short sim model \
	exhaustive mutants trial cross-test firmware firmware-test size cycles lua \
	programs stress switching \
	everything install clean distclean help

# --- what a caller may set -------------------------------------------------
ifeq ($(origin CC),default)
CC := cc
endif
ifeq ($(origin AR),default)
AR := ar
endif
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
SAN ?=
STRICT ?=
BUILD ?= build$(if $(SAN),/$(SAN))
SEEDS ?= 1000
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
# Below a make without -j as many at once as there are processors.
SUBMAKE = $(MAKE) $(if $(findstring -j,$(MAKEFLAGS)),,-j$(JOBS))
# The context switch for this machine: a folder of ports/arch.
ARCH ?= $(patsubst x86_64-%,x86_64_sysv,$(patsubst aarch64-%,aarch64,$(patsubst \
	riscv64-%,riscv,$(shell \
	$(CC) -dumpmachine 2>/dev/null || uname -m | sed s,$$,-,))))

# --- flags -----------------------------------------------------------------
WARN := -Wall -Wextra
ifneq ($(STRICT),)
WARN += -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wundef -Wcast-align -Wwrite-strings -Wvla -Werror
endif
SAN_asan := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
SAN_tsan := -O1 -g -fno-omit-frame-pointer -fsanitize=thread
SAN_FLAGS := $(SAN_$(SAN))
BASE_FLAGS := -std=c11 $(WARN) -MMD -MP -ffunction-sections -fdata-sections
# Each ABI's inlined switch is a public header of its own.
INCLUDE_ARCH := $(firstword $(wildcard ports/arch/$(ARCH)/include) \
	ports/arch/called/include)
INCLUDE := -Iinclude -I$(INCLUDE_ARCH) -I. -Isrc
# What is not the runtime also sees the bindings' and the simulator's headers.
INCLUDE_MORE := -Ibindings/lua/include -Ibindings/asyncrtos/include \
	-Ibindings/asyncrtos/host -Isim/include
# With a sanitizer also what only chips do by default, on the real port.
CFLAGS_real := $(if $(SAN),-DWEFT_STACK_CANARY=1)
CFLAGS_sim := -DWEFT_POINTS=1 -DWEFT_INTERRUPTS=1
LINK_FLAGS := -Wl,--gc-sections
LIBS := -lm -lpthread
LIBCMOCKA := -lcmocka

LUA_FLAGS := $(shell pkg-config --cflags lua5.4 2>/dev/null)
LUA_LIBS := $(shell pkg-config --libs lua5.4 2>/dev/null)
# Lua with a fixed hash seed, or the system's: see dev/fetch_lua.sh.
LUA_FIXED := .deps/lua/liblua.a

# --- sources ---------------------------------------------------------------
find = $(sort $(foreach d,$(1),$(if $(wildcard $(d)),$(shell \
	find $(d) -name '*.c' -o -name '*.S'))))

SRC := $(call find,src ports/arch/$(ARCH))
SRC_real := $(SRC) $(call find,ports/posix) $(addprefix \
	ports/common/,no_levels.c no_points.c)
SRC_sim := $(SRC) $(call find,ports/sim)
ifneq ($(LUA_LIBS),)
SRC_lua := $(filter-out bindings/lua/firmware/%,$(call find,bindings/lua))
SRC_tool := $(call find,tools/weft)
SRC_tool_real := $(filter-out tools/weft/virtual/%,$(SRC_tool))
SRC_tool_sim := $(filter-out tools/weft/real/%,$(SRC_tool))
EXAMPLES := $(wildcard examples/*/main.c)
TESTS_lua := $(wildcard tests/bindings/lua/*.c)
else
# Programs that need Lua wait until it is there.
EXAMPLES := $(shell grep -Ls 'weft/lua' examples/*/main.c)
endif
SRC_asyncrtos := $(call find,bindings/asyncrtos)
SRC_board := $(call find,sim boards/host)
SRC_support := $(filter-out %/main.c %/main_sim.c %/example_main.c, \
	$(wildcard tests/support/*.c))
TESTS := $(wildcard tests/unit/*.c tests/port/*.c tests/host/*.c \
	tests/regress/*.c)
TESTS_sim := $(wildcard tests/sim/*.c)
TESTS_exhaustive := $(wildcard tests/exhaustive/test_*.c)
TESTS_stress := $(wildcard tests/stress/*.c)
TESTS_asyncrtos := $(wildcard tests/bindings/asyncrtos/*.c \
	tests/bindings/asyncrtos/host/*.c)
BENCHES := $(call find,bench/micro $(if $(LUA_LIBS),bench/scenarios))
BENCHES_sim := $(call find,bench/simulated)

# --- objects and libraries, once for each port -----------------------------
R := $(BUILD)/real
S := $(BUILD)/sim
obj = $(addprefix $(1)/,$(addsuffix .o,$(basename $(2))))

# V=1 shows whole commands.
Q := $(if $(V),,@)
show = $(if $(V),,@echo "  $(1) $(2)")
COMPILE = $(CC) $(BASE_FLAGS) $(CPPFLAGS) $(CFLAGS) $(SAN_FLAGS) $(INCLUDE)
FLAGS_OF = $(if $(filter src/% ports/%,$<),,$(INCLUDE_MORE) $(LUA_FLAGS))
define compile
@mkdir -p $(@D)
$(call show,CC,$@)
$(Q)$(COMPILE) $(CFLAGS_$(1)) $(FLAGS_OF) -c -o $@ $<
endef
$(R)/%.o: %.c
	$(call compile,real)
$(S)/%.o: %.c
	$(call compile,sim)
$(R)/%.o: %.S
	$(call compile,real)
$(S)/%.o: %.S
	$(call compile,sim)

define archive
@mkdir -p $(@D)
@rm -f $@
$(call show,AR,$@)
$(Q)$(AR) rcs $@ $^
endef
$(BUILD)/libweft.a: $(call obj,$(R),$(SRC_real))
	$(archive)
$(BUILD)/libweft_sim.a: $(call obj,$(S),$(SRC_sim))
	$(archive)
$(R)/libweft_lua.a: $(call obj,$(R),$(SRC_lua))
	$(archive)
$(S)/libweft_lua.a: $(call obj,$(S),$(SRC_lua))
	$(archive)
$(BUILD)/libweft_asyncrtos.a: $(call obj,$(R),$(SRC_asyncrtos))
	$(archive)
$(S)/libweft_asyncrtos.a: $(call obj,$(S),$(SRC_asyncrtos))
	$(archive)
$(R)/libweft_board.a: $(call obj,$(R),$(SRC_board))
	$(archive)
$(S)/libweft_board.a: $(call obj,$(S),$(SRC_board))
	$(archive)
$(R)/libtest.a: $(call obj,$(R),$(SRC_support))
	$(archive)
$(S)/libtest.a: $(call obj,$(S),$(SRC_support))
	$(archive)

ARCHIVES_real := $(if $(SRC_board),$(R)/libweft_board.a) $(BUILD)/libweft.a
ARCHIVES_sim := $(if $(SRC_board),$(S)/libweft_board.a) $(BUILD)/libweft_sim.a
LUA_real := $(if $(SRC_lua),$(R)/libweft_lua.a)
LUA_sim := $(if $(SRC_lua),$(S)/libweft_lua.a)

define link
@mkdir -p $(@D)
$(call show,LD,$@)
$(Q)$(CC) $(CFLAGS) $(SAN_FLAGS) $(LINK_FLAGS) $(LDFLAGS) -o $@ \
	$(filter %.o,$^) $(filter %.a,$^) $(1) $(LIBS)
endef
# The simulator's programs take the fixed Lua where there is one.
LUA_SIM_LIBS = $$(test -e $(LUA_FIXED) && echo $(LUA_FIXED) -ldl || \
	echo $(LUA_LIBS))

# --- programs --------------------------------------------------------------
$(BUILD)/weft: $(call obj,$(R),$(SRC_tool_real)) $(LUA_real) $(ARCHIVES_real)
	$(call link,$(LUA_LIBS))
$(BUILD)/weft-sim: $(call obj,$(S),$(SRC_tool_sim)) $(LUA_sim) $(ARCHIVES_sim) \
		.deps/lua/state
	$(call link,-no-pie $(LUA_SIM_LIBS))
	@dev/fetch_lua.sh --warn

.deps/lua/state: | dev/fetch_lua.sh
	@dev/fetch_lua.sh

# ONLY=NAME: the benchmarks whose names begin so.
BENCHED = $(foreach p,$(PROGRAMS_bench) $(PROGRAMS_bench_sim),$(if \
	$(filter $(ONLY)%,$(notdir $(p))),$(p)))

# A program has its object's name without .o.
program = $(addprefix $(1)/,$(basename $(2)))
PROGRAMS_real := $(call program,$(R),$(TESTS))
PROGRAMS_sim := $(call program,$(S),$(TESTS) $(TESTS_sim))
PROGRAMS_exhaustive := $(call program,$(S),$(TESTS_exhaustive))
PROGRAMS_lua := $(call program,$(R),$(TESTS_lua))
PROGRAMS_lua_sim := $(call program,$(S),$(TESTS_lua))
PROGRAMS_asyncrtos := $(call program,$(R),$(TESTS_asyncrtos))
PROGRAMS_asyncrtos_sim := $(call program,$(S),$(TESTS_asyncrtos))
PROGRAMS_stress := $(call program,$(R),$(TESTS_stress))
PROGRAMS_bench_sim := $(call program,$(S),$(BENCHES_sim))
PROGRAMS_bench := $(call program,$(R),$(BENCHES))
PROGRAMS_example := $(call program,$(R),$(EXAMPLES))
PROGRAMS_example_sim := $(call program,$(S),$(EXAMPLES))

TEST_real := $(R)/tests/support/main.o $(R)/libtest.a
TEST_sim := $(S)/tests/support/main_sim.o $(S)/libtest.a

$(PROGRAMS_real) $(PROGRAMS_stress): %: %.o $(TEST_real) $(ARCHIVES_real)
	$(call link,$(LIBCMOCKA))
$(PROGRAMS_sim): %: %.o $(TEST_sim) $(ARCHIVES_sim)
	$(call link,$(LIBCMOCKA))
$(PROGRAMS_exhaustive): %: %.o $(S)/tests/exhaustive/explore.o $(TEST_sim) \
		$(ARCHIVES_sim)
	$(call link,$(LIBCMOCKA))
$(PROGRAMS_lua): %: %.o $(TEST_real) $(LUA_real) $(ARCHIVES_real)
	$(call link,$(LIBCMOCKA) $(LUA_LIBS))
$(PROGRAMS_lua_sim): %: %.o $(TEST_sim) $(LUA_sim) $(ARCHIVES_sim) \
		.deps/lua/state
	$(call link,$(LIBCMOCKA) $(LUA_SIM_LIBS))
$(PROGRAMS_asyncrtos): %: %.o $(TEST_real) $(BUILD)/libweft_asyncrtos.a \
		$(ARCHIVES_real)
	$(call link,$(LIBCMOCKA))
$(PROGRAMS_asyncrtos_sim): %: %.o $(TEST_sim) $(S)/libweft_asyncrtos.a \
		$(ARCHIVES_sim)
	$(call link,$(LIBCMOCKA))
$(PROGRAMS_bench) $(PROGRAMS_example): %: %.o $(LUA_real) \
		$(BUILD)/libweft_asyncrtos.a $(ARCHIVES_real)
	$(call link,$(LUA_LIBS))
# This one counts allocations.
$(R)/bench/micro/services: LINK_FLAGS += -Wl,--wrap=malloc,--wrap=calloc
$(PROGRAMS_bench_sim): %: %.o $(BUILD)/libweft_sim.a
	$(call link)
# Its folder may hold more than main.c.
define example_more
$(R)/$(dir $(1))main: $(call obj,$(R),$(filter-out $(1),$(wildcard $(dir $(1))*.c)))
$(S)/$(dir $(1))main: $(call obj,$(S),$(filter-out $(1),$(wildcard $(dir $(1))*.c)))
endef
$(foreach e,$(EXAMPLES),$(eval $(call example_more,$(e))))
# An example's main becomes the first thing a simulated machine runs.
$(S)/examples/%/main.o: CFLAGS_sim += -Dmain=example_main \
	-Wno-missing-prototypes
$(PROGRAMS_example_sim): %: %.o $(S)/tests/support/example_main.o \
		$(LUA_sim) $(S)/libweft_asyncrtos.a $(ARCHIVES_sim) .deps/lua/state
	$(call link,$(LUA_SIM_LIBS))

TOOLS := $(if $(SRC_tool),$(BUILD)/weft $(BUILD)/weft-sim)

programs: $(TOOLS) $(PROGRAMS_real) $(PROGRAMS_sim) $(PROGRAMS_lua) \
	$(PROGRAMS_exhaustive) \
	$(PROGRAMS_lua_sim) $(PROGRAMS_asyncrtos) $(PROGRAMS_asyncrtos_sim) \
	$(PROGRAMS_example_sim)
EXAMPLES_real := $(shell grep -Ls 'weft/lua\|WEFT_M\?S\b' examples/*/main.c)
stress: $(PROGRAMS_stress) $(PROGRAMS_asyncrtos) \
	$(filter %_race,$(PROGRAMS_lua)) $(call program,$(R),$(EXAMPLES_real))
# With a sanitizer the inlined switch is not taken: these run without, too,
# and under Valgrind and a debugger.
TESTS_switching := $(addsuffix .c,$(addprefix tests/unit/test_,switch \
	coroutine stack fiber fiber_life race_fiber inlined))
EXAMPLES_switching := $(filter examples/16_pipeline/%,$(EXAMPLES))
switching: $(call program,$(R),$(TESTS_switching) $(EXAMPLES_switching))
everything: all programs stress $(PROGRAMS_bench) $(PROGRAMS_bench_sim) \
	$(PROGRAMS_example)

# --- targets ---------------------------------------------------------------
all: ## build/libweft.a, libweft_sim.a, libweft_asyncrtos.a, weft and weft-sim
all: $(BUILD)/libweft.a $(BUILD)/libweft_sim.a $(BUILD)/libweft_asyncrtos.a \
	$(TOOLS)
ifeq ($(LUA_LIBS),)
	@echo "weft and weft-sim are left out: no Lua 5.4 (make run installs it)"
endif

examples: $(PROGRAMS_example) ## those in C, as build/real/examples/*/main

run: ## install what is missing, build, blink a simulated LED for 10 s
	@dev/install_deps.sh run
	@$(SUBMAKE) all
	$(BUILD)/weft run examples/01_blink/main.lua --for 10s

test: ## install what is missing, run every test
	@dev/install_deps.sh test
	@$(SUBMAKE) SAN=asan programs
	@$(SUBMAKE) SAN=tsan stress
	@$(SUBMAKE) switching
	@JOBS=$(JOBS) dev/run_tests.sh all

check: ## warnings, layers, format, sizes, headers, examples in texts
	@dev/install_deps.sh check
	@dev/check.sh

format: ## lay out the C files (clang-format 14)
	@dev/check/format.sh --apply

bench: ## measure ours, the peers that are here, the aim (ONLY=services)
	@$(SUBMAKE) -s $(BENCHED)
	@BENCH_ONLY=$(ONLY) bench/run.sh $(BENCHED)

bench-short: ## do the benchmarks still run? (a few seconds)
	@$(SUBMAKE) -s $(BENCHED)
	@BENCH_SHORT=1 BENCH_ONLY=$(ONLY) bench/run.sh $(BENCHED)

sim: ## every simulated test under SEEDS=1000 seeds
	@dev/install_deps.sh test
	@$(SUBMAKE) programs
	@JOBS=$(JOBS) WEFT_SEEDS=$(SEEDS) dev/run_tests.sh sim

model: ## check the Promela models and their seeded faults
	@dev/install_deps.sh test
	@tests/model/run.sh full

exhaustive: ## all schedules of small cases, as a table
	@dev/install_deps.sh test
	@$(SUBMAKE) -s $(PROGRAMS_exhaustive)
	@JOBS=$(JOBS) dev/exhaustive.sh

# One processor: folder of ports/arch, tool chain, emulator, flags. What its
# compiler calls for atomic operations comes from that folder, too.
define cross
@$(SUBMAKE) BUILD=build/$(1) ARCH=$(1) CC=$(2)-gcc AR=$(2)-ar \
	CFLAGS="-O2 -g -funwind-tables $(4)" LDFLAGS=-static LUA_LIBS= LIBCMOCKA= \
	CPPFLAGS=-Itests/support/small switching \
	build/$(1)/real/tests/unit/test_atomic
@dev/cross_test.sh $(1) qemu-$(3)-static
endef
cross-test: ## the context switch of other processors, emulated
	@dev/install_deps.sh cross
	$(call cross,aarch64,aarch64-linux-gnu,aarch64)
	$(call cross,riscv,riscv64-linux-gnu,riscv64)
	$(call cross,armv7m,arm-linux-gnueabihf,arm,-mthumb -march=armv7-a+fp)
	$(call cross,armv6m,arm-linux-gnueabi,arm,-mthumb -march=armv6 \
		-DNVALGRIND)

firmware: ## build the examples for every board
	@dev/install_deps.sh firmware
	@JOBS=$(JOBS) BUILD_ONLY=1 dev/firmware_test.sh examples/

firmware-test: ## the tests and examples, on every board that QEMU emulates
	@dev/install_deps.sh firmware
	@JOBS=$(JOBS) dev/firmware_test.sh

mutants: ## take each protection out; a named test must fail
	@dev/install_deps.sh test
	@dev/mutants/run.sh

trial: ## run all scripts of a folder in virtual time: DIR=folder
	@$(SUBMAKE) all
	@dev/trial.sh "$(DIR)"

size: ## bytes on microcontrollers, beside a baseline; and of the library here
size: $(BUILD)/libweft.a
	@dev/install_deps.sh firmware
	@size -t $< | tail -n 1
	@dev/chip.sh size

cycles: ## instructions on microcontrollers, beside a baseline
	@dev/install_deps.sh firmware
	@dev/chip.sh cycles

lua: ## fetch and build Debian's Lua with a fixed hash seed again
	@dev/fetch_lua.sh --again

install: ## libraries, headers, weft, pkg-config files to PREFIX
install: all
	@dev/install.sh "$(BUILD)" "$(DESTDIR)" "$(PREFIX)" "$(INCLUDE_ARCH)"

clean: ## remove what was built
	@rm -rf build

distclean: ## the same and what was fetched
distclean: clean
	@rm -rf .deps

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' \
		$(firstword $(MAKEFILE_LIST))

-include $(shell [ -d $(BUILD) ] && find $(R) $(S) -name '*.d' 2>/dev/null)
