// SPDX-License-Identifier: Apache-2.0
#include "partition/epow.h"
#include "hv/xics.h"
#include "partition/partition.h"
#include "partition/rtas.h"
#include "partition/tree.h"
#include "partition/tree_writer.h"

#include <libfdt.h>

/* LoPAR "Platform Event Log Format, EPOW Section". */
static void make_log(struct partition *partition, struct epow_log *log)
{
	u32 date, time;

	rtas_clock_bcd(partition, &date, &time);
	log->main_a = (struct event_main_a){
		.header = {{'P', 'H'}, cpu_to_be16(sizeof(log->main_a)), .version = 1},
		.date = cpu_to_be32(date),
		.time = cpu_to_be32(time),
		.creator = EVENT_CREATOR,
		.sections = 3,
		.log_id = cpu_to_be32(partition->epow.number),
	};
	log->main_b = (struct event_main_b){
		.header = {{'U', 'H'}, cpu_to_be16(sizeof(log->main_b)), .version = 1},
		.subsystem = EVENT_SUBSYSTEM_SOFTWARE,
		.event = EVENT_NORMAL_SHUTDOWN,
		.action = cpu_to_be16(EVENT_ACTION_REPORT),
	};
	log->epow = (struct epow_section){
		.header = {{'E', 'P'}, cpu_to_be16(sizeof(log->epow)), .version = EPOW_VERSION},
		.sensor = EPOW_SYSTEM_SHUTDOWN,
		.modifier = EPOW_SHUTDOWN_NORMAL,
		.extended_modifier = EPOW_SHUTDOWN_PARTITION,
	};
}

void epow_raise(struct partition *partition)
{
	struct epow *epow = &partition->epow;

	refcode_add(partition, REFCODE_EPOW, "");
	__atomic_fetch_add(&epow->number, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&epow->pending, true, __ATOMIC_RELEASE);
	ics_pulse(&partition->lpar, epow->irq);
}

/* LoPAR "get-sensor-state": what has been reported lasts until the partition is gone. */
static u32 sensor_state(const struct epow *epow)
{
	bool shuts_down = __atomic_load_n(&epow->pending, __ATOMIC_ACQUIRE) ||
			  __atomic_load_n(&epow->told, __ATOMIC_RELAXED);

	return shuts_down ? EPOW_SYSTEM_SHUTDOWN : EPOW_RESET;
}

/* Inputs: kind of sensor, which of that kind. LoPAR "get-sensor-state". */
static s32 rtas_get_sensor_state(struct rtas_call *call)
{
	if (call->arg[0] != SENSOR_EPOW || call->arg[1] != 0)
		return RTAS_PARAMETER;
	call->ret[1] = sensor_state(&call->partition->epow);
	return RTAS_SUCCESS;
}
RTAS_CALL("get-sensor-state", 2, 2, rtas_get_sensor_state);

/* Only one of those who ask is told. */
bool epow_report(struct partition *partition, struct epow_log *log)
{
	struct epow *epow = &partition->epow;

	if (!__atomic_exchange_n(&epow->pending, false, __ATOMIC_ACQ_REL))
		return false;
	__atomic_store_n(&epow->told, true, __ATOMIC_RELAXED);
	make_log(partition, log);
	return true;
}

void epow_return(struct partition *partition)
{
	__atomic_store_n(&partition->epow.pending, true, __ATOMIC_RELEASE);
}

static void epow_reset(struct lpar *lpar)
{
	struct epow *epow = &partition_of(lpar)->epow;

	if (!epow->irq)
		epow->irq = ics_source_alloc(lpar);
	epow->pending = false;
	epow->told = false;
}
LPAR_RESET_HOOK(epow_reset);

/* LoPAR "Event Sources Node", "epow-events", "“rtas-sensors”". */
static int epow_tree(const struct partition *partition, void *fdt)
{
	const u32 interrupt[] = {partition->epow.irq, XICS_SENSE_EDGE};
	static const u32 sources[] = {XICS_FIRST_SOURCE, XICS_MAX_SOURCES};
	static const u32 sensors[] = {SENSOR_EPOW, 0};
	struct tree_writer writer = {.fdt = fdt};

	writer.node = fdt_path_offset(fdt, "/rtas");
	tree_put_cells(&writer, "rtas-sensors", sensors, ARRAY_SIZE(sensors));
	writer.node = fdt_add_subnode(fdt, 0, "event-sources");
	if (writer.node < 0)
		return writer.node;
	tree_put_cell(&writer, "#interrupt-cells", 2);
	tree_put_cells(&writer, "interrupt-ranges", sources, ARRAY_SIZE(sources));
	tree_put_flag(&writer, "interrupt-controller");
	writer.node = fdt_add_subnode(fdt, writer.node, "epow-events");
	if (writer.node < 0)
		return writer.node;
	tree_put_cells(&writer, "interrupts", interrupt, ARRAY_SIZE(interrupt));
	return writer.error;
}
TREE_CONTRIBUTOR(epow_tree);
