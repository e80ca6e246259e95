/* SPDX-License-Identifier: Apache-2.0 */
/* The processors of the machine. */
#ifndef BOOT_SMP_H
#define BOOT_SMP_H

#include "hv/cpu.h"

/* Makes the processor that booted processor 0, first of the pool, and returns it. */
struct cpu *smp_init(void);

/*
 * Brings the other processors out of the firmware and into the pool, one after the other. They save
 * power until smp_release(); one that does not answer in time is left out, and those behind
 * it.
 */
void smp_start_others(void);

/* The hypervisor is ready: lets the other processors dispatch. */
void smp_release(void);

#endif
