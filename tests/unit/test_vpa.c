// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/vpa.c hv/vpa_hcall.c hv/lpar.c hv/lmb.c
// Virtual processor areas: where their fields are, and every rule of registration.
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

#define LMBS 2
#define SIZE LMB_MIN_SIZE
#define END  (LMBS * SIZE)
#define VPA  0x10000ul
#define DTL  0x20000ul
#define SLB  0x30000ul

u8 real_memory[LMBS * LMB_MIN_SIZE] __aligned(4096);

static struct lmb table[LMBS];
static u32 map[] = {1, 0}; /* neighbours that are none in real memory */
static struct vp vps[2];   /* [0] makes the calls */
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
	assert_string_equal(line->set, "hcall-splpar");
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

/* How many entries the dispatcher may use of it. */
static u64 entries(const struct vp_area *area)
{
	return area->handle & VPA_HANDLE_ENTRIES;
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
	lpar.procs.sharing_mode = SHARING_UNCAP;
	return 0;
}

#define AT(field, offset) assert_int_equal(offsetof(struct vpa, field), offset)

/* The numbers of LoPAR's table, and of what Linux calls lppaca, dtl_entry and slb_shadow. */
static void is_laid_out_as_partitions_know_it(void **state)
{
	(void)state;
	AT(descriptor, 0x0);
	AT(size, 0x4);
	AT(status, 0x9);
	AT(fru_id, 0x18);
	AT(processor_on_fru_id, 0x1c);
	AT(home_node_changes, 0x58);
	AT(cede_latency, 0xb0);
	AT(maintain_ebb, 0xb1);
	AT(dtl_enable_mask, 0xb8);
	AT(donate_dedicated, 0xb9);
	AT(maintain_fprs, 0xba);
	AT(maintain_pmcs, 0xbb);
	AT(idle_cycles, 0xd8);
	AT(maintain_slbs, 0xfc);
	AT(idle, 0xfe);
	AT(maintain_vmx, 0xff);
	AT(dispatch_count, 0x100);
	AT(dispersions, 0x104);
	AT(faults, 0x108);
	AT(fault_time, 0x110);
	AT(expropriated, 0x118);
	AT(donated, 0x138);
	AT(wait_processor, 0x158);
	AT(wait_capacity, 0x160);
	AT(wait_ready, 0x168);
	AT(page_ins, 0x180);
	AT(dtl_index, 0x218);
	assert_int_equal(sizeof(struct vpa), 0x280);
	assert_int_equal(offsetof(struct dtl_entry, dispatch_reason), 0x0);
	assert_int_equal(offsetof(struct dtl_entry, preempt_reason), 0x1);
	assert_int_equal(offsetof(struct dtl_entry, processor), 0x2);
	assert_int_equal(offsetof(struct dtl_entry, wait_processor), 0x4);
	assert_int_equal(offsetof(struct dtl_entry, wait_capacity), 0x8);
	assert_int_equal(offsetof(struct dtl_entry, wait_ready), 0xc);
	assert_int_equal(offsetof(struct dtl_entry, timebase), 0x10);
	assert_int_equal(offsetof(struct dtl_entry, fault_address), 0x18);
	assert_int_equal(offsetof(struct dtl_entry, srr0), 0x20);
	assert_int_equal(offsetof(struct dtl_entry, srr1), 0x28);
	assert_int_equal(sizeof(struct dtl_entry), 0x30);
	assert_int_equal(offsetof(struct slb_shadow, persistent), 0x0);
	assert_int_equal(offsetof(struct slb_shadow, length), 0x4);
	assert_int_equal(offsetof(struct slb_shadow, entry[0].e), 0x10);
	assert_int_equal(offsetof(struct slb_shadow, entry[0].v), 0x18);
	assert_int_equal(offsetof(struct slb_shadow, entry[2].e), 0x30);
}

