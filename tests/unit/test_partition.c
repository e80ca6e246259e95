// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/cede_hcall.c hv/dispatch.c hv/pick.c hv/late.c hv/dispatch_queue.c hv/frame.c
// SOURCES: hv/hcall.c
// SOURCES: hv/hpt.c
// SOURCES: hv/hpt_hcall.c hv/icp.c hv/ics.c hv/link.c hv/lmb.c hv/log.c hv/lpar.c hv/management.c
// SOURCES: hv/page.c hv/pool.c hv/ppp_hcall.c hv/pqueue.c hv/set_mode.c hv/share.c
// SOURCES: hv/splpar_hcall.c hv/stats.c hv/stream.c hv/trace.c hv/vp.c hv/vp_state.c hv/vpa.c
// SOURCES: hv/vpa_hcall.c hv/vphn_hcall.c hv/work.c hv/xics_hcall.c partition/activation.c
// SOURCES: partition/cas.c partition/console.c partition/image.c partition/nvram.c partition/of.c
// SOURCES: partition/of_claim.c partition/of_instance.c partition/of_path.c partition/of_tree.c
// SOURCES: partition/epow.c partition/image_store.c partition/refcode.c
// SOURCES: partition/partition.c partition/rtas.c partition/rtas_clock.c partition/rtas_cpu.c
// SOURCES: partition/rtas_display.c partition/rtas_event.c partition/rtas_nvram.c
// SOURCES: partition/rtas_power.c partition/rtas_sysparm.c partition/rtas_xics.c partition/tree.c
// SOURCES: partition/tree_cpu.c partition/tree_interrupt.c partition/tree_memory.c
// SOURCES: partition/tree_writer.c vio/bus.c vio/vterm.c tests/unit/fake_cpu.c
// SOURCES: tests/unit/fake_machine.c tests/unit/fake_tlb.c tests/unit/life_world.c
// SOURCES: vio/adapter.c vio/cable.c vio/vterm_server.c vio/bus_tree.c vio/tce.c partition/plan.c
// SOURCES: partition/plan_adapter.c
// SOURCES: partition/plan_property.c partition/model.c
// The life of a partition: every request in every state, and what its processors ask for.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/hcall.h"
#include "hv/management.h"
#include "tests/unit/life_world.h"

static struct partition *partition;
static struct holdings before; /* the partition had anything */

static int setup(void **state)
{
	world_setup(state);
	partition = world_partition(1);
	partition->profile.mem = 32 * MiB;
	before = world_holdings();
	return 0;
}

/* Nobody runs who should not. */
static void compute(struct vp *vp, u64 until)
{
	const struct partition *of = partition_of(vp->lpar);

	assert_true(of->state == PARTITION_RUNNING || of->state == PARTITION_OPEN_FIRMWARE);
	fake_cpu.now = until;
}

/* --- every request in every state --- */

enum moment {
	NOT_ACTIVATED,
	ALLOCATING, /* activated, nothing done yet */
	CLEARING,
	CLEARED, /* the next step is its start */
	OPEN_FIRMWARE,
	RUNNING,
	POWERING_OFF, /* asked for, nothing done yet */
	REBOOTING,    /* likewise */
	RESTARTING,   /* it clears the memory that it has already */
	FAILED,	      /* Error, nothing done yet */
	ERROR,
	MOMENTS,
};

enum request { ACTIVATE, POWER_OFF, REBOOT, FAIL, REQUESTS };

static void make_request(enum request request)
{
	switch (request) {
	case ACTIVATE:
		partition_activate(partition);
		break;
	case POWER_OFF:
		partition_power_off(partition);
		break;
	case REBOOT:
		partition_reboot(partition);
		break;
	default:
		partition_fail(partition, REFCODE_FATAL, "reason %d", 1);
	}
}

static bool is_active(enum moment moment)
{
	return (moment >= ALLOCATING && moment <= RUNNING) || moment == RESTARTING;
}

/* What a request makes of a moment. */
static enum moment after(enum moment moment, enum request request)
{
	if (request == ACTIVATE)
		return moment == NOT_ACTIVATED ? ALLOCATING : moment;
	if (request == POWER_OFF)
		return moment == NOT_ACTIVATED ? moment : POWERING_OFF;
	if (!is_active(moment))
		return moment;
	return request == REBOOT ? REBOOTING : FAILED;
}

