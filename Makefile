# SPDX-License-Identifier: Apache-2.0
#
# Every command a person types. One non-recursive makefile; everything it makes is below build/.
#
# To add a file to the hypervisor: put it into boot/, hv/, hv/cpu/FAMILY/, partition/ or vio/.
# To add a host program: make a directory tools/NAME/ with its *.c; it becomes build/bin/NAME. Below, if needed:
#   NAME_LIBS   its libraries, as linker words
#   NAME_EXTRA  files of the pure core it shares with the hypervisor
# To add a script: make it executable in tools/bin/; it appears in build/bin/.
# To add a unit test: tests/unit/test_NAME.c, a cmocka program; to add a fuzzer: tests/fuzz/fuzz_NAME.c, with
#   LLVMFuzzerTestOneInput() (and seeds in tests/fuzz/corpus/NAME/); to add a program that whole-machine tests use:
#   tests/system/NAME.c, which becomes build/system/NAME. All of them name the files they are linked with in one or
#   more comment lines: "// SOURCES: hv/hpt.c hv/lmb.c".
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

CROSS := powerpc64-linux-gnu-
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

# The same with more programs, for tests, and the module that lparstat needs.
INITRD_TOOLS := build/guest/initrd-tools.img
build/guest/tools build/guest/headers-6.1: | $(PACKAGES) build/guest/vmlinux-6.1
	@tools/setup $(@F)
MODULES := build/guest/modules
$(MODULES): tools/modules/lparcfg/build tools/modules/lparcfg/Kbuild tools/modules/lparcfg/lparcfg.c build/guest/headers-6.1
	@echo "  MODULE  $@"
	@env -u MAKEFLAGS -u MFLAGS tools/modules/lparcfg/build $@ build/guest/headers-6.1 $(CROSS)
$(INITRD_TOOLS): tools/mkinitrd tools/guest/init tools/guest/etc/inittab build/guest/bin build/guest/tools $(MODULES)
	@echo "  INITRD  $@"
	@tools/mkinitrd $@ build/guest/bin tools/guest build/guest/tools $(MODULES)

# And one with what virtual Ethernet needs: drivers, programs, and an init that sets it up.
INITRD_NET := build/guest/initrd-net.img
DRIVERS := build/guest/drivers-6.1 build/guest/drivers-6.12
$(DRIVERS): build/guest/drivers-%: | build/guest/vmlinux-%
	@tools/setup vmlinux-$*
build/guest/net: | $(PACKAGES)
	@tools/setup $(@F)
$(INITRD_NET): tools/mkinitrd tools/guest/init tools/guest/etc/inittab $(wildcard tools/guest-net/*/*) build/guest/bin \
		build/guest/net $(DRIVERS)
	@echo "  INITRD  $@"
	@tools/mkinitrd $@ build/guest/bin tools/guest tools/guest-net build/guest/net $(DRIVERS)

# A client of virtual SCSI, which goes on from its disk; the same with the programs that tests run; and the server.
INITRD_DISK := build/guest/initrd-disk.img
INITRD_STORAGE := build/guest/initrd-storage.img
INITRD_VIOS := build/guest/initrd-vios.img
build/guest/storage build/guest/debian: | $(PACKAGES)
	@tools/setup $(@F)
build/guest/disk/root.img.gz: tools/mkroot $(wildcard tools/guest-root/*/* tools/guest-root/*/*/*) build/guest/debian
	@echo "  DISK    $@"
	@mkdir -p $(@D)
	@tools/mkroot $@ 128 build/guest/debian tools/guest-root
