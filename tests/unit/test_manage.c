// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/cede_hcall.c hv/dispatch.c hv/pick.c hv/late.c hv/dispatch_queue.c hv/frame.c
// SOURCES: hv/hcall.c hv/hpt.c hv/hpt_hcall.c hv/icp.c hv/ics.c hv/link.c hv/lmb.c hv/log.c
// SOURCES: hv/lpar.c hv/management.c hv/page.c hv/pool.c hv/ppp_hcall.c hv/pqueue.c hv/set_mode.c
// SOURCES: hv/share.c hv/splpar_hcall.c hv/stats.c hv/stream.c hv/trace.c hv/vp.c hv/vp_state.c
// SOURCES: hv/vpa.c hv/vpa_hcall.c hv/vphn_hcall.c hv/work.c hv/xics_hcall.c
// SOURCES: partition/activation.c partition/cas.c partition/console.c partition/image.c
// SOURCES: partition/nvram.c partition/of.c partition/of_claim.c partition/of_instance.c
// SOURCES: partition/of_path.c partition/of_tree.c partition/epow.c partition/image_store.c
// SOURCES: partition/refcode.c partition/partition.c partition/rtas.c partition/rtas_clock.c
// SOURCES: partition/rtas_cpu.c partition/rtas_display.c partition/rtas_event.c
// SOURCES: partition/rtas_nvram.c partition/rtas_power.c partition/rtas_sysparm.c
// SOURCES: partition/rtas_xics.c partition/tree.c partition/tree_cpu.c partition/tree_interrupt.c
// SOURCES: partition/tree_memory.c partition/tree_writer.c vio/bus.c vio/vterm.c
// SOURCES: tests/unit/fake_cpu.c tests/unit/fake_machine.c tests/unit/fake_tlb.c
// SOURCES: tests/unit/life_world.c partition/manage.c partition/manage_image.c
// SOURCES: partition/manage_lpar.c partition/manage_system.c partition/manage_upload.c
// SOURCES: partition/plan.c tests/unit/console_world.c
// SOURCES: vio/adapter.c vio/cable.c vio/vterm_server.c vio/bus_tree.c vio/tce.c
// SOURCES: partition/plan_adapter.c partition/plan_property.c partition/model.c
// What the management console asks of partitions, on a machine that runs them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hmc/plan.h"
#include "hv/frame.h"
#include "hv/lmb.h"
#include "hv/page.h"
#include "hv/pool.h"
#include "hv/real.h"
#include "hv/trace.h"
#include "papr/event.h"
#include "partition/image_store.h"
#include "partition/manage.h"
#include "partition/partition.h"
#include "tests/unit/console_world.h"
#include "tests/unit/life_world.h"
#include "vio/adapter.h"
#include "vio/cable.h"

#define ID 7

static u64 token = 1;

static int reset(void **state)
{
	static bool started;

	/* What the last test left is the console's to remove. */
	if (started)
		console_reset();
	started = true;
	world_setup(state);
	console_reset();
	return 0;
}

static enum partition_state state_of(u32 id)
{
	return partition_state(partition_find(id));
}

static void run_to(u32 id, enum partition_state state)
{
	world_run_to(partition_find(id), state);
}

static void start(void)
{
	console_put_image("small");
	assert_int_equal(console_define(ID, "seven"), HMC_OK);
	assert_int_equal(console_start(ID, "", 0, ++token), HMC_OK);
	run_to(ID, PARTITION_RUNNING);
}

static void stop(void)
{
	assert_int_equal(console_act(ID, HMC_ACTION_POWER_OFF, ++token), HMC_OK);
	run_to(ID, PARTITION_NOT_ACTIVATED);
	assert_int_equal(console_remove_lpar(ID), HMC_OK);
	assert_null(partition_find(ID));
}

static struct hmc_partition describe(u16 id)
{
	struct hmc_lpar message = {.lpar_id = cpu_to_be16(id)};

	assert_int_equal(console_ask(HMC_DESCRIBE, &message, sizeof(message)), HMC_OK);
	return ((const struct hmc_describe_reply *)console_seen.bytes)->partition;
}