/* Where the partition is in the end if nobody asks for anything more. */
static enum partition_state end_of(enum moment moment)
{
	if (moment == FAILED || moment == ERROR)
		return PARTITION_ERROR;
	if (moment == NOT_ACTIVATED || moment == POWERING_OFF)
		return PARTITION_NOT_ACTIVATED;
	return partition->profile.open_firmware ? PARTITION_OPEN_FIRMWARE : PARTITION_RUNNING;
}

static void steps(u32 n)
{
	while (n--)
		world_step();
}

static void bring_to(enum moment moment)
{
	partition->profile.open_firmware = moment == OPEN_FIRMWARE;
	if (moment == NOT_ACTIVATED)
		return;
	partition_activate(partition);
	if (moment == CLEARING)
		steps(5);
	if (moment == CLEARED)
		while (partition->activation.step != ACTIVATION_RUN)
			world_step();
	if (moment < OPEN_FIRMWARE)
		return;
	while (partition->state == PARTITION_STARTING)
		world_step();
	if (moment == POWERING_OFF)
		partition_power_off(partition);
	if (moment == REBOOTING || moment == RESTARTING)
		partition_reboot(partition);
	if (moment == RESTARTING)
		steps(7);
	if (moment == FAILED || moment == ERROR)
		partition_fail(partition, REFCODE_FATAL, "reason %d", 0);
	if (moment == ERROR)
		steps(2);
}

/* Nothing is left of what was asked for, and what it has fits its state. */
static void check_end(enum partition_state state)
{
	world.turn = compute;
	world.turns = 0;
	world_run(80);
	assert_int_equal(partition->state, state);
	assert_false(partition->work.queued);
	assert_false(partition->restart);
	assert_int_equal(partition->lpar.lock.held, 0);
	if (state == PARTITION_NOT_ACTIVATED || state == PARTITION_ERROR) {
		assert_holdings(before);
		assert_nothing_held(partition);
		assert_int_equal(world.turns, 0);
	} else {
		assert_int_equal(partition->lpar.nr_vps, 2);
		assert_in_range(partition->lpar.vps[0]->state, VP_RUNNABLE, VP_RUNNING);
		assert_int_equal(partition->lpar.vps[1]->state, VP_STOPPED);
		assert_true(world.turns > 0);
	}
	partition_power_off(partition);
	world_run(3);
	assert_int_equal(partition->state, PARTITION_NOT_ACTIVATED);
	assert_holdings(before);
}

static void test_every_request_at_every_moment(void **state)
{
	(void)state;
	for (enum moment moment = 0; moment < MOMENTS; moment++)
		for (enum request request = 0; request < REQUESTS; request++) {
			bring_to(moment);
			make_request(request);
			check_end(end_of(after(moment, request)));
		}
}

/* The second comes before anything has been done about the first. */
static void test_two_requests_at_every_moment(void **state)
{
	(void)state;
	for (enum moment moment = 0; moment < MOMENTS; moment++)
		for (u32 i = 0; i < REQUESTS * REQUESTS; i++) {
			bring_to(moment);
			make_request(i % REQUESTS);
			make_request(i / REQUESTS);
			check_end(end_of(after(after(moment, i % REQUESTS), i / REQUESTS)));
		}
}

/* … or after a step. */
static void test_two_requests_a_step_apart(void **state)
{
	static const enum moment step_of[MOMENTS] = {
		NOT_ACTIVATED, CLEARING,   CLEARING,   RUNNING, OPEN_FIRMWARE, RUNNING,
		NOT_ACTIVATED, RESTARTING, RESTARTING, ERROR,	ERROR};

	(void)state;
	for (enum moment moment = 0; moment < MOMENTS; moment++)
		for (u32 i = 0; i < REQUESTS * REQUESTS; i++) {
			enum moment then;

			bring_to(moment);
			make_request(i % REQUESTS);
			then = step_of[after(moment, i % REQUESTS)];
			world_step();
			make_request(i / REQUESTS);
			check_end(end_of(after(then, i / REQUESTS)));
		}
}

/* --- what its processors ask for --- */

static struct vp *vp_of(u32 n)
{
	return partition->lpar.vps[n];
}

static s32 start_cpu(struct vp *vp, u32 number)
{
	return world_rtas(vp, "start-cpu", 3, (u32[]){number, 0x4000, 0x77}, 1, NULL);
}

