// SPDX-License-Identifier: Apache-2.0
#include "vio/crq.h"
#include "hv/lpar.h"
#include "hv/vp.h"
#include "papr/hcall.h"
#include "vio/bus.h"

#define EVENT_LOST ~0UL /* struct crq.event: it could not be put anywhere */
#define REMINDERS  64	/* at most, of one entry */

static struct lock connection_lock;
static struct crq *crqs[LPAR_MAX_ID + 1]; /* those that are open, by lpar_id; connection_lock */

static bool is_server(const struct crq *crq)
{
	return crq->adapter.type->kind == PLAN_ADAPTER_SCSI_SERVER;
}

static bool peer_allows(const struct plan_peer *peer, const struct crq *crq)
{
	return (peer->lpar_id == PLAN_PEER_ANY || peer->lpar_id == crq->adapter.lpar->id) &&
	       (peer->slot == PLAN_PEER_ANY || peer->slot == crq->adapter.slot);
}

/* Do the profiles of both say so? */
static bool may_connect(const struct crq *one, const struct crq *other)
{
	return one != other && is_server(one) != is_server(other) &&
	       peer_allows(&one->peer, other) && peer_allows(&other->peer, one);
}

/* How good a partner @crq is: one that waits, then one that may come, one that is taken, none. */
static u32 partner_rank(const struct crq *crq)
{
	if (!crq)
		return 0;
	if (crq->partner)
		return 1;
	return crq->size ? 3 : 2;
}

/* The best partner for @crq of partition @lpar_id and @found, which may be NULL. */
static struct crq *partner_in(const struct crq *crq, u32 lpar_id, struct crq *found)
{
	for (struct crq *other = crqs[lpar_id]; other; other = other->next)
		if (may_connect(crq, other) && partner_rank(other) > partner_rank(found))
			found = other;
	return found;
}

/* The same of all partitions. */
static struct crq *partner_find(const struct crq *crq)
{
	struct crq *found = NULL;

	if (crq->peer.lpar_id != PLAN_PEER_ANY)
		return partner_in(crq, crq->peer.lpar_id, NULL);
	for (u32 id = 1; id <= LPAR_MAX_ID; id++)
		found = partner_in(crq, id, found);
	return found;
}

static void partner_set(struct crq *crq, struct crq *partner)
{
	gate_close(&crq->gate);
	crq->partner = partner;
	crq->target = crq->is_told ? NULL : partner;
	gate_open(&crq->gate);
}

/* Connects @crq, which is registered and not connected, if somebody waits for it. */
static bool connect(struct crq *crq)
{
	struct crq *partner = partner_find(crq);

	if (!partner || !partner->size || partner->partner)
		return false;
	partner_set(crq, partner);
	partner_set(partner, crq);
	return true;
}

/* The entry at @at, in the queue, if its page is mapped as a queue has to be, or NULL. */
static struct crq_entry *entry_at(const struct crq *crq, u64 at)
{
	return tce_page_ptr(crq->adapter.lpar, &crq->adapter.window, crq->queue + at,
			    TCE_READ | TCE_WRITE);
}

/* The header is in the first word, which is stored last: the receiver may look at any time. */
static void entry_store(struct crq *crq, struct crq_entry *entry, u64 high, u64 low)
{
	__atomic_store_n((__force u64 *)&entry->low, (__force u64)cpu_to_be64(low),
			 __ATOMIC_RELAXED);
	__atomic_store_n((__force u64 *)&entry->high, (__force u64)cpu_to_be64(high),
			 __ATOMIC_RELEASE);
	crq->reminders = 0;
}

static u8 entry_header(const struct crq_entry *entry)
{
	return __atomic_load_n((const u8 *)entry, __ATOMIC_ACQUIRE);
}

static bool entry_is_free(const struct crq_entry *entry)
{
	return entry_header(entry) == 0;
}

static u64 at_next(const struct crq *crq)
{
	u64 next = crq->at + sizeof(struct crq_entry);

	return next == crq->size ? 0 : next;
}

