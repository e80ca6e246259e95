/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupt numbers and priorities as a partition sees them.
 * LoPAR "Interrupt Controller", LoPAR "PowerPC External Interrupt Presentation Controller Node
 * Properties".
 */
#ifndef PAPR_XICS_H
#define PAPR_XICS_H

/* The external interrupt request register: priority in the high byte, source (XISR) below. */
#define XIRR_CPPR_SHIFT 24
#define XIRR_XISR_MASK	0xffffffu

#define XICS_SPURIOUS	  0	 /* XISR when nothing is presented */
#define XICS_IPI	  2	 /* XISR of an interprocessor interrupt */
#define XICS_FIRST_SOURCE 0x1000 /* XISR of a device's interrupt: this and the ones above */
#define XICS_MAX_SOURCES  320

#define XICS_MOST_FAVORED 0x00
#define XICS_MASKED	  0xff /* least favored: a source or request that never interrupts */

/* The presentation controller's node, which the whole tree names as its interrupt parent. */
#define XICS_PHANDLE 0x10000000

/* Second cell of an interrupt specifier. */
#define XICS_SENSE_EDGE 0

#endif
