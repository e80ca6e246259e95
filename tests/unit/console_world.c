// SPDX-License-Identifier: Apache-2.0
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hmc/plan.h"
#include "hv/frame.h"
#include "hv/link.h"
#include "hv/management.h"
#include "partition/image_store.h"
#include "partition/manage.h"
#include "tests/unit/console_world.h"
#include "tests/unit/life_world.h"

#define BLOB_SIZE 4096

struct console_seen console_seen;

static struct frame_decoder decoder;
static u32 last_id;

static void sent(u8 byte)
{
	if (frame_decoder_push(&decoder, byte) != FRAME_READY ||
	    decoder.channel != HMC_CHANNEL_CONTROL || !(decoder.payload[0] & HMC_REPLY))
		return;
	memcpy(console_seen.bytes, decoder.payload, decoder.length);
	console_seen.length = decoder.length;
	console_seen.count++;
}

void console_settle(void)
{
	for (u32 i = 0; i < 100; i++) {
		world_step();
		management_poll();
	}
}

void console_reset(void)
{
	static bool ready;

	world.sent = sent;
	fake_cpu.tick = 1000; /* whoever waits for time to pass sees it pass */
	if (!ready) {
		frame_decoder_init(&decoder);
		manage_init();
		ready = true;
	}
	for (u16 id = 4; id <= LPAR_MAX_ID; id++) {
		if (!partition_find(id))
			continue;
		partition_power_off(partition_find(id));
		console_settle();
		if (!partition_remove(partition_find(id)))
			abort();
	}
	while (image_store_count())
		if (image_store_remove(image_store_at(0)->name))
			abort();
	memset(&console_seen, 0, sizeof(console_seen));
}

void console_post(const void *message, u32 length)
{
	management_request(message, length);
}

u16 console_ask(u8 type, void *message, u32 length)
{
	struct hmc_control *control = message;
	const struct hmc_reply *reply = (const void *)console_seen.bytes;
	u32 count = console_seen.count;

	control->type = type;
	control->id = cpu_to_be32(++last_id);
	console_post(message, length);
	/* Each test's time begins anew, so the dispatcher may not look for long. */
	for (u32 i = 0; i < 1000 && console_seen.count == count; i++) {
		world_step();
		management_poll();
	}
	if (console_seen.count != count + 1 || console_seen.length < sizeof(*reply) ||
	    be32_to_cpu(reply->control.id) != last_id || reply->control.type != (type | HMC_REPLY))
		abort();
	return be16_to_cpu(reply->status);
}

static void put_numbers(void *fdt, const char *changed, u32 value)
{
	static const struct {
		const char *name;
		u32 value;
	} numbers[] = {
		{PLAN_PROP_DESIRED_MEM, 64},   {PLAN_PROP_RMO_SIZE, 32},
		{PLAN_PROP_MIN_PROCS, 1},      {PLAN_PROP_DESIRED_PROCS, 2},
		{PLAN_PROP_MAX_PROCS, 4},      {PLAN_PROP_MIN_UNITS, 10},
		{PLAN_PROP_DESIRED_UNITS, 20}, {PLAN_PROP_MAX_UNITS, 100},
		{PLAN_PROP_UNCAP_WEIGHT, 0},   {PLAN_PROP_VIRTUAL_SLOTS, 10},
	};

	for (u32 i = 0; i < ARRAY_SIZE(numbers); i++)
		fdt_property_u32(fdt, numbers[i].name,
				 strcmp(changed, numbers[i].name) == 0 ? value : numbers[i].value);
}

u32 console_profile(u8 *blob, const char *changed, u32 value)
{
	fdt_create(blob, BLOB_SIZE);
	fdt_finish_reservemap(blob);
	fdt_begin_node(blob, "");
	put_numbers(blob, changed, value);
	fdt_property_string(blob, PLAN_PROP_SHARING_MODE, "cap");
	fdt_property_string(blob, PLAN_PROP_BOOT_IMAGE_NAME,
			    strcmp(changed, PLAN_PROP_BOOT_IMAGE_NAME) == 0 ? "other" : "small");
	fdt_property_string(blob, PLAN_PROP_BOOT_MODE, PLAN_BOOT_MODE_FDT);
	fdt_property_string(blob, PLAN_PROP_BOOT_ARGS, "quiet");
	fdt_end_node(blob);
	if (fdt_finish(blob) != 0)
		abort();
	return fdt_totalsize(blob);
}

