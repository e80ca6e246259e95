// SPDX-License-Identifier: Apache-2.0
// SOURCES: tests/unit/rtas_world.c tests/unit/fake_tlb.c hv/lpar.c partition/console.c
// SOURCES: partition/nvram.c partition/rtas.c partition/rtas_cpu.c partition/rtas_display.c
// SOURCES: partition/rtas_event.c partition/rtas_power.c partition/rtas_sysparm.c
/*
 * RTAS: the argument buffer, whatever is in it, and the calls about processors, power and
 * parameters.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/machine.h"
#include "hv/pool.h"
#include "hv/real.h"
#include "papr/hcall.h"
#include "partition/console.h"
#include "partition/rtas.h"
#include "tests/unit/fake_tlb.h"
#include "tests/unit/rtas_world.h"

static int reset(void **state)
{
	(void)state;
	world_reset();
	return 0;
}

static void assert_untouched(u64 address, u64 length)
{
	u8 byte;

	for (u64 i = 0; i < length; i++) {
		assert_true(lpar_copy_in(&partition.lpar, &byte, address + i, 1));
		assert_int_equal(byte, WORLD_NOTHING);
	}
}

/* --- the stub --- */

static void test_instantiate(void **state)
{
	(void)state;
	assert_int_equal(rtas_instantiate(&partition, WORLD_RMO - RTAS_STUB_SIZE), 0);
	assert_int_equal(partition.rtas.base, WORLD_RMO - RTAS_STUB_SIZE);
	assert_ptr_equal(fake_tlb.synced, lpar_ptr(&partition.lpar, partition.rtas.base, 20));
	assert_int_equal(fake_tlb.synced_bytes, 20);
	assert_int_equal(world_get(partition.rtas.base), 0x78640020);	   /* clrldi r4,r3,32 */
	assert_int_equal(world_get(partition.rtas.base + 4), 0x3c600000);  /* lis r3,0 */
	assert_int_equal(world_get(partition.rtas.base + 8), 0x6063f000);  /* ori r3,r3,0xf000 */
	assert_int_equal(world_get(partition.rtas.base + 12), 0x44000022); /* sc 1 */
	assert_int_equal(world_get(partition.rtas.base + 16), 0x4e800020); /* blr */
}

static void test_instantiate_refusals(void **state)
{
	(void)state;
	assert_int_equal(rtas_instantiate(&partition, 0x1800), -1);
	assert_int_equal(rtas_instantiate(&partition, WORLD_RMO), -1);
	assert_int_equal(rtas_instantiate(&partition, ~0xfffUL), -1);
	partition.lpar.rmo_size = WORLD_MEM + RTAS_STUB_SIZE;
	assert_int_equal(rtas_instantiate(&partition, WORLD_MEM), -1);
	assert_int_equal(partition.rtas.base, 0);
	assert_untouched(0, WORLD_MEM);
}

static void test_reset_hook(void **state)
{
	(void)state;
	partition.rtas = (struct rtas){.base = 4096, .os_terminated = true};
	for (lpar_reset_hook *const *hook = __start_reset_hooks; hook < __stop_reset_hooks; hook++)
		(*hook)(&partition.lpar);
	assert_int_equal(partition.rtas.base, 0);
	assert_false(partition.rtas.os_terminated);
}

/* --- the argument buffer --- */

static void assert_buffer_refused(u64 buffer, u32 token)
{
	u32 traces = world.traces;

	assert_int_equal(world_hcall(buffer), H_PARAMETER);
	assert_int_equal(world.traces, traces + 1);
	assert_int_equal(world.traced[0], token);
	assert_int_equal(world.traced[1], (u64)H_PARAMETER);
}

static void test_buffer_outside(void **state)
{
	(void)state;
	assert_buffer_refused(~0UL, 0);
	assert_buffer_refused(~0UL - 11, 0);
	assert_buffer_refused(WORLD_RMO, 0);
	assert_buffer_refused(WORLD_RMO - 8, 0);
	assert_buffer_refused(1UL << 32, 0);
	/* In the partition, but not in its RMO. */
	world_write_call(WORLD_RMO + 64, world_token("event-scan"), 4, 1, (u32[4]){0});
	assert_buffer_refused(WORLD_RMO + 64, 0);
	/* The header is inside, the status would not be. */
	world_write_call(WORLD_RMO - 28, 7, 4, 1, (u32[4]){0});
	assert_buffer_refused(WORLD_RMO - 28, 7);
}

