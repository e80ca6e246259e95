/* SPDX-License-Identifier: Apache-2.0 */
/* What the firmware's device tree says of the machine. Filled in by boot/machine.c. */
#ifndef HV_MACHINE_H
#define HV_MACHINE_H

#include "types.h"

#define MACHINE_MAX_CPUS 16

struct machine_cpu {
	u32 pir;      /* the number OPAL and the interrupt controller know it by */
	int node;     /* offset in fdt */
	u64 icp_base; /* real address of its presentation controller's page */
};

struct machine {
	const void *fdt; /* OPAL's tree, kept for good; properties may be copied from it */
	u64 timebase_hz;
	u64 memory_top;
	u32 pvr;
	bool emulated; /* by QEMU, whose processors differ in places */
	u32 nr_cpus;
	struct machine_cpu cpu[MACHINE_MAX_CPUS]; /* [0] is the one that booted */
	u64 plan_base, plan_size;		  /* the compiled plan, size 0 = none */
};

extern struct machine machine;

/* Seconds since 1970 by the machine's clock. */
u64 machine_time_of_day(void);

/* Bytes of the hypervisor's heap that are in use. */
u64 machine_heap_used(void);

/* Writes to the firmware's console: before there is a management channel, and in a panic. */
void machine_early_write(const char *text, u64 length);

/* The platform firmware's business: an interrupt of source @xisr, a maintenance interrupt. */
void machine_interrupt(u32 xisr);
void machine_maintenance(void);

/*
 * Moves what waits on the management channel, both ways, unless another processor is at it. Called
 * by each processor once a dispatch window at least, with no lock held. While another one stops the
 * machine it does not return.
 */
void machine_poll(void);

/* Ends the machine, or starts it again. */
void machine_power_off(void) __noreturn;
void machine_reboot(void) __noreturn;

/* The timebase now, in ticks. */
u64 machine_timebase(void);

#endif
