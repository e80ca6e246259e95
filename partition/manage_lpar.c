// SPDX-License-Identifier: Apache-2.0
/* Partitions: which there are, what they are, their life. */
#include "hv/lmb.h"
#include "hv/pool.h"
#include "partition/console.h"
#include "partition/image_store.h"
#include "partition/manage.h"
#include "partition/partition.h"

#include <string.h>

_Static_assert(sizeof(struct hmc_describe_reply) <= LINK_REPLY_MAX &&
		       sizeof(struct hmc_refcodes_reply) +
				       HMC_REFCODES_PER_REPLY * sizeof(struct hmc_refcode) <=
			       LINK_REPLY_MAX,
	       "replies fit");

/* --- what there is --- */

static bool is_lpar_id(struct manage_call *call, be16 lpar_id)
{
	u32 id = be16_to_cpu(lpar_id);

	if (id >= 1 && id <= LPAR_MAX_ID)
		return true;
	manage_refuse(call, HMC_BAD_VALUE, "partition ID %u is not from 1 to %u", id, LPAR_MAX_ID);
	return false;
}

void manage_describe(struct manage_call *call)
{
	const struct hmc_lpar *request = (const void *)call->request;
	struct hmc_describe_reply *reply;

	if (!is_lpar_id(call, request->lpar_id))
		return;
	reply = manage_answer(call, sizeof(*reply));
	reply->partition.control.type = HMC_PARTITION;
	reply->partition.lpar_id = request->lpar_id;
	partition_describe(be16_to_cpu(request->lpar_id), &reply->partition);
}

void manage_refcodes(struct manage_call *call)
{
	const struct hmc_refcodes *request = (const void *)call->request;
	struct partition *partition = manage_partition(call, request->lpar_id);
	u32 position = be32_to_cpu(request->position), count;
	struct hmc_refcodes_reply *reply;
	struct hmc_refcode last;

	if (!partition)
		return;
	reply = manage_answer(call, sizeof(*reply));
	reply->next = cpu_to_be32(refcode_last(&partition->refcodes, &last));
	count = refcode_read(&partition->refcodes, &position, reply->code, HMC_REFCODES_PER_REPLY);
	call->reply_length += count * (u32)sizeof(reply->code[0]);
	reply->lpar_id = request->lpar_id;
	reply->position = cpu_to_be32(position);
	reply->count = cpu_to_be16((u16)count);
}

/* --- what there is to be --- */

static const struct partition *find_name(const char *name)
{
	for (u32 id = 1; id <= LPAR_MAX_ID; id++) {
		const struct partition *partition = partition_find(id);

		if (partition && strcmp(partition->lpar.name, name) == 0)
			return partition;
	}
	return NULL;
}

/* What a partition is before its first activation. */
static void create(struct manage_call *call, u32 id, const char *name)
{
	const struct plan_lpar profile = {
		.name = name,
		.id = id,
		.boot_args = "",
		.procs = {.sharing_mode = SHARING_CAP},
	};

	if (!partition_create(&profile))
		manage_refuse(call, HMC_REFUSED,
			      "the hypervisor has no memory for another partition");
}

void manage_define(struct manage_call *call)
{
	const struct hmc_define *request = (const void *)call->request;
	u32 id = be16_to_cpu(request->lpar_id);
	struct partition *partition = partition_find(id);
	const struct partition *namesake;

	if (!is_lpar_id(call, request->lpar_id) || !manage_name(call, request->name, "partition"))
		return;
	namesake = find_name(request->name);
	if (namesake && namesake != partition)
		manage_refuse(call, HMC_REFUSED, "partition %u has the name %s already",
			      namesake->lpar.id, request->name);
	else if (!partition)
		create(call, id, request->name);
	else if (!namesake)
		partition_rename(partition, request->name);
}

void manage_remove(struct manage_call *call)
{
	const struct hmc_lpar *request = (const void *)call->request;
	struct partition *partition;

	if (!is_lpar_id(call, request->lpar_id))
		return;
	partition = partition_find(be16_to_cpu(request->lpar_id));
	if (partition && !partition_remove(partition))
		manage_refuse(call, HMC_REFUSED, "partition %s is active, or is still ending",
			      partition->lpar.name);
}

/* --- life --- */

/* Is this what the partition was asked for last? Then that was it. */
static bool is_done(struct manage_call *call, const struct partition *partition, be64 token)
{
	if (be64_to_cpu(token) == 0) {
		manage_refuse(call, HMC_BAD_VALUE, "the token is 0");
		return true;
	}
	return be64_to_cpu(token) == partition->token;
}

static bool read_profile(struct manage_call *call, const struct hmc_activate *request,
			 struct plan_lpar *profile)
{
	const struct stored_image *image;
	const char *reason;
	const void *blob;
	u32 size;

