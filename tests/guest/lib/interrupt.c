// SPDX-License-Identifier: Apache-2.0
#include "tests/guest/lib/interrupt.h"
#include "tests/guest/lib/exception.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"
#include "tests/guest/lib/spr.h"

volatile struct seen seen[PROCESSOR_MAX];

volatile struct seen *seen_self(void)
{
	return &seen[processor_self() - processor_table];
}

u32 server_self(void)
{
	return processor_self()->number;
}

u32 xirr_accept(void)
{
	u64 regs[HCALL_REGISTERS] = {0};
	s64 rc = hcall_registers(H_XIRR, regs);

	check(rc == H_SUCCESS, "H_XIRR: %ld", rc);
	return regs[0];
}

void ipi(u32 server, u32 priority)
{
	s64 rc = hcall(H_IPI, server, priority);

	check(rc == H_SUCCESS, "H_IPI to %u: %ld", server, rc);
}

void eoi(u32 xirr)
{
	s64 rc = hcall(H_EOI, xirr);

	check(rc == H_SUCCESS, "H_EOI %x: %ld", xirr, rc);
}

void cppr(u32 priority)
{
	s64 rc = hcall(H_CPPR, priority);

	check(rc == H_SUCCESS, "H_CPPR %x: %ld", priority, rc);
}

void cede(void)
{
	s64 rc = hcall(H_CEDE);

	check(rc == H_SUCCESS, "H_CEDE: %ld", rc);
	check(interrupts_set(false), "H_CEDE came back with MSR[EE] = 0");
}

void prod(u32 index)
{
	s64 rc = hcall(H_PROD, processor_table[index].number);

	check(rc == H_SUCCESS, "H_PROD of %u: %ld", processor_table[index].number, rc);
}

static void external(struct exception *exception)
{
	volatile struct seen *self = seen_self();
	u32 xirr = xirr_accept();

	(void)exception;
	self->external_time = mftb();
	self->last_xirr = xirr;
	if (XISR(xirr) == 0)
		return;
	check(XISR(xirr) == XISR_IPI, "interrupt %x came", XISR(xirr));
	ipi(server_self(), PRIORITY_NONE);
	self->externals++;
	eoi(xirr);
}

static void decrementer(struct exception *exception)
{
	volatile struct seen *self = seen_self();

	(void)exception;
	self->decrementer_time = mftb();
	self->decrementers++;
	dec_set(DEC_FAR);
}

static void system_reset(struct exception *exception)
{
	(void)exception;
	seen_self()->resets++;
}

void interrupt_init(void)
{
	exception_handle(EXCEPTION_EXTERNAL, external);
	exception_handle(EXCEPTION_DECREMENTER, decrementer);
	exception_handle(EXCEPTION_SYSTEM_RESET, system_reset);
	dec_set(DEC_FAR);
}
