/* SPDX-License-Identifier: Apache-2.0 */
/* The hypervisor's memcpy(), which tests/guest/tce.c tests. */
#include "hv/cpu/power8/memcpy.S"
