/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a client program and the platform agreed on. LoPAR "ibm,client-architecture-support".
 */
#ifndef PARTITION_CAS_H
#define PARTITION_CAS_H

#include "papr/cas.h"
#include "types.h"

struct partition;

struct cas {
	u32 cpu_version; /* the processor's own version, or one of CAS_LOGICAL_PVR_… */
	u64 pcr;	 /* Processor Compatibility Register that makes it so */
	u32 max_cpus;	 /* "cpu" nodes that the client can live with; at least 1 */
	bool vmx, dfp;	 /* may appear in the tree */
	u8 vec5[CAS_VEC5_SIZE];
};

enum cas_result {
	CAS_AGREED,
	CAS_MALFORMED,	/* the method's err? boolean: nothing has changed */
	CAS_IMPOSSIBLE, /* the client cannot run here: as with a boot failure */
};

/*
 * Everything that the platform has, as a client that supports all of it would have negotiated.
 * What a partition gets that is entered through a flat tree.
 */
void cas_set_platform(struct cas *cas);

/* Whether option @option (CAS_OPTION()) of vector 5 is on in @cas. */
bool cas_has(const struct cas *cas, u32 option);

/*
 * Reads the ibm,architecture.vec at logical @address of @partition, decides, and makes the
 * partition's tree and lpar.pcr agree with the decision; it may be called again, the last decision
 * holds. *@reason says why a client cannot run. Called on the partition's only active processor
 * (CAS_MALFORMED if it is not) with of.lock held; the processor has to refresh its PCR afterwards.
 */
enum cas_result cas_negotiate(struct partition *partition, u64 address, const char **reason);

#endif
