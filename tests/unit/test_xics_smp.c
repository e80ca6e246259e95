// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/icp.c hv/ics.c hv/xics_hcall.c
// Many processors at once: each is a thread that takes its interrupts as Linux does, sends IPIs,
// moves and masks sources, and looks only when it was told to. Whoever sends leaves a message
// before; at the end every message must have been seen.
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hv/hcall.h"
#include "hv/lpar.h"
#include "hv/machine.h"
#include "hv/vp.h"

#define VPS	     4
#define SOURCES	     6
#define ROUNDS	     400000
#define RESETS	     2000
#define IPI_PRIORITY 4
#define PRIORITY     5

static struct lpar lpar;
static struct vp vps[VPS];
static bool told[VPS];
static u32 irq[SOURCES];

/* Messages: how many were sent, how many the receiver had seen when it last looked. */
static u64 mail_sent[VPS], mail_seen[VPS];
static u64 device_sent[SOURCES], device_seen[SOURCES];
static u32 senders; /* threads that still send */
static u32 faults;

void vp_external_raise(struct vp *vp)
{
	__atomic_store_n(&told[vp->number], true, __ATOMIC_SEQ_CST);
}

u64 machine_timebase(void)
{
	return 0;
}

struct vp *lpar_vp(const struct lpar *of, u64 number)
{
	return number < of->nr_vps ? of->vps[number] : NULL;
}

static s64 hcall(struct vp *vp, u32 number, u64 r4, u64 r5)
{
	for (const struct hcall *line = __start_hcalls; line < __stop_hcalls; line++) {
		if (line->number != number)
			continue;
		vp->gpr[4] = r4;
		vp->gpr[5] = r5;
		return line->handler(vp);
	}
	return H_FUNCTION;
}

static void fault(void)
{
	__atomic_fetch_add(&faults, 1, __ATOMIC_RELAXED);
}

static u32 random_below(u32 *seed, u32 n)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % n;
}

