/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting, by the timebase. */
#ifndef GUEST_CLOCK_H
#define GUEST_CLOCK_H

#include "types.h"

#define TICKS_PER_MS 512000UL
#define PATIENCE     (60000 * TICKS_PER_MS) /* for what must happen at some time */

/* Spins for so long. */
void wait_ticks(u64 ticks);

/* Spins until *@counter is at least @value, which others bring about; @what: of what, if not. */
void wait_for(volatile u64 *counter, u64 value, const char *what);

/* The middle one of @samples, which are sorted. */
u64 median(u64 *samples, u32 count);

#endif