SCSI_FILES := build/guest/bin tools/guest tools/guest-scsi $(DRIVERS)
SCSI_DEPS := tools/mkinitrd tools/guest/init tools/guest/etc/inittab $(wildcard tools/guest-scsi/*/*) build/guest/bin $(DRIVERS)
$(INITRD_DISK): $(SCSI_DEPS)
	@echo "  INITRD  $@"
	@tools/mkinitrd $@ $(SCSI_FILES)
$(INITRD_STORAGE): $(SCSI_DEPS) $(wildcard tools/guest-storage/*/*) build/guest/storage
	@echo "  INITRD  $@"
	@tools/mkinitrd $@ $(SCSI_FILES) tools/guest-storage build/guest/storage
$(INITRD_VIOS): $(SCSI_DEPS) $(wildcard tools/guest-vios/*/*) build/guest/disk/root.img.gz
	@echo "  INITRD  $@"
	@tools/mkinitrd $@ $(SCSI_FILES) tools/guest-vios build/guest/disk

all: $(KERNELS) $(INITRD) $(INITRD_TOOLS) $(INITRD_NET) $(INITRD_DISK) $(INITRD_STORAGE) $(INITRD_VIOS) $(QEMU10)

# --- The hypervisor ----------------------------------------------------------------------------------------------

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

# Handlers are short, and what they call is in other files: link-time optimisation inlines it, and on the way from one
# virtual processor to the next more than it would by itself. What may not be needed is not computed before a branch, nor
# ahead of a loop: no register survives a visit to a partition, so that would be stored and loaded again.
HV_LTO := -flto=auto -finline-functions --param max-inline-insns-auto=200 -fno-sched-interblock -fno-sched-spec \
	-fno-move-loop-invariants -fno-tree-loop-im -fno-align-loops -fno-align-jumps

build/hv/%.c.o: %.c build/flags/hv | $(SYSROOT)
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CROSS)gcc $(HV_CFLAGS) $(HV_LTO) -MMD -MP -c $< -o $@

build/hv/%.S.o: %.S build/flags/hv | $(SYSROOT)
	@mkdir -p $(@D)
	@echo "  AS      $<"
	@$(CROSS)gcc $(HV_CFLAGS) -Wa,-mregnames -MMD -MP -c $< -o $@

build/hv/%.lds: %.lds.S build/flags/hv | $(SYSROOT)
	@mkdir -p $(@D)
	@$(CROSS)gcc $(HV_CFLAGS) -MMD -MP -MT $@ -E -P -x assembler-with-cpp $< -o $@

$(HV_ELF): $(HV_OBJ) build/hv/boot/hv.lds Makefile
	@echo "  LD      $@"
	@$(CROSS)gcc $(HV_ABI) $(HV_LTO) $(CROSS_LDFLAGS) -Wl,-T,build/hv/boot/hv.lds -Wl,-Map,build/openlpar.map \
		-o build/openlpar.debug $(HV_OBJ) \
		-Wl,--start-group $(SYSROOT)/lib/libfdt.a $(SYSROOT)/lib/libc.a -lgcc -Wl,--end-group
	@$(CROSS)strip -o $@.tmp build/openlpar.debug
	@mv $@.tmp $@

-include $(HV_OBJ:.o=.d) build/hv/boot/hv.d
all: $(HV_ELF)

# --- Host programs and plans -------------------------------------------------------------------------------------

hmcd_LIBS := -levent -lsqlite3 -lfdt -lpthread
hmcd_EXTRA := hv/frame.c $(addprefix tools/openlpar-plan/,adapter.c attribute.c blob.c config.c file.c problem.c procs.c record.c)
openlpar-plan_LIBS := -lfdt
openlpar-down_EXTRA := tools/hmcd/client.c tools/hmcd/rundir.c
openlpar-console_EXTRA := $(openlpar-down_EXTRA) tools/hmcd/terminal.c
openlpar-stat_EXTRA := $(openlpar-down_EXTRA)
openlpar-up_EXTRA := $(openlpar-down_EXTRA) tools/hmcd/registry.c
hmc_LIBS := -lreadline
hmc_EXTRA := $(openlpar-up_EXTRA) tools/hmcd/terminal.c

HOST_CFLAGS := -std=gnu11 -O2 -g -D_GNU_SOURCE $(INCLUDE) $(WARN)
$(eval $(call flags_file,HOST_CFLAGS,build/flags/host))

build/host/%.c.o: %.c build/flags/host | $(PACKAGES)
	@mkdir -p $(@D)
	@echo "  HOSTCC  $<"
	@gcc $(HOST_CFLAGS) -MMD -MP -c $< -o $@

# $(1): the program
define tool_rule
$(1)_OBJ := $(patsubst %,build/host/%.o,$(wildcard tools/$(1)/*.c) $($(1)_EXTRA))
build/bin/$(1): $$($(1)_OBJ)
	@mkdir -p $$(@D)
	@echo "  HOSTLD  $$@"
	@gcc -o $$@ $$^ $($(1)_LIBS)
-include $$($(1)_OBJ:.o=.d)
endef
TOOLS := $(sort $(patsubst tools/%/,%,$(dir $(wildcard tools/*/*.c))))
$(foreach tool,$(TOOLS),$(eval $(call tool_rule,$(tool))))

