/* SPDX-License-Identifier: Apache-2.0 */
/* `lshwres -r virtualio`: slots, adapters and virtual switches, with the HMC's names. */
#ifndef TOOLS_HMCD_VIRTUALIO_H
#define TOOLS_HMCD_VIRTUALIO_H

#include "tools/hmcd/adapters.h"
#include "tools/hmcd/listing.h"
#include "tools/hmcd/lpar.h"

/* What the lists are made of. */
struct virtualio {
	struct listing *listing;
	struct store *store;
	const struct system *system;
	const struct lpar_names *names;
	/* of one partition */
	const struct lpar *lpar;
	const struct profile *profile;
	bool active;
};

/* Records of one partition, each in a function of its own. */
typedef void virtualio_lpar(const struct virtualio *virtualio);
virtualio_lpar virtualio_slots, virtualio_max_slots, virtualio_serial, virtualio_eth,
	virtualio_scsi;

/* What went through the Ethernet adapters of one active partition, a record for each. */
virtualio_lpar virtualio_eth_stat;

/* Records of the system: virtual Ethernet as such; the virtual switches that profiles name. */
virtualio_lpar virtualio_eth_system, virtualio_vswitches;

#endif
