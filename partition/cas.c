// SPDX-License-Identifier: Apache-2.0
/* What the platform has to offer to a client program, and what of it a client has taken. */
#include <string.h>
#include "hv/machine.h"
#include "hv/vp.h"
#include "partition/cas.h"
#include "partition/partition.h"
#include "partition/tree.h"

#define MAX_PVRS     512
#define VECTOR_KNOWN 32 /* bytes of a vector that anybody here looks at */
#define VECTORS	     6	/* 1 … 5 by number */

/* What the client said, as far as it matters here. */
struct offer {
	bool raw;   /* it knows this very processor */
	u32 levels; /* that it knows: bit n = levels[n] */
	struct {
		u32 size; /* bytes, the length byte included; 0 = it did not say */
		u8 byte[VECTOR_KNOWN];
	} vector[VECTORS];
};

/* Levels that the processor can be made to show, oldest first. */
static const u32 levels[] = {
	CAS_LOGICAL_PVR_2_06,
	CAS_LOGICAL_PVR_2_06_PLUS,
	CAS_LOGICAL_PVR_2_07,
};

/*
 * Options of vector 5 that the platform has. What is not here stays off whatever a client asks
 * for: interrupts come as XICS, translation is by hashed page table.
 */
static const u32 platform_options[] = {
	CAS_LPAR,     CAS_SPLPAR,	  CAS_DRCONF_MEMORY, CAS_LARGE_PAGES,
	CAS_DONATION, CAS_FORM1_AFFINITY, CAS_DRMEM_V2,
};

/* --- reading --- */

static bool pvr_matches(const struct cas_pvr *entry, u32 pvr)
{
	return (pvr & be32_to_cpu(entry->mask)) ==
	       (be32_to_cpu(entry->value) & be32_to_cpu(entry->mask));
}

/* The list ends with an entry that has value bits outside its mask; that entry counts too. */
static bool read_pvrs(const struct lpar *lpar, u64 *address, struct offer *offer)
{
	struct cas_pvr entry;
	u32 count, i;

	for (count = 0; count < MAX_PVRS; count++) {
		if (!lpar_copy_in(lpar, &entry, *address, sizeof(entry)))
			return false;
		*address += sizeof(entry);
		offer->raw |= pvr_matches(&entry, machine.pvr);
		for (i = 0; i < ARRAY_SIZE(levels); i++)
			if (pvr_matches(&entry, levels[i]))
				offer->levels |= 1u << i;
		if (be32_to_cpu(entry.value) & ~be32_to_cpu(entry.mask))
			return true;
	}
	return false;
}

/* A vector that ends before byte VECTOR_KNOWN says nothing of the rest: zero. */
static bool read_vector(const struct lpar *lpar, u64 *address, struct offer *offer, u32 number)
{
	u8 length, bytes[VECTOR_KNOWN] = {0};
	u32 size;

	if (!lpar_copy_in(lpar, &length, *address, sizeof(length)))
		return false;
	size = length + 2u;
	if (!lpar_copy_in(lpar, bytes, *address, MIN(size, (u32)VECTOR_KNOWN)))
		return false;
	*address += size;
	if (number < VECTORS) {
		offer->vector[number].size = size;
		memcpy(offer->vector[number].byte, bytes, sizeof(bytes));
	}
	return true;
}

static bool read_offer(const struct lpar *lpar, u64 address, struct offer *offer)
{
	u8 last;
	u32 number;

	memset(offer, 0, sizeof(*offer));
	if (!read_pvrs(lpar, &address, offer) || !lpar_copy_in(lpar, &last, address++, 1))
		return false;
	for (number = 1; number <= last + 1u; number++)
		if (!read_vector(lpar, &address, offer, number))
			return false;
	/* All of it was the partition's. */
	return address <= lpar_mem_size(lpar);
}

/* --- deciding --- */

/* Whether the client leaves everything in this vector to the platform. */
static bool ignores(const struct offer *offer, u32 number)
{
	return offer->vector[number].size == 0 ||
	       (offer->vector[number].byte[1] & CAS_VECTOR_IGNORE);
}

static bool ceases(const struct offer *offer, u32 number)
{
	return offer->vector[number].byte[1] & CAS_VECTOR_CEASE;
}

static bool asks(const struct offer *offer, u32 number, u32 option)
{
	return ignores(offer, number) ||
	       (offer->vector[number].byte[CAS_BYTE(option)] & CAS_BIT(option));
}

static void set_option(struct cas *cas, u32 option, bool on)
{
	if (on)
		cas->vec5[CAS_BYTE(option)] |= CAS_BIT(option);
	else
		cas->vec5[CAS_BYTE(option)] &= ~CAS_BIT(option);
}

static void set_max_cpus(struct cas *cas, u32 max)
{
	be32 cell = cpu_to_be32(max);

	cas->max_cpus = max;
	memcpy(&cas->vec5[CAS_MAX_CPUS_BYTE], &cell, sizeof(cell));
}

static void set_level(struct cas *cas, u32 pvr)
{
	cas->cpu_version = pvr;
	cas->pcr = pvr == CAS_LOGICAL_PVR_2_07 ? 0 : PCR_V2_06;
}

