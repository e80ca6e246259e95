/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one environmental and power warning of this platform: people want the partition to shut down.
 * LoPAR "Environmental and Power Warnings".
 */
#ifndef PARTITION_EPOW_H
#define PARTITION_EPOW_H

#include "papr/event.h"
#include "types.h"

struct partition;

struct epow {
	u32 irq;      /* its interrupt source, 0: none before the first activation */
	u32 number;   /* of the last one */
	bool pending; /* not reported yet; changed atomically */
	bool told;    /* reported in this activation */
};

/*
 * @partition, which is Running, is to shut down: it gets the interrupt, and the next
 * check-exception or event-scan says so. Its lock may be held.
 */
void epow_raise(struct partition *partition);

/*
 * Fills in @log, all zero before, if there is a warning that has not been reported: returns
 * whether, and then it has been. epow_return(): it could not be delivered after all.
 */
bool epow_report(struct partition *partition, struct epow_log *log);
void epow_return(struct partition *partition);

#endif
