/* SPDX-License-Identifier: Apache-2.0 */
/* The processors of the machine. */
#ifndef BOOT_SMP_H
#define BOOT_SMP_H

#include "hv/cpu.h"

/* Makes the processor that booted processor 0 and returns it. */
struct cpu *smp_init(void);

/*
 * Brings the other processors out of the firmware, one after the other. They save power and wait;
 * one that does not answer within a second is left out, and those behind it.
 */
void smp_start_others(void);

#endif
