// SPDX-License-Identifier: Apache-2.0
// Trace records of the hypervisor.
#include "tools/hmcd/trace.h"

int trace_read(struct call_request *request, u32 processor, u64 position, const char **text)
{
	struct hmc_trace message = {.control.type = HMC_TRACE,
				    .processor = cpu_to_be16((u16)processor),
				    .position = cpu_to_be64(position)};
	int result;

	*request = (struct call_request){.message = &message.control,
					 .length = sizeof(message),
					 .reply_size = sizeof(struct hmc_trace_reply),
					 .patience = CALL_PATIENCE};
	result = call_request(request, text);
	request->message = NULL;
	return result;
}
