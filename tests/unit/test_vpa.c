// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/vpa.c hv/lpar.c hv/lmb.c
// Virtual processor areas: every rule of registration, and the dispatch count.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/hcall.h"
#include "hv/lmb.h"
#include "hv/log.h"
#include "hv/lpar.h"
#include "hv/real.h"
#include "hv/vp.h"
#include "hv/vpa.h"
#include "papr/vpa.h"

#define LMBS 2
#define SIZE LMB_MIN_SIZE
#define END  (LMBS * SIZE)
#define VPA  0x10000ul
#define DTL  0x20000ul
#define SLB  0x30000ul

u8 real_memory[LMBS * LMB_MIN_SIZE] __aligned(4096);

static struct lmb table[LMBS];
static u32 map[] = {1, 0}; /* neighbours that are none in real memory */
static struct vp vps[2];
static struct lpar lpar = {.id = 1, .nr_vps = 2, .vps = {&vps[0], &vps[1]}};

void panic(const char *format, ...)
{
	fail_msg("%s", format);
	abort();
}

static s64 call(u64 function, u64 number, u64 logical)
{
	const struct hcall *line = __start_hcalls;

	assert_int_equal(line->number, H_REGISTER_VPA);
	assert_null(line->set);
	vps[0].gpr[4] = function << VPA_FUNCTION_SHIFT;
	vps[0].gpr[5] = number;
	vps[0].gpr[6] = logical;
	return line->handler(&vps[0]);
}

static void put_size(u64 logical, u32 word)
{
	be32 size = cpu_to_be32(word);

	assert_true(lpar_copy_out(&lpar, logical + VPA_SIZE_OFFSET, &size, sizeof(size)));
}

static s64 register_sized(u64 function, u64 logical, u32 word)
{
	put_size(logical, word);
	return call(function, 0, logical);
}

/* The size of a VPA is the half word; what follows it is none of it. */
static u32 half(u32 size)
{
	return size << 16 | 0xffff;
}

static struct vpa *vpa_at(u64 logical)
{
	return lpar_ptr(&lpar, logical, sizeof(struct vpa));
}

static int setup(void **state)
{
	(void)state;
	lmb_init(table, sizeof(real_memory), SIZE);
	lpar.map = (struct lmap){.nr_lmbs = LMBS, .lmb = map};
	memset(real_memory, 0, sizeof(real_memory));
	for (u32 i = 0; i < 2; i++)
		vps[i] = (struct vp){.lpar = &lpar, .number = i};
	vps[0].state = VP_RUNNING;
	return 0;
}

static void registers_a_vpa(void **state)
{
	struct vpa *vpa = vpa_at(VPA);

	(void)state;
	memset(vpa, 0xaa, sizeof(*vpa));
	assert_int_equal(register_sized(VPA_REGISTER, VPA, half(640)), H_SUCCESS);
	assert_int_equal(vps[0].vpa.logical, VPA);
	assert_int_equal(vps[0].vpa.length, 640);
	/* The hypervisor's fields are set, the partition's are left alone. */
	assert_int_equal(be32_to_cpu(vpa->dispatch_count), 0);
	assert_int_equal(be32_to_cpu(vpa->dispersions), 0);
	assert_int_equal(be64_to_cpu(vpa->wait_ready), 0);
	assert_int_equal(be32_to_cpu(vpa->fru_id), 0);
	assert_int_equal(vpa->home_node_changes[7], 0);
	assert_int_equal(be16_to_cpu(vpa->size), 640);
	assert_int_equal(be32_to_cpu(vpa->descriptor), 0xaaaaaaaa);
	assert_int_equal(vpa->maintain_vmx, 0xaa);
	assert_int_equal(vpa->maintain_ebb, 0xaa);
	assert_int_equal(vpa->dtl_enable_mask, 0xaa);
	assert_int_equal(be32_to_cpu(vpa->page_ins), 0xaaaaaaaa);
	assert_int_equal(vpa->reserved_170[0], 0xaa);
}

static void refuses_bad_vpas(void **state)
{
	(void)state;
	assert_int_equal(register_sized(VPA_REGISTER, VPA, half(639)), H_PARAMETER);
	assert_int_equal(register_sized(VPA_REGISTER, VPA, half(0)), H_PARAMETER);
	assert_int_equal(register_sized(VPA_REGISTER, VPA, half(4097)), H_PARAMETER);
	assert_int_equal(register_sized(VPA_REGISTER, VPA, half(0xffff)), H_PARAMETER);
	assert_int_equal(register_sized(VPA_REGISTER, VPA + 64, half(640)), H_PARAMETER);
	assert_int_equal(register_sized(VPA_REGISTER, VPA + 3584, half(640)), H_PARAMETER);
	assert_int_equal(register_sized(VPA_REGISTER, 0, half(640)), H_PARAMETER);
	assert_int_equal(call(VPA_REGISTER, 0, END), H_PARAMETER);
	assert_int_equal(call(VPA_REGISTER, 0, -(u64)VPA_ALIGN), H_PARAMETER);
	assert_int_equal(call(VPA_REGISTER, 0, 1ul << 63), H_PARAMETER);
	assert_int_equal(vps[0].vpa.logical, 0);
	assert_int_equal(register_sized(VPA_REGISTER, VPA + 3456, half(640)), H_SUCCESS);
	assert_int_equal(register_sized(VPA_REGISTER, VPA, half(4096)), H_SUCCESS);
	assert_int_equal(register_sized(VPA_REGISTER, END - 640, half(640)), H_SUCCESS);
	assert_int_equal(vps[0].vpa.logical, END - 640); /* the last one wins */
}

