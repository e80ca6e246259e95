// SPDX-License-Identifier: Apache-2.0
/* From skiboot's jump to the first dispatched partition. */
#include "boot/heap.h"
#include "boot/machine.h"
#include "boot/opal.h"
#include "boot/smp.h"
#include "boot/uart.h"
#include "hv/dispatch.h"
#include "hv/hcall.h"
#include "hv/lmb.h"
#include "hv/log.h"
#include "hv/machine.h"
#include "hv/management.h"
#include "hv/pool.h"
#include "hv/real.h"
#include "partition/image_store.h"
#include "partition/manage.h"
#include "partition/partition.h"
#include "partition/plan.h"
#include "vio/vterm.h"

void boot_main(const void *fdt, u64 opal_base, u64 opal_entry) __noreturn;

/* Reads the plan. Without a usable one the machine runs, with no partition. */
static bool plan_read(struct plan *plan)
{
	const char *reason;

	if (machine.plan_size == 0) {
		log_line("no system plan");
		return false;
	}
	if (plan_open(plan, real_ptr(machine.plan_base), machine.plan_size, &reason) != 0) {
		log_line("system plan refused: %s", reason);
		return false;
	}
	return true;
}

static void plan_activate(const struct plan *plan)
{
	const char *reason;
	struct partition *partition;
	struct plan_lpar profile;
	struct plan_image image;
	int cursor = 0;

	while (plan_next_image(plan, &cursor, &image, &reason) == 1)
		image_store_add_planned(&image);
	cursor = 0;

	while (plan_next_lpar(plan, &cursor, &profile, &reason) == 1) {
		partition = partition_create(&profile);
		if (partition)
			partition_activate(partition);
	}
}

void boot_main(const void *fdt, u64 opal_base, u64 opal_entry)
{
	struct cpu *cpu;
	struct plan plan;
	bool planned;

	opal_init(opal_base, opal_entry);
	log_init();
	management_init(machine_timebase());
	machine_discover(fdt);
	cpu = smp_init();
	log_line("OpenLPAR on POWER8 (PVR %08x), timebase %lu Hz, %lu MiB",
		 (unsigned int)machine.pvr, (unsigned long)machine.timebase_hz,
		 (unsigned long)(machine.memory_top / MiB));
	management_start(uart_init(machine.fdt));
	machine_clock_init();
	planned = plan_read(&plan);
	if (planned)
		pool_min_units_per_vp = plan_min_units(&plan);
	machine_memory_init(planned ? plan_lmb_size(&plan) : LMB_MIN_SIZE, HEAP_END);
	log_line("%u LMBs of %lu MiB, %u free", (unsigned int)lmb_count,
		 (unsigned long)((1UL << lmb_shift) / MiB), (unsigned int)lmb_nr_free());
	hcall_init();
	partition_init();
	manage_init();
	vterm_init();
	/* The pool is whole before the first partition claims of it. */
	smp_start_others();
	if (planned)
		plan_activate(&plan);
	log_early_end();
	management_ready();
	smp_release();
	dispatch_run(cpu);
}
