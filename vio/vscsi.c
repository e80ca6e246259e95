// SPDX-License-Identifier: Apache-2.0
#include "vio/vscsi.h"
#include "partition/tree_writer.h"
#include "vio/crq.h"

/* What Linux's drivers can have under way at once, several times over. */
#define WINDOW_SIZE (256 * MiB)

/* LoPAR "Server Partition Virtual SCSI Device Tree Node" */
static void server_tree(const struct adapter *adapter __unused, struct tree_writer *writer)
{
	tree_put_flag(writer, "ibm,vserver");
}

const struct adapter_type vscsi_client_type = {
	.name = "v-scsi",
	.device_type = "vscsi",
	.compatible = "IBM,v-scsi",
	.kind = PLAN_ADAPTER_SCSI_CLIENT,
	.size = sizeof(struct crq),
	.window_size = WINDOW_SIZE,
	.nr_windows = 1,
	.open = crq_open,
	.reset = crq_reset,
	.enabled = crq_enabled,
	.close = crq_close,
};
ADAPTER_TYPE(vscsi_client_type);

const struct adapter_type vscsi_server_type = {
	.name = "v-scsi-host",
	.device_type = "v-scsi-host",
	.compatible = "IBM,v-scsi-host",
	.kind = PLAN_ADAPTER_SCSI_SERVER,
	.size = sizeof(struct crq),
	.window_size = WINDOW_SIZE,
	.nr_windows = 2,
	.open = crq_open,
	.reset = crq_reset,
	.enabled = crq_enabled,
	.close = crq_close,
	.tree = server_tree,
};
ADAPTER_TYPE(vscsi_server_type);
