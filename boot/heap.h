/* SPDX-License-Identifier: Apache-2.0 */
/* Where the hypervisor's image and the heap behind it end. */
#ifndef BOOT_HEAP_H
#define BOOT_HEAP_H

#include "types.h"

#define HEAP_END (16 * MiB)

#endif
