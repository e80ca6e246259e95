// SPDX-License-Identifier: Apache-2.0
/* LoPAR "PowerPC External Interrupt Option": the calls that direct and mask interrupt sources. */
#include "hv/xics.h"
#include "papr/rtas.h"
#include "partition/partition.h"
#include "partition/rtas.h"

/* Input: interrupt number. Outputs: server, priority. */
static s32 rtas_get_xive(struct rtas_call *call)
{
	if (!ics_get_xive(&call->partition->lpar, call->arg[0], &call->ret[1], &call->ret[2]))
		return RTAS_PARAMETER;
	return RTAS_SUCCESS;
}
RTAS_CALL("ibm,get-xive", 1, 3, rtas_get_xive);

/* Inputs: interrupt number, server, priority. */
static s32 rtas_set_xive(struct rtas_call *call)
{
	if (!ics_set_xive(&call->partition->lpar, call->arg[0], call->arg[1], call->arg[2]))
		return RTAS_PARAMETER;
	return RTAS_SUCCESS;
}
RTAS_CALL("ibm,set-xive", 3, 1, rtas_set_xive);

/* Input: interrupt number. */
static s32 rtas_int_off(struct rtas_call *call)
{
	if (!ics_set_enabled(&call->partition->lpar, call->arg[0], false))
		return RTAS_PARAMETER;
	return RTAS_SUCCESS;
}
RTAS_CALL("ibm,int-off", 1, 1, rtas_int_off);

/* Input: interrupt number. */
static s32 rtas_int_on(struct rtas_call *call)
{
	if (!ics_set_enabled(&call->partition->lpar, call->arg[0], true))
		return RTAS_PARAMETER;
	return RTAS_SUCCESS;
}
RTAS_CALL("ibm,int-on", 1, 1, rtas_int_on);