/* Puts an entry into the queue of @crq, whose lock is held. */
static s64 entry_put(struct crq *crq, u64 high, u64 low)
{
	struct crq_entry *entry;

	if (!crq->size)
		return H_CLOSED;
	entry = entry_at(crq, crq->at);
	if (!entry || !entry_is_free(entry))
		return H_DROPPED;
	entry_store(crq, entry, high, low);
	crq->at = at_next(crq);
	return H_SUCCESS;
}

/* The same with the interrupt. */
static s64 enqueue(struct crq *crq, u64 high, u64 low)
{
	s64 result;

	lock_take(&crq->lock);
	result = entry_put(crq, high, low);
	lock_drop(&crq->lock);
	if (result == H_SUCCESS)
		adapter_signal(&crq->adapter);
	return result;
}

/* Where the last entry of @crq is, which is registered. */
static u64 at_last(const struct crq *crq)
{
	return (crq->at ? crq->at : crq->size) - sizeof(struct crq_entry);
}

/*
 * When there is no room for a transport event, it takes the place of the last entry. If that one is
 * free, the receiver has gone past it and will not look there: it has made room meanwhile.
 * Returns whether it is the last entry now.
 */
static bool event_put(struct crq *crq, u64 event)
{
	struct crq_entry *last;

	if (entry_put(crq, event, 0) == H_SUCCESS)
		return true;
	last = entry_at(crq, at_last(crq));
	if (!last || entry_is_free(last))
		return entry_put(crq, event, 0) == H_SUCCESS;
	entry_store(crq, last, event, 0);
	return true;
}

/* Tells @crq, which is registered: the connection lock is held. */
static void event_send(struct crq *crq, u64 event)
{
	lock_take(&crq->lock);
	crq->is_told = true;
	crq->event = event_put(crq, event) ? at_last(crq) : EVENT_LOST;
	lock_drop(&crq->lock);
	adapter_signal(&crq->adapter);
}

/*
 * Has the receiver taken the last event? What comes there later is none: it is the last one, and
 * partners cannot send any.
 */
static bool event_is_taken(const struct crq *crq)
{
	const struct crq_entry *entry = crq->event == EVENT_LOST ? NULL : entry_at(crq, crq->event);

	return entry && entry_header(entry) != CRQ_HEADER_EVENT;
}

/* Takes @crq from its partner, which is told @event. */
static void disconnect(struct crq *crq, u64 event)
{
	struct crq *partner = crq->partner;

	if (!partner)
		return;
	partner_set(crq, NULL);
	partner_set(partner, NULL);
	event_send(partner, event);
}

/*
 * An initialization entry is the beginning of something new: whoever sends one after it has taken
 * the event of the last partner's end has done with that partner. It gets to the next one, who has
 * registered since then or is waiting. Returns whether there is one.
 */
static bool begin(struct crq *crq)
{
	bool result = false;

	lock_take(&connection_lock);
	if (crq->size && (!crq->is_told || event_is_taken(crq))) {
		crq->is_told = false;
		partner_set(crq, crq->partner);
		result = crq->partner || connect(crq);
	}
	lock_drop(&connection_lock);
	return result;
}

/* As LoPAR "H_REG_CRQ" and "H_FREE_CRQ": with interrupts disabled. */
static void queue_set(struct crq *crq, u64 queue, u64 size)
{
	lock_take(&crq->lock);
	crq->queue = queue;
	crq->size = size;
	crq->at = 0;
	crq->is_told = false;
	lock_drop(&crq->lock);
	__atomic_store_n(&crq->adapter.signals, 0, __ATOMIC_RELAXED);
}

/* It is not registered any more before it is disconnected, lest the partner find it again. */
static void unregister(struct crq *crq, u64 event)
{
	lock_take(&connection_lock);
	queue_set(crq, 0, 0);
	disconnect(crq, event);
	lock_drop(&connection_lock);
}

struct crq *crq_find(const struct vp *vp, u64 unit_address)
{
	struct adapter *adapter = adapter_find(vp->lpar, unit_address, NULL);

	return adapter && adapter->type->open == crq_open ? crq_of(adapter) : NULL;
}