static void test_buffer_at_the_end(void **state)
{
	(void)state;
	world_write_call(WORLD_RMO - 32, world_token("event-scan"), 4, 1, (u32[4]){0});
	assert_int_equal(world_hcall(WORLD_RMO - 32), H_SUCCESS);
	assert_int_equal(world_get(WORLD_RMO - 4), RTAS_NO_ERRORS_FOUND);
	assert_untouched(WORLD_RMO, 64);
}

/* An RMO that claims to be larger than memory is no way out of it. */
static void test_buffer_outside_memory(void **state)
{
	(void)state;
	partition.lpar.rmo_size = ~0UL;
	assert_buffer_refused(WORLD_MEM, 0);
	assert_buffer_refused(WORLD_MEM - 8, 0);
	assert_buffer_refused(~0UL - 64, 0);
}

static void test_bad_counts(void **state)
{
	static const u32 counts[][2] = {
		{0, 0},
		{3, 0},
		{17, 1},
		{16, 1},
		{0, 17},
		{1, 16},
		{0xffffffff, 1},
		{1, 0xffffffff},
		{0xffffffff, 0xffffffff},
		{0x40000000, 1},
		{0, 0x40000001},
		{0xfffffff0, 0x20},
		{15, 2},
		{0x80000000, 0x80000001},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		world_put(0x1000, world_token("system-reboot"));
		world_put(0x1004, counts[i][0]);
		world_put(0x1008, counts[i][1]);
		assert_buffer_refused(0x1000, world_token("system-reboot"));
		assert_untouched(0x100c, 256);
	}
	assert_int_equal(world.reboots, 0);
}

/* There is a place for the status then. */
static void test_unknown_call(void **state)
{
	u32 count = (u32)(__stop_rtas_calls - __start_rtas_calls);
	u32 tokens[] = {0, count + 1, 0x7fffffff, 0x80000000, 0xffffffff};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tokens); i++) {
		world_write_call(WORLD_BUFFER, tokens[i], 1, 2, (u32[]){5});
		assert_int_equal(world_hcall(WORLD_BUFFER), H_SUCCESS);
		assert_int_equal(world_get(WORLD_BUFFER + 16), (u32)RTAS_PARAMETER);
		assert_int_equal(world_get(WORLD_BUFFER + 20), 0);
		assert_int_equal(world.traces, i + 1);
		assert_int_equal(world.traced[0], tokens[i]);
		assert_int_equal((s64)world.traced[1], RTAS_PARAMETER);
	}
}

/* Every call is made with every other number of inputs and outputs that the buffer has room for. */
static void test_wrong_counts(void **state)
{
	(void)state;
	for (const struct rtas_line *line = __start_rtas_calls; line < __stop_rtas_calls; line++) {
		for (u32 nargs = 0; nargs < RTAS_MAX_ARGS; nargs++) {
			for (u32 nret = 1; nargs + nret <= RTAS_MAX_ARGS; nret++) {
				u32 args[RTAS_MAX_ARGS] = {0}, rets[RTAS_MAX_ARGS];

				if (nargs >= line->nargs_min && nargs <= line->nargs_max &&
				    nret == line->nret)
					continue;
				assert_int_equal(world_call(line->name, nargs, nret, args, rets),
						 RTAS_PARAMETER);
			}
		}
	}
	assert_int_equal(world.starts + world.stops + world.power_offs + world.reboots, 0);
}

/* Tokens and names are one to one. */
static void test_table(void **state)
{
	(void)state;
	for (const struct rtas_line *line = __start_rtas_calls; line < __stop_rtas_calls; line++) {
		assert_int_equal(world_token(line->name), line - __start_rtas_calls + 1);
		assert_true(line->nargs_min <= line->nargs_max);
		assert_true(line->nret >= 1 && line->nargs_max + line->nret <= RTAS_MAX_ARGS);
	}
}

/* Bytes before the buffer, its inputs and what is behind it stay as they are. */
static void test_writes_only_outputs(void **state)
{
	(void)state;
	assert_int_equal(WORLD_CALL("event-scan", 0x11223344, 0x55667788, 3, 4),
			 RTAS_NO_ERRORS_FOUND);
	assert_untouched(0, WORLD_BUFFER);
	assert_int_equal(world_get(WORLD_BUFFER), world_token("event-scan"));
	assert_int_equal(world_get(WORLD_BUFFER + 4), 4);
	assert_int_equal(world_get(WORLD_BUFFER + 8), 1);
	assert_int_equal(world_get(WORLD_BUFFER + 12), 0x11223344);
	assert_int_equal(world_get(WORLD_BUFFER + 16), 0x55667788);
	assert_untouched(WORLD_BUFFER + 32, WORLD_MEM - WORLD_BUFFER - 32);
}

