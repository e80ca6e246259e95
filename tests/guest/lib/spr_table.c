// SPDX-License-Identifier: Apache-2.0
#include "tests/guest/lib/asm.h"
#include "tests/guest/lib/exception.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/spr.h"
#include "tests/guest/lib/spr_table.h"

#define SPR_NUMBERS 1024

#define INSN_MFSPR_R3 0x7c6002a6
#define INSN_MTSPR_R3 0x7c6003a6
#define INSN_BLR      0x4e800020

struct spr_entry spr_table[SPR_TABLE_MAX];
u32 spr_count;

/* mfspr or mtspr and a return, for each number. */
static u32 read_code[SPR_NUMBERS][2] __aligned(128);
static u32 write_code[SPR_NUMBERS][2] __aligned(128);

/* Registers that somebody else handles (exchange, exception entry) or that count by themselves. */
static const u16 skip[] = {
	1,   8,	  9,   22,  28, 256, /* XER LR CTR DEC CFAR VRSAVE */
	268, 269, 284, 285,	     /* the time base, which QEMU lets a partition write */
	768, /* SIER for problem state: read-only, but QEMU keeps what is written */
};

/* Registers in which not every value leaves the test alone. */
static const struct {
	u16 number;
	u64 allow, set;
} limit[] = {
	{779, 0x780cc100, 0x80000000}, /* MMCR0, also by its other name: frozen, no interrupt */
	{795, 0x780cc100, 0x80000000}, {153, ~0UL, 0x1ff}, /* FSCR: keep what access to the others
							      needs */
	{18, 0xffffffff, 0}, /* DSISR, PID and the counters have 32 bits, whatever QEMU stores */
	{48, 0xffffffff, 0},	       {787, 0xffffffff, 0}, {788, 0xffffffff, 0},
	{789, 0xffffffff, 0},	       {790, 0xffffffff, 0}, {791, 0xffffffff, 0},
	{792, 0xffffffff, 0},
};

static void code_build(void)
{
	for (u32 n = 0; n < SPR_NUMBERS; n++) {
		u32 field = (n & 31) << 16 | n >> 5 << 11;

		read_code[n][0] = INSN_MFSPR_R3 | field;
		write_code[n][0] = INSN_MTSPR_R3 | field;
		read_code[n][1] = write_code[n][1] = INSN_BLR;
	}
	for (u32 n = 0; n < SPR_NUMBERS; n++)
		__asm__ volatile(
			"dcbst 0, %0; dcbst 0, %1; sync; icbi 0, %0; icbi 0, %1; sync; isync"
			:
			: "r"(read_code[n]), "r"(write_code[n])
			: "memory");
}

/* What @code leaves in r3 when it is called with r3 = @value. */
static u64 code_call(const u32 *code, u64 value)
{
	register u64 r3 __asm__("r3") = value;

	__asm__ volatile("mtctr %1; bctrl" : "+r"(r3) : "b"(code) : "ctr", "lr", "memory");
	return r3;
}

u64 spr_read(u32 number)
{
	return code_call(read_code[number], 0);
}

void spr_write(u32 number, u64 value)
{
	code_call(write_code[number], value);
}

static u64 probe[2];

/* One try at register @number: reads it, with two different values in r3 before that. */
static void try_read(u64 number)
{
	probe[0] = code_call(read_code[number], 0x1111111111111111);
	probe[1] = code_call(read_code[number], 0xeeeeeeeeeeeeeeee);
}

static u64 write_value;

static void try_write(u64 number)
{
	spr_write(number, write_value);
	write_value = spr_read(number);
}

/* The bits of @number that keep what is written, of those in @allow. */
static u64 writable_bits(u32 number, u64 allow, u64 set)
{
	u64 before, ones;

	if (exception_try(try_read, number, NULL))
		return 0;
	/* Undefined numbers are no-operations; the time base and its kin do not stand still. */
	if (probe[0] != probe[1])
		return 0;
	before = probe[0];
	write_value = allow | set;
	if (exception_try(try_write, number, NULL))
		return 0;
	ones = write_value;
	write_value = set;
	if (exception_try(try_write, number, NULL))
		return 0;
	ones &= ~write_value;
	write_value = before | set;
	exception_try(try_write, number, NULL);
	return ones & allow;
}

static bool is_skipped(u32 number)
{
	for (size_t i = 0; i < ARRAY_SIZE(skip); i++)
		if (skip[i] == number)
			return true;
	return false;
}

static void entry_add(u32 number)
{
	struct spr_entry entry = {.number = number};
	u64 allow = ~0UL;

	for (size_t i = 0; i < ARRAY_SIZE(limit); i++)
		if (limit[i].number == number) {
			allow = limit[i].allow;
			entry.set = limit[i].set;
		}
	/* Exception entry needs SPRG3 while it is tried. */
	entry.mask = number == SPRN_SPRG3 ? ~0UL : writable_bits(number, allow, entry.set);
	if (!entry.mask)
		return;
	check(spr_count < SPR_TABLE_MAX, "more than %d writable registers", SPR_TABLE_MAX);
	spr_table[spr_count++] = entry;
}

/* Whether the register at @index is another name of one behind it in the table. */
static bool is_alias(u32 index)
{
	struct spr_entry *entry = &spr_table[index];
	u64 before[SPR_TABLE_MAX];
	bool alias = false;

	for (u32 i = index; i < spr_count; i++)
		before[i] = spr_read(spr_table[i].number);
	spr_write(entry->number, before[index] ^ entry->mask);
	for (u32 i = index + 1; i < spr_count; i++)
		alias |= spr_read(spr_table[i].number) != before[i];
	spr_write(entry->number, before[index]);
	return alias;
}

void spr_scan(void)
{
	u32 kept = 0;

	code_build();
	for (u32 number = 0; number < SPR_NUMBERS; number++)
		if (!is_skipped(number))
			entry_add(number);
	for (u32 i = 0; i < spr_count; i++)
		if (spr_table[i].number == SPRN_SPRG3 || !is_alias(i))
			spr_table[kept++] = spr_table[i];
	spr_count = kept;
}
