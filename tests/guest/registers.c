// SPDX-License-Identifier: Apache-2.0
/*
 * Fills every register it can write with a pattern of its own and looks whether it keeps it over
 * many switches to another partition that does the same. "@switches=N" says how many.
 */
#include <stdio.h>
#include "tests/guest/lib/area.h"
#include "tests/guest/lib/exception.h"
#include "tests/guest/lib/exchange.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"
#include "tests/guest/lib/processor.h"
#include "tests/guest/lib/spr.h"
#include "tests/guest/lib/spr_table.h"

const char test_name[] = "registers";

#define SLB_ENTRIES 32
#define SLB_VALID   0x8000000UL
#define ROUND	    16	       /* switches that one set of patterns has to last */
#define SPIN_EVERY  500	       /* switches between two waits that only a time slice ends */
#define SPIN_LOOPS  20000000UL /* some time slices */

#define FPSCR_PATTERN 0x7fffff8ffUL /* no summary bits */
#define VSCR_PATTERN  0x10001UL
#define CTRL_RUN      1UL
#define DEC_FAR	      0x40000000
#define DEC_PATIENCE  (60 * 512000000UL)
#define DEC_EARLY     4096    /* ticks that the emulator may take for some instructions */
#define DEC_SLACK     2560000 /* ticks, 5 ms: the emulator itself may be interrupted for long */

enum action {
	CEDE,	      /* H_CEDE with the decrementer soon to end it */
	CONFER,	      /* H_CONFER to whoever wants the processor */
	SPIN,	      /* no call, no interrupts */
	SPIN_ENABLED, /* no call, the decrementer interrupts */
};
static const char *const action_name[] = {"H_CEDE", "H_CONFER", "spin", "spin with interrupts"};

static struct registers want, got;
static u64 spr_want[SPR_TABLE_MAX], spr_got[SPR_TABLE_MAX];
static u64 slb_want[SLB_ENTRIES][2];
static u64 generation, calls, slices;
static u64 extra; /* decrementer interrupts more than were asked for */
static u64 decrementers, wrong_decrementers;

/* A value nobody else writes: this partition's number in front, then anything. */
static u64 pattern(u64 kind, u64 index)
{
	struct random random = {.state = generation << 24 | kind << 16 | index << 8 | guest_id};

	random_next(&random);
	return (0xa0 + (u64)guest_id) << 56 | random_next(&random) >> 8;
}

static u32 yield_count(void)
{
	return area_dispatch_count(0);
}

static void slb_fill(void)
{
	static const u64 page_size[] = {0x000, 0x100, 0x110}; /* 4 KiB, 16 MiB, 64 KiB */

	for (u64 i = 0; i < SLB_ENTRIES; i++) {
		u64 p = pattern('s', i);
		u64 e = (p & 0xffffffUL << 36) | i << 28 | SLB_VALID;
		u64 v = (p & 0x0ffffffffffff000UL) | (p & 0xe80) | page_size[p % 3];

		v &= ~(1UL << 7); /* class 0, as a kernel's */
		__asm__ volatile("slbmte %0, %1" : : "r"(v), "r"(e | i));
		__asm__ volatile("slbmfee %0, %1" : "=r"(slb_want[i][0]) : "r"(i));
		__asm__ volatile("slbmfev %0, %1" : "=r"(slb_want[i][1]) : "r"(i));
		check(slb_want[i][0] == e && slb_want[i][1] == v,
		      "SLB entry %lu: wrote %lx %lx, reads %lx %lx", i, e, v, slb_want[i][0],
		      slb_want[i][1]);
	}
}

/* SPRG3 is the runtime's except while the exchange goes on. */
static void sprg3_fill(void)
{
	for (u32 i = 0; i < spr_count; i++)
		if (spr_table[i].number == SPRN_SPRG3)
			mtspr(SPRN_SPRG3, spr_want[i]);
}

static void sprs_store(struct processor *self)
{
	for (u32 i = 0; i < spr_count; i++)
		spr_got[i] = spr_read(spr_table[i].number);
	mtspr(SPRN_SPRG3, self);
}

static void spr_fill(void)
{
	struct processor *self = processor_self();

	for (u32 i = 0; i < spr_count; i++) {
		struct spr_entry *spr = &spr_table[i];

		spr_want[i] = (pattern('S', spr->number) & spr->mask) | spr->set;
		spr_write(spr->number, spr_want[i]);
	}
	sprs_store(self);
	for (u32 i = 0; i < spr_count; i++) {
		check(((spr_got[i] ^ spr_want[i]) & spr_table[i].mask) == 0,
		      "SPR %u: wrote %lx, reads %lx", spr_table[i].number, spr_want[i], spr_got[i]);
		spr_want[i] = spr_got[i];
	}
	mtspr(152, generation & CTRL_RUN);
}

