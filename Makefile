# SPDX-License-Identifier: Apache-2.0
#
# Every command a person types. One non-recursive makefile; everything it makes is below build/.
#
# To add a file to the hypervisor: put it into boot/, hv/, hv/cpu/FAMILY/, partition/ or vio/.
# To add a host program: make a directory tools/NAME/ with its *.c; it becomes build/bin/NAME.
#   NAME_BIN     another name for the program        NAME_LIBS  its libraries, as linker words
#   NAME_EXTRA   files of the pure core it shares with the hypervisor
# To add a script: make it executable in tools/bin/; it appears in build/bin/.
# To add a unit test: tests/unit/test_NAME.c, a cmocka program; to add a fuzzer: tests/fuzz/fuzz_NAME.c, with
#   LLVMFuzzerTestOneInput() (and seeds in tests/fuzz/corpus/NAME/). Both name the files they are linked with in one
#   or more comment lines: "// SOURCES: hv/hpt.c hv/lmb.c".
# To add a bare-metal test partition: tests/guest/NAME.c; it becomes build/guest/tests/NAME.elf.
# To add a plan: plans/NAME.plan; it becomes build/plans/NAME.dtb.

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
SHELL := /bin/bash -o pipefail

.PHONY: all
all: ## set up the machine, build the hypervisor, the programs and the plans (the default)

WARN := -Wall -Wextra -Werror -Wmissing-prototypes -Wstrict-prototypes
INCLUDE := -Iinclude -I.

# A file that changes when the flags in the variable $(1) do: what is compiled with them depends on it.
define flags_file
$(2): FORCE
	@mkdir -p $$(@D); echo '$$($(1))' | cmp -s - $$@ || echo '$$($(1))' >$$@
endef
.PHONY: FORCE
FORCE:

# --- Set-up: everything that is not ours. tools/setup does nothing where nothing is missing. ---------------------

PACKAGES := build/packages.stamp
$(PACKAGES): tools/setup
	@tools/setup packages
	@touch $@

build/src/libfdt.tar.xz build/src/newlib.tar.xz: | $(PACKAGES)
	@tools/setup $(basename $(basename $(@F)))

QEMU10 := build/qemu10/bin/qemu-system-ppc64
$(QEMU10): | $(PACKAGES)
	@tools/setup qemu

KERNELS := build/guest/vmlinux-6.1 build/guest/vmlinux-6.12
$(KERNELS): | $(PACKAGES)
	@tools/setup $(@F)

INITRD := build/guest/initrd.img
build/guest/bin: | $(PACKAGES)
	@tools/setup programs
$(INITRD): tools/mkinitrd tools/guest/init tools/guest/etc/inittab build/guest/bin
	@echo "  INITRD  $@"
	@tools/mkinitrd $@ build/guest/bin tools/guest

all: $(KERNELS) $(INITRD)

# --- The hypervisor ----------------------------------------------------------------------------------------------

CROSS := powerpc64-linux-gnu-
# Used for what is linked into the hypervisor, libraries included. r13 is the hypervisor's own.
HV_ABI := -std=gnu11 -O2 -g -mcpu=power8 -mabi=elfv2 -mbig-endian -mcmodel=medium -ffreestanding -msoft-float \
	-mno-altivec -mno-vsx -ffixed-r13 -fno-stack-protector -fno-pic -fno-pie -fno-common -fno-strict-aliasing \
	-ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -mlong-double-64
SYSROOT := build/sysroot
CROSS_INCLUDE := -nostdinc -isystem $$($(CROSS)gcc -print-file-name=include) -isystem $(SYSROOT)/include
HV_CFLAGS := $(HV_ABI) $(CROSS_INCLUDE) $(INCLUDE) $(WARN)
CROSS_LDFLAGS := -nostdlib -static -no-pie -Wl,--gc-sections -Wl,-z,max-page-size=4096 -Wl,--build-id=none \
	-Wl,--no-warn-rwx-segments

$(eval $(call flags_file,HV_ABI,build/flags/abi))
$(eval $(call flags_file,HV_CFLAGS,build/flags/hv))

$(SYSROOT): build/flags/abi tools/setup.d/sysroot build/src/newlib.tar.xz build/src/libfdt.tar.xz
	@echo "  LIB     libfdt, newlib (about a minute; log in $@.work/log)"
	@env -u MAKEFLAGS -u MFLAGS CROSS=$(CROSS) tools/setup.d/sysroot $@ build/src/newlib.tar.xz build/src/libfdt.tar.xz $(HV_ABI)
	@touch $@

HV_C := $(wildcard boot/*.c hv/*.c hv/cpu/*/*.c partition/*.c vio/*.c)
HV_SRC := $(HV_C) $(filter-out %.lds.S,$(wildcard boot/*.S hv/*.S hv/cpu/*/*.S))
HV_OBJ := $(HV_SRC:%=build/hv/%.o)
HV_ELF := build/openlpar.elf

build/hv/%.c.o: %.c build/flags/hv | $(SYSROOT)
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CROSS)gcc $(HV_CFLAGS) -MMD -MP -c $< -o $@

build/hv/%.S.o: %.S build/flags/hv | $(SYSROOT)
	@mkdir -p $(@D)
	@echo "  AS      $<"
	@$(CROSS)gcc $(HV_CFLAGS) -MMD -MP -c $< -o $@

build/hv/%.lds: %.lds.S build/flags/hv | $(SYSROOT)
	@mkdir -p $(@D)
	@$(CROSS)gcc $(HV_CFLAGS) -MMD -MP -MT $@ -E -P -x assembler-with-cpp $< -o $@

$(HV_ELF): $(HV_OBJ) build/hv/boot/hv.lds Makefile
	@echo "  LD      $@"
	@$(CROSS)gcc $(HV_ABI) $(CROSS_LDFLAGS) -Wl,-T,build/hv/boot/hv.lds -Wl,-Map,build/openlpar.map \
		-o $@.tmp $(HV_OBJ) -Wl,--start-group $(SYSROOT)/lib/libfdt.a $(SYSROOT)/lib/libc.a -lgcc -Wl,--end-group
	@mv $@.tmp $@

-include $(HV_OBJ:.o=.d) build/hv/boot/hv.d
all: $(HV_ELF)