static void test_define(void **state)
{
	char name[HMC_NAME_SIZE + 1];

	(void)state;
	assert_int_equal(describe(ID).state, HMC_STATE_REMOVED);
	assert_int_equal(console_define(ID, "seven"), HMC_OK);
	assert_int_equal(console_define(ID, "seven"), HMC_OK);
	assert_string_equal(describe(ID).name, "seven");
	assert_int_equal(console_define(ID, "eight"), HMC_OK);
	assert_string_equal(partition_find(ID)->lpar.name, "eight");
	assert_int_equal(console_define(ID + 1, "eight"), HMC_REFUSED);
	assert_string_equal(CONSOLE_TEXT(console_seen.bytes),
			    "partition 7 has the name eight already");
	assert_null(partition_find(ID + 1));
	assert_int_equal(console_define(0, "none"), HMC_BAD_VALUE);
	assert_int_equal(console_define(255, "none"), HMC_BAD_VALUE);
	assert_int_equal(console_define(ID, "a/b"), HMC_BAD_VALUE);
	assert_int_equal(console_define(ID, ""), HMC_BAD_VALUE);
	memset(name, 'x', HMC_NAME_SIZE);
	name[HMC_NAME_SIZE - 1] = '\0';
	assert_int_equal(console_define(ID, name), HMC_OK);
	assert_string_equal(partition_find(ID)->lpar.name, name);
	assert_int_equal(console_remove_lpar(ID), HMC_OK);
	assert_int_equal(console_remove_lpar(ID), HMC_OK);
	assert_int_equal(console_remove_lpar(0), HMC_BAD_VALUE);
}

/* A name that does not end is none. */
static void test_endless_name(void **state)
{
	struct hmc_define message = {.lpar_id = cpu_to_be16(ID)};

	(void)state;
	memset(message.name, 'x', sizeof(message.name));
	assert_int_equal(console_ask(HMC_DEFINE, &message, sizeof(message)), HMC_BAD_VALUE);
}

static void test_cycles(void **state)
{
	struct holdings before;

	(void)state;
	console_put_image("small");
	console_settle();
	before = world_holdings();
	for (u32 i = 0; i < 200; i++) {
		assert_int_equal(console_define(ID, "seven"), HMC_OK);
		assert_int_equal(console_start(ID, "", 0, ++token), HMC_OK);
		run_to(ID, PARTITION_RUNNING);
		assert_int_equal(console_remove_lpar(ID), HMC_REFUSED);
		stop();
		assert_holdings(before);
		assert_int_equal(pool_units, 0);
	}
}

static void assert_refused(const char *changed, u32 value, u16 status, const char *text)
{
	struct holdings before = world_holdings();

	assert_int_equal(console_start(ID, changed, value, ++token), status);
	assert_string_equal(CONSOLE_TEXT(console_seen.bytes), text);
	assert_int_equal(state_of(ID), PARTITION_NOT_ACTIVATED);
	assert_holdings(before);
	assert_int_equal(pool_units, 0);
}

static void test_refused(void **state)
{
	(void)state;
	console_put_image("small");
	assert_int_equal(console_define(ID, "seven"), HMC_OK);
	assert_refused(PLAN_PROP_DESIRED_MEM, 63, HMC_BAD_VALUE,
		       "memory size missing or out of range");
	assert_refused(PLAN_PROP_DESIRED_MEM, 72, HMC_BAD_VALUE,
		       "memory size not a multiple of the LMB size");
	assert_refused(PLAN_PROP_DESIRED_MEM, 1024, HMC_REFUSED, "1024 MiB of memory are not free");
	assert_refused(PLAN_PROP_BOOT_IMAGE_NAME, 0, HMC_REFUSED,
		       "boot image other does not exist");
	assert_int_equal(be32_to_cpu(describe(ID).refcode.code), (u32)REFCODE_NO_MEMORY);
	/* Another try, which succeeds. */
	assert_int_equal(console_start(ID, "", 0, ++token), HMC_OK);
	/* Said again: it is done. Another one: it is active. */
	assert_int_equal(console_start(ID, "", 0, token), HMC_OK);
	assert_int_equal(console_start(ID, "", 0, ++token), HMC_REFUSED);
	assert_int_equal(console_start(ID, "", 0, 0), HMC_BAD_VALUE);
	assert_int_equal(console_start(ID + 1, "", 0, ++token), HMC_BAD_VALUE);
}