	blob = manage_upload_find(be32_to_cpu(request->upload), &size);
	if (!blob) {
		manage_refuse(call, HMC_REFUSED, "the profile has not been sent, or has been lost");
		return false;
	}
	reason = plan_read_profile(blob, size, 1UL << lmb_shift, pool_min_units_per_vp, profile);
	if (reason) {
		manage_refuse(call, HMC_BAD_VALUE, "%s", reason);
		return false;
	}
	image = image_store_find(profile->image.name);
	if (!image) {
		manage_refuse(call, HMC_REFUSED, "boot image %s does not exist",
			      profile->image.name);
		return false;
	}
	profile->image = image->image;
	if (request->boot_mode != HMC_BOOT_PROFILE)
		profile->open_firmware = request->boot_mode == HMC_BOOT_OF;
	return true;
}

void manage_activate(struct manage_call *call)
{
	const struct hmc_activate *request = (const void *)call->request;
	struct partition *partition = manage_partition(call, request->lpar_id);
	char reason[LPAR_REASON_SIZE];
	struct plan_lpar profile;

	if (!partition || is_done(call, partition, request->token))
		return;
	if (request->boot_mode > HMC_BOOT_FDT) {
		manage_refuse(call, HMC_BAD_VALUE, "boot mode %u does not exist",
			      request->boot_mode);
		return;
	}
	if (!read_profile(call, request, &profile))
		return;
	if (!partition_start(partition, &profile, reason))
		manage_refuse(call, HMC_REFUSED, "%s", reason);
	else
		partition->token = be64_to_cpu(request->token);
}

/* At once, and whatever it is about to do. Nothing is left to do when it has nothing. */
static void power_off(struct partition *partition)
{
	enum partition_state state = partition_state(partition);

	if (state != PARTITION_NOT_ACTIVATED && state != PARTITION_SHUTTING_DOWN)
		refcode_add(partition, REFCODE_POWER_OFF, "");
	partition_power_off(partition);
}

static bool restart(struct partition *partition)
{
	if (!partition_reboot(partition))
		return false;
	refcode_add(partition, REFCODE_RESTART, "");
	return true;
}

static bool dump(struct partition *partition)
{
	if (!partition_dump(partition))
		return false;
	refcode_add(partition, REFCODE_DUMP, "");
	return true;
}

static void act(struct manage_call *call, struct partition *partition, u32 action)
{
	bool done = true;

	if (action == HMC_ACTION_POWER_OFF)
		power_off(partition);
	else if (action == HMC_ACTION_RESTART)
		done = restart(partition);
	else if (action == HMC_ACTION_DUMP_RESTART)
		done = dump(partition);
	else
		done = partition_os_shutdown(partition, action == HMC_ACTION_OS_RESTART);
	if (!done && action == HMC_ACTION_RESTART)
		manage_refuse(call, HMC_REFUSED, "partition %s is not active",
			      partition->lpar.name);
	else if (!done)
		manage_refuse(call, HMC_REFUSED, "partition %s has no running operating system",
			      partition->lpar.name);
}

void manage_action(struct manage_call *call)
{
	const struct hmc_action *request = (const void *)call->request;
	struct partition *partition = manage_partition(call, request->lpar_id);

	if (!partition || is_done(call, partition, request->token))
		return;
	if (request->action < HMC_ACTION_POWER_OFF || request->action > HMC_ACTION_DUMP_RESTART) {
		manage_refuse(call, HMC_BAD_VALUE, "action %u does not exist", request->action);
		return;
	}
	act(call, partition, request->action);
	if (be16_to_cpu(call->reply.head.status) == HMC_OK)
		partition->token = be64_to_cpu(request->token);
}

/* --- consoles --- */

static void close_all(void)
{
	for (u32 id = 1; id <= LPAR_MAX_ID; id++)
		console_close(id);
}

void manage_vterm(struct manage_call *call)
{
	const struct hmc_vterm *request = (const void *)call->request;
	u32 id = be16_to_cpu(request->lpar_id);
	char text[HMC_TEXT_SIZE];

	if (request->action == HMC_VTERM_CLOSE && id == 0)
		close_all();
	else if (!manage_partition(call, request->lpar_id))
		return;
	else if (request->action == HMC_VTERM_CLOSE)
		console_close(id);
	else if (request->action == HMC_VTERM_TAKE)
		console_take(id);
	else if (request->action != HMC_VTERM_OPEN)
		manage_refuse(call, HMC_BAD_VALUE, "action %u does not exist", request->action);
	else if (!console_open(id, text, sizeof(text)))
		manage_refuse(call, HMC_REFUSED, "%s", text);
}