static void registers_fill(void)
{
	for (u32 i = 0; i < 32; i++)
		want.gpr[i] = pattern('g', i);
	for (u32 i = 0; i < 64; i++) {
		want.vsr[i][0] = pattern('v', i);
		want.vsr[i][1] = pattern('w', i);
	}
	want.lr = pattern('r', 0) & ~3UL;
	want.ctr = pattern('r', 1);
	want.xer = pattern('r', 2) & 0xe000007f;
	want.cr = (u32)pattern('r', 3);
	want.fpscr = pattern('r', 4) & FPSCR_PATTERN;
	want.vrsave = (u32)pattern('r', 5);
	want.vscr[0] = 0;
	want.vscr[1] = pattern('r', 6) & VSCR_PATTERN;
}

#define compare(name, number, is, should)                                                       \
	check((is) == (should), "%s %u is %lx, should be %lx after %s, pattern %lu, %u yields", \
	      name, (u32)(number), (u64)(is), (u64)(should), action_name[action], generation,   \
	      yield_count())

/* What no call and no interrupt may change. */
static void check_kept(enum action action)
{
	u32 cr_mask = action >= SPIN ? ~0U : 0x00fff000;

	for (u32 i = 0; i < 64; i++) {
		compare("VSR(high)", i, got.vsr[i][0], want.vsr[i][0]);
		compare("VSR(low)", i, got.vsr[i][1], want.vsr[i][1]);
	}
	for (u32 i = 0; i < 32; i++)
		if (i == 1 || i == 2 || i >= 13 || action >= SPIN)
			compare("GPR", i, got.gpr[i], want.gpr[i]);
	compare("LR", 0, got.lr, want.lr);
	compare("CR", 0, got.cr & cr_mask, want.cr & cr_mask);
	compare("FPSCR", 0, got.fpscr, want.fpscr);
	compare("VSCR", 0, got.vscr[1], want.vscr[1]);
	compare("VRSAVE", 0, got.vrsave, want.vrsave);
	compare("CTRL", 0, mfspr(136) & CTRL_RUN, generation & CTRL_RUN);
	if (action >= SPIN) {
		compare("XER", 0, got.xer, want.xer);
		compare("CTR", 0, got.ctr, 0);
	}
	for (u64 i = 0; i < SLB_ENTRIES; i++) {
		u64 e, v;

		__asm__ volatile("slbmfee %0, %1" : "=r"(e) : "r"(i));
		__asm__ volatile("slbmfev %0, %1" : "=r"(v) : "r"(i));
		compare("SLBE", i, e, slb_want[i][0]);
		compare("SLBV", i, v, slb_want[i][1]);
	}
}

static void check_sprs(enum action action)
{
	for (u32 i = 0; i < spr_count; i++) {
		u32 number = spr_table[i].number;

		if ((number == 26 || number == 27) && action != SPIN)
			continue;
		compare("SPR", number, spr_got[i], spr_want[i]);
	}
}

/* What a call may change can become a result or 0, but not a thing of somebody else's. */
static void check_volatile(enum action action)
{
	static const u8 gprs[] = {0, 4, 5, 6, 7, 8, 9, 10, 11, 12};
	u64 msr = mfmsr();

	if (action == CEDE || (s64)got.gpr[3] != H_FUNCTION)
		compare("return code", 3, got.gpr[3], H_SUCCESS);
	for (size_t i = 0; i < ARRAY_SIZE(gprs); i++)
		if (got.gpr[gprs[i]] != 0)
			compare("volatile GPR", gprs[i], got.gpr[gprs[i]], want.gpr[gprs[i]]);
	if (got.ctr != 0)
		compare("CTR", 0, got.ctr, want.ctr);
	if (got.xer != 0)
		compare("XER", 0, got.xer, want.xer);
	if (got.srr0 != (u64)exchange_hcall_return)
		compare("SRR0", 0, got.srr0, spr_want[0]);
	got.srr1 |= MSR_EE;
	compare("SRR1", 1, got.srr1, msr | MSR_EE);
}

/*
 * The decrementer went on while the partition was away: it and the time base agree. What the
 * emulator loses between the two instructions that compute and load it, it is late.
 */
