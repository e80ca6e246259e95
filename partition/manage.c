// SPDX-License-Identifier: Apache-2.0
#include "partition/manage.h"
#include "hmc/frame.h"
#include "hmc/plan.h"
#include "hv/machine.h"
#include "hv/management.h"
#include "hv/work.h"
#include "partition/partition.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct manage_request requests[] = {
	{HMC_SYSTEM, sizeof(struct hmc_control), manage_system},
	{HMC_DESCRIBE, sizeof(struct hmc_lpar), manage_describe},
	{HMC_DEFINE, sizeof(struct hmc_define), manage_define},
	{HMC_REMOVE, sizeof(struct hmc_lpar), manage_remove},
	{HMC_UPLOAD, sizeof(struct hmc_upload), manage_upload},
	{HMC_ACTIVATE, sizeof(struct hmc_activate), manage_activate},
	{HMC_ACTION, sizeof(struct hmc_action), manage_action},
	{HMC_REFCODES, sizeof(struct hmc_refcodes), manage_refcodes},
	{HMC_IMAGES, sizeof(struct hmc_images), manage_images},
	{HMC_IMAGE_PUT, sizeof(struct hmc_image_put), manage_image_put},
	{HMC_IMAGE_DATA, sizeof(struct hmc_image_data), manage_image_data},
	{HMC_IMAGE_PLACED, sizeof(struct hmc_image_placed), manage_image_placed},
	{HMC_IMAGE_REMOVE, sizeof(struct hmc_image_remove), manage_image_remove},
	{HMC_TRACE, sizeof(struct hmc_trace), manage_trace},
	{HMC_VTERM, sizeof(struct hmc_vterm), manage_vterm},
};

/*
 * Requests that wait. Put in with the channel's lock held and taken out as work: one at a time each
 * way, so that no lock is needed between the two.
 */
static struct {
	u32 head, tail; /* counts; tail: the next to be answered */
	struct {
		u32 length;
		u8 bytes[FRAME_PAYLOAD_MAX] __aligned(8);
	} slot[HMC_REQUESTS_MAX];
} queue;

/*
 * A boot image comes in thousands of frames, through a UART with room for 16 bytes: looking once a
 * millisecond would take hours. So as long as its pieces come in, looking is work.
 */
#define TRANSFER_US 5000

static u64 transfer_end; /* timebase; 0: there is none */

static void transfer_goes_on(void)
{
	transfer_end = machine_timebase() + machine.timebase_hz / 1000000 * TRANSFER_US;
}

static bool transfer_polls(void)
{
	if (transfer_end == 0)
		return false;
	management_poll();
	if ((s64)(transfer_end - machine_timebase()) > 0)
		return true;
	transfer_end = 0;
	return false;
}

static const struct manage_request *find(u8 type)
{
	const struct manage_request *const *line;

	for (u32 i = 0; i < ARRAY_SIZE(requests); i++)
		if (requests[i].type == type)
			return &requests[i];
	for (line = __start_manage_requests; line < __stop_manage_requests; line++)
		if ((*line)->type == type)
			return *line;
	return NULL;
}

static void answer(const struct hmc_control *request, u32 length)
{
	struct manage_call call = {.request = request, .length = length};
	const struct manage_request *line = find(request->type);

	call.reply_length = sizeof(call.reply.head);
	if (!line)
		manage_refuse(&call, HMC_UNKNOWN, "no such request");
	else if (length < line->length)
		manage_refuse(&call, HMC_BAD_LENGTH, "the request is too short");
	else
		line->run(&call);
	if (request->type == HMC_IMAGE_DATA && be16_to_cpu(call.reply.head.status) == HMC_OK)
		transfer_goes_on();
	call.reply.head.control.type = request->type | HMC_REPLY;
	call.reply.head.control.id = request->id;
	management_reply(&call.reply, call.reply_length);
}

/* Returns whether there was one to be answered. */
static bool answer_next(void)
{
	u32 tail = queue.tail, slot = tail % HMC_REQUESTS_MAX;

	if (tail == __atomic_load_n(&queue.head, __ATOMIC_ACQUIRE))
		return false;
	answer((const void *)queue.slot[slot].bytes, queue.slot[slot].length);
	__atomic_store_n(&queue.tail, tail + 1, __ATOMIC_RELEASE);
	return true;
}

static bool manage_step(struct work *work __unused)
{
	u64 end = machine_timebase() + machine.timebase_hz / 1000000 * WORK_STEP_US;
	bool more = true;

	while (more && (s64)(end - machine_timebase()) > 0)
		more = answer_next() || transfer_polls();
	return more;
}

static struct work manage_work = {.step = manage_step};

static void request_receive(const struct hmc_control *request, size_t length)
{
	u32 slot = queue.head % HMC_REQUESTS_MAX;

	if (queue.head - __atomic_load_n(&queue.tail, __ATOMIC_ACQUIRE) == HMC_REQUESTS_MAX ||
	    length > sizeof(queue.slot[slot].bytes))
		return;
	queue.slot[slot].length = (u32)length;
	memcpy(queue.slot[slot].bytes, request, length);
	__atomic_store_n(&queue.head, queue.head + 1, __ATOMIC_RELEASE);
	work_add(&manage_work);
}

void manage_init(void)
{
	management_request = request_receive;
}

void manage_refuse(struct manage_call *call, enum hmc_status status, const char *format, ...)
{
	struct hmc_refusal *refusal = manage_answer(call, sizeof(*refusal));
	va_list args;

	va_start(args, format);
	vsnprintf(refusal->text, sizeof(refusal->text), format, args);
	va_end(args);
	refusal->reply.status = cpu_to_be16((u16)status);
	call->reply_length = (u32)(sizeof(refusal->reply) + strlen(refusal->text) + 1);
}

void *manage_answer(struct manage_call *call, u32 length)
{
	memset(&call->reply, 0, sizeof(call->reply));
	call->reply_length = length;
	return &call->reply;
}

struct partition *manage_partition(struct manage_call *call, be16 lpar_id)
{
	struct partition *partition = partition_find(be16_to_cpu(lpar_id));

	if (!partition)
		manage_refuse(call, HMC_BAD_VALUE, "partition %u does not exist",
			      be16_to_cpu(lpar_id));
	return partition;
}

bool manage_name(struct manage_call *call, const char *name, const char *whose)
{
	if (memchr(name, '\0', HMC_NAME_SIZE) && plan_name_valid(name))
		return true;
	manage_refuse(call, HMC_BAD_VALUE,
		      "the %s's name is empty, longer than %u characters, or "
		      "has characters that are not allowed",
		      whose, PLAN_NAME_MAX);
	return false;
}