build/bin/%: tools/bin/%
	@mkdir -p $(@D)
	@ln -sf ../../$< $@

TOOL_BIN := $(TOOLS:%=build/bin/%) $(patsubst tools/%,build/%,$(wildcard tools/bin/*))
all: $(TOOL_BIN)

# Manual pages: those of the daemon's commands are what the daemon itself says about them.
build/man: build/bin/hmcd tools/mkman $(wildcard docs/man/*.1)
	@mkdir -p $@
	@echo "  MAN     $@"
	@tools/mkman build/bin/hmcd $@
	@cp docs/man/*.1 $@
	@mandoc -T lint -W warning $@/*.1
	@touch $@
all: build/man

build/plans/%.dtb: plans/%.plan build/bin/openlpar-plan $(KERNELS) $(INITRD) $(INITRD_NET)
	@mkdir -p $(@D)
	@echo "  PLAN    $@"
	@build/bin/openlpar-plan -o $@ $<

PLANS := $(patsubst %.plan,build/%.dtb,$(wildcard plans/*.plan))
all: $(PLANS)

# --- Tests of the pure core on this machine ----------------------------------------------------------------------

SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all
UNIT_CFLAGS := -std=gnu11 -O1 -g -D_GNU_SOURCE $(SANITIZE) $(INCLUDE) $(WARN)
FUZZ_CFLAGS := -std=gnu11 -O1 -g -D_GNU_SOURCE $(SANITIZE) $(INCLUDE) -w
$(eval $(call flags_file,UNIT_CFLAGS,build/flags/unit))
$(eval $(call flags_file,FUZZ_CFLAGS,build/flags/fuzz))

build/unit/obj/%.c.o: %.c build/flags/unit | $(PACKAGES)
	@mkdir -p $(@D)
	@echo "  UNITCC  $<"
	@gcc $(UNIT_CFLAGS) -MMD -MP -c $< -o $@

build/fuzz/obj/%.c.o: %.c build/flags/fuzz | $(PACKAGES)
	@mkdir -p $(@D)
	@echo "  FUZZCC  $<"
	@clang $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c $< -o $@

unit_LD := gcc
unit_LIBS := -lcmocka -levent -lfdt -lsqlite3
fuzz_LD := clang -fsanitize=fuzzer
fuzz_LIBS := -lfdt -lcmocka
system_LD := gcc
# $(1): unit, fuzz or system, $(2): the program, $(3): whose objects
define test_rule
$(2)_OBJ := $(patsubst %,build/$(3)/obj/%.o,tests/$(1)/$(2).c $(shell sed -n 's|^// SOURCES: ||p' tests/$(1)/$(2).c))
build/$(1)/$(2): $$($(2)_OBJ)
	@mkdir -p $$(@D)
	@echo "  LD      $$@"
	@$($(1)_LD) $(SANITIZE) -o $$@ $$^ $($(1)_LIBS)
-include $$($(2)_OBJ:.o=.d)
endef
UNIT_TESTS := $(basename $(notdir $(wildcard tests/unit/test_*.c)))
$(foreach test,$(UNIT_TESTS),$(eval $(call test_rule,unit,$(test),unit)))
FUZZERS := $(basename $(notdir $(wildcard tests/fuzz/fuzz_*.c)))
$(foreach test,$(FUZZERS),$(eval $(call test_rule,fuzz,$(test),fuzz)))
SYSTEM_PROGRAMS := $(basename $(notdir $(wildcard tests/system/*.c)))
$(foreach test,$(SYSTEM_PROGRAMS),$(eval $(call test_rule,system,$(test),unit)))

UNIT_BIN := $(UNIT_TESTS:%=build/unit/%)
FUZZ_BIN := $(FUZZERS:%=build/fuzz/%)
SYSTEM_BIN := $(SYSTEM_PROGRAMS:%=build/system/%)
# How long each fuzzer looks for new input.
FUZZ_SECONDS ?= 5

# --- Test partitions ---------------------------------------------------------------------------------------------

# The compiler leaves floating-point and vector registers alone: the tests have values of their own in them.
GUEST_CFLAGS := $(HV_CFLAGS)
$(eval $(call flags_file,GUEST_CFLAGS,build/flags/guest))

build/guest/obj/%.c.o: %.c build/flags/guest | $(SYSROOT)
	@mkdir -p $(@D)
	@echo "  GUESTCC $<"
	@$(CROSS)gcc $(GUEST_CFLAGS) -MMD -MP -c $< -o $@

build/guest/obj/%.S.o: %.S build/flags/guest | $(SYSROOT)
	@mkdir -p $(@D)
	@echo "  GUESTAS $<"
	@$(CROSS)gcc $(GUEST_CFLAGS) -Wa,-mregnames -MMD -MP -c $< -o $@

GUEST_LIB := $(patsubst %,build/guest/obj/%.o,$(wildcard tests/guest/lib/*.c tests/guest/lib/*.S))
build/guest/tests/%.elf: build/guest/obj/tests/guest/%.c.o $(GUEST_LIB) tests/guest/lib/guest.lds
	@mkdir -p $(@D)
	@echo "  LD      $@"
	@$(CROSS)gcc $(CROSS_LDFLAGS) -Wl,-T,tests/guest/lib/guest.lds -o $@ $< $(GUEST_LIB) \
		-Wl,--start-group $(SYSROOT)/lib/libfdt.a $(SYSROOT)/lib/libc.a -Wl,--end-group

GUEST_TESTS := $(patsubst tests/guest/%.c,build/guest/tests/%.elf,$(wildcard tests/guest/*.c))
-include $(GUEST_LIB:.o=.d) $(GUEST_TESTS:build/guest/tests/%.elf=build/guest/obj/tests/guest/%.c.d)

# --- Checks ------------------------------------------------------------------------------------------------------

# The pure core must compile, and be free of warnings, for this machine as well.
CORE_C := $(wildcard hv/*.c partition/*.c vio/*.c)
build/check/host/%.c.ok: %.c build/flags/host | $(PACKAGES)
	@mkdir -p $(@D)
	@gcc $(HOST_CFLAGS) -fsyntax-only -MMD -MP -MT $@ -MF $(@:.ok=.d) $<
	@touch $@

# Sparse knows the endian types. It reads what compiles, with the compiler's own idea of what that depends on.
SPARSE := sparse -std=gnu11 -Wbitwise -Wsparse-error $(INCLUDE)
SPARSE_CROSS := $(SPARSE) --arch=ppc64 -mbig-endian $(CROSS_INCLUDE)
$(eval $(call flags_file,SPARSE_CROSS,build/flags/sparse))
build/check/sparse/%.c.ok: build/hv/%.c.o build/flags/sparse
	@mkdir -p $(@D)
	@$(SPARSE_CROSS) $*.c
	@touch $@
build/check/sparse-host/%.c.ok: build/host/%.c.o build/flags/sparse
	@mkdir -p $(@D)
	@$(SPARSE) -D_GNU_SOURCE $*.c
	@touch $@

CHECKED := $(CORE_C:%=build/check/host/%.ok) $(HV_C:%=build/check/sparse/%.ok) \
	$(patsubst %,build/check/sparse-host/%.ok,$(wildcard tools/*/*.c))