/* Any processor may see a device's message; the newest it saw is what counts. */
static void device_look(u32 i)
{
	u64 sent = __atomic_load_n(&device_sent[i], __ATOMIC_SEQ_CST);
	u64 seen = __atomic_load_n(&device_seen[i], __ATOMIC_SEQ_CST);

	while (seen < sent && !__atomic_compare_exchange_n(&device_seen[i], &seen, sent, false,
							   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		;
}

static void take_one(struct vp *vp)
{
	u32 xirr, xisr;

	hcall(vp, H_XIRR, 0xff, 0);
	xirr = (u32)vp->gpr[4];
	xisr = xirr & XIRR_XISR_MASK;
	if (xisr == XICS_SPURIOUS)
		return;
	if (xisr == XICS_IPI) {
		hcall(vp, H_IPI, vp->number, 0xff);
		mail_seen[vp->number] = __atomic_load_n(&mail_sent[vp->number], __ATOMIC_SEQ_CST);
	} else if (xisr - irq[0] < SOURCES) {
		device_look(xisr - irq[0]);
	} else {
		fault();
	}
	if (xirr >> XIRR_CPPR_SHIFT != 0xff || hcall(vp, H_EOI, xirr, 0) != H_SUCCESS)
		fault();
}

static void take_interrupts(struct vp *vp)
{
	if (!__atomic_exchange_n(&told[vp->number], false, __ATOMIC_SEQ_CST))
		return;
	while (icp_pending(vp))
		take_one(vp);
}

static void send_ipi(struct vp *vp, u32 to)
{
	__atomic_fetch_add(&mail_sent[to], 1, __ATOMIC_SEQ_CST);
	if (hcall(vp, H_IPI, to, IPI_PRIORITY) != H_SUCCESS)
		fault();
}

static void send_pulse(u32 i)
{
	__atomic_fetch_add(&device_sent[i], 1, __ATOMIC_SEQ_CST);
	ics_pulse(&lpar, irq[i]);
}

/* One thing that a processor may do between two interrupts. */
static void do_something(struct vp *vp, u32 *seed)
{
	u32 what = random_below(seed, 16), i = random_below(seed, SOURCES);

	if (what < 6) {
		send_ipi(vp, random_below(seed, VPS));
	} else if (what < 11) {
		send_pulse(i);
	} else if (what < 13) {
		ics_set_xive(&lpar, irq[i], random_below(seed, VPS), PRIORITY - 2 + i % 4);
	} else if (what == 13) {
		ics_set_enabled(&lpar, irq[i], false);
		ics_set_xive(&lpar, irq[i], random_below(seed, VPS), XICS_MASKED);
		send_pulse(i);
		ics_set_xive(&lpar, irq[i], random_below(seed, VPS), PRIORITY);
		ics_set_enabled(&lpar, irq[i], true);
	} else {
		hcall(vp, H_CPPR, random_below(seed, 8), 0);
		hcall(vp, H_IPOLL, random_below(seed, VPS), 0);
		hcall(vp, H_CPPR, 0xff, 0);
	}
}

static void *processor(void *argument)
{
	struct vp *vp = argument;
	u32 seed = vp->number + 1;

	for (u32 i = 0; i < ROUNDS; i++) {
		do_something(vp, &seed);
		take_interrupts(vp);
	}
	__atomic_fetch_sub(&senders, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&senders, __ATOMIC_SEQ_CST)) {
		take_interrupts(vp);
		sched_yield();
	}
	return NULL;
}

/* What was still under way when the threads ended, taken by one after the other. */
static void take_the_rest(void)
{
	bool more = true;

	while (more) {
		more = false;
		for (u32 i = 0; i < VPS; i++) {
			more |= told[i];
			take_interrupts(&vps[i]);
		}
	}
}

static void start(void)
{
	memset(&lpar, 0, sizeof(lpar));
	lpar.nr_vps = VPS;
	senders = VPS;
	for (u32 i = 0; i < VPS; i++) {
		vps[i] = (struct vp){.lpar = &lpar, .number = i};
		lpar.vps[i] = &vps[i];
	}
	ics_reset(&lpar);
	for (u32 i = 0; i < VPS; i++)
		icp_set_cppr(&vps[i], 0xff);
	for (u32 i = 0; i < SOURCES; i++) {
		irq[i] = ics_source_alloc(&lpar);
		ics_set_xive(&lpar, irq[i], i % VPS, PRIORITY);
		ics_set_enabled(&lpar, irq[i], true);
	}
}

static void nothing_is_lost(void **state)
{
	pthread_t thread[VPS];

	(void)state;
	start();
	for (u32 i = 0; i < VPS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, processor, &vps[i]), 0);
	for (u32 i = 0; i < VPS; i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	take_the_rest();
	assert_int_equal(faults, 0);
	for (u32 i = 0; i < VPS; i++) {
		assert_int_not_equal(mail_sent[i], 0);
		assert_int_equal(mail_seen[i], mail_sent[i]);
		assert_false(icp_pending(&vps[i]));
	}
	for (u32 i = 0; i < SOURCES; i++) {
		assert_int_not_equal(device_sent[i], 0);
		assert_int_equal(device_seen[i], device_sent[i]);
		assert_false(lpar.ics.source[i].sent);
	}
	for (u32 i = 0; i < ARRAY_SIZE(lpar.ics.pending); i++)
		assert_int_equal(lpar.ics.pending[i], 0);
}

static void *devices(void *argument)
{
	(void)argument;
	for (u32 i = 0; __atomic_load_n(&senders, __ATOMIC_SEQ_CST); i++)
		ics_pulse(&lpar, irq[i % SOURCES]);
	return NULL;
}

static void unmask(void)
{
	for (u32 i = 0; i < VPS; i++)
		icp_set_cppr(&vps[i], 0xff);
	for (u32 i = 0; i < SOURCES; i++) {
		ics_set_xive(&lpar, irq[i], i % VPS, PRIORITY);
		ics_set_enabled(&lpar, irq[i], true);
	}
}

/* A partition starts afresh while people type: its processors are not told of that before. */
static void reset_under_fire(void **state)
{
	pthread_t thread;

	(void)state;
	start();
	senders = 1;
	assert_int_equal(pthread_create(&thread, NULL, devices, NULL), 0);
	for (u32 n = 0; n < RESETS; n++) {
		unmask();
		for (u32 i = 0; i < SOURCES; i++)
			ics_pulse(&lpar, irq[i]);
		ics_reset(&lpar);
		for (u32 i = 0; i < VPS; i++) {
			icp_set_cppr(&vps[i], 0xff);
			assert_false(icp_pending(&vps[i]));
		}
	}
	__atomic_store_n(&senders, 0, __ATOMIC_SEQ_CST);
	assert_int_equal(pthread_join(thread, NULL), 0);
	for (u32 i = 0; i < SOURCES; i++)
		assert_false(lpar.ics.source[i].sent);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost),
		cmocka_unit_test(reset_under_fire),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