static void refuses_other_functions_and_processors(void **state)
{
	(void)state;
	put_size(VPA, half(640));
	assert_int_equal(call(0, 0, VPA), H_PARAMETER);
	assert_int_equal(call(4, 0, VPA), H_PARAMETER);
	assert_int_equal(call(VPA_REGISTER, 2, VPA), H_PARAMETER);
	assert_int_equal(call(VPA_REGISTER, 0x100000000, VPA), H_PARAMETER);
	assert_int_equal(call(VPA_DEREGISTER, ~0ul, 0), H_PARAMETER);
	assert_int_equal(vps[0].vpa.logical, 0);
}

static void dtl(void **state)
{
	(void)state;
	assert_int_equal(register_sized(VPA_REGISTER_DTL, DTL, 4096), H_RESOURCE);
	assert_int_equal(register_sized(VPA_REGISTER_DTL, DTL, 47), H_PARAMETER);
	assert_int_equal(register_sized(VPA_REGISTER, VPA, half(640)), H_SUCCESS);
	assert_int_equal(register_sized(VPA_REGISTER_DTL, DTL, 47), H_PARAMETER);
	assert_int_equal(register_sized(VPA_REGISTER_DTL, DTL, 4097), H_PARAMETER);
	assert_int_equal(register_sized(VPA_REGISTER_DTL, DTL, 0xffffffff), H_PARAMETER);
	assert_int_equal(register_sized(VPA_REGISTER_DTL, DTL + 8, 4096), H_PARAMETER);
	assert_int_equal(register_sized(VPA_REGISTER_DTL, SIZE - 128, 4096), H_PARAMETER);
	assert_int_equal(vps[0].dtl.logical, 0);
	assert_int_equal(register_sized(VPA_REGISTER_DTL, DTL + 128, 4096), H_SUCCESS);
	assert_int_equal(vps[0].dtl.logical, DTL + 128);
	assert_int_equal(vps[0].dtl.length, 4080);
	assert_int_equal(register_sized(VPA_REGISTER_DTL, DTL, 48), H_SUCCESS);
	assert_int_equal(vps[0].dtl.length, 48);
}

static void slb_shadow(void **state)
{
	(void)state;
	assert_int_equal(register_sized(VPA_REGISTER_SLB_SHADOW, SLB, 64), H_RESOURCE);
	assert_int_equal(register_sized(VPA_REGISTER, VPA, half(640)), H_SUCCESS);
	assert_int_equal(register_sized(VPA_REGISTER_SLB_SHADOW, SLB, 7), H_PARAMETER);
	assert_int_equal(register_sized(VPA_REGISTER_SLB_SHADOW, SLB, 4097), H_PARAMETER);
	assert_int_equal(register_sized(VPA_REGISTER_SLB_SHADOW, SLB + 128, 4096), H_PARAMETER);
	assert_int_equal(register_sized(VPA_REGISTER_SLB_SHADOW, SLB, 0x80000040), H_PARAMETER);
	assert_int_equal(vps[0].slb_shadow.logical, 0);
	assert_int_equal(register_sized(VPA_REGISTER_SLB_SHADOW, SLB, 64), H_SUCCESS);
	assert_int_equal(vps[0].slb_shadow.logical, SLB);
	assert_int_equal(vps[0].slb_shadow.length, 64);
}

static void deregisters_in_order(void **state)
{
	(void)state;
	assert_int_equal(call(VPA_DEREGISTER, 0, ~0ul), H_SUCCESS);
	assert_int_equal(call(VPA_DEREGISTER_DTL, 0, ~0ul), H_SUCCESS);
	assert_int_equal(call(VPA_DEREGISTER_SLB_SHADOW, 0, ~0ul), H_SUCCESS);
	assert_int_equal(register_sized(VPA_REGISTER, VPA, half(640)), H_SUCCESS);
	assert_int_equal(register_sized(VPA_REGISTER_DTL, DTL, 480), H_SUCCESS);
	assert_int_equal(register_sized(VPA_REGISTER_SLB_SHADOW, SLB, 64), H_SUCCESS);
	assert_int_equal(call(VPA_DEREGISTER, 0, 0), H_RESOURCE);
	assert_int_equal(call(VPA_DEREGISTER_DTL, 0, 0), H_SUCCESS);
	assert_int_equal(call(VPA_DEREGISTER, 0, 0), H_RESOURCE);
	assert_int_equal(call(VPA_DEREGISTER_SLB_SHADOW, 0, 0), H_SUCCESS);
	assert_int_equal(vps[0].vpa.logical, VPA);
	assert_int_equal(call(VPA_DEREGISTER, 0, 0), H_SUCCESS);
	assert_int_equal(vps[0].vpa.logical, 0);
	assert_int_equal(vps[0].dtl.logical, 0);
	assert_int_equal(vps[0].slb_shadow.logical, 0);
}