/* Both processors run, and the first has its turn. */
static void run_both(void)
{
	partition_activate(partition);
	world_run_to(partition, PARTITION_RUNNING);
	world_give(vp_of(0));
	assert_int_equal(start_cpu(vp_of(0), 1), RTAS_SUCCESS);
	assert_int_equal(vp_of(1)->state, VP_RUNNABLE);
	assert_int_equal(vp_of(1)->pc, 0x4000);
	assert_int_equal(vp_of(1)->gpr[3], 0x77);
	/* LoPAR "start-cpu": the mode in which RTAS was instantiated, which a flat tree has in
	 * 64-bit. */
	assert_int_equal(vp_of(1)->msr, 0x8000000000001000);
}

static const u32 no_event[] = {0xffffffff, 0xffffffff};

static void call_power_off(struct vp *vp, u64 until)
{
	(void)until;
	assert_int_equal(vp->number, 1);
	world_rtas(vp, "power-off", 2, no_event, 1, NULL);
	assert_int_equal(vp->leave, 1);
	assert_int_equal(partition->state, PARTITION_SHUTTING_DOWN);
	for (u32 i = 0; i < 2; i++)
		assert_int_equal(vp_of(i)->state, VP_STOPPED);
}

static void test_power_off_by_one_of_two(void **state)
{
	(void)state;
	run_both();
	world_give(vp_of(1));
	world.turn = call_power_off;
	world.turns = 0;
	world_run(5);
	assert_int_equal(world.turns, 1);
	assert_int_equal(partition->state, PARTITION_NOT_ACTIVATED);
	assert_holdings(before);
}

static u32 reboots;

static void reboot_at_once(struct vp *vp, u64 until)
{
	assert_int_equal(vp->number, 0);
	if (reboots == 3) {
		fake_cpu.now = until;
		return;
	}
	reboots++;
	world_rtas(vp, "system-reboot", 0, NULL, 1, NULL);
}

static void test_reboot_with_the_first_instruction(void **state)
{
	struct holdings running;
	u32 lmbs[2];

	(void)state;
	partition_activate(partition);
	world_run_to(partition, PARTITION_RUNNING);
	running = world_holdings();
	memcpy(lmbs, partition->lpar.map.lmb, sizeof(lmbs));
	world.turn = reboot_at_once;
	reboots = 0;
	world_run(3 * 40);
	assert_int_equal(reboots, 3);
	assert_int_equal(partition->state, PARTITION_RUNNING);
	assert_holdings(running);
	assert_memory_equal(partition->lpar.map.lmb, lmbs, sizeof(lmbs));
}

/* As on other processors, in the instant in which the partition is stopped: too late. */
static void test_calls_of_the_stopped(void **state)
{
	(void)state;
	run_both();
	world_rtas(vp_of(0), "power-off", 2, no_event, 1, NULL);
	world_rtas(vp_of(1), "system-reboot", 0, NULL, 1, NULL);
	check_end(PARTITION_NOT_ACTIVATED);

	run_both();
	world_rtas(vp_of(0), "system-reboot", 0, NULL, 1, NULL);
	world_rtas(vp_of(1), "stop-self", 0, NULL, 1, NULL);
	world_rtas(vp_of(0), "stop-self", 0, NULL, 1, NULL);
	lpar_fail(&partition->lpar, "too late");
	assert_true(start_cpu(vp_of(0), 1) < 0);
	world_hcall(vp_of(0), H_CEDE);
	vp_of(0)->gpr[4] = 1;
	world_hcall(vp_of(0), H_PROD);
	for (u32 i = 0; i < 2; i++)
		assert_int_equal(vp_of(i)->state, VP_STOPPED);
	check_end(PARTITION_RUNNING);

	run_both();
	lpar_fail(&partition->lpar, "it broke");
	world_rtas(vp_of(1), "system-reboot", 0, NULL, 1, NULL);
	lpar_fail(&partition->lpar, "too late");
	assert_string_equal(partition->reason, "it broke");
	check_end(PARTITION_ERROR);
}

static u32 query(u32 asked_by, u32 number)
{
	u32 answer;

	assert_int_equal(
		world_rtas(vp_of(asked_by), "query-cpu-stopped-state", 1, &number, 2, &answer),
		RTAS_SUCCESS);
	return answer;
}