static void registers_a_vpa(void **state)
{
	struct vpa *vpa = vpa_at(VPA);

	(void)state;
	vps[0].dispatch_count = 44;
	vps[0].dispersions = 7;
	memset(vpa, 0xaa, sizeof(*vpa));
	assert_int_equal(register_sized(VPA_REGISTER, VPA, half(640)), H_SUCCESS);
	assert_int_equal(vps[0].vpa.logical, VPA);
	assert_int_equal(vps[0].vpa.length, 640);
	/* The hypervisor's fields are set, the partition's are left alone. */
	assert_int_equal(be32_to_cpu(vpa->dispatch_count), 44);
	assert_int_equal(be32_to_cpu(vpa->dispersions), 7);
	assert_int_equal(be64_to_cpu(vpa->faults), 0);
	assert_int_equal(be64_to_cpu(vpa->expropriated[0]), 0);
	assert_int_equal(be64_to_cpu(vpa->donated[3]), 0);
	assert_int_equal(be64_to_cpu(vpa->wait_processor), 0);
	assert_int_equal(be64_to_cpu(vpa->wait_ready), 0);
	assert_int_equal(be64_to_cpu(vpa->dtl_index), 0);
	assert_int_equal(be32_to_cpu(vpa->fru_id), 0);
	assert_int_equal(vpa->home_node_changes[7], 0);
	assert_int_equal(be16_to_cpu(vpa->size), 640);
	assert_int_equal(be32_to_cpu(vpa->descriptor), 0xaaaaaaaa);
	assert_int_equal(vpa->maintain_vmx, 0xaa);
	assert_int_equal(vpa->maintain_ebb, 0xaa);
	assert_int_equal(vpa->dtl_enable_mask, 0xaa);
	assert_int_equal(be32_to_cpu(vpa->page_ins), 0xaaaaaaaa);
	assert_int_equal(vpa->reserved_170[0], 0xaa);
	assert_int_equal(vpa->reserved_220[0], 0xaa);
}

/* What Linux's lppaca_shared_proc() looks at. */
static void tells_shared_from_dedicated(void **state)
{
	static const struct {
		enum sharing_mode mode;
		u8 status;
	} modes[] = {{SHARING_CAP, 2},
		     {SHARING_UNCAP, 2},
		     {SHARING_KEEP_IDLE, 0},
		     {SHARING_SHARE_IDLE, 0},
		     {SHARING_SHARE_IDLE_ACTIVE, 0},
		     {SHARING_SHARE_IDLE_ALWAYS, 0}};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(modes); i++) {
		lpar.procs.sharing_mode = modes[i].mode;
		vpa_at(VPA)->status = 0xff;
		assert_int_equal(register_sized(VPA_REGISTER, VPA, half(640)), H_SUCCESS);
		assert_int_equal(*(u8 *)lpar_ptr(&lpar, VPA + 9, 1), modes[i].status);
	}
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
	assert_int_equal(entries(&vps[0].dtl), 85);
	vpa_at(VPA)->dtl_index = cpu_to_be64(123);
	assert_int_equal(register_sized(VPA_REGISTER_DTL, DTL, 48), H_SUCCESS);
	assert_int_equal(vps[0].dtl.length, 48);
	assert_int_equal(entries(&vps[0].dtl), 1);
	assert_int_equal(be64_to_cpu(vpa_at(VPA)->dtl_index), 0);
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
	assert_int_equal(entries(&vps[0].slb_shadow), 3);
	assert_int_equal(register_sized(VPA_REGISTER_SLB_SHADOW, SLB, 8), H_SUCCESS);
	assert_int_equal(entries(&vps[0].slb_shadow), 0);
	assert_int_equal(register_sized(VPA_REGISTER_SLB_SHADOW, SLB, 4096), H_SUCCESS);
	assert_int_equal(entries(&vps[0].slb_shadow), 32);
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
	assert_int_equal(call(VPA_DEREGISTER_SLB_SHADOW, 0, 0), H_SUCCESS);
	assert_int_equal(call(VPA_DEREGISTER, 0, 0), H_RESOURCE);
	assert_int_equal(register_sized(VPA_REGISTER_SLB_SHADOW, SLB, 64), H_SUCCESS);
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
	put_size(SLB, 64);
	assert_int_equal(call(VPA_REGISTER_SLB_SHADOW, 1, SLB), H_SUCCESS);
}