bool crq_open(struct adapter *adapter, const struct plan_adapter *plan, char *reason __unused)
{
	struct crq *crq = crq_of(adapter);

	crq->peer = plan->peer;
	lock_take(&connection_lock);
	crq->next = crqs[adapter->lpar->id];
	crqs[adapter->lpar->id] = crq;
	lock_drop(&connection_lock);
	return true;
}

void crq_close(struct adapter *adapter)
{
	struct crq *crq = crq_of(adapter), **link = &crqs[adapter->lpar->id];

	lock_take(&connection_lock);
	while (*link != crq)
		link = &(*link)->next;
	*link = crq->next;
	lock_drop(&connection_lock);
}

void crq_reset(struct adapter *adapter)
{
	unregister(crq_of(adapter), CRQ_PARTNER_FAILED);
}

void crq_free(struct crq *crq)
{
	unregister(crq, CRQ_PARTNER_DEREGISTERED);
}

/*
 * A partition that is not activated may still come; one that is has the adapters it has, but
 * neither while they come nor while they go: whoever has just been told of the end of one may be
 * here before the last is gone. The connection lock is held, so that none goes now.
 */
static bool may_come(const struct crq *crq)
{
	const struct crq *there =
		crq->peer.lpar_id == PLAN_PEER_ANY ? NULL : crqs[crq->peer.lpar_id];

	return !there || !__atomic_load_n(&there->adapter.lpar->bus->is_open, __ATOMIC_RELAXED);
}

/* Can its only partner not have it? Who may have others waits for them. */
static bool is_refused(const struct crq *crq, const struct crq *partner)
{
	return partner && partner->partner && crq->peer.lpar_id != PLAN_PEER_ANY &&
	       crq->peer.slot != PLAN_PEER_ANY;
}

static s64 register_locked(struct crq *crq, u64 queue, u64 size)
{
	const struct crq *partner = partner_find(crq);

	if (!partner && !may_come(crq))
		return H_NOT_FOUND;
	if (crq->size || is_refused(crq, partner))
		return H_RESOURCE;
	queue_set(crq, queue, size);
	return connect(crq) ? H_SUCCESS : H_CLOSED;
}

s64 crq_register(struct crq *crq, u64 queue, u64 size)
{
	s64 result;

	lock_take(&connection_lock);
	result = register_locked(crq, queue, size);
	lock_drop(&connection_lock);
	return result;
}

static s64 target_send(struct crq *crq, u64 high, u64 low)
{
	s64 result = H_CLOSED;

	gate_enter(&crq->gate);
	if (crq->target)
		result = enqueue(crq->target, high, low);
	gate_leave(&crq->gate);
	return result;
}

s64 crq_send(struct crq *crq, u64 high, u64 low)
{
	s64 result = target_send(crq, high, low);

	if (result == H_CLOSED && high >> CRQ_HEADER_SHIFT == CRQ_HEADER_INIT && begin(crq))
		result = target_send(crq, high, low);
	return result;
}

/*
 * What came while interrupts were disabled: if the last of it has been taken, then all has.
 * Linux's server waits for what is under way before it looks at the next client's messages;
 * meanwhile it answers each interrupt by enabling the next one. It enables them again when it is
 * done.
 */
void crq_enabled(struct adapter *adapter, bool again)
{
	struct crq *crq = crq_of(adapter);
	const struct crq_entry *last;
	bool waits = false;

	lock_take(&crq->lock);
	if (crq->size && (again || crq->reminders < REMINDERS)) {
		last = entry_at(crq, at_last(crq));
		waits = last && !entry_is_free(last);
	}
	if (waits && !again)
		crq->reminders++;
	lock_drop(&crq->lock);
	if (waits)
		adapter_signal(adapter);
}

bool crq_partner(struct crq *crq, u32 *lpar_id, u32 *slot)
{
	*lpar_id = crq->peer.lpar_id;
	*slot = crq->peer.slot;
	gate_enter(&crq->gate);
	if (crq->partner) {
		*lpar_id = crq->partner->adapter.lpar->id;
		*slot = crq->partner->adapter.slot;
	}
	gate_leave(&crq->gate);
	return *lpar_id != PLAN_PEER_ANY && *slot != PLAN_PEER_ANY;
}
