/* SPDX-License-Identifier: Apache-2.0 */
/* hv/tlb.h and hv/cache.h without hardware: calls are counted, and a test can act in them. */
#ifndef TESTS_UNIT_FAKE_TLB_H
#define TESTS_UNIT_FAKE_TLB_H

#include "types.h"

struct fake_tlb {
	u32 calls;	/* of tlb_invalidate() */
	u32 operands;	/* in all calls */
	u32 lpid;	/* of the last call */
	u64 operand[4]; /* of the last call */
	u32 published;
	u32 flushes;	  /* calls of tlb_flush_all() */
	u32 synced_bytes; /* by cache_sync_code() */
	const void *synced;
	void (*on_invalidate)(void); /* before the invalidation takes effect; may be NULL */
	void (*on_order)(void);
	void (*on_clear)(u64 size); /* cache_clear() */
};

extern struct fake_tlb fake_tlb;

#endif
