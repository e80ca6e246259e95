// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include "procs.h"

#define UNITS_TEXT_SIZE 16

void procs_init(struct config_procs *procs)
{
	*procs = (struct config_procs){
		.sharing_mode = PLAN_SHARING_MODES,
		.min_procs = CONFIG_UNSET,
		.desired_procs = CONFIG_UNSET,
		.max_procs = CONFIG_UNSET,
		.min_units = CONFIG_UNSET,
		.desired_units = CONFIG_UNSET,
		.max_units = CONFIG_UNSET,
		.uncap_weight = CONFIG_UNSET,
	};
}

static const char *units_text(char text[UNITS_TEXT_SIZE], u32 units)
{
	snprintf(text, UNITS_TEXT_SIZE, "%u.%02u", units / PLAN_UNITS_PER_PROC,
		 units % PLAN_UNITS_PER_PROC);
	return text;
}

/* --- modes --- */

static void sharing_mode_complete(struct config_procs *procs, unsigned int line,
				  struct problems *problems)
{
	const char *name;

	if (procs->sharing_mode == PLAN_SHARING_MODES) {
		procs->sharing_mode = procs->dedicated ? PLAN_SHARE_IDLE : PLAN_UNCAP;
		return;
	}
	name = plan_sharing_name(procs->sharing_mode);
	if (procs->dedicated && procs->sharing_mode < PLAN_KEEP_IDLE)
		problem_add(problems, line, "sharing_mode",
			    "%s is not allowed with proc_mode=ded (keep_idle_procs, "
			    "share_idle_procs, share_idle_procs_active or "
			    "share_idle_procs_always)",
			    name);
	if (!procs->dedicated && procs->sharing_mode >= PLAN_KEEP_IDLE)
		problem_add(problems, line, "sharing_mode",
			    "%s is not allowed with proc_mode=shared (cap or uncap)", name);
}

static void units_refuse(const char *attribute, u32 units, unsigned int line,
			 struct problems *problems)
{
	if (units != CONFIG_UNSET)
		problem_add(problems, line, attribute,
			    "not allowed with proc_mode=ded (only with proc_mode=shared)");
}

/* Attributes that mean nothing in the mode. */
static void strangers_refuse(const struct config_procs *procs, unsigned int line,
			     struct problems *problems)
{
	if (procs->dedicated) {
		units_refuse("min_proc_units", procs->min_units, line, problems);
		units_refuse("desired_proc_units", procs->desired_units, line, problems);
		units_refuse("max_proc_units", procs->max_units, line, problems);
	}
	if (procs->sharing_mode != PLAN_UNCAP && procs->uncap_weight != CONFIG_UNSET)
		problem_add(problems, line, "uncap_weight",
			    "not allowed with sharing_mode=%s (only with sharing_mode=uncap)",
			    plan_sharing_name(procs->sharing_mode));
}

/* --- defaults --- */

static u32 given(u32 value, u32 otherwise)
{
	return value == CONFIG_UNSET ? otherwise : value;
}

/* The fewest processors that UNITS (CONFIG_UNSET: none) can be used on, from LEAST to MOST. */
static u32 procs_for(u32 units, u32 least, u32 most)
{
	u32 procs =
		units == CONFIG_UNSET ? 0 : (units + PLAN_UNITS_PER_PROC - 1) / PLAN_UNITS_PER_PROC;

	return MIN(MAX(procs, least), most);
}

/* The least that PROCS processors may have, when each needs MIN_UNITS. */
static u32 least_units(u32 procs, u32 min_units)
{
	return MAX(procs * min_units, (u32)PLAN_UNITS_MIN);
}

