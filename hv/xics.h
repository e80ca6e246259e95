/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Virtual interrupts in the XICS model: a presentation controller (ICP) for each virtual
 * processor, a source controller (ICS) for each partition.
 * LoPAR "Interrupt Controller", "PowerPC External Interrupt Presentation".
 */
#ifndef HV_XICS_H
#define HV_XICS_H

#include "hv/lock.h"
#include "types.h"

#define XICS_IPI	  2	 /* XISR of an interprocessor interrupt */
#define XICS_FIRST_SOURCE 0x1000 /* interrupt numbers of an ICS start here */
#define XICS_MAX_SOURCES  256
#define XICS_MASKED	  0xff /* priority that never interrupts */

struct lpar;
struct vp;

/* Presentation controller; embedded in struct vp. */
struct icp {
	struct lock lock;
	u32 xisr;	/* presented source, 0 = none */
	u8 pending_pri; /* its priority */
	u8 cppr;	/* interrupts of this priority and less favoured wait; 0 = all wait */
	u8 mfrr;	/* most favoured request: priority of the IPI, 0xff = none */
};

struct ics_source {
	u32 server;	   /* virtual processor number */
	u8 priority;	   /* XICS_MASKED = masked */
	u8 saved_priority; /* restored by ibm,int-on */
	bool allocated;
	bool asserted; /* level: the device's line is up */
	bool pending;  /* came while masked or rejected by an ICP: to be presented again */
	bool presented;
};

struct ics {
	struct lock lock;
	struct ics_source source[XICS_MAX_SOURCES];
};

#endif