/* --- processors --- */

static void test_start_cpu(void **state)
{
	(void)state;
	assert_int_equal(WORLD_CALL("start-cpu", 2, 0x4000, 0xfffffffe), RTAS_SUCCESS);
	assert_int_equal(world.starts, 1);
	assert_ptr_equal(world.vp, &vps[2]);
	assert_int_equal(world.pc, 0x4000);
	assert_int_equal(world.r3, 0xfffffffe);
	assert_int_equal(WORLD_CALL("start-cpu", 3, WORLD_RMO - 4, 0), RTAS_SUCCESS);
	assert_int_equal(WORLD_CALL("start-cpu", 1, 0, 0), RTAS_SUCCESS);
	assert_int_equal(world.traces, 0);
}

static void test_start_cpu_refusals(void **state)
{
	(void)state;
	assert_int_equal(WORLD_CALL("start-cpu", 0, 0x4000, 0), RTAS_PARAMETER); /* itself */
	assert_int_equal(WORLD_CALL("start-cpu", WORLD_VPS, 0x4000, 0), RTAS_PARAMETER);
	assert_int_equal(WORLD_CALL("start-cpu", 0xffffffff, 0x4000, 0), RTAS_PARAMETER);
	assert_int_equal(WORLD_CALL("start-cpu", 1, 0x4002, 0), RTAS_PARAMETER);
	assert_int_equal(WORLD_CALL("start-cpu", 1, WORLD_RMO, 0), RTAS_PARAMETER);
	assert_int_equal(WORLD_CALL("start-cpu", 1, 0xfffffffc, 0), RTAS_PARAMETER);
	for (enum vp_state vp_state = VP_RUNNABLE; vp_state <= VP_JOINED; vp_state++) {
		vps[1].state = vp_state;
		assert_int_equal(WORLD_CALL("start-cpu", 1, 0x4000, 0), RTAS_PARAMETER);
	}
	assert_int_equal(world.starts, 0);
	assert_int_equal(world.traces, 10);
}

/* It can be started as soon as query-cpu-stopped-state says that it is stopped, not before. */
static void test_stop_in_progress(void **state)
{
	u32 rets[2];

	(void)state;
	world.leaving = &vps[1];
	assert_int_equal(WORLD_CALL("start-cpu", 1, 0x4000, 0), RTAS_BUSY);
	assert_int_equal(world.starts, 0);
	world_call("query-cpu-stopped-state", 1, 2, (u32[]){1}, rets);
	assert_int_equal(rets[1], 1);
	world.leaving = NULL;
	world_call("query-cpu-stopped-state", 1, 2, (u32[]){1}, rets);
	assert_int_equal(rets[1], 0);
	assert_int_equal(WORLD_CALL("start-cpu", 1, 0x4000, 0), RTAS_SUCCESS);
	world_call("query-cpu-stopped-state", 1, 2, (u32[]){1}, rets);
	assert_int_equal(rets[1], 2);
}

/* Whoever asks is being stopped with its partition. */
static void test_start_cpu_by_a_stopped_one(void **state)
{
	(void)state;
	vps[0].state = VP_STOPPED;
	assert_int_equal(WORLD_CALL("start-cpu", 1, 0x4000, 0), RTAS_PARAMETER);
	assert_int_equal(world.starts, 0);
}

static void test_stop_self(void **state)
{
	(void)state;
	vps[3].state = VP_CEDED;
	world_write_call(WORLD_BUFFER, world_token("stop-self"), 0, 1, NULL);
	assert_int_equal(world_hcall(WORLD_BUFFER), H_SUCCESS);
	assert_int_equal(world.stops, 1);
	assert_ptr_equal(world.vp, &vps[0]);
	assert_int_equal(world.power_offs, 0);
	assert_untouched(WORLD_BUFFER + 12, 4); /* nobody is there to read it */
}

