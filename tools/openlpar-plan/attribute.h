/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What attributes a record of each type may have, and what values they may take.
 */
#ifndef ATTRIBUTE_H
#define ATTRIBUTE_H

#include "record.h"

struct attribute {
	const char *name;
	const char *range; /* the allowed values, as told to people */
	bool required;
	bool (*set)(void *object, const char *value); /* false: the value is not allowed */
};

/*
 * The attributes of struct config_system, config_image and config_lpar (a partition's, and another
 * profile's); the last has no name.
 */
extern const struct attribute system_attributes[];
extern const struct attribute image_attributes[];
extern const struct attribute lpar_attributes[];
extern const struct attribute profile_attributes[];

/*
 * Sets the fields of OBJECT, the structure that belongs to ATTRIBUTES, from RECORD. Adds a problem
 * for each attribute that is unknown, given twice, missing, or has a value that is not allowed;
 * the field keeps its old value then.
 */
void attributes_set(const struct attribute *attributes, void *object, const struct record *record,
		    struct problems *problems);

/* A decimal number from MIN to MAX; false if VALUE is none. */
bool number_parse(const char *value, u32 min, u32 max, u32 *number);

/* The allowed values of the attribute NAME, which is one of ATTRIBUTES. */
const char *attribute_range(const struct attribute *attributes, const char *name);

#endif