static void test_stop_self(void **state)
{
	(void)state;
	run_both();
	vp_of(1)->gpr[14] = 99;
	/* vp 0 stops, vp 1 starts it again. */
	world_rtas(vp_of(0), "stop-self", 0, NULL, 1, NULL);
	assert_int_equal(vp_of(0)->state, VP_STOPPED);
	assert_int_equal(vp_of(0)->leave, 1);
	assert_int_equal(partition->state, PARTITION_RUNNING);
	assert_int_equal(query(1, 0), RTAS_CPU_STOPPING);
	assert_int_equal(query(1, 1), RTAS_CPU_STARTED);
	assert_true(start_cpu(vp_of(1), 0) < 0);
	world_give(vp_of(1));
	assert_int_equal(query(1, 0), RTAS_CPU_STOPPED);
	assert_int_equal(start_cpu(vp_of(1), 0), RTAS_SUCCESS);
	assert_true(start_cpu(vp_of(1), 0) < 0);
	assert_int_equal(query(1, 0), RTAS_CPU_STARTED);
	/* The last one to stop ends the partition. LoPAR "stop-self". */
	world_give(vp_of(0));
	world_rtas(vp_of(1), "stop-self", 0, NULL, 1, NULL);
	assert_int_equal(partition->state, PARTITION_RUNNING);
	world_rtas(vp_of(0), "stop-self", 0, NULL, 1, NULL);
	assert_int_equal(partition->state, PARTITION_SHUTTING_DOWN);
}

static void test_last_stop_self_gives_all_back(void **state)
{
	(void)state;
	partition_activate(partition);
	world_run_to(partition, PARTITION_RUNNING);
	world_give(vp_of(0));
	world_rtas(vp_of(0), "stop-self", 0, NULL, 1, NULL);
	check_end(PARTITION_NOT_ACTIVATED);
}

/* A processor that waits counts: it is not stopped. */
static void test_stop_self_while_another_waits(void **state)
{
	(void)state;
	run_both();
	world_give(vp_of(1));
	world_hcall(vp_of(1), H_CEDE);
	assert_int_equal(vp_of(1)->state, VP_CEDED);
	world_give(vp_of(0));
	world_rtas(vp_of(0), "stop-self", 0, NULL, 1, NULL);
	assert_int_equal(partition->state, PARTITION_RUNNING);
	assert_int_equal(vp_of(0)->state, VP_STOPPED);
}

/* --- what others see of it --- */

static void test_description(void **state)
{
	struct hmc_partition message = {0};

	(void)state;
	management_describe(1, &message);
	assert_int_equal(message.state, HMC_STATE_NOT_ACTIVATED);
	assert_string_equal(message.name, "lp1");
	partition_activate(partition);
	management_describe(1, &message);
	assert_int_equal(message.state, HMC_STATE_STARTING);
	world_run_to(partition, PARTITION_RUNNING);
	management_describe(1, &message);
	assert_int_equal(message.state, HMC_STATE_RUNNING);
	assert_string_equal(message.reason, "");
	partition_power_off(partition);
	management_describe(1, &message);
	assert_int_equal(message.state, HMC_STATE_SHUTTING_DOWN);
	steps(1);
	partition_activate(partition);
	partition_fail(partition, REFCODE_FATAL, "%s at %u", "broken", 7);
	management_describe(1, &message);
	assert_int_equal(message.state, HMC_STATE_ERROR);
	assert_string_equal(message.reason, "broken at 7");
}

/* The log has more room for it than a message. */
static void test_long_reason(void **state)
{
	struct hmc_partition message = {0};
	char text[2 * LPAR_REASON_SIZE];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	partition_activate(partition);
	partition_fail(partition, REFCODE_FATAL, "%s", text);
	assert_int_equal(strlen(partition->reason), LPAR_REASON_SIZE - 1);
	management_describe(1, &message);
	assert_int_equal(strlen(message.reason), HMC_REASON_SIZE - 1);
}

