// SPDX-License-Identifier: Apache-2.0
// chsysstate: activates and ends partitions, and ends the machine.
#include <string.h>
#include <time.h>

#include "tools/hmcd/activation.h"
#include "tools/hmcd/call.h"
#include "tools/hmcd/lpar.h"
#include "tools/hmcd/manage.h"
#include "tools/hmcd/profile.h"

#define END_MS	  60000
#define OS_END_MS 300000

static const char usage[] =
	"usage: chsysstate -r lpar [-m SYSTEM] -o on {-n NAME | --id ID} [-f PROFILE] [-b norm|of]\n"
	"       chsysstate -r lpar [-m SYSTEM] -o shutdown|osshutdown {-n NAME | --id ID}\n"
	"                  [--immed] [--restart]\n"
	"       chsysstate -r lpar [-m SYSTEM] -o dumprestart {-n NAME | --id ID}\n"
	"       chsysstate -r sys [-m SYSTEM] -o off [--immed] [--restart]\n"
	"\n"
	"  -r TYPE      lpar: a partition; sys: the managed system\n"
	"  -o OPERATION on: activate; shutdown: end, with --immed at once, otherwise the operating\n"
	"               system is told to; osshutdown: the operating system is told to shut down;\n"
	"               dumprestart: the operating system gets a system reset, writes its dump and\n"
	"               restarts; off: power off the managed system, with --immed at once,\n"
	"               otherwise when its partitions have shut down\n"
	"  -m SYSTEM    the managed system's name\n"
	"  -n NAME      the partition's name\n"
	"  --id ID      or its ID\n"
	"  -f PROFILE   activate with this profile and not with the default profile\n"
	"  -b MODE      norm: as the profile says; of: by Open Firmware\n"
	"  --immed      at once\n"
	"  --restart    and start again\n";

static bool state_is_over(u8 state)
{
	return state == HMC_STATE_NOT_ACTIVATED || state == HMC_STATE_ERROR;
}

static int mode_read(struct session *session, const char *text, enum hmc_boot_mode *mode)
{
	*mode = HMC_BOOT_PROFILE;
	if (text && !strcmp(text, "of"))
		*mode = HMC_BOOT_OF;
	else if (text && strcmp(text, "norm"))
		return -session_error(session, "HSCL8003", "The option -b must be norm or of.");
	return 0;
}

static int lpar_on(struct session *session, const struct options *options, const struct lpar *lpar,
		   const struct hmc_partition *now)
{
	const char *name = options_value(options, "f");
	struct profile profile;
	enum hmc_boot_mode mode;
	const char *text;
	int result = 1;

	if (mode_read(session, options_value(options, "b"), &mode))
		return 1;
	if (!state_is_over(now->state))
		return session_error(session, "HSCL03F4",
				     "The partition %s cannot be activated in the state %s.",
				     lpar->name, console_state_name(now->state));
	name = name ? name : lpar->default_profile;
	if (!profile_load(&profile, session->store, lpar->id, name))
		session_error(session, "HSCL8013", "The partition %s has no profile named %s.",
			      lpar->name, name);
	else if (activation_start(session->store, lpar, &profile, mode, &text))
		session_error(session, "HSCL03EC", "The partition %s cannot be activated: %s.",
			      lpar->name, text);
	else
		result = 0;
	profile_clear(&profile);
	return result;
}

static int lpar_end(struct session *session, const struct lpar *lpar,
		    const struct hmc_partition *now, enum hmc_action_type action)
{
	const char *text;

	/* An operating system that is not there cannot be told anything. */
	if (now->state == HMC_STATE_NOT_ACTIVATED ||
	    (now->state == HMC_STATE_ERROR && action != HMC_ACTION_POWER_OFF))
		return session_error(session, "HSCL03F5",
				     "This cannot be done with the partition %s in the state %s.",
				     lpar->name, console_state_name(now->state));
	if (manage_action(lpar->id, action, &text))
		return session_error(session, "HSCL0DB4",
				     "This cannot be done with the partition %s: %s.", lpar->name,
				     text);
	return 0;
}

/* What is to be done with a partition that is active. */
static bool action_find(const struct options *options, const char *operation,
			enum hmc_action_type *action)
{
	bool restart = options_has(options, "restart");

	if (!strcmp(operation, "shutdown") && options_has(options, "immed"))
		*action = restart ? HMC_ACTION_RESTART : HMC_ACTION_POWER_OFF;
	else if (!strcmp(operation, "shutdown") || !strcmp(operation, "osshutdown"))
		*action = restart ? HMC_ACTION_OS_RESTART : HMC_ACTION_OS_SHUTDOWN;
	else if (!strcmp(operation, "dumprestart"))
		*action = HMC_ACTION_DUMP_RESTART;
	else
		return false;
	return true;
}

