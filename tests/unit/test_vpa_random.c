// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/vpa.c hv/vpa_hcall.c hv/lpar.c hv/lmb.c
// Any registrations with any arguments, answered as a second reading of the rules has it; areas
// that change while they are used; and nothing written that is not the partition's.
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/cpu.h"
#include "hv/hcall.h"
#include "hv/lmb.h"
#include "hv/log.h"
#include "hv/lpar.h"
#include "hv/real.h"
#include "hv/vp.h"
#include "hv/vpa.h"
#include "papr/vpa.h"

#define VPS	4
#define SIZE	LMB_MIN_SIZE
#define END	(2 * SIZE)
#define CALLS	200000
#define ROUNDS	50000
#define GUARD	0xa5
#define LINE	128UL
#define NOTHING (~0UL)

u8 real_memory[3 * LMB_MIN_SIZE] __aligned(4096);

static struct lmb table[3];
static u32 map[] = {2, 0}; /* number 1 is somebody else's */
static struct vp vps[VPS];
static struct lpar lpar = {.id = 1, .nr_vps = VPS};
static struct cpu cpu;

void panic(const char *format, ...)
{
	fail_msg("%s", format);
	abort();
}

static u64 random64(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static int setup(void **state)
{
	(void)state;
	lmb_init(table, sizeof(real_memory), SIZE);
	lpar.map = (struct lmap){.nr_lmbs = 2, .lmb = map};
	memset(real_memory, 0, sizeof(real_memory));
	memset(real_memory + SIZE, GUARD, SIZE);
	for (u32 i = 0; i < VPS; i++) {
		vps[i] = (struct vp){.lpar = &lpar, .number = i, .dispatch_count = 1};
		lpar.vps[i] = &vps[i];
	}
	return 0;
}

static int check_guard(void **state)
{
	(void)state;
	for (u64 i = 0; i < SIZE; i++)
		if (real_memory[SIZE + i] != GUARD)
			return -1;
	return 0;
}

static s64 call(struct vp *vp, u64 function, u64 number, u64 logical)
{
	vp->gpr[4] = function << VPA_FUNCTION_SHIFT;
	vp->gpr[5] = number;
	vp->gpr[6] = logical;
	return __start_hcalls->handler(vp);
}

/* --- the rules once more --- */

static struct model {
	u64 vpa, dtl, slb; /* NOTHING: not registered */
} model[VPS];

static bool is_outside(u64 logical, u64 length)
{
	return logical >= END || length > END || logical + length > END ||
	       logical / SIZE != (logical + length - 1) / SIZE;
}

static bool crosses_4k(u64 logical, u64 length)
{
	return logical / 4096 != (logical + length - 1) / 4096;
}

static s64 expect_register(struct model *of, u64 function, u64 logical, u32 size)
{
	if (logical == 0 || logical % LINE != 0 || is_outside(logical, 8))
		return H_PARAMETER;
	if (function == 1) {
		size >>= 16;
		if (size < 640 || crosses_4k(logical, size) || is_outside(logical, size))
			return H_PARAMETER;
		of->vpa = logical;
		return H_SUCCESS;
	}
	if (function == 2 && (size < 48 || size > 4096))
		return H_PARAMETER;
	if (function == 3 && (size < 8 || crosses_4k(logical, size)))
		return H_PARAMETER;
	if (is_outside(logical, size))
		return H_PARAMETER;
	if (of->vpa == NOTHING)
		return H_RESOURCE;
	*(function == 2 ? &of->dtl : &of->slb) = logical;
	return H_SUCCESS;
}

static s64 expect(u64 caller, u64 function, u64 number, u64 logical, u32 size)
{
	struct model *of;

	if (number >= VPS)
		return H_PARAMETER;
	of = &model[number];
	if (number != caller && vps[number].state != VP_STOPPED && function != 2 && function != 6)
		return H_STATE;
	switch (function) {
	case 1:
	case 2:
	case 3:
		return expect_register(of, function, logical, size);
	case 5:
		if (of->dtl != NOTHING || of->slb != NOTHING)
			return H_RESOURCE;
		of->vpa = NOTHING;
		return H_SUCCESS;
	case 6:
		of->dtl = NOTHING;
		return H_SUCCESS;
	case 7:
		of->slb = NOTHING;
		return H_SUCCESS;
	default:
		return H_PARAMETER;
	}
}

/* Often good, often at an edge. */
static u64 random_address(u64 *seed)
{
	static const u64 base[] = {0, 0, 4096, 8192, SIZE - 4096, SIZE, END - 4096, END, 1UL << 63};
	u64 r = random64(seed);

	if (r % 16 == 0)
		return random64(seed);
	return base[r / 16 % ARRAY_SIZE(base)] + r / 256 % 33 * 128 + (r % 64 == 1 ? 8 : 0);
}

static u32 random_size(u64 *seed, u64 function)
{
	static const u32 sizes[] = {0,	 7,   8,   15,	 16,   47,   48,   64,	 640,  640,
				    640, 639, 656, 1024, 3968, 4080, 4096, 4097, 8192, 1u << 31};
	u64 r = random64(seed);
	u32 size = sizes[r / 4 % ARRAY_SIZE(sizes)];

	return (r % 8 == 0) == (function == 1) ? size : size << 16 | (u32)(r >> 48);
}

static void use_areas(struct vp *vp, u64 *seed)
{
	u64 r = random64(seed), shadow;
	u32 count = vpa_dispatch_count(vp), n;

	vp->leave_reason = r % 5;
	vp->left_at = r >> 3 & 0xffff;
	vp->dispatched_at = r >> 20;
	vpa_dispatch(vp, &cpu);
	assert_int_equal(vpa_dispatch_count(vp), count + 1);
	vpa_keep(vp);
	vpa_donates(vp);
	shadow = vpa_slb_shadow(vp);
	if (shadow) {
		n = vpa_slb_bolted(shadow);
		assert_in_range(n, 0, VP_SLB_SIZE);
		for (u32 i = 0; i < n; i++)
			assert_int_equal(vpa_slb_entry(shadow, i).e & 0x7ffffff, 0);
	}
	vpa_preempt(vp);
	assert_int_equal(vpa_dispatch_count(vp), count + 2);
}

static void follows_the_rules(void **state)
{
	u64 seed = 88172645463325252, done = 0;

	(void)state;
	for (u32 i = 0; i < VPS; i++)
		model[i] = (struct model){NOTHING, NOTHING, NOTHING};
	for (u32 i = 0; i < CALLS; i++) {
		u64 r = random64(&seed), caller = r % VPS, function = r >> 8 & 7;
		u64 number = r >> 16 & 31 ? r >> 24 & 3 : r >> 24;
		u64 logical = random_address(&seed);
		be32 size = cpu_to_be32(random_size(&seed, function));
		s64 status;

		vps[r >> 32 & 3].state = r >> 40 & 1 ? VP_STOPPED : VP_CEDED;
		if (!lpar_copy_out(&lpar, logical + 4, &size, 4))
			size = 0;
		status = expect(caller, function, number, logical, be32_to_cpu(size));
		assert_int_equal(call(&vps[caller], function, number, logical), status);
		done += status == H_SUCCESS && function < 5;
		use_areas(&vps[r >> 48 & 3], &seed);
	}
	assert_true(done > CALLS / 50); /* or it tests no more than refusals */
	for (u32 i = 0; i < VPS; i++) {
		assert_int_equal(vps[i].vpa.logical, model[i].vpa == NOTHING ? 0 : model[i].vpa);
		assert_int_equal(vps[i].dtl.logical, model[i].dtl == NOTHING ? 0 : model[i].dtl);
		assert_int_equal(vps[i].slb_shadow.logical,
				 model[i].slb == NOTHING ? 0 : model[i].slb);
	}
}

/* --- processors that get in each other's way --- */

static bool stop;

/* A program that writes over all areas as fast as it can. */
static void *scribble(void *nothing)
{
	u64 seed = 4711;

	(void)nothing;
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		u64 r = random64(&seed);
		u64 *word = lpar_ptr(&lpar, 4096 + r % 4096 * 8, 8);

		__atomic_store_n(word, r >> 32 & 1 ? ~0UL : r, __ATOMIC_RELAXED);
	}
	return NULL;
}