static void numbers_complete(struct config_procs *procs, u32 min_units)
{
	u32 desired = procs->desired_procs;

	procs->min_procs =
		given(procs->min_procs, procs_for(procs->min_units, PLAN_PROCS_MIN, desired));
	procs->max_procs =
		given(procs->max_procs, procs_for(procs->max_units, desired, PLAN_PROCS_MAX));
	if (procs->dedicated) {
		procs->min_units = procs->desired_units = procs->max_units = 0;
	} else {
		procs->min_units =
			given(procs->min_units, least_units(procs->min_procs, min_units));
		procs->desired_units =
			given(procs->desired_units,
			      MIN(MAX(least_units(desired, min_units), procs->min_units),
				  desired * PLAN_UNITS_PER_PROC));
		procs->max_units =
			given(procs->max_units,
			      MAX(procs->desired_units, least_units(procs->max_procs, min_units)));
	}
	procs->uncap_weight =
		given(procs->uncap_weight,
		      procs->sharing_mode == PLAN_UNCAP ? PLAN_UNCAP_WEIGHT_DEFAULT : 0);
}

/* --- numbers --- */

static void procs_order(const struct config_procs *procs, unsigned int line,
			struct problems *problems)
{
	if (procs->min_procs > procs->desired_procs)
		problem_add(problems, line, "min_procs",
			    "%u is more than desired_procs=%u (%d to %u)", procs->min_procs,
			    procs->desired_procs, PLAN_PROCS_MIN, procs->desired_procs);
	if (procs->max_procs < procs->desired_procs)
		problem_add(problems, line, "max_procs",
			    "%u is less than desired_procs=%u (%u to %d)", procs->max_procs,
			    procs->desired_procs, procs->desired_procs, PLAN_PROCS_MAX);
}

/* Returns whether UNITS are enough and not too much for PROCS processors. */
static bool units_fit(const char *attribute, u32 units, u32 procs, u32 min_units, unsigned int line,
		      struct problems *problems)
{
	char value[UNITS_TEXT_SIZE], least[UNITS_TEXT_SIZE], most[UNITS_TEXT_SIZE];

	if (plan_units_fit(units, procs, min_units))
		return true;
	problem_add(problems, line, attribute, "%s is not allowed with %.*sprocs=%u (%s to %s)",
		    units_text(value, units), (int)(strchr(attribute, '_') - attribute) + 1,
		    attribute, procs, units_text(least, least_units(procs, min_units)),
		    units_text(most, procs * PLAN_UNITS_PER_PROC));
	return false;
}

static void units_check(const struct config_procs *procs, unsigned int line, u32 min_units,
			struct problems *problems)
{
	char value[UNITS_TEXT_SIZE], desired[UNITS_TEXT_SIZE], limit[UNITS_TEXT_SIZE];

	units_text(desired, procs->desired_units);
	if (!units_fit("desired_proc_units", procs->desired_units, procs->desired_procs, min_units,
		       line, problems))
		return;
	if (units_fit("min_proc_units", procs->min_units, procs->min_procs, min_units, line,
		      problems) &&
	    procs->min_units > procs->desired_units)
		problem_add(problems, line, "min_proc_units",
			    "%s is more than desired_proc_units=%s (%s to %s)",
			    units_text(value, procs->min_units), desired,
			    units_text(limit, least_units(procs->min_procs, min_units)), desired);
	if (units_fit("max_proc_units", procs->max_units, procs->max_procs, min_units, line,
		      problems) &&
	    procs->max_units < procs->desired_units)
		problem_add(problems, line, "max_proc_units",
			    "%s is less than desired_proc_units=%s (%s to %s)",
			    units_text(value, procs->max_units), desired, desired,
			    units_text(limit, procs->max_procs * PLAN_UNITS_PER_PROC));
}

void procs_complete(struct config_procs *procs, unsigned int line, u32 min_units,
		    struct problems *problems)
{
	size_t before = problems->count;

	if (procs->mode_refused)
		return;
	sharing_mode_complete(procs, line, problems);
	strangers_refuse(procs, line, problems);
	if (problems->count != before || procs->number_refused ||
	    procs->desired_procs == CONFIG_UNSET || min_units == CONFIG_UNSET)
		return;
	numbers_complete(procs, min_units);
	procs_order(procs, line, problems);
	if (!procs->dedicated && problems->count == before)
		units_check(procs, line, min_units, problems);
}