static void for_another_processor(void **state)
{
	(void)state;
	put_size(VPA, half(640));
	assert_int_equal(call(VPA_REGISTER, 1, VPA), H_SUCCESS);
	assert_int_equal(vps[0].vpa.logical, 0);
	assert_int_equal(vps[1].vpa.logical, VPA);
	/* That one is not dispatched. */
	assert_int_equal(be32_to_cpu(vpa_at(VPA)->dispatch_count), 1);
	put_size(DTL, 480);
	assert_int_equal(call(VPA_REGISTER_DTL, 0, DTL), H_RESOURCE);
	assert_int_equal(call(VPA_REGISTER_DTL, 1, DTL), H_SUCCESS);
}

static void counts_dispatches(void **state)
{
	struct vpa *vpa = vpa_at(VPA);

	(void)state;
	vpa_preempt(&vps[0]);
	vpa_dispatch(&vps[0]);
	assert_int_equal(register_sized(VPA_REGISTER, VPA, half(640)), H_SUCCESS);
	vpa_preempt(&vps[0]);
	assert_int_equal(be32_to_cpu(vpa->dispatch_count), 1);
	vpa_dispatch(&vps[0]);
	assert_int_equal(be32_to_cpu(vpa->dispatch_count), 2);
	vpa_preempt(&vps[0]);
	assert_int_equal(be32_to_cpu(vpa->dispatch_count), 3);
	/* The partition may write what it likes: the lowest bit is right again at once. */
	vpa->dispatch_count = cpu_to_be32(0xfffffffe);
	vpa_dispatch(&vps[0]);
	assert_int_equal(be32_to_cpu(vpa->dispatch_count), 0);
	vpa->dispatch_count = cpu_to_be32(7);
	vpa_preempt(&vps[0]);
	assert_int_equal(be32_to_cpu(vpa->dispatch_count), 9);
	assert_int_equal(call(VPA_DEREGISTER, 0, 0), H_SUCCESS);
	vpa_dispatch(&vps[0]);
	assert_int_equal(be32_to_cpu(vpa->dispatch_count), 9);
}

static void survives_lost_memory(void **state)
{
	(void)state;
	assert_int_equal(register_sized(VPA_REGISTER, END - 640, half(640)), H_SUCCESS);
	lpar.map.nr_lmbs = 1;
	vpa_preempt(&vps[0]);
	vpa_dispatch(&vps[0]);
	lpar.map.nr_lmbs = LMBS;
	assert_int_equal(be32_to_cpu(vpa_at(END - 640)->dispatch_count), 0);
}

static void forgotten_at_a_new_start(void **state)
{
	(void)state;
	assert_int_equal(register_sized(VPA_REGISTER, VPA, half(640)), H_SUCCESS);
	assert_int_equal(register_sized(VPA_REGISTER_DTL, DTL, 480), H_SUCCESS);
	assert_int_equal(register_sized(VPA_REGISTER_SLB_SHADOW, SLB, 64), H_SUCCESS);
	put_size(VPA, half(640));
	assert_int_equal(call(VPA_REGISTER, 1, VPA), H_SUCCESS);
	for (lpar_reset_hook *const *hook = __start_reset_hooks; hook < __stop_reset_hooks; hook++)
		(*hook)(&lpar);
	for (u32 i = 0; i < 2; i++) {
		assert_int_equal(vps[i].vpa.logical, 0);
		assert_int_equal(vps[i].dtl.logical, 0);
		assert_int_equal(vps[i].slb_shadow.logical, 0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(registers_a_vpa, setup),
		cmocka_unit_test_setup(refuses_bad_vpas, setup),
		cmocka_unit_test_setup(refuses_other_functions_and_processors, setup),
		cmocka_unit_test_setup(dtl, setup),
		cmocka_unit_test_setup(slb_shadow, setup),
		cmocka_unit_test_setup(deregisters_in_order, setup),
		cmocka_unit_test_setup(for_another_processor, setup),
		cmocka_unit_test_setup(counts_dispatches, setup),
		cmocka_unit_test_setup(survives_lost_memory, setup),
		cmocka_unit_test_setup(forgotten_at_a_new_start, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
