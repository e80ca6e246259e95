// SPDX-License-Identifier: Apache-2.0
/* System parameters. LoPAR "System Parameters Option". */
#include <stdio.h>
#include <string.h>

#include "hv/dispatch.h"
#include "hv/machine.h"
#include "hv/pool.h"
#include "partition/partition.h"
#include "partition/rtas.h"

#define DATA_SIZE 384 /* of the longest parameter there is, with its final NUL */

/* Puts the data of the parameter into @data and returns its size. */
typedef size_t parameter_reader(const struct partition *partition, char data[DATA_SIZE]);

static bool donates(enum sharing_mode mode)
{
	return mode == SHARING_SHARE_IDLE_ACTIVE || mode == SHARING_SHARE_IDLE_ALWAYS;
}

/* As of shared processors; a dedicated one is an entitlement of 100, and cannot be divided. */
static struct lpar_procs splpar_procs(const struct lpar *lpar)
{
	struct lpar_procs procs = lpar->procs;

	if (procs.sharing_mode != SHARING_UNCAP)
		procs.uncap_weight = 0;
	if (lpar_dedicated(lpar)) {
		procs.min_units = procs.min_procs * SHARE_UNITS_PER_PROC;
		procs.desired_units = procs.desired_procs * SHARE_UNITS_PER_PROC;
		procs.max_units = procs.max_procs * SHARE_UNITS_PER_PROC;
	}
	return procs;
}

/*
 * All of memory is there or the partition is not activated. A virtual processor is one thread.
 * LoPAR "SPLPAR Terms", "Key Words And Values".
 */
static size_t read_splpar(const struct partition *partition, char data[DATA_SIZE])
{
	const struct lpar *lpar = &partition->lpar;
	struct lpar_procs procs = splpar_procs(lpar);
	bool dedicated = lpar_dedicated(lpar);
	u64 mem = partition->profile.mem / MiB;
	int length = snprintf(data, DATA_SIZE,
			      "BoundThrds=1,CapInc=%u,DisWheRotPer=%lu,MinEntCap=%u,"
			      "MinEntCapPerVP=%u,MinMem=%lu,MinProcs=%u,MaxEntCap=%u,"
			      "MaxPlatProcs=%u,DesEntCap=%u,DesMem=%lu,DesProcs=%u,"
			      "DesVarCapWt=%u,DedDonMode=%d",
			      dedicated ? SHARE_UNITS_PER_PROC : 1,
			      dedicated ? 0 : (unsigned long)dispatch_window(), procs.min_units,
			      dedicated ? SHARE_UNITS_PER_PROC : pool_min_units_per_vp,
			      (unsigned long)mem, procs.min_procs, procs.max_units, machine.nr_cpus,
			      procs.desired_units, (unsigned long)mem, procs.desired_procs,
			      procs.uncap_weight, donates(procs.sharing_mode));

	return (size_t)length + 1;
}

/* A partition that ends in an error stays ended. LoPAR "partition_auto_restart Parameter". */
static size_t read_auto_restart(const struct partition *partition __unused, char data[DATA_SIZE])
{
	data[0] = 0;
	return 1;
}

static size_t read_lpar_name(const struct partition *partition, char data[DATA_SIZE])
{
	size_t size = strlen(partition->lpar.name) + 1;

	memcpy(data, partition->lpar.name, size);
	return size;
}

static const struct parameter {
	u32 token;
	parameter_reader *read;
} parameters[] = {
	{SYSPARM_SPLPAR, read_splpar},
	{SYSPARM_PARTITION_AUTO_RESTART, read_auto_restart},
	{SYSPARM_LPAR_NAME, read_lpar_name},
};

static const struct parameter *find_parameter(u32 token)
{
	for (u32 i = 0; i < ARRAY_SIZE(parameters); i++)
		if (parameters[i].token == token)
			return &parameters[i];
	return NULL;
}

/*
 * Inputs: token, address and size of the buffer. It gets two bytes of length and as much of the
 * data as there is room for. LoPAR "ibm,get-system-parameter".
 */
static s32 rtas_ibm_get_system_parameter(struct rtas_call *call)
{
	const struct parameter *parameter = find_parameter(call->arg[0]);
	u64 address = call->arg[1], size = call->arg[2];
	struct {
		be16 length;
		char data[DATA_SIZE];
	} buffer;
	size_t length;

	if (parameter == NULL)
		return RTAS_NOT_SUPPORTED;
	if (size == 0)
		return RTAS_SUCCESS;
	if (size < sizeof(buffer.length))
		return RTAS_PARAMETER_LENGTH;
	length = parameter->read(call->partition, buffer.data);
	buffer.length = cpu_to_be16((u16)length);
	if (!rtas_copy_out(call, address, &buffer, MIN(size, sizeof(buffer.length) + length)))
		return RTAS_PARAMETER_LENGTH;
	return RTAS_SUCCESS;
}
RTAS_CALL("ibm,get-system-parameter", 3, 1, rtas_ibm_get_system_parameter);

/*
 * Inputs: token, address of length and data. Nothing that exists may be set by a partition, so the
 * data is of no interest. LoPAR "ibm,set-system-parameter", "HMC Parameter".
 */
static s32 rtas_ibm_set_system_parameter(struct rtas_call *call)
{
	u32 token = call->arg[0];

	if (token <= SYSPARM_HMC_LAST || find_parameter(token) != NULL)
		return RTAS_NOT_AUTHORIZED;
	return RTAS_NOT_SUPPORTED;
}
RTAS_CALL("ibm,set-system-parameter", 2, 1, rtas_ibm_set_system_parameter);
