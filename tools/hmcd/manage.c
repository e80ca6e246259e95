// SPDX-License-Identifier: Apache-2.0
// What the hypervisor is asked to do with partitions.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "tools/hmcd/alloc.h"
#include "tools/hmcd/call.h"
#include "tools/hmcd/manage.h"

#define PIECE_MAX     512 /* of a profile in one message */
#define ACTIVATE_MS   120000
#define UPLOAD_REPEAT 8

/* Texts of refusals outlive the request. */
static _Thread_local char refusal[HMC_TEXT_SIZE];

static int request_do(struct call_request *request, const char **text)
{
	const char *why;

	if (!request->patience)
		request->patience = CALL_PATIENCE;
	if (!call_request(request, &why))
		return 0;
	strncpy(refusal, why, sizeof(refusal) - 1);
	*text = refusal;
	return -1;
}

static u64 token_make(void)
{
	u64 token = 0;

	while (!token)
		if (getrandom(&token, sizeof(token), 0) < 0)
			abort();
	return token;
}

int manage_system(struct hmc_system_reply *system, const char **text)
{
	struct hmc_control message = {.type = HMC_SYSTEM};
	struct call_request request = {.message = &message,
				       .length = sizeof(message),
				       .reply_size = sizeof(struct hmc_system_reply)};

	if (request_do(&request, text))
		return -1;
	*system = request.reply.system;
	return 0;
}

static void partition_note(struct hypervisor *hypervisor, void *ctx)
{
	hypervisor_partition(hypervisor, ctx);
}

/* The event about what was done may come later than the reply: whoever asks next is to know. */
static void partition_refresh(u32 lpar_id)
{
	struct hmc_partition partition;
	const char *text;

	if (!manage_describe(lpar_id, &partition, &text)) {
		partition.lpar_id = cpu_to_be16((u16)lpar_id);
		call_main(partition_note, &partition);
	}
}

int manage_describe(u32 lpar_id, struct hmc_partition *partition, const char **text)
{
	struct hmc_lpar message = {.control.type = HMC_DESCRIBE,
				   .lpar_id = cpu_to_be16((u16)lpar_id)};
	struct call_request request = {.message = &message.control,
				       .length = sizeof(message),
				       .reply_size = sizeof(struct hmc_describe_reply)};

	if (request_do(&request, text))
		return -1;
	*partition = request.reply.describe.partition;
	partition->name[HMC_NAME_SIZE - 1] = 0;
	partition->reason[HMC_REASON_SIZE - 1] = 0;
	return 0;
}

int manage_define(u32 lpar_id, const char *name, const char **text)
{
	struct hmc_define message = {.control.type = HMC_DEFINE,
				     .lpar_id = cpu_to_be16((u16)lpar_id)};
	struct call_request request = {.message = &message.control,
				       .length = sizeof(message),
				       .reply_size = sizeof(struct hmc_reply)};

	strncpy(message.name, name, sizeof(message.name) - 1);
	if (request_do(&request, text))
		return -1;
	partition_refresh(lpar_id);
	return 0;
}

int manage_take_console(u32 lpar_id, const char **text)
{
	struct hmc_vterm message = {.control.type = HMC_VTERM,
				    .lpar_id = cpu_to_be16((u16)lpar_id),
				    .action = HMC_VTERM_TAKE};
	struct call_request request = {.message = &message.control,
				       .length = sizeof(message),
				       .reply_size = sizeof(struct hmc_reply)};

	return request_do(&request, text);
}

int manage_remove(u32 lpar_id, const char **text)
{
	struct hmc_lpar message = {.control.type = HMC_REMOVE,
				   .lpar_id = cpu_to_be16((u16)lpar_id)};
	struct call_request request = {.message = &message.control,
				       .length = sizeof(message),
				       .reply_size = sizeof(struct hmc_reply)};

	if (request_do(&request, text))
		return -1;
	partition_refresh(lpar_id);
	return 0;
}

