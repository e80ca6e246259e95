/* SPDX-License-Identifier: Apache-2.0 */
/* Properties of the compiled plan, not trusted. All of @fdt can be read with libfdt. */
#ifndef PARTITION_PLAN_PROPERTY_H
#define PARTITION_PLAN_PROPERTY_H

#include "types.h"

/* A property that is one number; false if it is missing, malformed or out of range. */
bool plan_number(const void *fdt, int node, const char *property, u32 min, u32 max, u32 *number);

/* The same of one that is 0 or 1. */
bool plan_flag(const void *fdt, int node, const char *property, bool *flag);

/* A property that is one string; NULL if it is missing or malformed. */
const char *plan_string(const void *fdt, int node, const char *property);

/* The same of one that is fit to be a name: plan_name_valid(). */
const char *plan_name(const void *fdt, int node, const char *property);

/* The node that @format and @number name below @parent, or a negative number. */
int plan_numbered_node(const void *fdt, int parent, const char *format, u32 number);

#endif
