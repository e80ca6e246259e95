// SPDX-License-Identifier: Apache-2.0
#include "vio/bus.h"
#include "partition/activation.h"
#include "partition/partition.h"
#include "vio/adapter.h"

#include <stdio.h>
#include <stdlib.h>

/* The kind @kind, if the hypervisor has it. */
static const struct adapter_type *type_find(enum plan_adapter_kind kind)
{
	for (const struct adapter_type *const *line = __start_adapter_types;
	     line < __stop_adapter_types; line++)
		if ((*line)->kind == kind)
			return *line;
	return NULL;
}

static bool refuse(char *reason, u32 slot, const char *why)
{
	snprintf(reason, LPAR_REASON_SIZE, "virtual slot %u: %.120s", (unsigned int)slot, why);
	return false;
}

/* Gives back what is common to all. */
static void adapter_free(struct adapter *adapter)
{
	tce_table_close(&adapter->window);
	if (adapter->irq != XICS_SPURIOUS)
		ics_source_free(adapter->lpar, adapter->irq);
	free(adapter);
}

/* A new adapter of @type without what its kind adds, or NULL with a reason. */
static struct adapter *adapter_make(struct lpar *lpar, const struct adapter_type *type, u32 slot,
				    char *reason)
{
	struct adapter *adapter = calloc(1, type->size);

	if (!adapter) {
		refuse(reason, slot, "no memory for its adapter");
		return NULL;
	}
	adapter->type = type;
	adapter->lpar = lpar;
	adapter->slot = slot;
	adapter->signals = type->signals;
	adapter->irq = ics_source_alloc(lpar);
	if (adapter->irq == XICS_SPURIOUS)
		refuse(reason, slot, "no interrupt source is left");
	else if (!type->window_size || tce_table_open(&adapter->window, type->window_size))
		return adapter;
	else
		refuse(reason, slot, "no memory for its DMA window");
	adapter_free(adapter);
	return NULL;
}

/* Plugs the adapter that @plan asks for into its slot. */
static bool adapter_plug(struct lpar *lpar, const struct plan_adapter *plan, char *reason)
{
	const struct adapter_type *type = type_find(plan->kind);
	char why[LPAR_REASON_SIZE];
	struct adapter *adapter;

	if (!type)
		return refuse(reason, plan->slot, "the hypervisor has no adapters of this kind");
	adapter = adapter_make(lpar, type, plan->slot, reason);
	if (!adapter)
		return false;
	if (type->open && !type->open(adapter, plan, why)) {
		adapter_free(adapter);
		return refuse(reason, plan->slot, why);
	}
	lpar->bus->slot[plan->slot] = adapter;
	return true;
}

/* As it was when it was opened, but for statistics of its kind. */
static void adapter_reset(struct adapter *adapter)
{
	if (adapter->type->reset)
		adapter->type->reset(adapter);
	__atomic_store_n(&adapter->signals, adapter->type->signals, __ATOMIC_RELAXED);
	tce_table_reset(&adapter->window);
}

static void bus_reset(struct partition *partition)
{
	struct bus *bus = partition->lpar.bus;

	for (u32 slot = 0; slot < bus->nr_slots; slot++)
		if (bus->slot[slot])
			adapter_reset(bus->slot[slot]);
}

static void bus_close(struct partition *partition)
{
	struct bus *bus = partition->lpar.bus;

	if (!bus)
		return;
	__atomic_store_n(&bus->is_open, false, __ATOMIC_RELAXED);
	for (u32 slot = 0; slot < bus->nr_slots; slot++) {
		struct adapter *adapter = bus->slot[slot];

		if (!adapter)
			continue;
		if (adapter->type->reset)
			adapter->type->reset(adapter);
		if (adapter->type->close)
			adapter->type->close(adapter);
		adapter_free(adapter);
	}
	partition->lpar.bus = NULL;
	free(bus);
}

/* The console, which no profile names. */
static bool console_plug(struct lpar *lpar, char *reason)
{
	static const struct plan_adapter console = {
		.kind = PLAN_ADAPTER_CONSOLE,
		.slot = PLAN_SLOT_CONSOLE,
		.required = true,
	};

	return adapter_plug(lpar, &console, reason);
}

static bool bus_open(struct partition *partition, char *reason)
{
	const struct plan_lpar *profile = &partition->profile;
	u32 nr_slots = profile->virtual_slots;
	struct bus *bus = calloc(1, sizeof(*bus) + nr_slots * sizeof(struct adapter *));
	struct plan_adapter adapter;
	int cursor = 0;
	bool good;

	if (!bus) {
		snprintf(reason, LPAR_REASON_SIZE, "no memory for the virtual bus");
		return false;
	}
	bus->nr_slots = nr_slots;
	partition->lpar.bus = bus;
	good = console_plug(&partition->lpar, reason);
	while (good && plan_next_adapter(profile, &cursor, &adapter))
		good = adapter_plug(&partition->lpar, &adapter, reason);
	if (good)
		__atomic_store_n(&bus->is_open, true, __ATOMIC_RELAXED);
	else
		bus_close(partition);
	return good;
}

static u64 bus_memory(const struct partition *partition)
{
	const struct bus *bus = partition->lpar.bus;
	u64 bytes = sizeof(*bus) + bus->nr_slots * sizeof(struct adapter *);

	for (u32 slot = 0; slot < bus->nr_slots; slot++)
		if (bus->slot[slot])
			bytes += bus->slot[slot]->type->size +
				 tce_table_memory(&bus->slot[slot]->window);
	return bytes;
}

static const struct activation_part bus_part = {
	.open = bus_open,
	.reset = bus_reset,
	.close = bus_close,
	.memory = bus_memory,
};
ACTIVATION_PART(bus_part);
