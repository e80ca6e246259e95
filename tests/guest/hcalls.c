// SPDX-License-Identifier: Apache-2.0
/*
 * Every hypervisor call, and every number that is none, with hostile arguments: the answer is a
 * return code of LoPAR's, what must be kept is kept, and nothing of the hypervisor's shows.
 */
#include <stdio.h>
#include <string.h>
#include "tests/guest/lib/console.h"
#include "tests/guest/lib/exception.h"
#include "tests/guest/lib/exchange.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"
#include "tests/guest/lib/processor.h"
#include "tests/guest/lib/rtas.h"
#include "tests/guest/lib/spr.h"

const char test_name[] = "hcalls";

#define SET_MODE_CIABR	1
#define SET_MODE_DAWR	2
#define SET_MODE_AIL	3
#define SET_MODE_ENDIAN 4
#define VPA_FUNCTION	(1UL << (63 - 18))
#define SPACES		0x2020202020202020UL

static struct registers want, got;
static struct random stream;
static struct guest_run work;

/* Registers that a successful call may change, counted from r4. */
static const struct {
	u32 number, count;
} outputs[] = {
	{H_REMOVE, 2},
	{H_ENTER, 1},
	{H_READ, 8},
	{H_CLEAR_MOD, 1},
	{H_CLEAR_REF, 1},
	{H_BULK_REMOVE, 8},
	{H_XIRR, 1},
	{H_XIRR_X, 2},
	{H_IPOLL, 2},
	{H_GET_TERM_CHAR, 3},
	{H_LOGICAL_CI_LOAD, 1},
	{H_GET_PPP, 5},
	{H_PURR, 1},
	{H_PIC, 9},
	{H_GET_CPU_CHARACTERISTICS, 2},
	{H_GET_TCE, 1},
	{H_SEND_LOGICAL_LAN, 1},
	{H_ILLAN_ATTRIBUTES, 1},
	{H_VIOCTL, 1},
	{H_READ_RDMA, 9},
	{H_HOME_NODE_ASSOCIATIVITY, 6},
};

/* Arguments that name memory the hypervisor then writes; never that of the test itself. */
static const struct {
	u32 number, gpr;
} writes[] = {
	{H_REGISTER_VPA, 6},	{H_PRIVATE_RTAS, 4},	 {H_PRIVATE_OF, 4},
	{H_LOGICAL_CI_LOAD, 5}, {H_LOGICAL_CI_STORE, 5}, {H_ENTER, 7},
};

static u64 memory_size;

/* Numbers that are often just wrong. */
static u64 edges[] = {
	0,	    1,		4,	     16,
	17,	    64,		0xff,	     0x100,
	0xfff,	    0x1000,	0xffff,	     0x10000,
	0x1000000,  0x20000000, 0x30000000,  0x7fffffff,
	0x80000000, 0xffffffff, 0x100000000, 0x3ffff80000000,
	1UL << 60,  1UL << 62,	1UL << 63,   ~0UL >> 1,
	~0UL,	    ~0UL - 7,	~0xfffUL,    0xc000000000000000,
	0, /* and those that edges_init() finds */
	0,	    0,		0,	     0,
	0,	    0,		0,
};
#define EDGES_FOUND 8

static void edges_init(void)
{
	u64 found[EDGES_FOUND] = {
		memory_size - 8,   memory_size,	       guest_rmo_size(), work.base,
		work.base + 0xff0, work.base + 0x1001, console_unit,	 processor_self()->number,
	};

	memcpy(edges + ARRAY_SIZE(edges) - EDGES_FOUND, found, sizeof(found));
}

static u64 harmless(u64 address)
{
	bool outside = (address & 0x0fffffffffffffff) >= memory_size;

	return outside ? address : work.base + address % (work.end - work.base);
}

static u64 argument_make(void)
{
	u64 value = random_next(&stream);

	switch (value >> 60) {
	case 0 ... 8:
		return edges[value % ARRAY_SIZE(edges)];
	case 9 ... 10:
		return edges[value % ARRAY_SIZE(edges)] + (value >> 32) % 64 - 32;
	case 11:
		return 1UL << value % 64;
	case 12:
		return work.base + value % (work.end - work.base);
	default:
		return value >> value % 64;
	}
}