static void test_uploads(void **state)
{
	const u8 bytes[960] = {1, 2, 3};
	const u8 *found;
	u32 size;

	(void)state;
	assert_int_equal(console_send(0, 10, 0, bytes, 1), HMC_BAD_VALUE);
	assert_int_equal(console_send(1, 0, 0, bytes, 0), HMC_BAD_VALUE);
	assert_int_equal(console_send(1, HMC_UPLOAD_SIZE_MAX + 1, 0, bytes, 1), HMC_BAD_VALUE);
	assert_int_equal(console_send(1, 10, 0, bytes, 11), HMC_BAD_VALUE);
	assert_int_equal(console_send(1, 10, ~0u, bytes, 1), HMC_BAD_VALUE);
	assert_int_equal(console_send(1, 10, 0, bytes, 4), HMC_OK);
	assert_int_equal(console_send(1, 11, 0, bytes, 4), HMC_BAD_VALUE);
	assert_null(manage_upload_find(1, &size));
	assert_int_equal(console_send(1, 10, 5, bytes, 5), HMC_OK); /* a hole: not taken */
	assert_null(manage_upload_find(1, &size));
	assert_int_equal(console_send(1, 10, 2, bytes + 2, 8), HMC_OK);
	found = manage_upload_find(1, &size);
	assert_non_null(found);
	assert_int_equal(size, 10);
	assert_memory_equal(found, bytes, 10);
	for (u32 i = 2; i < 2 + HMC_UPLOADS_MAX; i++)
		assert_int_equal(console_send(i, 1, 0, bytes, 1), HMC_OK);
	assert_null(manage_upload_find(1, &size));
	assert_null(manage_upload_find(0, &size));
}

static u32 received(void)
{
	const struct hmc_upload_reply *reply = (const void *)console_seen.bytes;

	return be32_to_cpu(reply->received);
}

static void test_image(void **state)
{
	const u8 bytes[] = "kernel 5 initrd";
	struct holdings before;
	const struct plan_image *image;

	(void)state;
	before = world_holdings();
	assert_int_equal(console_put(0, "i", 8, 7, 0), HMC_BAD_VALUE);
	assert_int_equal(console_put(9, "i", 0, 7, 0), HMC_BAD_VALUE);
	assert_int_equal(console_put(9, "i", 0xf0000000, 0x10000000, 0), HMC_BAD_VALUE);
	assert_int_equal(console_put(9, "i", 0xf0000000, 0, 0), HMC_REFUSED);
	assert_int_equal(console_data(9, 0, bytes, 1), HMC_REFUSED);
	assert_int_equal(console_put(9, "i", 7, 8, frame_crc(0, bytes, 15)), HMC_OK);
	assert_int_equal(console_data(9, 0, bytes, 16), HMC_REFUSED);
	assert_int_equal(console_data(9, ~0u, bytes, 1), HMC_REFUSED);
	assert_int_equal(console_data(9, 1, bytes + 1, 2), HMC_OK);
	assert_int_equal(received(), 0);
	assert_int_equal(console_data(9, 0, bytes, 3), HMC_OK);
	assert_int_equal(console_data(9, 2, bytes + 2, 8), HMC_OK);
	assert_int_equal(received(), 10);
	assert_null(image_store_find("i"));
	assert_int_equal(console_data(9, 10, bytes + 10, 5), HMC_OK);
	assert_int_equal(console_put(9, "i", 7, 8, 0), HMC_OK);
	assert_int_equal(received(), 15);
	image = &image_store_find("i")->image;
	assert_memory_equal(image->kernel, bytes, 7);
	assert_memory_equal(image->initrd, bytes + 7, 8);
	assert_int_equal(image->initrd_size, 8);
	/* One that is damaged leaves the old one; so does one that is not finished. */
	assert_int_equal(console_put(10, "i", 3, 0, 1), HMC_OK);
	assert_int_equal(console_data(10, 0, bytes, 3), HMC_REFUSED);
	assert_int_equal(console_put(11, "i", 300 << 10, 20 << 20, 1), HMC_OK);
	assert_int_equal(console_put(12, "i", 3, 0, 1), HMC_OK);
	assert_int_equal(console_data(12, 0, bytes, 3), HMC_REFUSED);
	assert_ptr_equal(&image_store_find("i")->image, image);
	for (u32 i = 0; i < 2; i++) {
		struct hmc_image_remove message = {.name = "i"};

		assert_int_equal(console_ask(HMC_IMAGE_REMOVE, &message, sizeof(message)), HMC_OK);
	}
	assert_int_equal(image_store_count(), 0);
	assert_holdings(before);
}

