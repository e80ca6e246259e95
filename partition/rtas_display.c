// SPDX-License-Identifier: Apache-2.0
#include "partition/console.h"
#include "partition/partition.h"
#include "partition/rtas.h"

/*
 * Input: the character. It goes to the partition's console, which takes care of control characters
 * itself. LoPAR "display-character", "RTAS Access to Hypervisor Virtualized Resources".
 */
static s32 rtas_display_character(struct rtas_call *call)
{
	u8 character = (u8)call->arg[0];

	if (call->arg[0] != character)
		return RTAS_PARAMETER;
	if (console_write(&call->partition->lpar, &character, 1) == 0)
		return RTAS_BUSY;
	return RTAS_SUCCESS;
}
RTAS_CALL("display-character", 1, 1, rtas_display_character);