/* LoPAR "stop-self": the last one ends the partition. */
static void test_stop_self_last(void **state)
{
	(void)state;
	world_write_call(WORLD_BUFFER, world_token("stop-self"), 0, 1, NULL);
	assert_int_equal(world_hcall(WORLD_BUFFER), H_SUCCESS);
	assert_int_equal(world.power_offs, 1);
	assert_int_equal(world.logs, 1);
	assert_string_equal(world.log, "lp1: the last processor has stopped itself");
}

static void test_query_cpu_stopped_state(void **state)
{
	static const struct {
		enum vp_state state;
		u32 status;
	} cases[] = {
		{VP_STOPPED, 0}, {VP_RUNNABLE, 2}, {VP_RUNNING, 2}, {VP_CEDED, 2}, {VP_JOINED, 2},
	};
	u32 rets[2];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		vps[1].state = cases[i].state;
		assert_int_equal(world_call("query-cpu-stopped-state", 1, 2, (u32[]){1}, rets),
				 RTAS_SUCCESS);
		assert_int_equal(rets[1], cases[i].status);
	}
	assert_int_equal(world_call("query-cpu-stopped-state", 1, 2, (u32[]){WORLD_VPS}, rets),
			 RTAS_PARAMETER);
	assert_int_equal(rets[1], 0);
}

/* --- power --- */

static void test_power_off(void **state)
{
	(void)state;
	world_write_call(WORLD_BUFFER, world_token("power-off"), 2, 1, (u32[]){0xffffffff, 1});
	assert_int_equal(world_hcall(WORLD_BUFFER), H_SUCCESS);
	assert_int_equal(world.power_offs, 1);
	assert_untouched(WORLD_BUFFER + 20, 4);
}

static void test_system_reboot(void **state)
{
	(void)state;
	world_write_call(WORLD_BUFFER, world_token("system-reboot"), 0, 1, NULL);
	assert_int_equal(world_hcall(WORLD_BUFFER), H_SUCCESS);
	assert_int_equal(world.reboots, 1);
	assert_untouched(WORLD_BUFFER + 12, 4);
}

static void put_string(u64 address, const char *string)
{
	assert_true(lpar_copy_out(&partition.lpar, address, string, strlen(string) + 1));
}

static void test_os_term(void **state)
{
	(void)state;
	put_string(WORLD_DATA, "OS panic: it\nis\033[2Jover\177\377");
	assert_int_equal(WORLD_CALL("ibm,os-term", WORLD_DATA), RTAS_SUCCESS);
	assert_string_equal(world.log,
			    "lp1: operating system terminated: OS panic: it is [2Jover  ");
	assert_int_equal(WORLD_CALL("ibm,os-term", WORLD_DATA), RTAS_SUCCESS);
	assert_int_equal(world.logs, 1); /* once is enough */
	assert_int_equal(world.power_offs + world.reboots, 0);
}

/* A string without end: over the end of the RMO, outside, and too long for a line. */
static void test_os_term_endless(void **state)
{
	static const char prefix[] = "lp1: operating system terminated: ";

	(void)state;
	memset(real_memory, 'x', WORLD_MEM);
	assert_int_equal(WORLD_CALL("ibm,os-term", WORLD_RMO - 3), RTAS_SUCCESS);
	assert_string_equal(world.log, "lp1: operating system terminated: xxx");
	partition.rtas.os_terminated = false;
	assert_int_equal(WORLD_CALL("ibm,os-term", 0xffffffff), RTAS_SUCCESS);
	assert_string_equal(world.log, "lp1: operating system terminated");
	partition.rtas.os_terminated = false;
	assert_int_equal(WORLD_CALL("ibm,os-term", 0x100), RTAS_SUCCESS);
	assert_int_equal(strlen(world.log), strlen(prefix) + 159);
}

/* --- events --- */

static s32 scan(u32 mask, u32 critical, u32 address, u32 size)
{
	return WORLD_CALL("event-scan", mask, critical, address, size);
}

static void test_warning(void **state)
{
	const u32 all = sizeof(struct epow_log);

	(void)state;
	world.epow = true;
	assert_int_equal(scan(~EVENT_CLASS_EPOW, 0, WORLD_DATA, 2048), RTAS_NO_ERRORS_FOUND);
	/* A buffer outside the RMO: the warning is not lost. */
	assert_int_equal(scan(~0u, 0, WORLD_RMO - 4, 2048), RTAS_PARAMETER);
	assert_int_equal(scan(EVENT_CLASS_EPOW, 0, WORLD_DATA, all), RTAS_SUCCESS);
	assert_int_equal(world_get(WORLD_DATA), 0x06240040);
	assert_int_equal(world_get(WORLD_DATA + 4), all - 8);
	assert_int_equal(world_get(WORLD_DATA + 8), 0x86008e00);
	assert_int_equal(world_get(WORLD_DATA + 20), 0x49424d00); /* "IBM" */
	assert_int_equal(world_get(WORLD_DATA + all - 12) >> 24, EPOW_SYSTEM_SHUTDOWN);
	assert_int_equal(world.refcode, REFCODE_EPOW_READ);
	assert_int_equal(scan(~0u, 0, WORLD_DATA, all), RTAS_NO_ERRORS_FOUND);
}

