/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers and structures of Run-Time Abstraction Services.
 * LoPAR "Calling Mechanism and Conventions", "Return Codes", "System Parameters Option".
 */
#ifndef PAPR_RTAS_H
#define PAPR_RTAS_H

#include "types.h"

/* Status of a call: its first output cell. */
#define RTAS_SUCCESS	      0
#define RTAS_NO_ERRORS_FOUND  1 /* of event-scan, check-exception and rtas-last-error */
#define RTAS_HARDWARE	      -1
#define RTAS_BUSY	      -2
#define RTAS_PARAMETER	      -3
#define RTAS_NOT_SUPPORTED    -3 /* of the system parameter calls */
#define RTAS_NOT_AUTHORIZED   -9002
#define RTAS_PARAMETER_LENGTH -9999 /* of the system parameter calls: length or value */

/* The argument buffer: three cells, then the inputs, then the outputs. */
struct rtas_header {
	be32 token;
	be32 nargs;
	be32 nret;
};

/* CPU_status of query-cpu-stopped-state. */
#define RTAS_CPU_STOPPED  0
#define RTAS_CPU_STOPPING 1
#define RTAS_CPU_STARTED  2

/* System parameter tokens. */
#define SYSPARM_HMC_LAST	       15
#define SYSPARM_SPLPAR		       20
#define SYSPARM_PARTITION_AUTO_RESTART 21
#define SYSPARM_LPAR_NAME	       55

#endif
