// SPDX-License-Identifier: Apache-2.0
// SOURCES: tests/unit/splpar_world.c hv/splpar_hcall.c hv/ppp_hcall.c hv/vphn_hcall.c
/*
 * The calls of shared processors with any arguments, in partitions of any kind: they answer with a
 * code that they may answer with, write their outputs and nothing else, and reach no processor that
 * is not the partition's. The input is a number of processors, a sharing mode, states of four
 * processors at a time, then calls: which, with what interrupts, two arguments.
 */
#include <stdlib.h>
#include <string.h>

#include "hv/msr.h"
#include "hv/pool.h"
#include "tests/unit/splpar_world.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define HEADER_SIZE (3 + LPAR_MAX_VPS / 4)
#define CALL_SIZE   18

static const struct rule {
	u32 number, last; /* the last output is in R@last */
	s64 codes[3];
} rules[] = {
	{H_CONFER, 3, {H_SUCCESS, H_PARAMETER, H_PARAMETER}},
	{H_JOIN, 3, {H_SUCCESS, H_CONTINUE, H_BAD_MODE}},
	{H_POLL_PENDING, 3, {H_SUCCESS, H_PENDING, H_PENDING}},
	{H_SIGNAL_SYS_RESET, 3, {H_SUCCESS, H_PARAMETER, H_PARAMETER}},
	{H_GET_PPP, 8, {H_SUCCESS, H_SUCCESS, H_SUCCESS}},
	{H_SET_PPP, 3, {H_SUCCESS, H_CONSTRAINED, H_PARAMETER}},
	{H_PURR, 4, {H_SUCCESS, H_SUCCESS, H_SUCCESS}},
	{H_PIC, 12, {H_SUCCESS, H_AUTHORITY, H_AUTHORITY}},
	{H_HOME_NODE_ASSOCIATIVITY, 9, {H_SUCCESS, H_PARAMETER, H_P2}},
};

static void partition_make(const u8 *data)
{
	static const u32 states[] = {VP_STOPPED, VP_RUNNABLE, VP_CEDED, VP_JOINED};

	world_reset();
	lpar.nr_vps = 1 + data[0] % LPAR_MAX_VPS;
	lpar.procs.sharing_mode = data[1] % (SHARING_SHARE_IDLE_ALWAYS + 1);
	world.constrained = data[2] & 1;
	world.work = data[2] & 2;
	for (u32 i = 1; i < LPAR_MAX_VPS; i++)
		vps[i].state = states[data[3 + i / 4] >> i % 4 * 2 & 3];
}

static void call(const u8 *data)
{
	const struct rule *rule = &rules[data[0] % ARRAY_SIZE(rules)];
	u64 a, b;
	s64 code;

	memcpy(&a, data + 2, sizeof(a));
	memcpy(&b, data + 10, sizeof(b));
	vps[0].state = VP_RUNNING;
	vps[0].msr = MSR_SF | MSR_ME | (data[1] & 1 ? MSR_EE : 0);
	code = world_call(rule->number, a, b, rule->last);
	if (code != rule->codes[0] && code != rule->codes[1] && code != rule->codes[2])
		abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	if (size < HEADER_SIZE)
		return 0;
	partition_make(data);
	for (size_t at = HEADER_SIZE; at + CALL_SIZE <= size; at += CALL_SIZE)
		call(data + at);
	return 0;
}