/* What does not fit is left out as a whole, and what takes time when it is urgent. */
static void test_short_warning(void **state)
{
	(void)state;
	for (u32 critical = 0; critical < 2; critical++) {
		memset(real_memory, WORLD_NOTHING, WORLD_MEM);
		world.epow = true;
		assert_int_equal(scan(~0u, critical, WORLD_DATA, critical ? 2048 : 100),
				 RTAS_SUCCESS);
		assert_int_equal(world_get(WORLD_DATA), 0x06200040);
		assert_int_equal(world_get(WORLD_DATA + 4), 0xeeeeeeee);
	}
	world.epow = true;
	assert_int_equal(scan(~0u, 0, WORLD_DATA + 8, 1), RTAS_SUCCESS);
	assert_int_equal(world_get(WORLD_DATA + 8), 0x06eeeeee);
}

static void test_dumped(void **state)
{
	(void)state;
	world.dumps = true;
	world_write_call(WORLD_BUFFER, world_token("ibm,os-term"), 1, 1, (u32[1]){WORLD_DATA});
	assert_int_equal(world_hcall(WORLD_BUFFER), H_SUCCESS);
	assert_int_equal(world_get(WORLD_BUFFER + 16), WORLD_NOTHING * 0x01010101u);
}

static void test_no_events(void **state)
{
	u32 args[7] = {0x500, 1, 0xffffffff, 0, WORLD_DATA, 64, 0}, ret;

	(void)state;
	assert_int_equal(WORLD_CALL("event-scan", 0xffffffff, 0, WORLD_DATA, 64), 1);
	assert_int_equal(world_call("check-exception", 6, 1, args, &ret), 1);
	assert_int_equal(world_call("check-exception", 7, 1, args, &ret), 1);
	assert_int_equal(WORLD_CALL("rtas-last-error", WORLD_DATA, 64), 1);
	assert_untouched(WORLD_DATA, 64);
	assert_int_equal(world.traces, 0);
}

/* --- the console --- */

static char shown[8];
static size_t shown_length, shown_room;

static size_t show(struct lpar *lpar, const void *bytes, size_t length)
{
	assert_ptr_equal(lpar, &partition.lpar);
	length = MIN(length, shown_room - shown_length);
	memcpy(&shown[shown_length], bytes, length);
	shown_length += length;
	return length;
}

static void test_display_character(void **state)
{
	(void)state;
	assert_int_equal(WORLD_CALL("display-character", 'a'), RTAS_SUCCESS); /* to nowhere */
	shown_length = 0;
	shown_room = 2;
	console_register(show);
	assert_int_equal(WORLD_CALL("display-character", 'b'), RTAS_SUCCESS);
	assert_int_equal(WORLD_CALL("display-character", 0xff), RTAS_SUCCESS);
	assert_int_equal(WORLD_CALL("display-character", 'c'), RTAS_BUSY);
	shown_room = 8;
	assert_int_equal(WORLD_CALL("display-character", 0x100), RTAS_PARAMETER);
	assert_int_equal(WORLD_CALL("display-character", 0xffffff61), RTAS_PARAMETER);
	assert_memory_equal(shown, "b\377", 2);
	assert_int_equal(shown_length, 2);
}

/* --- system parameters --- */

#define GET(token, address, size) WORLD_CALL("ibm,get-system-parameter", token, address, size)
#define SET(token)		  WORLD_CALL("ibm,set-system-parameter", token, WORLD_DATA)

/* The parameter as it was returned: its length and all that was written. */
static void assert_parameter(u32 token, const void *data, size_t length)
{
	u8 bytes[512];

	assert_int_equal(GET(token, WORLD_DATA, 4002), RTAS_SUCCESS);
	assert_true(lpar_copy_in(&partition.lpar, bytes, WORLD_DATA, sizeof(bytes)));
	assert_int_equal(bytes[0] << 8 | bytes[1], length);
	assert_memory_equal(bytes + 2, data, length);
	assert_untouched(WORLD_DATA + 2 + length, 64);
}