static void check_decrementer(u64 set_before, u64 set_after)
{
	u64 before = mftb(), after;
	s64 dec = (s32)mfspr(SPRN_DEC);

	after = mftb();
	decrementers++;
	if (dec + DEC_SLACK >= DEC_FAR - (s64)(after - set_before) &&
	    dec <= DEC_FAR - (s64)(before - set_after) + DEC_SLACK)
		return;
	printf("registers: decrementer is %ld, %lu to %lu ticks after it was set to %x\n", dec,
	       before - set_after, after - set_before, DEC_FAR);
	wrong_decrementers++;
}

/* The emulator delivers the interrupt of an expired decrementer a little late. */
static void interrupt_wait(u64 interrupts)
{
	u64 start = mftb();

	while (exchange_interrupts() == interrupts)
		check(mftb() - start < DEC_PATIENCE, "no decrementer interrupt");
}

/* An expired decrementer, and nothing else here, ends H_CEDE. */
static void check_cede_end(u64 interrupts, u64 set_before)
{
	u64 dec = mfspr(SPRN_DEC), start = mftb();

	check((s32)dec < DEC_EARLY || exchange_interrupts() > interrupts,
	      "H_CEDE ended %lu ticks after the decrementer was set, at %lx", start - set_before,
	      dec);
}

static void call_do(enum action action, u32 dec)
{
	u64 interrupts = exchange_interrupts(), set_before, set_after;
	struct processor *self = processor_self();
	bool enabled;

	sprg3_fill();
	set_before = mftb();
	dec_set(action == CEDE || action == SPIN_ENABLED ? dec : DEC_FAR);
	set_after = mftb();
	if (action == CEDE || action == CONFER) {
		want.gpr[3] = action == CEDE ? H_CEDE : H_CONFER;
		want.gpr[4] = ~0UL;
		exchange_hcall(&want, &got);
	} else {
		want.ctr = SPIN_LOOPS;
		interrupts_set(action == SPIN_ENABLED);
		exchange_spin(&want, &got);
	}
	enabled = mfmsr() & MSR_EE;
	sprs_store(self);
	if (action == CEDE)
		check_cede_end(interrupts, set_before);
	if (action == CEDE || action == SPIN_ENABLED)
		interrupt_wait(interrupts);
	interrupts_set(false);
	if (action == CEDE)
		check(enabled, "H_CEDE came back with MSR[EE] = 0");
	if (action == CEDE || action == SPIN_ENABLED) {
		extra += exchange_interrupts() - interrupts - 1;
	} else {
		check_decrementer(set_before, set_after);
	}
}

static void switch_once(u32 dec)
{
	enum action action = CEDE;
	u32 yields = yield_count();

	if (calls % SPIN_EVERY == SPIN_EVERY - 1)
		action = calls / SPIN_EVERY % 2 ? SPIN_ENABLED : SPIN;
	else if (calls % 8 == 7)
		action = CONFER;
	if (calls++ % ROUND == 0 || action >= SPIN) {
		generation++;
		spr_fill();
		slb_fill();
	}
	registers_fill();
	call_do(action, dec);
	check_sprs(action);
	check_kept(action);
	if (action < SPIN)
		check_volatile(action);
	else
		slices += (yield_count() - yields) / 2;
}

int main(void)
{
	u64 target = guest_argument("switches", 1000), reported = 0;
	u32 dec = guest_argument("dec", 100000);
	u32 start;

	spr_scan();
	printf("%u special-purpose registers:", spr_count);
	for (u32 i = 0; i < spr_count; i++)
		printf(" %u", spr_table[i].number);
	printf("\n");
	area_register(0);
	exchange_vectors();
	mtmsr(mfmsr() | MSR_FP_ALL);
	start = yield_count();
	while ((yield_count() - start) / 2 < target) {
		u64 switches = (yield_count() - start) / 2;

		check(calls < 1000 + 4 * target, "only %lu switches in %lu calls", switches, calls);
		if (switches >= reported + 10000) {
			reported = switches;
			printf("registers: %lu switches\n", switches);
		}
		switch_once(dec);
	}
	/* The emulator's timer may raise one that has just been taken. */
	check(extra * 100 < calls, "%lu decrementer interrupts too many in %lu calls", extra,
	      calls);
	check(wrong_decrementers <= 1 + decrementers / 1000, "%lu of %lu decrementers were wrong",
	      wrong_decrementers, decrementers);
	printf("registers: %u switches in %lu calls, %lu by the end of a time slice\n",
	       (yield_count() - start) / 2, calls, slices);
	return 0;
}