/* Each change of state is one record. */
static void test_trace_of_states(void **state)
{
	static const u64 expected[] = {PARTITION_STARTING,	PARTITION_RUNNING,
				       PARTITION_SHUTTING_DOWN, PARTITION_STARTING,
				       PARTITION_ERROR,		PARTITION_SHUTTING_DOWN,
				       PARTITION_NOT_ACTIVATED};
	u32 found = 0;

	(void)state;
	partition_activate(partition);
	partition_activate(partition);
	world_run_to(partition, PARTITION_RUNNING);
	partition_reboot(partition);
	partition_reboot(partition);
	steps(3);
	partition_fail(partition, REFCODE_FATAL, "once");
	partition_fail(partition, REFCODE_FATAL, "twice");
	steps(3);
	partition_power_off(partition);
	partition_power_off(partition);
	steps(3);
	assert_true(cpu_self.trace.next < TRACE_RECORDS);
	for (u64 i = 0; i < cpu_self.trace.next; i++) {
		const struct trace_record *record = &cpu_self.trace.record[i];

		if (record->type != TRACE_PARTITION_STATE)
			continue;
		assert_in_range(found, 0, ARRAY_SIZE(expected) - 1);
		assert_int_equal(record->lpar_id, 1);
		assert_int_equal(record->a, expected[found++]);
	}
	assert_int_equal(found, ARRAY_SIZE(expected));
}

/* --- beside another one --- */

static u32 turns_of[4];

static void count_turns(struct vp *vp, u64 until)
{
	compute(vp, until);
	turns_of[vp->lpar->id]++;
}

/* What @lpar has got of the processor. */
static u64 time_of(const struct lpar *lpar)
{
	return lpar->use.capped + lpar->use.uncapped;
}

/* A partition's life takes a step of work in each window, and none of others' entitlement. */
static void test_the_other_one_runs_on(void **state)
{
	struct partition *other = world_partition(2);

	(void)state;
	partition_activate(other);
	world_run_to(other, PARTITION_RUNNING);
	before = world_holdings();
	for (u32 i = 0; i < 3; i++) {
		u64 start = fake_cpu.now, had = time_of(&other->lpar);

		if (i == 0)
			partition_activate(partition);
		else
			partition_reboot(partition);
		memset(turns_of, 0, sizeof(turns_of));
		world.turn = count_turns;
		world_run_to(partition, PARTITION_RUNNING);
		/* Its first turn may have come with its last step. */
		assert_in_range(turns_of[1], 0, 1);
		/* It is entitled to a fifth. */
		assert_in_range(time_of(&other->lpar) - had, (fake_cpu.now - start) / 6, ~0UL);
		assert_in_range(turns_of[2], 10, 1000);
	}
	partition_power_off(partition);
	memset(turns_of, 0, sizeof(turns_of));
	world_run(10);
	assert_int_equal(turns_of[1], 0);
	assert_in_range(turns_of[2], 9, 10);
	assert_int_equal(partition->state, PARTITION_NOT_ACTIVATED);
	assert_holdings(before);
}

/* What a processor keeps of a whole partition, PCR for one, is new after a restart. */
static void test_processor_forgets_at_restart(void **state)
{
	u32 loads;

	(void)state;
	partition_activate(partition);
	world_run_to(partition, PARTITION_RUNNING);
	world_run(5);
	assert_ptr_equal(cpu_self.lpar, &partition->lpar);
	loads = fake_cpu.lpar_loads;
	partition->lpar.pcr = 2;
	partition_reboot(partition);
	world_run_to(partition, PARTITION_RUNNING);
	world_run(5);
	assert_int_equal(partition->lpar.pcr, 0);
	assert_int_equal(fake_cpu.lpar_loads, loads + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_every_request_at_every_moment, setup),
		cmocka_unit_test_setup(test_two_requests_at_every_moment, setup),
		cmocka_unit_test_setup(test_two_requests_a_step_apart, setup),
		cmocka_unit_test_setup(test_power_off_by_one_of_two, setup),
		cmocka_unit_test_setup(test_reboot_with_the_first_instruction, setup),
		cmocka_unit_test_setup(test_calls_of_the_stopped, setup),
		cmocka_unit_test_setup(test_stop_self, setup),
		cmocka_unit_test_setup(test_last_stop_self_gives_all_back, setup),
		cmocka_unit_test_setup(test_stop_self_while_another_waits, setup),
		cmocka_unit_test_setup(test_description, setup),
		cmocka_unit_test_setup(test_long_reason, setup),
		cmocka_unit_test_setup(test_trace_of_states, setup),
		cmocka_unit_test_setup(test_the_other_one_runs_on, setup),
		cmocka_unit_test_setup(test_processor_forgets_at_restart, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
