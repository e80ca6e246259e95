// SPDX-License-Identifier: Apache-2.0
/*
 * What one partition leaves in the processor must not be seen by another. With "fill=1" it leaves
 * a mark wherever it can, for ever, and does what it should not. Otherwise it looks, on a
 * processor's first instruction and each time it comes back, at all that can be read, and writes
 * nothing itself.
 */
#include <stdio.h>
#include <string.h>
#include "tests/guest/lib/area.h"
#include "tests/guest/lib/exception.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"
#include "tests/guest/lib/processor.h"
#include "tests/guest/lib/rtas.h"
#include "tests/guest/lib/spr.h"
#include "tests/guest/lib/spr_table.h"

const char test_name[] = "leak";

#define MARK	      0x5ec5e75ec5e75e00UL
#define MARK_MASK     0xffffffff00000000UL
#define MSR_TM	      (1UL << 32)
#define FSCR_ALL      0x1ffUL
#define SPRN_TBU_READ 269
#define SPRN_TBU      285
#define SPRN_FSCR     153
#define SPRN_USIER    768 /* kept by the emulator, like a register of its own */
#define SPR_NUMBERS   1024
#define SLB_ENTRIES   32
#define SLB_VALID     0x8000000UL
#define TICKS_PER_MS  512000UL
#define DEC_FAR	      0x7fffffff

/* --- the one that leaves marks --- */

static void slb_fill(void)
{
	for (u64 i = 0; i < SLB_ENTRIES; i++)
		__asm__ volatile("slbmte %0, %1"
				 :
				 : "r"((MARK & ~0xfffUL) >> 4),
				   "r"((MARK << 4 & ~0xfffffffUL) + (i << 28) + SLB_VALID + i));
	/* Entries that are not valid any more have their marks still. */
	for (u64 i = 0; i < SLB_ENTRIES; i += 2)
		__asm__ volatile("slbie %0" : : "r"((MARK << 4 & ~0xfffffffUL) + (i << 28)));
}

static void marks_leave(void)
{
	for (u32 i = 0; i < spr_count; i++)
		if (spr_table[i].number != SPRN_SPRG3)
			spr_write(spr_table[i].number,
				  (MARK & spr_table[i].mask) | spr_table[i].set);
	spr_write(SPRN_USIER, MARK);
	slb_fill();
}

static void timebase_write(u64 ahead)
{
	mtspr(SPRN_TBU, mfspr(SPRN_TBU_READ) + ahead);
}

static void fill(void)
{
	u64 hostile = guest_argument("timebase", 0);

	for (u64 round = 1;; round++) {
		marks_leave();
		dec_set(DEC_FAR);
		hcall(H_CONFER, ~0UL);
		if (round % 16 == 0) {
			dec_set(TICKS_PER_MS);
			hcall(H_CEDE);
			interrupts_set(false);
		}
		if (round == hostile) {
			u32 vector = exception_try(timebase_write, 0x100, NULL);

			printf("leak: writes the time base, exception %#x\n", vector);
		}
	}
}

/* --- a processor's first look --- */

struct start {
	u64 gpr[32]; /* but r3 */
	u64 lr, ctr, xer, cr, srr0, srr1, cfar;
	u64 vrsave, fpscr, vscr[2] __aligned(16);
	u64 vsr[64][2];
} __aligned(16);

struct start start_state;
u64 start_r3;
void leak_start(void);

/* As entered by start-cpu. All goes to start_state; then on as any other processor starts. */
__asm__(".pushsection .text.leak, \"ax\"\n"
	".globl leak_start\n"
	".type leak_start, @function\n"
	"leak_start:\n"
	"	lis	3, start_state@h\n"
	"	ori	3, 3, start_state@l\n"
	"	.set	n, 0\n"
	"	.rept	32\n"
	"	std	n, 8 * n(3)\n"
	"	.set	n, n + 1\n"
	"	.endr\n"
	"	mfspr	4, 28\n"
	"	std	4, 304(3)\n"
	"	mflr	4\n"
	"	std	4, 256(3)\n"
	"	mfctr	4\n"
	"	std	4, 264(3)\n"
	"	mfxer	4\n"
	"	std	4, 272(3)\n"
	"	mfcr	4\n"
	"	std	4, 280(3)\n"
	"	mfsrr0	4\n"
	"	std	4, 288(3)\n"
	"	mfsrr1	4\n"
	"	std	4, 296(3)\n"
	"	mfmsr	4\n"
	"	oris	4, 4, 0x0280\n"
	"	ori	4, 4, 0x2000\n"
	"	mtmsrd	4\n"
	"	isync\n"
	"	mfspr	4, 256\n"
	"	std	4, 312(3)\n"
	"	addi	5, 3, 352\n"
	"	.set	n, 0\n"
	"	.rept	64\n"
	"	stxvd2x	n, 0, 5\n"
	"	addi	5, 5, 16\n"
	"	.set	n, n + 1\n"
	"	.endr\n"
	"	mffs	0\n"
	"	stfd	0, 320(3)\n"
	"	mfvscr	0\n"
	"	addi	5, 3, 336\n"
	"	stvx	0, 0, 5\n"
	"	lis	3, start_r3@h\n"
	"	ori	3, 3, start_r3@l\n"
	"	ld	3, 0(3)\n"
	"	b	secondary_start\n"
	".popsection\n");

