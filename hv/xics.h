/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Virtual interrupts in the XICS model: a presentation controller (ICP) for each virtual
 * processor, a source controller (ICS) for each partition.
 * LoPAR "Interrupt Controller", "Virtualizing Partition Interrupts".
 *
 * An ICP is one 64-bit word that changes by compare-and-swap only and needs no lock. An ICS has a
 * lock; inside it ICPs change and vp_external_raise() is called, so it is taken before whatever
 * that takes. No two ICS locks are ever held at once.
 *
 * What an ICP cannot present now stays pending in the ICS; the ICP remembers in @resend that
 * something does, and whatever makes room in it has the ICS try again. A source's pending bit is
 * set before the ICP is asked, with the ICS lock held, so the ICS that is told to try again after
 * @resend was seen finds the source.
 */
#ifndef HV_XICS_H
#define HV_XICS_H

#include "hv/lock.h"
#include "papr/xics.h"
#include "types.h"

struct lpar;
struct vp;

/* While something is presented, its priority is more favored (a smaller number) than @cppr. */
union icp_state {
	struct {
		u32 xisr;    /* presented source, XICS_SPURIOUS = none */
		u8 priority; /* its priority; XICS_MASKED when none */
		u8 cppr;     /* only more favored interrupts than this are presented */
		u8 mfrr;     /* priority of the requested IPI, XICS_MASKED = none */
		u8 resend;   /* 1: the ICS holds something that this ICP had no room for */
	};
	u64 word;
};

/* Presentation controller; embedded in struct vp. Use icp_reset() before anything else. */
struct icp {
	u64 word;	  /* union icp_state */
	u64 ipi_timebase; /* when the last IPI was requested */
};

struct ics_source {
	u64 timebase; /* when the interrupt that is pending or sent came */
	u32 server;   /* virtual processor number */
	u8 priority;  /* as ibm,set-xive left it */
	bool enabled; /* ibm,int-on */
	bool allocated;
	bool sent; /* presented by an ICP, or accepted, and its end not yet signaled */
};

/* Source controller; embedded in struct lpar. All zero is one without sources. */
struct ics {
	struct lock lock;
	u64 pending[XICS_MAX_SOURCES / 64]; /* sources whose interrupt waits to be sent */
	struct ics_source source[XICS_MAX_SOURCES];
};

/* --- presentation --- */

/*
 * Is an interrupt being signaled to @vp? Any processor, no lock. One that first says it waits, and
 * then looks, has a full fence between the two, or it could miss one.
 */
bool icp_pending(const struct vp *vp);

/*
 * As at start: no interrupt is presented before the partition lowers its priority. What was
 * presented goes back to its source. The vp must not be running.
 * LoPAR "PowerPC External Interrupt Option Requirements" 13.
 */
void icp_reset(struct vp *vp);

/* Accepts what is presented: returns the XIRR and takes over its priority. Own vp only. */
u32 icp_accept(struct vp *vp);

/* The XIRR as icp_accept() would return it and *@mfrr, without side effects. */
u32 icp_poll(const struct vp *vp, u8 *mfrr);

/* Sets the current processor priority; what is not more favored goes back. Own vp only. */
void icp_set_cppr(struct vp *vp, u8 cppr);

/*
 * Sets the priority at the end of an interrupt. Returns false, with nothing done, when @cppr is
 * more favored than the current one. Own vp only.
 */
bool icp_end(struct vp *vp, u8 cppr);

/* Requests an IPI of priority @mfrr, or with XICS_MASKED withdraws the request. */
void icp_set_mfrr(struct vp *vp, u8 mfrr);

/* The timebase at which the last IPI was requested of @vp. */
u64 icp_ipi_timebase(const struct vp *vp);

/*
 * Presents source @xisr if @priority is more favored than all that is in its way; *@displaced is
 * then the source that had to give way, XICS_SPURIOUS when none had. Called by the ICS with its
 * lock held; when this returns true it owes @vp a vp_external_raise(), best without the lock.
 */
bool icp_present(struct vp *vp, u32 xisr, u8 priority, u32 *displaced);

/* --- sources: @irq is an XISR, any value is allowed --- */

/*
 * A new source, masked, edge-triggered; XICS_SPURIOUS when there is none left. Once allocated it
 * stays across ics_reset().
 */
u32 ics_source_alloc(struct lpar *lpar);

/* Gives one back. The partition no longer uses the device. */
void ics_source_free(struct lpar *lpar, u32 irq);

/* Is @irq a source assigned to the partition? Takes no lock. */
bool ics_source_valid(const struct lpar *lpar, u32 irq);

/*
 * The device has an interrupt to signal. One that comes before the end of the last one was
 * signaled is remembered, once. Nothing that is ordered after the ICS lock may be held.
 */
void ics_pulse(struct lpar *lpar, u32 irq);

/* The partition signals the end of an interrupt; ends that nobody waits for do no harm. */
void ics_eoi(struct lpar *lpar, u32 irq);

/* When the interrupt of @irq that was last sent came, as timebase. */
u64 ics_timebase(struct lpar *lpar, u32 irq);

/*
 * The XIVE: server and priority, and the enable bit beside it. All return false, with nothing
 * done, when @irq is not a source of the partition, @server not one of its processors, or
 * @priority above 0xff. LoPAR "ibm,set-xive", LoPAR "ibm,int-off".
 */
bool ics_get_xive(struct lpar *lpar, u32 irq, u32 *server, u32 *priority);
bool ics_set_xive(struct lpar *lpar, u32 irq, u32 server, u32 priority);
bool ics_set_enabled(struct lpar *lpar, u32 irq, bool enabled);

/* An ICP gave up presenting @irq. Takes the ICS lock. */
void ics_return(struct lpar *lpar, u32 irq);

/* The ICP of processor @server has room again. Takes the ICS lock. */
void ics_resend(struct lpar *lpar, u32 server);

/*
 * As at start: every source masked, nothing pending, every ICP of the partition reset. None of the
 * partition's processors may be running. LoPAR "General VIO Requirements" 6.
 */
void ics_reset(struct lpar *lpar);

#endif
