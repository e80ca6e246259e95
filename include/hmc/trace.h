/* SPDX-License-Identifier: Apache-2.0 */
/* The types of trace records: what the hypervisor notes and hmctrace shows. */
#ifndef HMC_TRACE_H
#define HMC_TRACE_H

enum trace_type {
	TRACE_HCALL_UNKNOWN = 1, /* a = number, b = pc */
	TRACE_HCALL_REFUSED,	 /* a = number, b = return code */
	TRACE_PARTITION_STATE,	 /* a = new state, b = reason code */
	TRACE_VP_STATE,		 /* a = vp index, b = new state */
	TRACE_EXCEPTION,	 /* a = vector, b = pc */
	TRACE_RTAS_REFUSED,	 /* a = token, b = status */
	TRACE_OF_REFUSED,	 /* a = first 8 characters of the service, b = 0 */
};

#endif