/* Key words and values in the order in which LoPAR lists them. */
static void test_splpar_shared(void **state)
{
	static const char uncapped[] =
		"BoundThrds=1,CapInc=1,DisWheRotPer=5120000,MinEntCap=20,MinEntCapPerVP=5,"
		"MinMem=256,MinProcs=2,MaxEntCap=300,MaxPlatProcs=2,DesEntCap=150,DesMem=256,"
		"DesProcs=4,DesVarCapWt=128,DedDonMode=0";
	static const char capped[] =
		"BoundThrds=1,CapInc=1,DisWheRotPer=5120000,MinEntCap=20,MinEntCapPerVP=5,"
		"MinMem=256,MinProcs=2,MaxEntCap=300,MaxPlatProcs=2,DesEntCap=150,DesMem=256,"
		"DesProcs=4,DesVarCapWt=0,DedDonMode=0";

	(void)state;
	assert_parameter(SYSPARM_SPLPAR, uncapped, sizeof(uncapped));
	world_reset();
	partition.lpar.procs.sharing_mode = SHARING_CAP;
	assert_parameter(SYSPARM_SPLPAR, capped, sizeof(capped));
}

static void test_splpar_dedicated(void **state)
{
	char expected[512];

	(void)state;
	for (u32 mode = SHARING_KEEP_IDLE; mode <= SHARING_SHARE_IDLE_ALWAYS; mode++) {
		int length = snprintf(
			expected, sizeof(expected),
			"BoundThrds=1,CapInc=100,DisWheRotPer=0,MinEntCap=200,MinEntCapPerVP=100,"
			"MinMem=256,MinProcs=2,MaxEntCap=800,MaxPlatProcs=2,DesEntCap=400,"
			"DesMem=256,DesProcs=4,DesVarCapWt=0,DedDonMode=%d",
			mode >= SHARING_SHARE_IDLE_ACTIVE);

		world_reset();
		partition.lpar.procs.sharing_mode = mode;
		assert_parameter(SYSPARM_SPLPAR, expected, (size_t)length + 1);
	}
}

/* Whatever a profile says has room. */
static void test_splpar_longest(void **state)
{
	(void)state;
	memset(&partition.lpar.procs, 0xff, sizeof(partition.lpar.procs));
	partition.lpar.procs.sharing_mode = SHARING_UNCAP;
	partition.profile.mem = ~0UL;
	machine.nr_cpus = pool_min_units_per_vp = ~0U;
	assert_int_equal(GET(SYSPARM_SPLPAR, WORLD_DATA, 4002), RTAS_SUCCESS);
	machine.nr_cpus = 2;
	pool_min_units_per_vp = 5;
	assert_in_range(world_get(WORLD_DATA) >> 16, 200, 384);
}

static void test_get_system_parameter(void **state)
{
	(void)state;
	assert_parameter(SYSPARM_LPAR_NAME, "lp1", 4);
	world_reset();
	assert_parameter(SYSPARM_PARTITION_AUTO_RESTART, "", 1);
	world_reset();
	memset(partition.lpar.name, 'n', LPAR_NAME_SIZE - 1);
	assert_parameter(SYSPARM_LPAR_NAME, partition.lpar.name, LPAR_NAME_SIZE);
}

static void test_get_system_parameter_sizes(void **state)
{
	(void)state;
	assert_int_equal(GET(SYSPARM_LPAR_NAME, 0xffffffff, 0), RTAS_SUCCESS);
	assert_int_equal(GET(SYSPARM_LPAR_NAME, WORLD_DATA, 1), RTAS_PARAMETER_LENGTH);
	assert_untouched(WORLD_DATA, 8);
	assert_int_equal(GET(SYSPARM_LPAR_NAME, WORLD_DATA, 2), RTAS_SUCCESS);
	assert_int_equal(world_get(WORLD_DATA), 0x0004eeee);
	assert_int_equal(GET(SYSPARM_LPAR_NAME, WORLD_DATA, 4), RTAS_SUCCESS);
	assert_int_equal(world_get(WORLD_DATA), 0x00046c70);
	assert_untouched(WORLD_DATA + 4, 4);
	/* Only what is written has to have room. */
	assert_int_equal(GET(SYSPARM_LPAR_NAME, WORLD_RMO - 6, 0xffffffff), RTAS_SUCCESS);
	assert_int_equal(GET(SYSPARM_LPAR_NAME, WORLD_RMO - 5, 6), RTAS_PARAMETER_LENGTH);
	assert_int_equal(GET(SYSPARM_LPAR_NAME, WORLD_RMO, 6), RTAS_PARAMETER_LENGTH);
	assert_int_equal(GET(SYSPARM_LPAR_NAME, 0xfffffffe, 6), RTAS_PARAMETER_LENGTH);
	assert_untouched(WORLD_RMO, 16);
}

