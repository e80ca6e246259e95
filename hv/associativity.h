/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where resources are to one another. The machine is one domain, number 0, at every level.
 * LoPAR "NUMA Resource Associativity".
 */
#ifndef HV_ASSOCIATIVITY_H
#define HV_ASSOCIATIVITY_H

#define ASSOCIATIVITY_LEVELS 4

#endif