_Static_assert(offsetof(struct start, cfar) == 304, "as leak_start knows it");
_Static_assert(offsetof(struct start, fpscr) == 320, "as leak_start knows it");
_Static_assert(offsetof(struct start, vscr) == 336, "as leak_start knows it");
_Static_assert(offsetof(struct start, vsr) == 352, "as leak_start knows it");

/* --- the one that looks --- */

struct sample {
	u64 spr[SPR_NUMBERS];
	u64 slb[SLB_ENTRIES][2];
};

static bool readable[SPR_NUMBERS];
static struct sample first, start, now;

/* Registers that a processor does not start with 0 in. */
static const u16 not_zero[] = {
	8,   9,	  1,   22,   268, 269, 284, 285, /* LR CTR XER DEC TB */
	308, 309, 848, 849,			 /* PURR SPURR IC VTB */
	259, 275, 287, 1023,			 /* SPRG3, the runtime's; PVR PIR */
	28,  136, 896, 898,  779, 795,		 /* CFAR CTRL PPR MMCR0 */
	153,					 /* FSCR, enabled to look behind it */
};

/* Registers that change, by themselves or by what the runtime does. */
static const u16 changing[] = {
	1, 8, 9, 22, 26, 27, 28, 268, 269, 272, 273, 284, 285, 308, 309, 848, 849, 1023,
};

static bool is_in(const u16 *list, size_t count, u32 number)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == number)
			return true;
	return false;
}

/* A number that is no register reads as 0. */
static void try_read(u64 number)
{
	spr_read(number);
}

static void facilities_open(void)
{
	mtmsr(mfmsr() | MSR_FP_ALL | MSR_TM);
	mtspr(SPRN_FSCR, FSCR_ALL);
}

static void readable_find(void)
{
	u32 count = 0;

	for (u32 n = 0; n < SPR_NUMBERS; n++) {
		readable[n] = exception_try(try_read, n, NULL) == 0;
		count += readable[n];
	}
	printf("leak: %u numbers of registers can be read\n", count);
}

static void look(struct sample *sample)
{
	for (u32 n = 0; n < SPR_NUMBERS; n++)
		if (readable[n])
			sample->spr[n] = spr_read(n);
	for (u64 i = 0; i < SLB_ENTRIES; i++) {
		__asm__ volatile("slbmfee %0, %1" : "=r"(sample->slb[i][0]) : "r"(i));
		__asm__ volatile("slbmfev %0, %1" : "=r"(sample->slb[i][1]) : "r"(i));
	}
}

static void slb_check(const struct sample *sample, const char *when)
{
	for (u32 i = 0; i < SLB_ENTRIES; i++)
		check(sample->slb[i][0] == 0 && sample->slb[i][1] == 0,
		      "SLB entry %u is %lx %lx %s", i, sample->slb[i][0], sample->slb[i][1], when);
}

static void compare(u64 switches)
{
	look(&now);
	for (u32 n = 0; n < SPR_NUMBERS; n++) {
		if (!readable[n])
			continue;
		check((now.spr[n] & MARK_MASK) != (MARK & MARK_MASK),
		      "SPR %u has the other's mark: %lx", n, now.spr[n]);
		check(now.spr[n] == first.spr[n] || is_in(changing, ARRAY_SIZE(changing), n),
		      "SPR %u became %lx from %lx after %lu switches", n, now.spr[n], first.spr[n],
		      switches);
	}
	slb_check(&now, "after a switch");
}

static void start_look(u64 unused)
{
	(void)unused;
	facilities_open();
	look(&start);
}

/* Starts the other processor, which looks first thing. */
static void start_check(void)
{
	struct processor *processor = &processor_table[1];
	u32 cells[RTAS_CELLS] = {processor->number, (u32)(u64)leak_start, (u32)(u64)processor};
	const u64 *word = (const u64 *)&start_state;

	start_r3 = (u64)processor;
	processor->function = start_look;
	processor->started = true;
	check(rtas_call("start-cpu", 3, 1, cells) == 0, "start-cpu: %d", (s32)cells[0]);
	processor_join(1);
	for (u32 i = 0; i < sizeof(start_state) / sizeof(*word); i++)
		check(i == 3 || word[i] == 0, "a processor starts with %lx in word %u", word[i], i);
	for (u32 n = 0; n < SPR_NUMBERS; n++)
		check(!readable[n] || start.spr[n] == 0 || is_in(not_zero, ARRAY_SIZE(not_zero), n),
		      "a processor starts with %lx in SPR %u", start.spr[n], n);
	slb_check(&start, "at the start");
}