static u64 put_area(u64 function, u64 page, u64 *seed)
{
	u64 logical = 4096 + page * 4096, r = random64(seed);
	u32 size = function == VPA_REGISTER ? 640 << 16 : 48 + r % 1024;
	be32 *at = lpar_ptr(&lpar, logical + 4, 4);

	__atomic_store_n(at, cpu_to_be32(size), __ATOMIC_RELAXED);
	return logical;
}

/* Its own areas, and everybody's trace logs, while the owners are switched. */
static void *run_processor(void *arg)
{
	struct vp *vp = arg;
	u64 seed = 1234567 + vp->number;

	for (u32 i = 0; i < ROUNDS; i++) {
		u64 r = random64(&seed), other = r >> 4 & 3;

		switch (r % 8) {
		case 0:
		case 1:
			call(vp, VPA_REGISTER, vp->number,
			     put_area(VPA_REGISTER, 2 * vp->number, &seed));
			break;
		case 2:
			call(vp, VPA_REGISTER_SLB_SHADOW, vp->number,
			     put_area(VPA_REGISTER_SLB_SHADOW, 2 * vp->number, &seed));
			break;
		case 3:
			call(vp, VPA_DEREGISTER_SLB_SHADOW, vp->number, 0);
			break;
		case 4:
		case 5:
			call(vp, VPA_REGISTER_DTL, other,
			     put_area(VPA_REGISTER_DTL, 2 * other + 1, &seed));
			break;
		case 6:
			call(vp, VPA_DEREGISTER_DTL, other, 0);
			break;
		default:
			call(vp, VPA_DEREGISTER, vp->number, 0);
		}
		use_areas(vp, &seed);
	}
	return NULL;
}

static void processors_race(void **state)
{
	pthread_t processor[VPS], hostile;

	(void)state;
	__atomic_store_n(&stop, false, __ATOMIC_RELAXED);
	for (u32 i = 0; i < VPS; i++)
		vps[i].state = VP_RUNNING;
	assert_int_equal(pthread_create(&hostile, NULL, scribble, NULL), 0);
	for (u32 i = 0; i < VPS; i++)
		assert_int_equal(pthread_create(&processor[i], NULL, run_processor, &vps[i]), 0);
	for (u32 i = 0; i < VPS; i++)
		assert_int_equal(pthread_join(processor[i], NULL), 0);
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	assert_int_equal(pthread_join(hostile, NULL), 0);
	for (u32 i = 0; i < VPS; i++)
		assert_int_equal(vpa_dispatch_count(&vps[i]), 2 * ROUNDS + 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(follows_the_rules, setup, check_guard),
		cmocka_unit_test_setup_teardown(processors_race, setup, check_guard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
