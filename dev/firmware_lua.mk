# firmware_lua.mk - part of firmware.mk: Lua, its binding, scripts as programs
# SPDX-License-Identifier: MIT
#
#   make -f dev/firmware.mk BOARD=qemu-m3 build/firmware/qemu-m3/PATH.elf
#
# PATH.lua is a script, linked with boards/lua/main.c; if it is called main.lua
# with the modules below its folder. Lua is Debian's source (dev/fetch_lua.sh).
#
#   LUA_32BITS=1   integers and numbers of 32 bits; with a BUILD of its own
#   LUA_CCALLS=n   how deep C, the parser and pcall may nest: about 1 KB of
#                  stack each
#   LUA_STACK=n    bytes of main's stack
comma := ,

LUA_32BITS ?= 0
LUA_CCALLS ?= 25
LUA_STACK ?= $(if $(findstring rv64,$(CPU_FLAGS)),65536,40960)
# By the names that link scripts have for it.
LUA_STACKS := $(addprefix -Wl$(comma)--defsym=,$(addsuffix =$(LUA_STACK), \
	WEFT_STACK_SIZE __stack_size))
LUA_TREE := .deps/lua/tree/src
LUA_SOURCE := $(BUILD)/lua/source
LUA_NAMES := lapi lauxlib lbaselib lcode lcorolib lctype ldebug ldo ldump \
	lfunc lgc llex lmathlib lmem lobject lopcodes lparser lstate lstring \
	lstrlib ltable ltablib ltm lundump lutf8lib lvm lzio
# What Lua would ask a host for: a locale, time as a seed, an end.
LUA_DEFINES := -DLUA_COMPAT_5_3 -DLUAI_MAXCCALLS=$(LUA_CCALLS) \
	"-Dluai_makeseed(...)=0x57454654u" "-Dl_randomizePivot()=0u" \
	"-Dlua_getlocaledecpoint()='.'" -Dtime=weft__lua_time -Dabort=weft__lua_abort

$(LUA_TREE)/luaconf.h:
	@dev/fetch_lua.sh
	@[ -e $@ ] || { echo "no Lua source: $$(cat .deps/lua/state)" >&2; false; }
$(LUA_SOURCE)/luaconf.h: | $(LUA_TREE)/luaconf.h
	@mkdir -p $(@D)
	@cp $(LUA_TREE)/*.[ch] $(@D)
	@sed -e '/lua5.4-deb-multiarch/d' \
		-e 's/^#define LUA_32BITS.*/#define LUA_32BITS $(LUA_32BITS)/' \
		$(LUA_TREE)/luaconf.h >$@

$(BUILD)/lua/%.o: $(LUA_SOURCE)/luaconf.h dev/firmware_lua.mk
	$(call show,CC,$@)
	$(Q)$(CC) -std=c11 -ffunction-sections -fdata-sections $(CPU_FLAGS) \
		--specs=picolibc.specs $(CFLAGS) $(LUA_DEFINES) -c -o $@ \
		$(LUA_SOURCE)/$*.c
$(BUILD)/liblua.a: $(addprefix $(BUILD)/lua/,$(addsuffix .o,$(LUA_NAMES)))
	@rm -f $@
	$(call show,AR,$@)
	$(Q)$(AR) rcs $@ $^

# What includes Lua's headers needs them to be there first.
WITH_LUA := $(call obj,$(filter-out bindings/lua/host/%, \
	$(call find,bindings/lua)))
$(WITH_LUA): INCLUDE_MORE += -isystem $(LUA_SOURCE)
$(WITH_LUA): | $(LUA_SOURCE)/luaconf.h
$(BUILD)/libweft_lua.a: $(WITH_LUA)
	@rm -f $@
	$(call show,AR,$@)
	$(Q)$(AR) rcs $@ $^
LUA_LIBS := $(BUILD)/libweft_lua.a $(BUILD)/liblua.a

# What dev/embed_scripts.sh takes.
scripts_of = $(1) $(if $(filter main.lua,$(notdir $(1))),$(shell \
	find $(dir $(1)) -name '*.lua' ! -type d ! -name '* *' | sort))
.SECONDEXPANSION:
$(BUILD)/%.scripts.c: %.lua $$(call scripts_of,$$*.lua) dev/embed_scripts.sh
	@mkdir -p $(@D)
	$(Q)dev/embed_scripts.sh $< >$@
$(BUILD)/%.scripts.o: $(BUILD)/%.scripts.c
	$(Q)$(CC) $(BASE_FLAGS) $(DEFINES) $(CFLAGS) $(INCLUDE) $(INCLUDE_MORE) \
		-c -o $@ $<
LUA_MAIN := $(call obj,$(wildcard boards/lua/*.c))
$(BUILD)/%.elf: $(BUILD)/%.scripts.o $(LUA_MAIN) $(START) $(LUA_LIBS) $(LIB) \
		$(LINK_SCRIPT)
	$(call link,$(LUA_STACKS))

# Programs in C that have a machine.
LUA_PROGRAMS := $(patsubst %.c,$(BUILD)/%.elf,$(shell \
	grep -ls 'weft/lua' examples/*/main.c))
$(LUA_PROGRAMS:.elf=.o): INCLUDE_MORE += -isystem $(LUA_SOURCE)
$(LUA_PROGRAMS:.elf=.o): | $(LUA_SOURCE)/luaconf.h
$(LUA_PROGRAMS): %.elf: %.o $(START) $(LUA_LIBS) $(LIB) $(LINK_SCRIPT)
	$(call link,$(LUA_STACKS))

# Tests of Lua on a board.
LUA_TESTS := $(patsubst %.c,$(BUILD)/%.elf,$(wildcard tests/firmware/*lua*.c))
$(LUA_TESTS): %.elf: %.o $(call obj,boards/lua/watch.c) $(TEST_OBJECTS) \
		$(START) $(LUA_LIBS) $(LIB) $(LINK_SCRIPT)
	$(call link,$(LUA_STACKS))
