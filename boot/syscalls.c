// SPDX-License-Identifier: Apache-2.0
/* What newlib wants of its operating system: memory for malloc(). */
#include "boot/heap.h"
#include "hv/machine.h"
#include "types.h"

#include <errno.h>
#include <unistd.h>

extern u8 hv_end[]; /* linker script */

void *sbrk(ptrdiff_t increment)
{
	static uintptr_t end;
	uintptr_t old;

	if (end == 0)
		end = (uintptr_t)hv_end;
	old = end;
	if (increment > (ptrdiff_t)(HEAP_END - end)) {
		errno = ENOMEM;
		return (void *)-1;
	}
	end += (uintptr_t)increment;
	return (void *)old;
}

/* As the library has it, whose header has wider numbers. */
struct heap_state {
	u32 arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost;
};

struct heap_state heap_state(void) __asm__("mallinfo");

u64 machine_heap_used(void)
{
	return heap_state().uordblks;
}
