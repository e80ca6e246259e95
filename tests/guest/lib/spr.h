/* SPDX-License-Identifier: Apache-2.0 */
/* Special instructions a test partition needs from C. */
#ifndef GUEST_SPR_H
#define GUEST_SPR_H

#include "tests/guest/lib/asm.h"
#include "types.h"

#define SPRN_DEC 22

#define mfspr(n)                                                          \
	({                                                                \
		u64 value_;                                               \
		__asm__ volatile("mfspr %0, %1" : "=r"(value_) : "i"(n)); \
		value_;                                                   \
	})

#define mtspr(n, v) __asm__ volatile("mtspr %0, %1" : : "i"(n), "r"((u64)(v)) : "memory")

static inline u64 mftb(void)
{
	u64 tb;

	__asm__ volatile("mftb %0" : "=r"(tb));
	return tb;
}

static inline u64 mfmsr(void)
{
	u64 msr;

	__asm__ volatile("mfmsr %0" : "=r"(msr) : : "memory");
	return msr;
}

static inline void mtmsr(u64 msr)
{
	__asm__ volatile("mtmsrd %0; isync" : : "r"(msr) : "memory");
}

/* Lets external and decrementer interrupts through, or not. Returns whether they were let through.
 */
static inline bool interrupts_set(bool on)
{
	u64 msr = mfmsr();

	__asm__ volatile("mtmsrd %0, 1" : : "r"(on ? msr | MSR_EE : msr & ~(u64)MSR_EE) : "memory");
	return (msr & MSR_EE) != 0;
}

/* The decrementer passes zero @ticks of the timebase from now. */
static inline void dec_set(u32 ticks)
{
	mtspr(SPRN_DEC, ticks);
}

#endif
