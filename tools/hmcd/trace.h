/* SPDX-License-Identifier: Apache-2.0 */
/* Trace records of the hypervisor. Threads only. */
#ifndef TOOLS_HMCD_TRACE_H
#define TOOLS_HMCD_TRACE_H

#include "tools/hmcd/call.h"

/*
 * Asks for records of a processor from @position on: request->reply.trace. Returns 0, or -1 and in
 * *@text why not.
 */
int trace_read(struct call_request *request, u32 processor, u64 position, const char **text);

#endif
