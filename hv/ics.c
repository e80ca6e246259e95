// SPDX-License-Identifier: Apache-2.0
#include "hv/xics.h"
#include "hv/lpar.h"
#include "hv/machine.h"
#include "hv/vp.h"

#define WORD_BITS 64

/* The source with number @irq, assigned or not; NULL when it is not in the ICS's range. */
static struct ics_source *ics_slot(struct ics *ics, u32 irq)
{
	u32 index = irq - XICS_FIRST_SOURCE;

	return index < XICS_MAX_SOURCES ? &ics->source[index] : NULL;
}

static struct ics_source *ics_source(struct ics *ics, u32 irq)
{
	struct ics_source *source = ics_slot(ics, irq);

	return source && source->allocated ? source : NULL;
}

static u64 *pending_word(struct ics *ics, u32 irq)
{
	return &ics->pending[(irq - XICS_FIRST_SOURCE) / WORD_BITS];
}

static u64 pending_bit(u32 irq)
{
	return BIT((irq - XICS_FIRST_SOURCE) % WORD_BITS);
}

static void source_reset(struct ics *ics, u32 irq)
{
	struct ics_source *source = ics_slot(ics, irq);

	source->server = 0;
	source->priority = XICS_MASKED;
	source->enabled = false;
	source->sent = false;
	*pending_word(ics, irq) &= ~pending_bit(irq);
}

/* Read without the lock by ics_source_valid(). */
static void ics_set_allocated(struct ics *ics, u32 irq, bool allocated)
{
	__atomic_store_n(&ics_slot(ics, irq)->allocated, allocated, __ATOMIC_RELAXED);
}

/* What was sent for @irq did not arrive, or has been taken back. */
static void source_unsend(struct ics *ics, u32 irq)
{
	struct ics_source *source = ics_source(ics, irq);

	if (!source)
		return;
	source->sent = false;
	*pending_word(ics, irq) |= pending_bit(irq);
}

/* *@raise is to hear of an interrupt once the lock is dropped; now, if there is another such. */
static void raise_later(struct vp **raise, struct vp *vp)
{
	if (*raise && *raise != vp)
		vp_external_raise(*raise);
	*raise = vp;
}

/*
 * The lock goes before whoever waits for the interrupt hears of it: he comes at once, and would
 * wait for the lock as long as an emulator or another hypervisor makes this processor wait.
 */
static void drop_and_raise(struct ics *ics, struct vp *raise)
{
	lock_drop(&ics->lock);
	if (raise)
		vp_external_raise(raise);
}

/*
 * Sends @irq if it is pending, unmasked, and the last one has ended; then whatever that displaced,
 * which may have got another target since it was sent. Ends because sources are presented with the
 * ICS lock held only: each can be displaced once.
 */
static void ics_send(struct lpar *lpar, u32 irq, struct vp **raise)
{
	struct ics *ics = &lpar->ics;
	struct ics_source *source;

	while ((source = ics_source(ics, irq))) {
		struct vp *vp = lpar_vp(lpar, source->server);
		u32 displaced = XICS_SPURIOUS;

		if (vp && (*pending_word(ics, irq) & pending_bit(irq)) && !source->sent &&
		    source->enabled && source->priority != XICS_MASKED &&
		    icp_present(vp, irq, source->priority, &displaced)) {
			source->sent = true;
			*pending_word(ics, irq) &= ~pending_bit(irq);
			raise_later(raise, vp);
		}
		if (displaced != XICS_SPURIOUS)
			source_unsend(ics, displaced);
		irq = displaced;
	}
}

u32 ics_source_alloc(struct lpar *lpar)
{
	struct ics *ics = &lpar->ics;
	u32 found = XICS_SPURIOUS;

	lock_take(&ics->lock);
	for (u32 i = 0; i < XICS_MAX_SOURCES && found == XICS_SPURIOUS; i++)
		if (!ics->source[i].allocated)
			found = XICS_FIRST_SOURCE + i;
	if (found != XICS_SPURIOUS) {
		source_reset(ics, found);
		ics_set_allocated(ics, found, true);
	}
	lock_drop(&ics->lock);
	return found;
}

void ics_source_free(struct lpar *lpar, u32 irq)
{
	struct ics *ics = &lpar->ics;

	lock_take(&ics->lock);
	if (ics_source(ics, irq)) {
		source_reset(ics, irq);
		ics_set_allocated(ics, irq, false);
	}
	lock_drop(&ics->lock);
}

