# firmware_project.mk - part of firmware.mk: a folder of one's own as a program
# SPDX-License-Identifier: MIT
#
# What `weft new --board` makes asks for it: PROJECT=FOLDER BUILD=ITS_BUILD.
PROJECT_C := $(wildcard $(PROJECT)/*.c)
PROJECT_LUA := $(wildcard $(PROJECT)/main.lua)
PROJECT_BUILD := $(BUILD)/project

ifneq ($(unbuilt),)
$(error $(BOARD): $(unbuilt) (in $(CURDIR)))
endif
ifeq ($(PROJECT_C)$(PROJECT_LUA),)
$(error no main.c and no main.lua in $(PROJECT))
endif
ifneq ($(and $(PROJECT_C),$(PROJECT_LUA)),)
$(error main.lua beside $(notdir $(PROJECT_C)): firmware is in Lua or in C, \
	take one away)
endif
ifneq ($(and $(PROJECT_LUA),$(strip $(NO_LUA))),)
$(error no Lua on $(BOARD): $(strip $(NO_LUA)))
endif

.DEFAULT_GOAL := project
.PHONY: project always
project: $(BUILD)/main.elf

# What is gone since, or was renamed, is seen in this list.
PROJECT_SRC := $(PROJECT_C) $(if $(PROJECT_LUA),$(call scripts_of,$(PROJECT_LUA)))
$(PROJECT_BUILD)/sources: always
	@mkdir -p $(@D)
	@echo '$(PROJECT_SRC)' | cmp -s - $@ || echo '$(PROJECT_SRC)' >$@

$(PROJECT_BUILD)/%.o: $(PROJECT)/%.c
	@mkdir -p $(@D)
	$(call show,CC,$@)
	$(Q)$(COMPILE) -c -o $@ $<
$(PROJECT_BUILD)/main.scripts.c: $(PROJECT_LUA) $(PROJECT_SRC) \
		dev/embed_scripts.sh $(PROJECT_BUILD)/sources
	$(Q)dev/embed_scripts.sh $< >$@

ifneq ($(PROJECT_LUA),)
$(BUILD)/main.elf: $(PROJECT_BUILD)/main.scripts.o $(LUA_MAIN) $(START) \
		$(LUA_LIBS) $(LIB) $(LINK_SCRIPT) $(PROJECT_BUILD)/sources
	$(call link,$(LUA_STACKS))
else
$(BUILD)/main.elf: $(PROJECT_C:$(PROJECT)/%.c=$(PROJECT_BUILD)/%.o) $(START) \
		$(LIB) $(LINK_SCRIPT) $(PROJECT_BUILD)/sources
	$(call link)
endif
