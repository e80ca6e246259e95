/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of command/response queues. LoPAR "Command/Response Queue (CRQ)". */
#ifndef PAPR_CRQ_H
#define PAPR_CRQ_H

#include "types.h"

/* An entry. The first byte of @high is the header: 0 says that the entry is free. */
struct crq_entry {
	be64 high;
	be64 low;
};

#define CRQ_PAGE_SIZE 4096 /* queues are whole pages */

#define CRQ_HEADER_SHIFT 56
#define CRQ_HEADER_VALID 0x80 /* this bit is on in all that is not free */
#define CRQ_HEADER_INIT	 0xc0 /* initialization, by which partners begin */
#define CRQ_HEADER_EVENT 0xff /* the transport says something, not the partner */

/* Transport events, with their header. LoPAR "Transport Event Codes" */
#define CRQ_PARTNER_FAILED	 0xff01000000000000UL
#define CRQ_PARTNER_DEREGISTERED 0xff02000000000000UL

/* Most bytes that H_WRITE_RDMA takes from registers, and that H_READ_RDMA puts there. */
#define RDMA_WRITE_MAX 48
#define RDMA_READ_MAX  72

/* LoPAR "GET_PARTNER_INFO Subfunction Semantics"; its output descriptor is VIOCTL_DUMP_…'s. */
#define VIOCTL_PARTNER_INFO 0x8

#endif
