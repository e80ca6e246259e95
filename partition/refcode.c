// SPDX-License-Identifier: Apache-2.0
#include "partition/refcode.h"
#include "hv/machine.h"
#include "hv/management.h"
#include "partition/partition.h"

#include <stdio.h>
#include <string.h>

static struct hmc_refcode *slot(struct refcodes *refcodes, u32 position)
{
	return &refcodes->kept[position % REFCODES_KEPT];
}

/* Is it what was said last? */
static bool is_repeated(struct refcodes *refcodes, const struct hmc_refcode *entry)
{
	const struct hmc_refcode *last = slot(refcodes, refcodes->next - 1);

	return refcodes->next != 0 && be32_to_cpu(last->code) == be32_to_cpu(entry->code) &&
	       strcmp(last->text, entry->text) == 0;
}

void refcode_add(struct partition *partition, enum refcode code, const char *text)
{
	struct refcodes *refcodes = &partition->refcodes;
	struct hmc_refcode entry = {.code = cpu_to_be32((u32)code)};
	bool repeated;

	entry.timebase = cpu_to_be64(machine_timebase());
	snprintf(entry.text, sizeof(entry.text), "%.*s", (int)sizeof(entry.text) - 1, text);
	lock_take(&refcodes->lock);
	repeated = is_repeated(refcodes, &entry);
	if (!repeated)
		refcodes->next++;
	*slot(refcodes, refcodes->next - 1) = entry;
	lock_drop(&refcodes->lock);
	if (!repeated)
		management_announce(partition->lpar.id);
}

u32 refcode_last(struct refcodes *refcodes, struct hmc_refcode *last)
{
	u32 next;

	lock_take(&refcodes->lock);
	next = refcodes->next;
	*last = next ? *slot(refcodes, next - 1) : (struct hmc_refcode){0};
	lock_drop(&refcodes->lock);
	return next;
}

u32 refcode_read(struct refcodes *refcodes, u32 *position, struct hmc_refcode *to, u32 count)
{
	u32 oldest, n;

	lock_take(&refcodes->lock);
	oldest = refcodes->next - MIN(refcodes->next, (u32)REFCODES_KEPT);
	*position = MIN(MAX(*position, oldest), refcodes->next);
	count = MIN(count, refcodes->next - *position);
	for (n = 0; n < count; n++)
		to[n] = *slot(refcodes, *position + n);
	lock_drop(&refcodes->lock);
	return n;
}
