// SPDX-License-Identifier: Apache-2.0
/*
 * What a processor keeps while others have the physical one: the registers that its area says are
 * in use, and of the SLB the entries in its shadow; of all others nothing foreign. For one
 * processor, beside one that leaves its mark in all registers ("fill=1") on the same physical one.
 */
#include <stdio.h>
#include <string.h>
#include "tests/guest/lib/area.h"
#include "tests/guest/lib/clock.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"
#include "tests/guest/lib/interrupt.h"
#include "tests/guest/lib/processor.h"
#include "tests/guest/lib/spr.h"

const char test_name[] = "keep";

#define ALL	    (~0UL)
#define PMCS	    6
#define EBBS	    3 /* EBBHR, EBBRR, BESCR */
#define SLB_ENTRIES 32
#define SLB_VALID   0x8000000UL
#define MARK	    0x5ec5e75ec5e75e00UL
#define OWN	    0x0123456789abcd00UL

static union {
	u8 byte[1024];
	struct slb_shadow area;
} shadow __aligned(1024);

static void cede_for(u32 ticks)
{
	dec_set(ticks);
	cede();
	dec_set(DEC_FAR);
}

/* Waits until this processor has been dispatched again. */
static void switch_away(void)
{
	u32 count = area_dispatch_count(0);

	while (area_dispatch_count(0) == count) {
		hcall(H_CONFER, ALL, 0);
		cede_for(TICKS_PER_MS / 8);
	}
}

/* Does nothing for that. */
static void preemption_wait(void)
{
	u32 count = area_dispatch_count(0);
	u64 start = mftb();

	while (area_dispatch_count(0) == count)
		check(mftb() - start < PATIENCE, "nobody takes the processor");
}

/* --- registers --- */

static u64 vsr[64][2] __aligned(16), pmc[PMCS], ebb[EBBS];

void keep_vsr_load(u64 (*from)[2]);
void keep_vsr_store(u64 (*to)[2]);
__asm__(".pushsection .text.keep, \"ax\"\n"
	".globl keep_vsr_load\n"
	".type keep_vsr_load, @function\n"
	"keep_vsr_load:\n"
	"	.set	n, 0\n"
	"	.rept	64\n"
	"	lxvd2x	n, 0, 3\n"
	"	addi	3, 3, 16\n"
	"	.set	n, n + 1\n"
	"	.endr\n"
	"	blr\n"
	".globl keep_vsr_store\n"
	".type keep_vsr_store, @function\n"
	"keep_vsr_store:\n"
	"	.set	n, 0\n"
	"	.rept	64\n"
	"	stxvd2x	n, 0, 3\n"
	"	addi	3, 3, 16\n"
	"	.set	n, n + 1\n"
	"	.endr\n"
	"	blr\n"
	".popsection\n");

/* Performance monitor counters as well, which stand still. */
static void registers_fill(u64 pattern)
{
	for (u32 i = 0; i < 64; i++)
		for (u32 j = 0; j < 2; j++)
			vsr[i][j] = pattern + 2 * i + j;
	keep_vsr_load(vsr);
	mtspr(787, (u32)pattern);
	mtspr(788, (u32)pattern + 1);
	mtspr(789, (u32)pattern + 2);
	mtspr(790, (u32)pattern + 3);
	mtspr(791, (u32)pattern + 4);
	mtspr(792, (u32)pattern + 5);
	mtspr(804, (u32)pattern);
	mtspr(805, (u32)pattern + 1);
	mtspr(806, (u32)pattern + 2);
}

static void registers_read(void)
{
	memset(vsr, 0xff, sizeof(vsr));
	keep_vsr_store(vsr);
	pmc[0] = mfspr(787);
	pmc[1] = mfspr(788);
	pmc[2] = mfspr(789);
	pmc[3] = mfspr(790);
	pmc[4] = mfspr(791);
	pmc[5] = mfspr(792);
	ebb[0] = mfspr(804);
	ebb[1] = mfspr(805);
	ebb[2] = mfspr(806);
}

/* @value is what this partition wrote, or 0 if it need not be kept. Returns whether it was kept. */
static bool check_value(u64 value, u64 wrote, bool keep, const char *what, u32 number)
{
	check(value == wrote || (!keep && value == 0), "%s %u is %lx, not %lx", what, number, value,
	      wrote);
	return value == wrote;
}

/*
 * Floating-point registers are the first halves of VSR 0-31, vector registers VSR 32-63. The other
 * halves of the first are kept if both are.
 */
static void check_registers(bool fp, bool vmx, bool pmu, bool branches)
{
	volatile struct vpa *vpa = area_of(0);
	u32 kept = 0;

	vpa->maintain_fprs = fp;
	vpa->maintain_vmx = vmx;
	vpa->maintain_pmcs = pmu;
	vpa->maintain_ebb = branches;
	for (u32 round = 0; round < 50; round++) {
		registers_fill(OWN);
		if (round % 2)
			cede_for(TICKS_PER_MS / 4);
		else
			switch_away();
		registers_read();
		for (u32 i = 0; i < 64; i++) {
			bool both = fp && vmx;

			kept += check_value(vsr[i][0], OWN + 2 * i, i < 32 ? fp : vmx, "VSR", i);
			kept += check_value(vsr[i][1], OWN + 2 * i + 1, i < 32 ? both : vmx,
					    "the second half of VSR", i);
		}
		for (u32 i = 0; i < PMCS; i++)
			kept += check_value(pmc[i], (u32)OWN + i, pmu, "PMC", i + 1);
		for (u32 i = 0; i < EBBS; i++)
			kept += check_value(ebb[i], (u32)OWN + i, branches, "SPR", 804 + i);
	}
	printf("keep: in use %u %u %u %u: %u of %u registers kept\n", fp, vmx, pmu, branches, kept,
	       50 * (128 + PMCS + EBBS));
}

