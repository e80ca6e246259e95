/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Virtual SCSI adapters, of a client and of the server that has its disks: queues, and windows
 * into memory; what goes through them is theirs. LoPAR "Virtual SCSI (VSCSI)".
 */
#ifndef VIO_VSCSI_H
#define VIO_VSCSI_H

struct adapter_type;

extern const struct adapter_type vscsi_client_type, vscsi_server_type;

#endif