/* Sends @size bytes of @data as the upload @number. */
static int upload_send(u32 number, const u8 *data, size_t size, const char **text)
{
	struct {
		struct hmc_upload upload;
		u8 data[PIECE_MAX];
	} __packed message = {.upload.control.type = HMC_UPLOAD};
	size_t done = 0;

	message.upload.upload = cpu_to_be32(number);
	message.upload.size = cpu_to_be32((u32)size);
	for (u32 i = 0; done < size; i++) {
		size_t n = MIN(size - done, (size_t)PIECE_MAX);
		struct call_request request = {.message = &message.upload.control,
					       .length = sizeof(message.upload) + n,
					       .reply_size = sizeof(struct hmc_upload_reply)};

		if (i == UPLOAD_REPEAT + size / PIECE_MAX) {
			*text = "the hypervisor does not take the profile";
			return -1;
		}
		message.upload.offset = cpu_to_be32((u32)done);
		memcpy(message.data, data + done, n);
		if (request_do(&request, text))
			return -1;
		done = be32_to_cpu(request.reply.upload.received);
	}
	return 0;
}

int manage_activate(u32 lpar_id, const void *profile, size_t size, enum hmc_boot_mode mode,
		    const char **text)
{
	u64 token = token_make();
	u32 upload = (u32)token | 1;
	struct hmc_activate message = {.control.type = HMC_ACTIVATE,
				       .lpar_id = cpu_to_be16((u16)lpar_id),
				       .token = cpu_to_be64(token),
				       .upload = cpu_to_be32(upload),
				       .boot_mode = (u8)mode};
	struct call_request request = {.message = &message.control,
				       .length = sizeof(message),
				       .reply_size = sizeof(struct hmc_reply),
				       .patience = ACTIVATE_MS};

	if (upload_send(upload, profile, size, text) || request_do(&request, text))
		return -1;
	partition_refresh(lpar_id);
	return 0;
}

int manage_action(u32 lpar_id, enum hmc_action_type action, const char **text)
{
	struct hmc_action message = {.control.type = HMC_ACTION,
				     .lpar_id = cpu_to_be16((u16)lpar_id),
				     .token = cpu_to_be64(token_make()),
				     .action = (u8)action};
	struct call_request request = {.message = &message.control,
				       .length = sizeof(message),
				       .reply_size = sizeof(struct hmc_reply)};

	if (request_do(&request, text))
		return -1;
	partition_refresh(lpar_id);
	return 0;
}

int manage_power(enum hmc_power_action action, const char **text)
{
	struct hmc_power message = {.control.type = HMC_POWER, .action = (u8)action};
	struct call_request request = {.message = &message.control,
				       .length = sizeof(message),
				       .reply_size = sizeof(struct hmc_reply)};

	return request_do(&request, text);
}

bool manage_eth(u32 lpar_id, u32 slot, struct hmc_eth_reply *eth)
{
	struct hmc_eth message = {.control.type = HMC_ETH,
				  .lpar_id = cpu_to_be16((u16)lpar_id),
				  .slot = cpu_to_be16((u16)slot)};
	struct call_request request = {
		.message = &message.control, .length = sizeof(message), .reply_size = sizeof(*eth)};
	const char *text;

	if (request_do(&request, &text))
		return false;
	*eth = request.reply.eth;
	return be16_to_cpu(eth->slot) != HMC_ETH_NONE;
}

bool manage_image(u32 index, struct hmc_images_reply *image)
{
	struct hmc_images message = {.control.type = HMC_IMAGES, .index = cpu_to_be16((u16)index)};
	struct call_request request = {.message = &message.control,
				       .length = sizeof(message),
				       .reply_size = sizeof(struct hmc_reply) + sizeof(be16)};
	const char *text;

	if (request_do(&request, &text))
		return false;
	*image = request.reply.images;
	image->name[HMC_NAME_SIZE - 1] = 0;
	return index < be16_to_cpu(image->images);
}

int manage_image_remove(const char *name, const char **text)
{
	struct hmc_image_remove message = {.control.type = HMC_IMAGE_REMOVE};
	struct call_request request = {.message = &message.control,
				       .length = sizeof(message),
				       .reply_size = sizeof(struct hmc_reply)};

	strncpy(message.name, name, sizeof(message.name) - 1);
	return request_do(&request, text);
}