static u64 dispatches(void)
{
	return area_dispatch_count(0) / 2;
}

/* Branches, makes call @number, and returns CFAR. */
u64 leak_cfar(u64 number);
__asm__(".pushsection .text.leak, \"ax\"\n"
	".globl leak_cfar\n"
	".type leak_cfar, @function\n"
	"leak_cfar:\n"
	"	b	1f\n"
	"1:	sc	1\n"
	"	mfspr	3, 28\n"
	"	blr\n"
	".popsection\n");

/* After a call the address it was branched from is the partition's own, or none. */
static void cfar_check(void)
{
	u64 cfar = leak_cfar(HCALL_MAX + 4);

	check(cfar == 0 || cfar == (u64)leak_cfar, "CFAR is %lx after a call", cfar);
}

static volatile u64 interrupts;

static void decrementer(struct exception *exception)
{
	(void)exception;
	interrupts++;
	dec_set(DEC_FAR);
}

/* Somebody else has had the processor, or a second has passed. */
static void switch_wait(void)
{
	u64 before = dispatches(), begin = mftb();

	while (dispatches() == before && mftb() - begin < 1000 * TICKS_PER_MS)
		;
}

/* An expired decrementer stays one while the other partition has the processor. */
static void decrementer_check(void)
{
	u64 before = interrupts, begin;
	s32 dec;

	interrupts_set(false);
	dec_set(1000);
	begin = mftb();
	while (mftb() - begin < 2000)
		;
	switch_wait();
	dec = (s32)mfspr(SPRN_DEC);
	check(dec < 0, "the expired decrementer is %d after a switch", dec);
	begin = mftb();
	hcall(H_CEDE);
	check(mftb() - begin < 3000 * TICKS_PER_MS, "H_CEDE lasted %lu ticks", mftb() - begin);
	begin = mftb();
	while (interrupts == before)
		check(mftb() - begin < 3000 * TICKS_PER_MS, "the decrementer's interrupt is lost");
	interrupts_set(false);
}

/* --- reservations --- */

static volatile u64 stop, turns;
static u64 word;

/* Ends each turn with a reservation for the word that it has changed. */
static void reserve(u64 unused)
{
	u64 value;

	(void)unused;
	while (!stop) {
		*(volatile u64 *)&word += 1;
		__asm__ volatile("ldarx %0, 0, %1" : "=r"(value) : "r"(&word) : "memory");
		turns++;
	}
}

/* The other processor's reservation is not this one's. */
static void reservation_check(void)
{
	u64 value, before, stored;

	stop = 0;
	processor_start(1, reserve, 0);
	for (u32 i = 0; i < 16; i++) {
		__asm__ volatile("ldarx %0, 0, %1" : "=r"(value) : "r"(&word) : "memory");
		/* One store of a turn that ends now may have been before. */
		before = turns;
		while (turns < before + 2)
			;
		__asm__ volatile("stdcx. %2, 0, %1; li %0, 0; bne- 1f; li %0, 1; 1:"
				 : "=&r"(stored)
				 : "r"(&word), "r"(value)
				 : "cr0", "memory");
		check(!stored, "a reservation outlasted another processor's turn");
	}
	stop = 1;
	processor_join(1);
}

/* The time base goes on, whatever the other partition does. */
static void timebase_check(void)
{
	static u64 last;
	u64 tb = mftb();

	check(!last || tb - last < 60000 * TICKS_PER_MS, "the time base went from %lx to %lx", last,
	      tb);
	last = tb;
}

int main(void)
{
	u64 rounds = guest_argument("rounds", 200);

	exception_handle(EXCEPTION_DECREMENTER, decrementer);
	dec_set(DEC_FAR);
	facilities_open();
	spr_scan();
	if (guest_argument("fill", 0))
		fill();
	readable_find();
	area_register(0);
	look(&first);
	slb_check(&first, "at first");
	for (u64 round = 0; round < rounds; round++) {
		compare(dispatches());
		timebase_check();
		if (round % 4 == 0)
			start_check();
		else if (round % 16 == 1)
			decrementer_check();
		else if (round % 64 == 2)
			reservation_check();
		else
			switch_wait();
		cfar_check();
	}
	printf("leak: %lu rounds, %lu dispatches\n", rounds, dispatches());
	check(dispatches() > rounds / 2, "too few dispatches to tell anything");
	return 0;
}
