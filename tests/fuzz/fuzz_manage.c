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
// SOURCES: partition/plan_adapter.c
// SOURCES: partition/plan_property.c partition/model.c
/*
 * Requests of the management console with any bytes: the machine goes on, and gives back what it
 * had when all partitions and images are gone. The input is a list of requests: type, length,
 * bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "partition/image_store.h"
#include "partition/partition.h"
#include "tests/unit/console_world.h"
#include "tests/unit/life_world.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* Types and small numbers come more often than chance has it; the rest is as it is. */
static size_t request(const u8 *data, size_t size)
{
	u8 message[256] = {0};
	u32 length = MIN((u32)(data[1] % (sizeof(message) - 5)), (u32)size - 2);

	memcpy(message + sizeof(struct hmc_control), data + 2, length);
	console_ask((u8)(HMC_SYSTEM + data[0] % (HMC_VTERM - HMC_SYSTEM + 1)), message,
		    (u32)sizeof(struct hmc_control) + length);
	return 2 + length;
}

/* A request that means something, with numbers from the input. */
static void likely(u8 what, u8 number)
{
	const u16 id = 4 + number % 3;
	static u64 token;

	switch (what % 6) {
	case 0:
		console_define(id, number & 0x80 ? "one" : "two");
		break;
	case 1:
		console_start(id, number & 0x40 ? "desired-mem" : "", 16 * number, ++token);
		break;
	case 2:
		console_act(id, (u8)(number % 7), ++token);
		break;
	case 3:
		console_remove_lpar(id);
		break;
	case 4:
		console_put_image("small");
		break;
	default:
		for (u32 i = 0; i < number; i++)
			world_step();
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static bool started;

	if (!started) {
		world_setup(NULL);
		started = true;
	}
	console_reset();
	while (size >= 2) {
		size_t n = 2;

		if (data[0] & 0x80)
			likely(data[0], data[1]);
		else
			n = request(data, size);
		data += n;
		size -= n;
	}
	console_reset();
	console_put(0x7fffffff, "end", 1, 0, 0); /* drops what was coming */
	console_data(0x7fffffff, 0, "", 1);
	if (world_holdings().lmbs != 1 || world_holdings().pages != 0)
		abort();
	return 0;
}
