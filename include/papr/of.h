/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open Firmware's client interface. IEEE 1275-1994 chapter 6; LoPAR "Client Interface
 * Requirements" (app_pa_processor_binding).
 */
#ifndef PAPR_OF_H
#define PAPR_OF_H

#include "types.h"

/* Head of the argument array; nargs argument cells and nret result cells follow. */
struct of_header {
	be32 service; /* address of its name */
	be32 nargs;
	be32 nret;
};

#define OF_NOT_FOUND  0xffffffffu /* finddevice, getprop … */
#define OF_NO_INPUT   0xfffffffeu /* read: nothing has come yet */
#define OF_NAME_SIZE  32	  /* a service, a method; with its final NUL */
#define OF_STACK_SIZE (32 * KiB)  /* that a client finds at its start. LoPAR "Initial Stack" */

#endif