/* A word for an RTAS buffer: not an address that would hurt. */
static u32 cell_make(void)
{
	return harmless((u32)argument_make());
}

/* Tokens of the services that would end this partition. */
static u32 ending[4];

static void ending_init(void)
{
	ending[0] = rtas_token("power-off");
	ending[1] = rtas_token("system-reboot");
	ending[2] = rtas_token("stop-self");
	ending[3] = rtas_token("ibm,os-term");
}

static u32 rtas_token_make(void)
{
	u32 token = random_next(&stream) % 64;

	if (token == 0)
		token = random_next(&stream);
	for (size_t i = 0; i < ARRAY_SIZE(ending); i++)
		if (token == ending[i])
			return 0;
	return token;
}

static void rtas_buffer_make(u64 address)
{
	u32 *cells = (u32 *)address;
	u32 counts[] = {0, 1, 2, 3, 5, 8, 13, 16, 17, 255, 0x10000, 0x40000000, 0xffffffff};

	if (address % 4 || address < work.base || address > work.end - 128)
		return;
	cells[0] = rtas_token_make();
	cells[1] = counts[random_next(&stream) % ARRAY_SIZE(counts)];
	cells[2] = counts[random_next(&stream) % ARRAY_SIZE(counts)];
	for (u32 i = 3; i < 32; i++)
		cells[i] = cell_make();
	if (random_next(&stream) % 2) /* the right counts for many services */
		cells[1] %= 4, cells[2] = 1 + cells[2] % 2;
}

static void registers_make(u64 number)
{
	for (u32 i = 0; i < 32; i++)
		want.gpr[i] = random_next(&stream);
	for (u32 i = 0; i < 128; i++)
		want.vsr[i / 2][i % 2] = random_next(&stream);
	want.lr = random_next(&stream) & ~3UL;
	want.ctr = random_next(&stream);
	want.xer = random_next(&stream) & 0xe000007f;
	want.cr = (u32)random_next(&stream);
	want.fpscr = random_next(&stream) & 0xff;
	want.vrsave = (u32)random_next(&stream);
	want.vscr[1] = random_next(&stream) & 1;
	want.gpr[3] = number;
	for (u32 i = 4; i <= 12; i++)
		want.gpr[i] = argument_make();
	for (size_t i = 0; i < ARRAY_SIZE(writes); i++)
		if (writes[i].number == number)
			want.gpr[writes[i].gpr] = harmless(want.gpr[writes[i].gpr]);
	if (number == H_PRIVATE_RTAS)
		rtas_buffer_make(want.gpr[4]);
	if (number == H_PUT_TERM_CHAR)
		want.gpr[6] = want.gpr[7] = SPACES;
}

static bool is_return_code(s64 rc)
{
	return (rc >= -511 && rc <= 20) || (rc >= 9900 && rc <= 9905);
}

static u32 outputs_of(u64 number)
{
	for (size_t i = 0; i < ARRAY_SIZE(outputs); i++)
		if (outputs[i].number == number)
			return outputs[i].count;
	return 0;
}

static void kept(u64 number, const char *name, u32 index, u64 is, u64 was)
{
	check(is == was, "hcall %#lx(%lx, %lx, %lx, %lx, %lx) = %ld: %s %u was %lx, is %lx", number,
	      want.gpr[4], want.gpr[5], want.gpr[6], want.gpr[7], want.gpr[8], (s64)got.gpr[3],
	      name, index, was, is);
}

static void check_result(u64 number)
{
	s64 rc = (s64)got.gpr[3];
	u32 changed = 4 + outputs_of(number);

	check(is_return_code(rc), "hcall %#lx(%lx, %lx, %lx, %lx) = %ld", number, want.gpr[4],
	      want.gpr[5], want.gpr[6], want.gpr[7], rc);
	if (number % 4 ||
	    (number > HCALL_MAX && (number < H_PRIVATE_MIN || number > H_PRIVATE_MAX)))
		check(rc == H_FUNCTION, "hcall %#lx = %ld", number, rc);
	for (u32 i = 0; i < 32; i++) {
		if (i == 3 || (i > 3 && i < changed))
			continue;
		if (i < 13 && i != 1 && i != 2 && got.gpr[i] == 0)
			continue;
		kept(number, "GPR", i, got.gpr[i], want.gpr[i]);
	}
	for (u32 i = 0; i < 64; i++) {
		kept(number, "VSR", i, got.vsr[i][0], want.vsr[i][0]);
		kept(number, "VSR", i, got.vsr[i][1], want.vsr[i][1]);
	}
	kept(number, "LR", 0, got.lr, want.lr);
	kept(number, "CR", 0, got.cr & 0x00fff000, want.cr & 0x00fff000);
	kept(number, "FPSCR", 0, got.fpscr, want.fpscr);
	kept(number, "VRSAVE", 0, got.vrsave, want.vrsave);
	if (got.ctr)
		kept(number, "CTR", 0, got.ctr, want.ctr);
	if (got.xer)
		kept(number, "XER", 0, got.xer, want.xer);
}