static u16 placed(u32 upload)
{
	struct hmc_image_placed message = {.upload = cpu_to_be32(upload)};

	return console_ask(HMC_IMAGE_PLACED, &message, sizeof(message));
}

/* Writes @bytes, 7 of a kernel and 8 of an initrd, to where the hypervisor said. */
static void place(const u8 *bytes)
{
	const struct hmc_image_put_reply *reply = (const void *)console_seen.bytes;

	memcpy(real_ptr(be64_to_cpu(reply->kernel_at)), bytes, 7);
	memcpy(real_ptr(be64_to_cpu(reply->initrd_at)), bytes + 7, 8);
}

/* One that is written into memory is read and checked there. */
static void test_image_placed(void **state)
{
	const struct hmc_image_put_reply *reply = (const void *)console_seen.bytes;
	struct hmc_image_remove message = {.name = "i"};
	const u8 bytes[] = "kernel 5 initrd";
	struct holdings before = world_holdings();

	(void)state;
	assert_int_equal(placed(0), HMC_REFUSED);
	assert_int_equal(placed(20), HMC_REFUSED);
	assert_int_equal(console_put(20, "i", 7, 8, frame_crc(0, bytes, 15)), HMC_OK);
	place(bytes);
	/* What came otherwise before does not count. */
	assert_int_equal(console_data(20, 0, bytes, 3), HMC_OK);
	assert_int_equal(placed(20), HMC_OK);
	assert_int_equal(console_data(20, 0, "other", 5), HMC_OK);
	console_settle();
	assert_int_equal(placed(20), HMC_OK);
	assert_int_equal(received(), 15);
	assert_memory_equal(image_store_find("i")->image.initrd, bytes + 7, 8);
	assert_int_equal(console_put(20, "i", 7, 8, 0), HMC_OK);
	assert_int_equal(be64_to_cpu(reply->kernel_at), 0);
	/* Not what it was to be: that is said as often as somebody asks. */
	assert_int_equal(console_put(21, "i", 7, 8, frame_crc(0, bytes, 15)), HMC_OK);
	place((const u8 *)"kernel 6 initrd");
	assert_int_equal(placed(21), HMC_OK);
	console_settle();
	assert_int_equal(placed(21), HMC_REFUSED);
	assert_int_equal(placed(21), HMC_REFUSED);
	assert_int_equal(console_put(21, "i", 7, 8, 0), HMC_REFUSED);
	assert_int_equal(console_data(21, 0, bytes, 3), HMC_REFUSED);
	assert_memory_equal(image_store_find("i")->image.kernel, bytes, 7);
	/* Another one is begun while it is read. */
	assert_int_equal(console_put(22, "i", 7, 0, 0), HMC_OK);
	assert_int_equal(placed(22), HMC_OK);
	assert_int_equal(console_put(23, "i", 7, 0, 0), HMC_OK);
	assert_int_equal(be64_to_cpu(reply->initrd_at), 0);
	console_settle();
	assert_int_equal(placed(22), HMC_REFUSED);
	assert_int_equal(console_put(24, "i", 7, 0, 0), HMC_OK);
	assert_int_equal(placed(24), HMC_OK);
	console_settle();
	assert_int_equal(console_ask(HMC_IMAGE_REMOVE, &message, sizeof(message)), HMC_OK);
	assert_holdings(before);
}

/* An image that is replaced or removed stays for those that were started from it. */
static void test_image_in_use(void **state)
{
	struct hmc_image_remove message = {.name = "small"};
	struct hmc_images images = {.index = cpu_to_be16(0)};
	const struct hmc_images_reply *reply = (const void *)console_seen.bytes;
	u64 pages;

	(void)state;
	start();
	assert_int_equal(console_ask(HMC_IMAGE_REMOVE, &message, sizeof(message)), HMC_REFUSED);
	assert_int_equal(console_ask(HMC_IMAGES, &images, sizeof(images)), HMC_OK);
	assert_int_equal(be16_to_cpu(reply->users), 1);
	assert_string_equal(reply->name, "small");
	console_put_image("small");
	assert_int_equal(image_store_count(), 1);
	assert_int_equal(image_store_users(image_store_find("small")), 0);
	pages = page_bytes_used();
	assert_int_equal(console_act(ID, HMC_ACTION_RESTART, ++token), HMC_OK);
	run_to(ID, PARTITION_RUNNING);
	assert_int_equal(page_bytes_used(), pages);
	stop();
	assert_int_equal(console_ask(HMC_IMAGE_REMOVE, &message, sizeof(message)), HMC_OK);
	assert_int_equal(page_bytes_used(), 0);
}

