// SPDX-License-Identifier: Apache-2.0
// The hypervisor is told what the store says.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tools/hmcd/activation.h"
#include "tools/hmcd/call.h"
#include "tools/hmcd/image.h"
#include "tools/hmcd/lpar.h"
#include "tools/hmcd/manage.h"
#include "tools/hmcd/profile.h"
#include "tools/hmcd/sync.h"

#define END_MS 10000

static bool state_is_over(u8 state)
{
	return state == HMC_STATE_NOT_ACTIVATED || state == HMC_STATE_ERROR;
}

/* A partition that is not in the store: it came with a plan and was removed since. */
static int stranger_remove(u32 id, const struct hmc_partition *now, const char **text)
{
	if (!state_is_over(now->state) &&
	    (manage_action(id, HMC_ACTION_POWER_OFF, text) || activation_wait_end(id, END_MS)))
		return -1;
	return manage_remove(id, text);
}

int sync_partitions(struct store *store, const char **text)
{
	struct hmc_partition now[HMC_LPAR_ID_MAX + 1];
	struct lpar lpars[HMC_LPAR_ID_MAX];
	bool kept[HMC_LPAR_ID_MAX + 1] = {false};
	u32 count = lpars_load(store, lpars);
	char name[PLAN_NAME_MAX + 1];

	*text = "the partition does not end";
	if (call_partitions(now))
		return 0;
	for (u32 i = 0; i < count; i++)
		kept[lpars[i].id] = true;
	if (store_value(store, name, sizeof(name), "SELECT value FROM system", ""))
		for (u32 id = 1; id <= HMC_LPAR_ID_MAX; id++)
			if (now[id].state != HMC_STATE_REMOVED && !kept[id] &&
			    stranger_remove(id, &now[id], text))
				return -1;
	for (u32 i = 0; i < count; i++) {
		const struct hmc_partition *there = &now[lpars[i].id];

		if ((there->state == HMC_STATE_REMOVED ||
		     strncmp(there->name, lpars[i].name, HMC_NAME_SIZE)) &&
		    manage_define(lpars[i].id, lpars[i].name, text))
			return -1;
	}
	return 0;
}

int sync_commit(struct session *session)
{
	struct store *store = session->store;
	char why[HMC_TEXT_SIZE] = "";
	const char *text;

	if (sync_partitions(store, &text)) {
		snprintf(why, sizeof(why), "%s", text);
		session_error(session, "HSCL8021", "The hypervisor refuses: %s.", why);
		store_undo(store);
	} else if (store_commit(store)) {
		session_error(session, "HSCL8020", "The change cannot be kept: %s.",
			      store_error(store));
	} else {
		return 0;
	}
	sync_partitions(store, &text);
	return 1;
}

struct images {
	char name[PLAN_IMAGES_MAX][PLAN_NAME_MAX + 1];
	u32 count;
};

static int image_row(void *ctx, const char *const *column)
{
	struct images *images = ctx;

	snprintf(images->name[images->count++], PLAN_NAME_MAX + 1, "%s", column[0]);
	return images->count == PLAN_IMAGES_MAX;
}

/* Was a file of it written at @since or later? 0: that does not matter. */
static bool image_changed(const struct rundir *run, const char *name, time_t since)
{
	struct stat status;

	if (!since)
		return false;
	return (!stat(image_path(run, name, "kernel").text, &status) && status.st_mtime >= since) ||
	       (!stat(image_path(run, name, "initrd").text, &status) && status.st_mtime >= since);
}

void sync_images(struct store *store, const struct rundir *run, struct session *session,
		 time_t since)
{
	struct images images = {.count = 0};
	const char *text;

	store_take(store);
	store_ask(store, image_row, &images, "SELECT name FROM image", "");
	store_give(store);
	for (u32 i = 0; i < images.count; i++)
		if ((image_changed(run, images.name[i], since) ||
		     !image_is_there(images.name[i])) &&
		    image_send(run, images.name[i], session, &text))
			fprintf(stderr, "image %s: %s\n", images.name[i], text);
}

/* Partitions that start by themselves, as far as they have not. */
static void lpars_start(struct store *store)
{
	struct lpar lpars[HMC_LPAR_ID_MAX];
	u32 count = lpars_load(store, lpars);

	for (u32 i = 0; i < count; i++) {
		struct profile profile;
		struct hmc_partition now;
		const char *text, *start;

		profile_load(&profile, store, lpars[i].id, lpars[i].default_profile);
		start = profile_get(&profile, "auto_start");
		if (start && !strcmp(start, "1") && call_partition(lpars[i].id, &now) &&
		    now.state == HMC_STATE_NOT_ACTIVATED &&
		    activation_start(store, &lpars[i], &profile, HMC_BOOT_PROFILE, &text))
			fprintf(stderr, "partition %s does not start: %s\n", lpars[i].name, text);
		profile_clear(&profile);
	}
}

void sync_all(struct store *store, const struct rundir *run, bool restarted)
{
	const char *text;

	store_take(store);
	if (sync_partitions(store, &text))
		fprintf(stderr, "the hypervisor does not have all partitions: %s\n", text);
	store_give(store);
	sync_images(store, run, NULL, 0);
	if (!restarted)
		return;
	store_take(store);
	lpars_start(store);
	store_give(store);
}