/* Only its trace log may be changed by others. */
static void not_for_one_that_is_started(void **state)
{
	static const u32 states[] = {VP_RUNNABLE, VP_RUNNING, VP_CEDED, VP_JOINED};

	(void)state;
	put_size(VPA, half(640));
	put_size(DTL, 480);
	put_size(SLB, 64);
	assert_int_equal(call(VPA_REGISTER, 1, VPA), H_SUCCESS);
	assert_int_equal(call(VPA_REGISTER_SLB_SHADOW, 1, SLB), H_SUCCESS);
	for (u32 i = 0; i < ARRAY_SIZE(states); i++) {
		vps[1].state = states[i];
		put_size(VPA, half(640));
		put_size(DTL, 480);
		put_size(SLB, 64);
		assert_int_equal(call(VPA_REGISTER, 1, VPA), H_STATE);
		assert_int_equal(call(VPA_REGISTER_SLB_SHADOW, 1, SLB), H_STATE);
		assert_int_equal(call(VPA_DEREGISTER, 1, 0), H_STATE);
		assert_int_equal(call(VPA_DEREGISTER_SLB_SHADOW, 1, 0), H_STATE);
		assert_int_equal(call(VPA_REGISTER_DTL, 1, DTL), H_SUCCESS);
		assert_int_equal(vps[1].dtl.logical, DTL);
		assert_int_equal(call(VPA_DEREGISTER_DTL, 1, 0), H_SUCCESS);
		assert_int_equal(vps[1].dtl.logical, 0);
	}
	assert_int_equal(vps[1].vpa.logical, VPA);
	assert_int_equal(vps[1].slb_shadow.logical, SLB);
	vps[1].state = VP_STOPPED;
	assert_int_equal(call(VPA_DEREGISTER_SLB_SHADOW, 1, 0), H_SUCCESS);
	assert_int_equal(call(VPA_DEREGISTER, 1, 0), H_SUCCESS);
	assert_int_equal(vps[1].vpa.logical, 0);
}

/* What is in them is then anybody's guess, but the hypervisor has its own copy of the counts. */
static void areas_may_overlap(void **state)
{
	struct cpu cpu = {0};

	(void)state;
	assert_int_equal(register_sized(VPA_REGISTER, VPA, half(640)), H_SUCCESS);
	assert_int_equal(call(VPA_REGISTER, 1, VPA), H_SUCCESS);
	assert_int_equal(register_sized(VPA_REGISTER_DTL, VPA, 480), H_SUCCESS);
	vps[0].leave_reason = VP_LEAVE_SLICE;
	vpa_preempt(&vps[0]);
	for (u32 i = 0; i < 100; i++) {
		vpa_dispatch(&vps[0], &cpu);
		vpa_dispatch(&vps[1], &cpu);
		assert_int_equal(vpa_dispatch_count(&vps[0]), 2 * i + 2);
		assert_int_equal(vpa_dispatch_count(&vps[1]), 2 * i + 2);
		memset(vpa_at(VPA), 0xff, sizeof(struct vpa));
		vpa_preempt(&vps[0]);
		vpa_preempt(&vps[1]);
		assert_int_equal(vpa_dispatch_count(&vps[1]), 2 * i + 3);
	}
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
		assert_int_equal(vps[i].vpa.handle, 0);
		assert_int_equal(vps[i].dtl.handle, 0);
		assert_int_equal(vps[i].slb_shadow.handle, 0);
		assert_int_equal(vpa_dispatch_count(&vps[i]), 1);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_laid_out_as_partitions_know_it),
		cmocka_unit_test_setup(registers_a_vpa, setup),
		cmocka_unit_test_setup(tells_shared_from_dedicated, setup),
		cmocka_unit_test_setup(refuses_bad_vpas, setup),
		cmocka_unit_test_setup(refuses_other_functions_and_processors, setup),
		cmocka_unit_test_setup(dtl, setup),
		cmocka_unit_test_setup(slb_shadow, setup),
		cmocka_unit_test_setup(deregisters_in_order, setup),
		cmocka_unit_test_setup(for_another_processor, setup),
		cmocka_unit_test_setup(not_for_one_that_is_started, setup),
		cmocka_unit_test_setup(areas_may_overlap, setup),
		cmocka_unit_test_setup(forgotten_at_a_new_start, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