static void test_registers(void)
{
	for (u32 i = 0; i < 16; i++)
		check_registers(i & 1, i & 2, i & 4, i & 8);
}

/* --- SLB shadow --- */

static void slb_write(u32 slot, u64 e, u64 v)
{
	__asm__ volatile("slbmte %0, %1" : : "r"(v), "r"(e | slot) : "memory");
}

static void shadow_put(u32 i, u64 e, u64 v)
{
	shadow.area.entry[i].e = cpu_to_be64(e);
	shadow.area.entry[i].v = cpu_to_be64(v);
}

/* What this partition writes into all its entries: never what is in the shadow. */
static u64 own_e(u32 slot)
{
	return OWN << 32 | (u64)slot << 28 | SLB_VALID;
}

static u64 own_v(u32 slot)
{
	return (OWN & 0xffffffff) << 16 | (u64)slot << 12;
}

static void slb_fill(void)
{
	for (u32 i = 0; i < SLB_ENTRIES; i++)
		slb_write(i, own_e(i), own_v(i));
}

static u64 restored;

/*
 * The first @bolted entries come from the shadow, the others are gone. If nobody else had the
 * processor all of them may still be there.
 */
static void check_slb(u32 bolted)
{
	for (u64 i = 0; i < SLB_ENTRIES; i++) {
		u64 e, v;

		__asm__ volatile("slbmfee %0, %1" : "=r"(e) : "r"(i));
		__asm__ volatile("slbmfev %0, %1" : "=r"(v) : "r"(i));
		if (e == own_e(i) && v == own_v(i))
			continue;
		check(e == (i < bolted ? be64_to_cpu(shadow.area.entry[i].e) : 0) &&
			      v == (i < bolted ? be64_to_cpu(shadow.area.entry[i].v) : 0),
		      "SLB entry %lu of %u is %lx %lx", i, bolted, e, v);
		restored += i < bolted;
	}
}

static void shadow_register(u32 size)
{
	s64 rc;

	shadow.area.length = cpu_to_be32(size);
	rc = hcall(H_REGISTER_VPA, (u64)VPA_REGISTER_SLB_SHADOW << VPA_FUNCTION_SHIFT,
		   server_self(), (u64)&shadow);
	check(rc == H_SUCCESS, "H_REGISTER_VPA of an SLB shadow: %ld", rc);
}

static void shadow_deregister(void)
{
	s64 rc = hcall(H_REGISTER_VPA, (u64)VPA_DEREGISTER_SLB_SHADOW << VPA_FUNCTION_SHIFT,
		       server_self());

	check(rc == H_SUCCESS, "H_REGISTER_VPA of no SLB shadow: %ld", rc);
}

static void test_slb(void)
{
	for (u32 i = 0; i < SLB_ENTRIES; i++)
		shadow_put(i, 0xc000000000000000UL | (u64)i << 28 | SLB_VALID,
			   (u64)i << 20 | 0x510);
	shadow_register(16 + 16 * 5);
	for (u32 n = 0; n < 6; n++) {
		/* The last is more than there is room for. */
		shadow.area.persistent = cpu_to_be32(n == 5 ? 1000 : n);
		slb_fill();
		cede_for(TICKS_PER_MS / 4);
		check_slb(MIN(n, 5U));
		slb_fill();
		preemption_wait();
		check_slb(MIN(n, 5U));
	}
	check(restored > 0, "no entry was ever restored");
	shadow_deregister();
	slb_fill();
	cede_for(TICKS_PER_MS / 4);
	for (u32 i = 0; i < SLB_ENTRIES; i++)
		shadow_put(i, own_e(i), own_v(i));
	check_slb(SLB_ENTRIES);
}

/* Any entries that a partition can think of: nothing happens to the hypervisor. */
static void test_slb_hostile(void)
{
	struct random random = {4711};

	shadow_register(sizeof(shadow));
	for (u32 round = 0; round < 100; round++) {
		shadow.area.persistent = cpu_to_be32(round % 2 ? 0xffffffff : 32);
		for (u32 i = 0; i < SLB_ENTRIES; i++)
			shadow_put(i, random_next(&random) | SLB_VALID, random_next(&random));
		switch_away();
	}
	shadow_deregister();
}

static void fill(void)
{
	for (;;) {
		registers_fill(MARK);
		for (u32 i = 0; i < SLB_ENTRIES; i++)
			slb_write(i, MARK << 32 | (u64)i << 28 | SLB_VALID,
				  (MARK & 0xffffff) << 12);
		wait_ticks(TICKS_PER_MS / 2);
		hcall(H_CONFER, ALL, 0);
	}
}

int main(void)
{
	interrupt_init();
	mtmsr(mfmsr() | MSR_FP_ALL);
	area_register(0);
	if (guest_argument("fill", 0))
		fill();
	test_registers();
	test_slb();
	test_slb_hostile();
	return 0;
}