-include $(CORE_C:%=build/check/host/%.d)

CLANG_FORMAT := build/clang-format/bin/clang-format
$(CLANG_FORMAT): | $(PACKAGES)
	@tools/setup clang-format
all: $(CLANG_FORMAT)

# --- What a person types -----------------------------------------------------------------------------------------

.PHONY: run
run: all ## boot two Linux partitions (or PLAN=FILE, SMP=N, MEM=SIZE) side by side and attach to their consoles
	@tools/run $(if $(PLAN),--plan $(PLAN)) $(if $(SMP),--smp $(SMP)) $(if $(MEM),--mem $(MEM))

.PHONY: test
test: all check $(UNIT_BIN) $(FUZZ_BIN) $(SYSTEM_BIN) $(GUEST_TESTS) ## everything below that can fail: check, unit, fuzz, system
	@$(run_unit)
	@$(run_fuzz)
	@$(run_system)
	@cat build/test/*.count

.PHONY: check
check: $(HV_OBJ) $(TOOL_BIN) $(CHECKED) $(CLANG_FORMAT) ## formatting, compiler warnings, endian types, scripts, licences
	@tools/check-tree
	@tools/calls --check
	@tools/refcodes --check

.PHONY: unit
unit: $(UNIT_BIN) ## unit tests of the pure core, on this machine under sanitizers
	@$(run_unit)
run_unit = tests/run-unit $(UNIT_BIN)

.PHONY: fuzz
fuzz: $(FUZZ_BIN) ## fuzzers, each for FUZZ_SECONDS (default 5)
	@$(run_fuzz)
run_fuzz = tests/run-fuzz $(FUZZ_SECONDS) $(FUZZ_BIN)

.PHONY: system
system: all $(SYSTEM_BIN) $(GUEST_TESTS) ## whole machines under QEMU
	@$(run_system)
run_system = tests/run-system

# So many random mixes of partitions of each kind, from this one on.
SIM_MIXES ?= 2000
SIM_SEED ?= 1000
.PHONY: stress
stress: all build/unit/test_dispatch_sim $(SYSTEM_BIN) $(GUEST_TESTS) ## what takes long: the dispatcher with SIM_MIXES random mixes from SIM_SEED on, whole machines for minutes
	@SIM_MIXES=$(SIM_MIXES) SIM_SEED=$(SIM_SEED) build/unit/test_dispatch_sim
	@$(run_system) -m stress

.PHONY: bench
bench: all $(GUEST_TESTS) ## measure; a table, and build/bench/results.jsonl
	@tests/bench/run

.PHONY: format
format: $(CLANG_FORMAT) ## bring every C file into the house's format
	@tools/check-tree --format

.PHONY: clean
clean: ## remove what was built, keep what was fetched
	@find build -mindepth 1 -maxdepth 1 ! -name src ! -name qemu10 ! -name clang-format ! -name guest \
		-exec rm -rf {} + 2>/dev/null || true
	@rm -rf build/guest/obj build/guest/tests build/guest/modules build/guest/*.img

.PHONY: distclean
distclean: ## remove everything that is not in the tree
	@rm -rf build

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1 \2/p' Makefile | while read -r target text; do printf 'make %-10s %s\n' "$$target" "$$text"; done