/*
 * The processor as it is if the client knows it, else the newest level that the client knows;
 * never more than vector 1 allows. LoPAR note 6: the more restrictive of the two counts.
 */
static const char *decide_level(const struct offer *offer, struct cas *cas)
{
	u32 i;

	if (!offer->raw && !offer->levels)
		return "its operating system supports neither this processor nor an architecture "
		       "level that it can show";
	if (!offer->raw)
		for (i = 0; i < ARRAY_SIZE(levels); i++)
			if (offer->levels & (1u << i))
				set_level(cas, levels[i]);
	if (asks(offer, CAS_VECTOR_LEVELS, CAS_LEVEL_2_07))
		return NULL;
	if (!asks(offer, CAS_VECTOR_LEVELS, CAS_LEVEL_2_06) && ceases(offer, CAS_VECTOR_LEVELS))
		return "its operating system supports no architecture level from 2.06 on";
	if (cas->cpu_version != CAS_LOGICAL_PVR_2_06_PLUS)
		set_level(cas, CAS_LOGICAL_PVR_2_06);
	return NULL;
}

/* Options of a processor that are not in the tree are benign: nothing uses them by itself. */
static void decide_cpu(const struct offer *offer, struct cas *cas)
{
	cas->vmx = asks(offer, CAS_VECTOR_CPU, CAS_CPU_VMX);
	cas->dfp = asks(offer, CAS_VECTOR_CPU, CAS_CPU_DFP);
}

static u32 offered_cpus(const struct offer *offer)
{
	be32 cell;

	if (ignores(offer, CAS_VECTOR_OPTIONS))
		return LPAR_MAX_VPS;
	if (offer->vector[CAS_VECTOR_OPTIONS].size < CAS_MAX_CPUS_BYTE + sizeof(cell))
		return CAS_MAX_CPUS_LEGACY;
	memcpy(&cell, &offer->vector[CAS_VECTOR_OPTIONS].byte[CAS_MAX_CPUS_BYTE], sizeof(cell));
	return be32_to_cpu(cell);
}

/* A shared processor is benign to those that do not know: they never register a VPA. */
static const char *decide_options(const struct offer *offer, struct cas *cas)
{
	u32 i;

	if (!asks(offer, CAS_VECTOR_OPTIONS, CAS_LPAR))
		return "its operating system does not support logical partitioning";
	if (!asks(offer, CAS_VECTOR_OPTIONS, CAS_SPLPAR) && ceases(offer, CAS_VECTOR_OPTIONS))
		return "its operating system does not support shared processors";
	for (i = 0; i < ARRAY_SIZE(platform_options); i++)
		set_option(cas, platform_options[i],
			   asks(offer, CAS_VECTOR_OPTIONS, platform_options[i]));
	/* There is only one form of ibm,dynamic-reconfiguration-memory here. */
	if (!cas_has(cas, CAS_DRMEM_V2) || !cas_has(cas, CAS_DRCONF_MEMORY)) {
		set_option(cas, CAS_DRCONF_MEMORY, false);
		set_option(cas, CAS_DRMEM_V2, false);
	}
	set_max_cpus(cas, MAX(MIN(offered_cpus(offer), (u32)LPAR_MAX_VPS), 1u));
	return NULL;
}

/*
 * Vectors 2 (how large an RMO it would like, capped by what the profile gives it), 4 (entitlement)
 * and 6 (hints) change nothing.
 */
static const char *decide(const struct offer *offer, struct cas *cas)
{
	const char *reason;

	cas_set_platform(cas);
	reason = decide_level(offer, cas);
	if (!reason)
		reason = decide_options(offer, cas);
	decide_cpu(offer, cas);
	return reason;
}

static u32 active_vps(const struct lpar *lpar)
{
	u32 count = 0, i;

	for (i = 0; i < lpar->nr_vps; i++)
		count += lpar->vps[i]->state != VP_STOPPED;
	return count;
}

bool cas_has(const struct cas *cas, u32 option)
{
	return cas->vec5[CAS_BYTE(option)] & CAS_BIT(option);
}

void cas_set_platform(struct cas *cas)
{
	u32 i;

	*cas = (struct cas){.cpu_version = machine.pvr, .vmx = true, .dfp = true};
	cas->vec5[0] = CAS_VEC5_SIZE - 2;
	for (i = 0; i < ARRAY_SIZE(platform_options); i++)
		set_option(cas, platform_options[i], true);
	set_max_cpus(cas, LPAR_MAX_VPS);
}

enum cas_result cas_negotiate(struct partition *partition, u64 address, const char **reason)
{
	struct lpar *lpar = &partition->lpar;
	struct offer offer;
	struct cas cas;

	if (active_vps(lpar) > 1 || !read_offer(lpar, address, &offer))
		return CAS_MALFORMED;
	*reason = decide(&offer, &cas);
	if (!*reason && tree_negotiated(partition, partition->tree, &cas) != 0)
		*reason = "its device tree has no room left for what was negotiated";
	if (*reason)
		return CAS_IMPOSSIBLE;
	lpar->pcr = cas.pcr;
	return CAS_AGREED;
}