bool ics_source_valid(const struct lpar *lpar, u32 irq)
{
	u32 index = irq - XICS_FIRST_SOURCE;

	return index < XICS_MAX_SOURCES &&
	       __atomic_load_n(&lpar->ics.source[index].allocated, __ATOMIC_RELAXED);
}

void ics_pulse(struct lpar *lpar, u32 irq)
{
	struct ics *ics = &lpar->ics;
	struct ics_source *source;
	struct vp *raise = NULL;

	lock_take(&ics->lock);
	source = ics_source(ics, irq);
	if (source) {
		source->timebase = machine_timebase();
		*pending_word(ics, irq) |= pending_bit(irq);
		ics_send(lpar, irq, &raise);
	}
	drop_and_raise(ics, raise);
}

void ics_eoi(struct lpar *lpar, u32 irq)
{
	struct ics_source *source;
	struct vp *raise = NULL;

	lock_take(&lpar->ics.lock);
	source = ics_source(&lpar->ics, irq);
	if (source) {
		source->sent = false;
		ics_send(lpar, irq, &raise);
	}
	drop_and_raise(&lpar->ics, raise);
}

u64 ics_timebase(struct lpar *lpar, u32 irq)
{
	struct ics_source *source;
	u64 timebase;

	lock_take(&lpar->ics.lock);
	source = ics_source(&lpar->ics, irq);
	timebase = source ? source->timebase : 0;
	lock_drop(&lpar->ics.lock);
	return timebase;
}

bool ics_get_xive(struct lpar *lpar, u32 irq, u32 *server, u32 *priority)
{
	const struct ics_source *source;

	lock_take(&lpar->ics.lock);
	source = ics_source(&lpar->ics, irq);
	if (source) {
		*server = source->server;
		*priority = source->priority;
	}
	lock_drop(&lpar->ics.lock);
	return source != NULL;
}

bool ics_set_xive(struct lpar *lpar, u32 irq, u32 server, u32 priority)
{
	struct ics_source *source;
	struct vp *raise = NULL;

	if (priority > XICS_MASKED || !lpar_vp(lpar, server))
		return false;
	lock_take(&lpar->ics.lock);
	source = ics_source(&lpar->ics, irq);
	if (source) {
		source->server = server;
		source->priority = (u8)priority;
		ics_send(lpar, irq, &raise);
	}
	drop_and_raise(&lpar->ics, raise);
	return source != NULL;
}

bool ics_set_enabled(struct lpar *lpar, u32 irq, bool enabled)
{
	struct ics_source *source;
	struct vp *raise = NULL;

	lock_take(&lpar->ics.lock);
	source = ics_source(&lpar->ics, irq);
	if (source) {
		source->enabled = enabled;
		ics_send(lpar, irq, &raise);
	}
	drop_and_raise(&lpar->ics, raise);
	return source != NULL;
}

void ics_return(struct lpar *lpar, u32 irq)
{
	struct vp *raise = NULL;

	lock_take(&lpar->ics.lock);
	source_unsend(&lpar->ics, irq);
	ics_send(lpar, irq, &raise);
	drop_and_raise(&lpar->ics, raise);
}

void ics_resend(struct lpar *lpar, u32 server)
{
	struct ics *ics = &lpar->ics;
	struct vp *raise = NULL;

	lock_take(&ics->lock);
	for (u32 i = 0; i < ARRAY_SIZE(ics->pending); i++) {
		u64 word = ics->pending[i];

		for (; word != 0; word &= word - 1) {
			u32 index = i * WORD_BITS + (u32)__builtin_ctzl(word);

			if (ics->source[index].server == server)
				ics_send(lpar, XICS_FIRST_SOURCE + index, &raise);
		}
	}
	drop_and_raise(ics, raise);
}

void ics_reset(struct lpar *lpar)
{
	struct ics *ics = &lpar->ics;

	for (u32 i = 0; i < lpar->nr_vps; i++)
		icp_reset(lpar->vps[i]);
	lock_take(&ics->lock);
	for (u32 i = 0; i < XICS_MAX_SOURCES; i++)
		source_reset(ics, XICS_FIRST_SOURCE + i);
	lock_drop(&ics->lock);
}
