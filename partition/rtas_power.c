// SPDX-License-Identifier: Apache-2.0
/* The ends of a partition's run: power off, reboot, and the operating system's own end. */
#include "hv/log.h"
#include "partition/partition.h"
#include "partition/rtas.h"

/*
 * Inputs: two halves of a mask of events that could switch on again, of which this platform has
 * none. LoPAR "power-off", "RTAS Access to Hypervisor Virtualized Resources".
 */
static s32 rtas_power_off(struct rtas_call *call)
{
	partition_os_power_off(call->partition);
	return RTAS_NO_RETURN;
}
RTAS_CALL("power-off", 2, 1, rtas_power_off);

/* LoPAR "system-reboot", "RTAS Access to Hypervisor Virtualized Resources". */
static s32 rtas_system_reboot(struct rtas_call *call)
{
	refcode_add(call->partition, REFCODE_OS_RESTART, "");
	partition_reboot(call->partition);
	return RTAS_NO_RETURN;
}
RTAS_CALL("system-reboot", 0, 1, rtas_system_reboot);

#define TERM_STRING_SIZE 160 /* of the message that is logged */

/* Copies the partition's string at @address as far as it can be read and shown on one line. */
static void read_string(const struct rtas_call *call, u64 address, char string[TERM_STRING_SIZE])
{
	u32 length = 0;

	while (length < TERM_STRING_SIZE - 1 &&
	       rtas_copy_in(call, &string[length], address + length, 1) && string[length] != '\0') {
		if (string[length] < ' ' || string[length] > '~')
			string[length] = ' ';
		length++;
	}
	string[length] = '\0';
}

/*
 * Input: address of a string that says why the operating system gives up. Extended behaviour: the
 * call returns, and what becomes of the partition is the operating system's own policy (Linux:
 * panic=), unless people have asked for a dump and a restart: that was the dump. Only the first
 * string is logged: a partition must not flood the log. LoPAR "ibm,os-term".
 */
static s32 rtas_ibm_os_term(struct rtas_call *call)
{
	struct rtas *rtas = &call->partition->rtas;
	char string[TERM_STRING_SIZE];

	if (!__atomic_exchange_n(&rtas->os_terminated, true, __ATOMIC_RELAXED)) {
		read_string(call, call->arg[0], string);
		/* Linux 6.12 passes 0 for the address of its string. */
		log_line("%s: operating system terminated%s%s", call->partition->lpar.name,
			 string[0] != '\0' ? ": " : "", string);
		if (partition_os_terminated(call->partition))
			return RTAS_NO_RETURN;
	}
	return RTAS_SUCCESS;
}
RTAS_CALL("ibm,os-term", 1, 1, rtas_ibm_os_term);
