/* SPDX-License-Identifier: Apache-2.0 */
/* A virtual processor area for each of the partition's processors. */
#ifndef GUEST_AREA_H
#define GUEST_AREA_H

#include "papr/vpa.h"
#include "tests/guest/lib/processor.h"

/* The area of processor_table[@index]; its first words until it is registered. */
struct vpa *area_of(u32 index);

/* Registers it. All that it says to the hypervisor is 0 but for the registers in use: all. */
void area_register(u32 index);

/* Registers an SLB shadow buffer beside the area, with two entries in it, as Linux has. */
void area_register_shadow(u32 index);

/* The dispatch count in it: odd while the processor is not dispatched. */
u32 area_dispatch_count(u32 index);

#endif
