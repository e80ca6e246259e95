/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for all commands of one hmc. */
#ifndef TOOLS_HMC_HMC_H
#define TOOLS_HMC_HMC_H

#include "types.h"

struct hmc {
	const char *dir; /* run directory of the only system; NULL: those of the registry */
	bool restricted; /* a login over the network: no files but those of file.h */
};

#endif