static void test_actions(void **state)
{
	struct partition *partition;

	(void)state;
	assert_int_equal(console_act(ID, HMC_ACTION_POWER_OFF, ++token), HMC_BAD_VALUE);
	start();
	partition = partition_find(ID);
	assert_int_equal(console_act(ID, 0, ++token), HMC_BAD_VALUE);
	assert_int_equal(console_act(ID, HMC_ACTION_DUMP_RESTART + 1, ++token), HMC_BAD_VALUE);
	assert_int_equal(console_act(ID, HMC_ACTION_RESTART, ++token), HMC_OK);
	run_to(ID, PARTITION_RUNNING);
	/* Said again it is not done again. */
	assert_int_equal(console_act(ID, HMC_ACTION_RESTART, token), HMC_OK);
	console_settle();
	assert_int_equal(state_of(ID), PARTITION_RUNNING);
	assert_int_equal(console_act(ID, HMC_ACTION_DUMP_RESTART, ++token), HMC_OK);
	assert_int_equal(partition->lpar.vps[0]->resets, 1);
	assert_int_equal(console_act(ID, HMC_ACTION_POWER_OFF, ++token), HMC_OK);
	run_to(ID, PARTITION_NOT_ACTIVATED);
	assert_int_equal(console_act(ID, HMC_ACTION_POWER_OFF, ++token), HMC_OK);
	for (u8 action = HMC_ACTION_RESTART; action <= HMC_ACTION_DUMP_RESTART; action++)
		assert_int_equal(console_act(ID, action, ++token), HMC_REFUSED);
	assert_int_equal(console_remove_lpar(ID), HMC_OK);
}

static u32 sensor(struct vp *vp)
{
	const u32 args[] = {SENSOR_EPOW, 0};
	u32 value = 0;

	assert_int_equal(world_rtas(vp, "get-sensor-state", 2, args, 2, &value), 0);
	return value;
}

static void test_shutdown(void **state)
{
	const u32 args[] = {0x500, 0, EVENT_CLASS_EPOW, 0, 0x9000, 2048};
	const u32 other[] = {SENSOR_EPOW, 1};
	struct partition *partition;
	struct vp *vp;
	u32 value;

	(void)state;
	start();
	partition = partition_find(ID);
	vp = partition->lpar.vps[0];
	assert_int_equal(sensor(vp), EPOW_RESET);
	assert_int_equal(world_rtas(vp, "get-sensor-state", 2, other, 2, &value), -3);
	assert_int_equal(world_rtas(vp, "check-exception", 6, args, 1, NULL), 1);
	assert_int_equal(console_act(ID, HMC_ACTION_OS_RESTART, ++token), HMC_OK);
	assert_int_equal(sensor(vp), EPOW_SYSTEM_SHUTDOWN);
	assert_int_equal(world_rtas(vp, "check-exception", 6, args, 1, NULL), 0);
	assert_int_equal(world_rtas(vp, "check-exception", 6, args, 1, NULL), 1);
	assert_int_equal(sensor(vp), EPOW_SYSTEM_SHUTDOWN);
	/* When it powers off it starts afresh, this time. */
	partition_os_power_off(partition);
	run_to(ID, PARTITION_RUNNING);
	assert_int_equal(sensor(partition->lpar.vps[0]), EPOW_RESET);
	partition_os_power_off(partition);
	run_to(ID, PARTITION_NOT_ACTIVATED);
	assert_int_equal(console_remove_lpar(ID), HMC_OK);
}

/* Told to dump, it ends when it gives up, and starts afresh. */
static void test_dump(void **state)
{
	struct partition *partition;

	(void)state;
	start();
	partition = partition_find(ID);
	assert_false(partition_os_terminated(partition));
	assert_int_equal(console_act(ID, HMC_ACTION_DUMP_RESTART, ++token), HMC_OK);
	assert_true(partition_os_terminated(partition));
	assert_int_equal(state_of(ID), PARTITION_SHUTTING_DOWN);
	run_to(ID, PARTITION_RUNNING);
	assert_false(partition_os_terminated(partition));
	stop();
}

