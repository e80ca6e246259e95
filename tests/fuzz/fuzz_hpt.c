// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/hpt.c hv/hpt_hcall.c hv/lpar.c hv/lmb.c tests/unit/fake_tlb.c
// SOURCES: tests/unit/pft_world.c
// Any sequence of page frame table calls with any arguments. Each answer is one that LoPAR has and
// shows neither a hypervisor's bit nor a real address; at the end no entry is locked, and every
// valid one maps only what is the partition's.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hv/log.h"
#include "papr/hcall.h"
#include "tests/unit/pft_world.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static const u64 numbers[] = {H_ENTER,	   H_REMOVE,	H_PROTECT,    H_READ,
			      H_CLEAR_MOD, H_CLEAR_REF, H_BULK_REMOVE};

struct input {
	const u8 *next;
	size_t left;
};

void panic(const char *format, ...)
{
	fprintf(stderr, "%s\n", format);
	abort();
}

static u8 take(struct input *input)
{
	if (!input->left)
		return 0;
	input->left--;
	return *input->next++;
}

/* A value of a few bytes at any bit position, added to what the register had. */
static u64 take_argument(struct input *input, u64 old)
{
	u8 shape = take(input);
	u64 value = take(input);

	if (shape & 0x80)
		value = value << 8 | take(input);
	if (shape & 0x40)
		value |= old;
	return value << (shape & 63) | (shape & 63 ? value >> (64 - (shape & 63)) : 0);
}

static void check_answer(u64 number, s64 code, const u64 *gpr)
{
	switch (code) {
	case H_PARAMETER:
	case H_NOT_FOUND:
		break;
	case H_SUCCESS:
		if ((number == H_REMOVE || number == H_READ) && gpr[4] & PTEH_FIRMWARE)
			abort();
		if ((number == H_REMOVE || number == H_READ) && (gpr[5] & PTEL_RPN) >= world_size)
			abort();
		break;
	case H_PTEG_FULL:
	case H_TOO_BIG:
		if (number != H_ENTER)
			abort();
		break;
	default:
		abort();
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input input = {.next = data, .left = size};
	u64 *gpr = world.vp.gpr;

	world_reset();
	while (input.left) {
		u64 number = numbers[take(&input) % ARRAY_SIZE(numbers)];
		u32 n = number == H_BULK_REMOVE ? 8 : number == H_ENTER ? 4 : 3;

		for (u32 i = 4; i < 4 + n; i++)
			gpr[i] = take_argument(&input, gpr[i]);
		check_answer(number, hcall(number), gpr);
	}
	if (!world_check())
		abort();
	return 0;
}