static const char *action_name(enum hmc_action_type action)
{
	static const char *const names[] = {
		[HMC_ACTION_POWER_OFF] = "was ended at once",
		[HMC_ACTION_RESTART] = "was restarted at once",
		[HMC_ACTION_OS_SHUTDOWN] = "was told to shut down",
		[HMC_ACTION_OS_RESTART] = "was told to shut down and restart",
		[HMC_ACTION_DUMP_RESTART] = "was told to dump and restart",
	};

	return names[action];
}

static int lpar_change(struct session *session, const struct options *options,
		       const char *operation)
{
	enum hmc_action_type action = HMC_ACTION_POWER_OFF;
	struct hmc_partition now = {.state = HMC_STATE_NOT_ACTIVATED};
	struct lpar lpar;
	int result;

	store_take(session->store);
	result = system_check(session, options) || lpar_find(session, options, "n", &lpar);
	if (!result && !call_partition(lpar.id, &now))
		result =
			session_error(session, "HSCL0237",
				      "The managed system does not answer (state: No Connection).");
	if (!result && !strcmp(operation, "on")) {
		result = lpar_on(session, options, &lpar, &now);
	} else if (!result && action_find(options, operation, &action)) {
		result = lpar_end(session, &lpar, &now, action);
		if (!result)
			store_event(session->store, session->user, "partition %s %s", lpar.name,
				    action_name(action));
	} else if (!result) {
		result = session_error(session, "HSCL8003",
				       "The option -o must be on, shutdown, osshutdown or "
				       "dumprestart with -r lpar.");
	}
	store_give(session->store);
	if (!result && strcmp(operation, "on") && action == HMC_ACTION_POWER_OFF) {
		session_progress(session, "%s: shutting down", lpar.name);
		if (activation_wait_end(lpar.id, END_MS))
			result = session_error(session, "HSCL03F6",
					       "The partition %s has not ended after %d seconds.",
					       lpar.name, END_MS / 1000);
		session_progress(session, "%s", "");
	}
	return result;
}

/* All partitions are told to shut down. Returns 0 when they have, or 1 after a message. */
static int lpars_shutdown(struct session *session)
{
	struct hmc_partition now[HMC_LPAR_ID_MAX + 1];
	const char *text;

	if (call_partitions(now))
		return 0;
	for (u32 id = 1; id <= HMC_LPAR_ID_MAX; id++)
		if (now[id].state != HMC_STATE_REMOVED && !state_is_over(now[id].state) &&
		    manage_action(id, HMC_ACTION_OS_SHUTDOWN, &text))
			return session_error(session, "HSCL0DB4",
					     "The partition %.*s cannot be shut down: %s. With "
					     "--immed it is ended.",
					     HMC_NAME_SIZE - 1, now[id].name, text);
	for (u32 id = 1; id <= HMC_LPAR_ID_MAX; id++) {
		if (now[id].state == HMC_STATE_REMOVED || state_is_over(now[id].state))
			continue;
		session_progress(session, "waiting for %.*s to shut down", HMC_NAME_SIZE - 1,
				 now[id].name);
		if (activation_wait_end(id, OS_END_MS))
			return session_error(session, "HSCL03F6",
					     "The partition %.*s has not ended after %d seconds.",
					     HMC_NAME_SIZE - 1, now[id].name, OS_END_MS / 1000);
	}
	session_progress(session, "%s", "");
	return 0;
}

static int system_change(struct session *session, const struct options *options,
			 const char *operation)
{
	bool restart = options_has(options, "restart");
	const char *text;
	int result;

	if (strcmp(operation, "off"))
		return session_error(session, "HSCL8003", "The option -o must be off with -r sys.");
	store_take(session->store);
	result = system_check(session, options);
	if (!result)
		store_event(session->store, session->user, "the managed system is %s",
			    restart ? "restarted" : "powered off");
	store_give(session->store);
	if (result || (!options_has(options, "immed") && lpars_shutdown(session)))
		return 1;
	if (manage_power(restart ? HMC_POWER_REBOOT : HMC_POWER_OFF, &text))
		return session_error(session, "HSCL0237",
				     "The managed system cannot be powered off: %s.", text);
	return 0;
}

static int chsysstate_run(struct session *session, const struct options *options)
{
	const char *type = options_value(options, "r"), *operation = options_value(options, "o");

	if (!operation)
		return session_error(session, "HSCL8003", "The option -o is needed.");
	if (type && !strcmp(type, "lpar"))
		return lpar_change(session, options, operation);
	if (type && !strcmp(type, "sys"))
		return system_change(session, options, operation);
	return session_error(session, "HSCL8003", "The option -r must be lpar or sys.");
}

const struct command chsysstate_command = {
	.name = "chsysstate",
	.summary = "activate, shut down and restart partitions and the managed system",
	.usage = usage,
	.options = "r m o n id f b immed restart",
	.run = chsysstate_run,
};
