// SPDX-License-Identifier: Apache-2.0
/* What newlib wants of its operating system: memory for malloc(). */
#include "boot/heap.h"
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