static void test_get_system_parameter_unsupported(void **state)
{
	static const u32 tokens[] = {0, 15, 16, 22, 43, 48, 50, 56, 59, 0x7fffffff, 0xffffffff};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tokens); i++) {
		assert_int_equal(GET(tokens[i], WORLD_DATA, 256), RTAS_NOT_SUPPORTED);
		assert_int_equal(GET(tokens[i], WORLD_DATA, 0), RTAS_NOT_SUPPORTED);
	}
	assert_untouched(WORLD_DATA, 256);
}

static void test_set_system_parameter(void **state)
{
	(void)state;
	assert_int_equal(SET(0), RTAS_NOT_AUTHORIZED);
	assert_int_equal(SET(15), RTAS_NOT_AUTHORIZED);
	assert_int_equal(SET(SYSPARM_SPLPAR), RTAS_NOT_AUTHORIZED);
	assert_int_equal(SET(SYSPARM_PARTITION_AUTO_RESTART), RTAS_NOT_AUTHORIZED);
	assert_int_equal(SET(SYSPARM_LPAR_NAME), RTAS_NOT_AUTHORIZED);
	assert_int_equal(SET(16), RTAS_NOT_SUPPORTED);
	assert_int_equal(SET(22), RTAS_NOT_SUPPORTED);
	assert_int_equal(SET(0xffffffff), RTAS_NOT_SUPPORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_instantiate, reset),
		cmocka_unit_test_setup(test_instantiate_refusals, reset),
		cmocka_unit_test_setup(test_reset_hook, reset),
		cmocka_unit_test_setup(test_buffer_outside, reset),
		cmocka_unit_test_setup(test_buffer_at_the_end, reset),
		cmocka_unit_test_setup(test_buffer_outside_memory, reset),
		cmocka_unit_test_setup(test_bad_counts, reset),
		cmocka_unit_test_setup(test_unknown_call, reset),
		cmocka_unit_test_setup(test_wrong_counts, reset),
		cmocka_unit_test_setup(test_table, reset),
		cmocka_unit_test_setup(test_writes_only_outputs, reset),
		cmocka_unit_test_setup(test_start_cpu, reset),
		cmocka_unit_test_setup(test_start_cpu_refusals, reset),
		cmocka_unit_test_setup(test_start_cpu_by_a_stopped_one, reset),
		cmocka_unit_test_setup(test_stop_in_progress, reset),
		cmocka_unit_test_setup(test_stop_self, reset),
		cmocka_unit_test_setup(test_stop_self_last, reset),
		cmocka_unit_test_setup(test_query_cpu_stopped_state, reset),
		cmocka_unit_test_setup(test_power_off, reset),
		cmocka_unit_test_setup(test_system_reboot, reset),
		cmocka_unit_test_setup(test_os_term, reset),
		cmocka_unit_test_setup(test_os_term_endless, reset),
		cmocka_unit_test_setup(test_warning, reset),
		cmocka_unit_test_setup(test_short_warning, reset),
		cmocka_unit_test_setup(test_dumped, reset),
		cmocka_unit_test_setup(test_no_events, reset),
		cmocka_unit_test_setup(test_display_character, reset),
		cmocka_unit_test_setup(test_splpar_shared, reset),
		cmocka_unit_test_setup(test_splpar_dedicated, reset),
		cmocka_unit_test_setup(test_splpar_longest, reset),
		cmocka_unit_test_setup(test_get_system_parameter, reset),
		cmocka_unit_test_setup(test_get_system_parameter_sizes, reset),
		cmocka_unit_test_setup(test_get_system_parameter_unsupported, reset),
		cmocka_unit_test_setup(test_set_system_parameter, reset),
	};

	return cmocka_run_group_tests_name("rtas", tests, NULL, NULL);
}
