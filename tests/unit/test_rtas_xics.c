// SPDX-License-Identifier: Apache-2.0
// SOURCES: partition/rtas_xics.c hv/icp.c hv/ics.c
// The RTAS calls that direct and mask interrupt sources.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/machine.h"
#include "hv/vp.h"
#include "papr/rtas.h"
#include "partition/partition.h"
#include "partition/rtas.h"

static struct partition *partition;
static struct lpar *lpar;
static struct vp vps[2];
static struct rtas_call call;
static u32 irq;

u64 machine_timebase(void)
{
	return 0;
}

void vp_external_raise(struct vp *vp)
{
	assert_ptr_equal(vp->lpar, lpar);
}

struct vp *lpar_vp(const struct lpar *of, u64 number)
{
	return number < of->nr_vps ? of->vps[number] : NULL;
}

static s32 rtas(const char *name, u32 a, u32 b, u32 c)
{
	for (const struct rtas_line *line = __start_rtas_calls; line < __stop_rtas_calls; line++) {
		if (strcmp(line->name, name) != 0)
			continue;
		call = (struct rtas_call){
			.partition = partition,
			.vp = &vps[0],
			.nargs = line->nargs_min,
			.nret = line->nret,
			.arg = {a, b, c},
		};
		return line->handler(&call);
	}
	fail_msg("no call %s", name);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	partition = calloc(1, sizeof(*partition));
	lpar = &partition->lpar;
	lpar->nr_vps = ARRAY_SIZE(vps);
	for (u32 i = 0; i < ARRAY_SIZE(vps); i++) {
		vps[i] = (struct vp){.lpar = lpar, .number = i};
		lpar->vps[i] = &vps[i];
	}
	ics_reset(lpar);
	icp_set_cppr(&vps[1], 0xff);
	irq = ics_source_alloc(lpar);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(partition);
	return 0;
}

static void sources_start_masked(void **state)
{
	(void)state;
	assert_int_equal(rtas("ibm,get-xive", irq, 0, 0), RTAS_SUCCESS);
	assert_int_equal(call.ret[1], 0);
	assert_int_equal(call.ret[2], 0xff);
}

/* LoPAR "ibm,int-off": what ibm,set-xive left is what ibm,get-xive gives, on or off. */
static void xive_and_mask(void **state)
{
	(void)state;
	assert_int_equal(rtas("ibm,set-xive", irq, 1, 5), RTAS_SUCCESS);
	ics_pulse(lpar, irq);
	assert_false(icp_pending(&vps[1]));
	assert_int_equal(rtas("ibm,int-on", irq, 0, 0), RTAS_SUCCESS);
	assert_true(icp_pending(&vps[1]));
	icp_accept(&vps[1]);
	assert_int_equal(rtas("ibm,int-off", irq, 0, 0), RTAS_SUCCESS);
	assert_int_equal(rtas("ibm,get-xive", irq, 0, 0), RTAS_SUCCESS);
	assert_int_equal(call.ret[1], 1);
	assert_int_equal(call.ret[2], 5);
	ics_pulse(lpar, irq);
	icp_end(&vps[1], 0xff);
	ics_eoi(lpar, irq);
	assert_false(icp_pending(&vps[1]));
	assert_int_equal(rtas("ibm,int-on", irq, 0, 0), RTAS_SUCCESS);
	assert_true(icp_pending(&vps[1]));
}

static void bad_arguments_are_refused(void **state)
{
	static const u32 bad[] = {0, XICS_IPI, XICS_FIRST_SOURCE + 1, ~0u};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(rtas("ibm,get-xive", bad[i], 0, 0), RTAS_PARAMETER);
		assert_int_equal(call.ret[1], 0);
		assert_int_equal(rtas("ibm,set-xive", bad[i], 0, 5), RTAS_PARAMETER);
		assert_int_equal(rtas("ibm,int-on", bad[i], 0, 0), RTAS_PARAMETER);
		assert_int_equal(rtas("ibm,int-off", bad[i], 0, 0), RTAS_PARAMETER);
	}
	assert_int_equal(rtas("ibm,set-xive", irq, 2, 5), RTAS_PARAMETER);
	assert_int_equal(rtas("ibm,set-xive", irq, ~0u, 5), RTAS_PARAMETER);
	assert_int_equal(rtas("ibm,set-xive", irq, 1, 0x100), RTAS_PARAMETER);
	assert_int_equal(rtas("ibm,set-xive", irq, 1, ~0u), RTAS_PARAMETER);
	assert_int_equal(rtas("ibm,get-xive", irq, 0, 0), RTAS_SUCCESS);
	assert_int_equal(call.ret[1], 0);
	assert_int_equal(call.ret[2], 0xff);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sources_start_masked, setup, teardown),
		cmocka_unit_test_setup_teardown(xive_and_mask, setup, teardown),
		cmocka_unit_test_setup_teardown(bad_arguments_are_refused, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