u16 console_define(u16 lpar_id, const char *name)
{
	struct hmc_define message = {.lpar_id = cpu_to_be16(lpar_id)};

	snprintf(message.name, sizeof(message.name), "%s", name);
	return console_ask(HMC_DEFINE, &message, sizeof(message));
}

u16 console_remove_lpar(u16 lpar_id)
{
	struct hmc_lpar message = {.lpar_id = cpu_to_be16(lpar_id)};

	return console_ask(HMC_REMOVE, &message, sizeof(message));
}

u16 console_act(u16 lpar_id, u8 action, u64 token)
{
	struct hmc_action message = {
		.lpar_id = cpu_to_be16(lpar_id),
		.action = action,
		.token = cpu_to_be64(token),
	};

	return console_ask(HMC_ACTION, &message, sizeof(message));
}

u16 console_vterm(u16 lpar_id, u8 action)
{
	struct hmc_vterm message = {.lpar_id = cpu_to_be16(lpar_id), .action = action};

	return console_ask(HMC_VTERM, &message, sizeof(message));
}

u16 console_send(u32 upload, u32 size, u32 offset, const void *bytes, u32 n)
{
	struct {
		struct hmc_upload head;
		u8 bytes[960];
	} message = {
		.head.upload = cpu_to_be32(upload),
		.head.size = cpu_to_be32(size),
		.head.offset = cpu_to_be32(offset),
	};

	memcpy(message.bytes, bytes, n);
	return console_ask(HMC_UPLOAD, &message, (u32)sizeof(message.head) + n);
}

u16 console_start(u16 lpar_id, const char *changed, u32 value, u64 token)
{
	struct hmc_activate message = {
		.lpar_id = cpu_to_be16(lpar_id),
		.token = cpu_to_be64(token),
	};
	static u32 upload = 1000;
	u8 blob[BLOB_SIZE];
	u32 size = console_profile(blob, changed, value);

	upload++;
	for (u32 at = 0; at < size; at += 300)
		if (console_send(upload, size, at, blob + at, MIN(size - at, 300u)) != HMC_OK)
			abort();
	message.upload = cpu_to_be32(upload);
	return console_ask(HMC_ACTIVATE, &message, sizeof(message));
}

u16 console_put(u32 upload, const char *name, u32 kernel_size, u32 initrd_size, u32 crc)
{
	struct hmc_image_put message = {
		.upload = cpu_to_be32(upload),
		.kernel_size = cpu_to_be64(kernel_size),
		.initrd_size = cpu_to_be64(initrd_size),
		.crc = cpu_to_be32(crc),
	};

	snprintf(message.name, sizeof(message.name), "%s", name);
	return console_ask(HMC_IMAGE_PUT, &message, sizeof(message));
}

u16 console_data(u32 upload, u32 offset, const void *bytes, u32 n)
{
	struct {
		struct hmc_image_data head;
		u8 bytes[960];
	} message = {.head.upload = cpu_to_be32(upload), .head.offset = cpu_to_be32(offset)};

	memcpy(message.bytes, bytes, n);
	return console_ask(HMC_IMAGE_DATA, &message, (u32)sizeof(message.head) + n);
}

void console_put_image(const char *name)
{
	static u32 upload = 0x10000;
	const u8 *byte = world_image.byte;
	u32 size = sizeof(world_image.byte);

	upload++;
	if (console_put(upload, name, size, 0, frame_crc(0, byte, size)) != HMC_OK)
		abort();
	for (u32 at = 0; at < size; at += 960)
		if (console_data(upload, at, byte + at, MIN(size - at, 960u)) != HMC_OK)
			abort();
}
