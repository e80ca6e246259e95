/* SPDX-License-Identifier: Apache-2.0 */
/* What the machine calls itself: the words of which names and location codes are made. */
#ifndef PARTITION_MODEL_H
#define PARTITION_MODEL_H

#include "types.h"

/* The processor's name without "PowerPC,", such as POWER8, into @name. */
#define MODEL_CPU_SIZE 24
void model_cpu(char name[MODEL_CPU_SIZE]);

/* The machine's serial number, if its firmware gives one, with the vendor before a comma. */
const char *model_system_id(void);

/*
 * The location code of slot @slot of partition @lpar_id's virtual bus into @location.
 * LoPAR "Virtual Card Connector Location Codes": system, partition, slot.
 */
#define MODEL_LOCATION_SIZE 80
void model_location(u32 lpar_id, u32 slot, char location[MODEL_LOCATION_SIZE]);

#endif