static void test_refcodes(void **state)
{
	const struct hmc_refcodes_reply *reply = (const void *)console_seen.bytes;
	struct hmc_refcodes message = {.lpar_id = cpu_to_be16(ID)};
	struct partition *partition;
	u32 all = REFCODES_KEPT + 10;

	(void)state;
	assert_int_equal(console_ask(HMC_REFCODES, &message, sizeof(message)), HMC_BAD_VALUE);
	assert_int_equal(console_define(ID, "seven"), HMC_OK);
	partition = partition_find(ID);
	for (u32 i = 0; i < all; i++)
		refcode_add(partition, i % 2 ? REFCODE_LOAD : REFCODE_CLEAR, "text");
	refcode_add(partition, REFCODE_LOAD, "text");
	assert_int_equal(console_ask(HMC_REFCODES, &message, sizeof(message)), HMC_OK);
	assert_int_equal(be32_to_cpu(reply->position), all - REFCODES_KEPT);
	assert_int_equal(be32_to_cpu(reply->next), all);
	assert_int_equal(be16_to_cpu(reply->count), HMC_REFCODES_PER_REPLY);
	message.position = cpu_to_be32(all - 1);
	assert_int_equal(console_ask(HMC_REFCODES, &message, sizeof(message)), HMC_OK);
	assert_int_equal(be16_to_cpu(reply->count), 1);
	assert_int_equal(be32_to_cpu(reply->code[0].code), (u32)REFCODE_LOAD);
	message.position = cpu_to_be32(~0u);
	assert_int_equal(console_ask(HMC_REFCODES, &message, sizeof(message)), HMC_OK);
	assert_int_equal(be16_to_cpu(reply->count), 0);
	assert_int_equal(be32_to_cpu(reply->position), all);
}

static void test_trace(void **state)
{
	const struct hmc_trace_reply *reply = (const void *)console_seen.bytes;
	struct hmc_trace message = {.processor = cpu_to_be16(0)};

	(void)state;
	for (u32 i = 0; i < TRACE_RECORDS + 5; i++)
		trace(TRACE_EXCEPTION, 3, 2, i, 0);
	assert_int_equal(console_ask(HMC_TRACE, &message, sizeof(message)), HMC_OK);
	assert_int_equal(be16_to_cpu(reply->count), HMC_TRACE_PER_REPLY);
	assert_int_equal(be64_to_cpu(reply->next) - be64_to_cpu(reply->position),
			 TRACE_RECORDS - 1);
	assert_int_equal(be16_to_cpu(reply->record[0].lpar_id), 3);
	assert_int_equal(be64_to_cpu(reply->record[0].a), 6);
	message.position = reply->next;
	assert_int_equal(console_ask(HMC_TRACE, &message, sizeof(message)), HMC_OK);
	assert_int_equal(be16_to_cpu(reply->count), 0);
	message.processor = cpu_to_be16(1);
	assert_int_equal(console_ask(HMC_TRACE, &message, sizeof(message)), HMC_BAD_VALUE);
}

static void test_system(void **state)
{
	const struct hmc_system_reply *reply = (const void *)console_seen.bytes;
	struct hmc_control message;

	(void)state;
	start();
	assert_int_equal(console_ask(HMC_SYSTEM, &message, sizeof(message)), HMC_OK);
	assert_int_equal(be64_to_cpu(reply->mem_assigned), 64 * MiB);
	assert_int_equal(be64_to_cpu(reply->mem_assigned) + be64_to_cpu(reply->mem_free) +
				 be64_to_cpu(reply->mem_hypervisor),
			 be64_to_cpu(reply->mem_configurable));
	assert_int_equal(be16_to_cpu(reply->pool_units), 20);
	assert_int_equal(be16_to_cpu(reply->pool_units_free), 80);
	stop();
}

/* Every request, too short by any number of bytes. */
static void test_short(void **state)
{
	static const u16 least[] = {
		[HMC_DESCRIBE] = sizeof(struct hmc_lpar),
		[HMC_DEFINE] = sizeof(struct hmc_define),
		[HMC_REMOVE] = sizeof(struct hmc_lpar),
		[HMC_UPLOAD] = sizeof(struct hmc_upload),
		[HMC_ACTIVATE] = sizeof(struct hmc_activate),
		[HMC_ACTION] = sizeof(struct hmc_action),
		[HMC_REFCODES] = sizeof(struct hmc_refcodes),
		[HMC_IMAGES] = sizeof(struct hmc_images),
		[HMC_IMAGE_PUT] = sizeof(struct hmc_image_put),
		[HMC_IMAGE_DATA] = sizeof(struct hmc_image_data),
		[HMC_IMAGE_PLACED] = sizeof(struct hmc_image_placed),
		[HMC_IMAGE_REMOVE] = sizeof(struct hmc_image_remove),
		[HMC_TRACE] = sizeof(struct hmc_trace),
		[HMC_VTERM] = sizeof(struct hmc_vterm),
	};

	(void)state;
	for (u8 type = HMC_DESCRIBE; type <= HMC_VTERM; type++)
		for (u32 n = sizeof(struct hmc_control); n < least[type]; n++) {
			u8 *message = calloc(1, n);

			assert_int_equal(console_ask(type, message, n), HMC_BAD_LENGTH);
			free(message);
		}
}