/* What a lucky guess may have switched on would disturb the rest of the test. */
static void undo(u64 number)
{
	if (number == H_SET_MODE) {
		hcall(H_SET_MODE, 0, SET_MODE_ENDIAN, 0, 0);
		hcall(H_SET_MODE, 0, SET_MODE_AIL, 0, 0);
		hcall(H_SET_MODE, 0, SET_MODE_CIABR, 0, 0);
		hcall(H_SET_MODE, 0, SET_MODE_DAWR, 0, 0);
	} else if (number == H_SET_DABR || number == H_SET_XDABR) {
		hcall(number, 0, 0);
	} else if (number == H_REGISTER_VPA) {
		for (u64 function = 7; function >= 5; function--)
			hcall(H_REGISTER_VPA, function * VPA_FUNCTION, processor_self()->number, 0);
	}
}

static void call_one(u64 number)
{
	registers_make(number);
	/* Who confers to itself with interrupts off waits for this. */
	if (number == H_CONFER)
		hcall(H_PROD, processor_self()->number);
	dec_set(2000);
	exchange_hcall(&want, &got);
	interrupts_set(false);
	undo(number);
	check_result(number);
}

/* The IPI that a call set off is taken back first, so that it ends. */
static void external(struct exception *exception)
{
	u64 regs[HCALL_REGISTERS];

	(void)exception;
	hcall(H_IPI, processor_self()->number, 0xff);
	check(hcall_registers(H_XIRR, regs) == H_SUCCESS, "H_XIRR");
	hcall(H_EOI, regs[0]);
}

static void decrementer(struct exception *exception)
{
	(void)exception;
	dec_set(0x7fffffff);
}

static void ignore(struct exception *exception)
{
	exception->msr &= ~0x600UL;
}

/* H_SIGNAL_SYS_RESET of itself, or of all. */
static void system_reset(struct exception *exception)
{
	(void)exception;
}

int main(void)
{
	u64 rounds = guest_argument("rounds", 200);

	stream.state = guest_argument("seed", guest_id + 1);
	work = guest_free_memory(guest_rmo_size());
	memory_size = guest_memory_size();
	edges_init();
	ending_init();
	exception_handle(EXCEPTION_EXTERNAL, external);
	exception_handle(EXCEPTION_DECREMENTER, decrementer);
	exception_handle(EXCEPTION_TRACE, ignore);
	exception_handle(EXCEPTION_SYSTEM_RESET, system_reset);
	mtmsr(mfmsr() | MSR_FP_ALL);
	for (u64 number = 0; number <= HCALL_MAX + 0x40; number += 4)
		for (u64 i = 0; i < rounds; i++)
			call_one(number);
	printf("hcalls: 0 to %#x\n", HCALL_MAX + 0x40);
	for (u64 number = 0; number <= HCALL_MAX; number++)
		if (number % 4)
			call_one(number);
	for (u32 bit = 11; bit < 64; bit++)
		for (u64 number = 0; number <= HCALL_MAX; number += 4)
			call_one(number | 1UL << bit);
	for (u64 i = 0; i < rounds * 100; i++)
		call_one(random_next(&stream) >> random_next(&stream) % 64);
	printf("hcalls: numbers that are none\n");
	for (u64 i = 0; i < rounds * 50; i++) {
		call_one(H_PRIVATE_RTAS);
		call_one(H_PRIVATE_OF);
	}
	printf("\nhcalls: the private ones\n");
	return 0;
}