/* Who has a console: people, or another partition. */
static void test_vterm(void **state)
{
	static struct cable_end end;
	struct lpar server = {.id = 9, .name = "nine"};
	struct adapter adapter = {.lpar = &server, .slot = 4};

	(void)state;
	end.adapter = &adapter;
	assert_int_equal(console_vterm(ID, HMC_VTERM_OPEN), HMC_BAD_VALUE);
	assert_int_equal(console_define(ID, "seven"), HMC_OK);
	assert_int_equal(console_vterm(ID, 0), HMC_BAD_VALUE);
	assert_int_equal(console_vterm(ID, HMC_VTERM_TAKE + 1), HMC_BAD_VALUE);
	assert_int_equal(console_vterm(0, HMC_VTERM_OPEN), HMC_BAD_VALUE);
	assert_int_equal(console_vterm(255, HMC_VTERM_CLOSE), HMC_BAD_VALUE);

	assert_int_equal(console_vterm(ID, HMC_VTERM_OPEN), HMC_OK);
	assert_false(cable_connect(&end, ID));
	assert_int_equal(console_vterm(ID, HMC_VTERM_TAKE), HMC_OK);
	assert_false(cable_connect(&end, ID));
	assert_int_equal(console_vterm(ID, HMC_VTERM_CLOSE), HMC_OK);
	assert_true(cable_connect(&end, ID));
	assert_int_equal(console_vterm(ID, HMC_VTERM_OPEN), HMC_REFUSED);
	assert_string_equal(CONSOLE_TEXT(console_seen.bytes),
			    "partition nine has it, through its virtual serial adapter in slot 4");
	assert_int_equal(console_vterm(ID, HMC_VTERM_TAKE), HMC_OK);
	assert_int_equal(end.client, 0);
	/* A daemon that begins anew has none. */
	assert_int_equal(console_vterm(ID, HMC_VTERM_OPEN), HMC_OK);
	assert_int_equal(console_vterm(0, HMC_VTERM_CLOSE), HMC_OK);
	assert_true(cable_connect(&end, ID));
	assert_int_equal(console_remove_lpar(ID), HMC_OK);
	assert_int_equal(end.client, 0);
}

/* More at once than may wait: the others are lost, and everything goes on. */
static void test_flood(void **state)
{
	struct hmc_control message = {.type = HMC_SYSTEM};

	(void)state;
	for (u32 i = 0; i < 3 * HMC_REQUESTS_MAX; i++) {
		message.id = cpu_to_be32(5000 + i);
		console_post(&message, sizeof(message));
	}
	console_settle();
	assert_int_equal(console_seen.count, HMC_REQUESTS_MAX);
	assert_int_equal(console_ask(HMC_SYSTEM, &message, sizeof(message)), HMC_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_define, reset),
		cmocka_unit_test_setup(test_endless_name, reset),
		cmocka_unit_test_setup(test_cycles, reset),
		cmocka_unit_test_setup(test_refused, reset),
		cmocka_unit_test_setup(test_uploads, reset),
		cmocka_unit_test_setup(test_image, reset),
		cmocka_unit_test_setup(test_image_placed, reset),
		cmocka_unit_test_setup(test_image_in_use, reset),
		cmocka_unit_test_setup(test_actions, reset),
		cmocka_unit_test_setup(test_shutdown, reset),
		cmocka_unit_test_setup(test_dump, reset),
		cmocka_unit_test_setup(test_refcodes, reset),
		cmocka_unit_test_setup(test_trace, reset),
		cmocka_unit_test_setup(test_system, reset),
		cmocka_unit_test_setup(test_vterm, reset),
		cmocka_unit_test_setup(test_short, reset),
		cmocka_unit_test_setup(test_flood, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
