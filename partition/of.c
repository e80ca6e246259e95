// SPDX-License-Identifier: Apache-2.0
/* The entrance to Open Firmware: stub, argument array, services by name. */
#include <libfdt.h>
#include <string.h>
#include "hv/cache.h"
#include "hv/hcall.h"
#include "hv/machine.h"
#include "hv/trace.h"
#include "partition/of_call.h"

#define AREA_SIZE   (64 * KiB)
#define STUB_OFFSET (60 * KiB) /* stack from the area's beginning, stub near its end */
#define STRING_STEP 16	       /* an aligned step never leaves an LMB */

struct service {
	const char *name;
	u32 min_args, max_args;
	of_service *run;
	bool locks_itself; /* else of.lock is held */
};

static of_service test, milliseconds, quiesce, exit_client, boot;

static const struct service services[] = {
	{"test", 1, 1, test, false},
	{"finddevice", 1, 1, of_finddevice, false},
	{"peer", 1, 1, of_peer, false},
	{"child", 1, 1, of_child, false},
	{"parent", 1, 1, of_parent, false},
	{"getprop", 4, 4, of_getprop, false},
	{"getproplen", 2, 2, of_getproplen, false},
	{"nextprop", 3, 3, of_nextprop, false},
	{"setprop", 4, 4, of_setprop, false},
	{"canon", 3, 3, of_canon, false},
	{"package-to-path", 3, 3, of_package_to_path, false},
	{"instance-to-path", 3, 3, of_instance_to_path, false},
	{"instance-to-package", 1, 1, of_instance_to_package, false},
	{"open", 1, 1, of_open, false},
	{"close", 1, 1, of_close, false},
	{"read", 3, 3, of_read, true},
	{"write", 3, 3, of_write, true},
	{"call-method", 2, OF_MAX_ARGS, of_call_method, false},
	{"test-method", 2, 2, of_test_method, false},
	{"claim", 3, 3, of_claim_memory, false},
	{"release", 2, 2, of_release_memory, false},
	{"milliseconds", 0, 0, milliseconds, false},
	{"quiesce", 0, 0, quiesce, true},
	{"exit", 0, 0, exit_client, false},
	{"boot", 1, 1, boot, true},
};

/* --- services that are nobody else's --- */

static const struct service *find_service(const char *name)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(services); i++)
		if (strcmp(name, services[i].name) == 0)
			return &services[i];
	return NULL;
}

static enum of_status test(struct of_call *call)
{
	char name[OF_NAME_SIZE];

	if (!of_string(call, call->arg[0], name, sizeof(name)))
		return OF_FAILED;
	call->ret[0] = find_service(name) ? 0 : OF_NOT_FOUND;
	return OF_DONE;
}

static enum of_status milliseconds(struct of_call *call)
{
	call->ret[0] = (u32)(machine_timebase() / (machine.timebase_hz / 1000));
	return OF_DONE;
}

/* The client takes over. What is left of Open Firmware is its tree, and a console to the last. */
static enum of_status quiesce(struct of_call *call)
{
	struct partition *partition = call->partition;
	bool was_active = __atomic_exchange_n(&partition->of.active, false, __ATOMIC_RELAXED);

	if (was_active && partition_state(partition) == PARTITION_OPEN_FIRMWARE) {
		refcode_add(partition, REFCODE_RUNNING, "");
		partition_set_state(partition, PARTITION_RUNNING);
	}
	return OF_DONE;
}

static enum of_status exit_client(struct of_call *call)
{
	call->fatal = "its boot program gave up and returned to Open Firmware";
	return OF_DONE;
}

/* There is one thing to boot, whatever the argument says. */
static enum of_status boot(struct of_call *call)
{
	partition_reboot(call->partition);
	return OF_DONE;
}

/* --- helpers for services --- */

bool of_copy_in(const struct of_call *call, void *to, u32 address, u32 size)
{
	return lpar_copy_in(&call->partition->lpar, to, address, size);
}

bool of_copy_out(const struct of_call *call, u32 address, const void *from, u32 size)
{
	return lpar_copy_out(&call->partition->lpar, address, from, size);
}

bool of_string(const struct of_call *call, u32 address, char *to, u32 size)
{
	u32 done = 0, step;

	for (; done < size; done += step) {
		step = MIN(STRING_STEP - (address + done) % STRING_STEP, size - done);
		if (!lpar_copy_in(&call->partition->lpar, to + done, (u64)address + done, step))
			return false;
		if (memchr(to + done, '\0', step))
			return true;
	}
	return false;
}

void of_tree_changed(struct partition *partition)
{
	partition->of.found_phandle = 0;
}

int of_node(struct of_call *call, u32 phandle)
{
	struct of *of = &call->partition->of;

	if (phandle != of->found_phandle || phandle == 0) {
		of->found_node = fdt_node_offset_by_phandle(call->fdt, phandle);
		of->found_phandle = of->found_node >= 0 ? phandle : 0;
	}
	return of->found_node;
}

u32 of_phandle(struct of_call *call, int node, u32 none)
{
	struct of *of = &call->partition->of;
	u32 phandle = node < 0 ? 0 : fdt_get_phandle(call->fdt, node);

	if (phandle) {
		of->found_phandle = phandle;
		of->found_node = node;
	}
	return phandle ? phandle : none;
}

void of_refuse(const struct of_call *call, const char *name)
{
	be64 start = cpu_to_be64(0);

	memcpy(&start, name, strnlen(name, sizeof(start)));
	trace(TRACE_OF_REFUSED, call->partition->lpar.id, (u16)call->vp->number, be64_to_cpu(start),
	      0);
}

/* --- the call --- */

/* Reads the array; the service's name to @name. False: there is not even a whole array. */
static bool read_call(struct of_call *call, char name[OF_NAME_SIZE])
{
	be32 cell[OF_MAX_ARGS + OF_MAX_RETS];
	struct of_header header;
	u32 i;

	if (!of_copy_in(call, &header, call->buffer, sizeof(header)))
		return false;
	call->nargs = be32_to_cpu(header.nargs);
	call->nret = be32_to_cpu(header.nret);
	if (call->nargs > OF_MAX_ARGS || call->nret > OF_MAX_RETS ||
	    !lpar_copy_in(&call->partition->lpar, cell, (u64)call->buffer + sizeof(header),
			  (call->nargs + call->nret) * sizeof(cell[0])))
		return false;
	for (i = 0; i < call->nargs; i++)
		call->arg[i] = be32_to_cpu(cell[i]);
	return of_string(call, be32_to_cpu(header.service), name, OF_NAME_SIZE);
}

/* Into the array that has been read before, so that there is room. */
static void write_results(const struct of_call *call)
{
	be32 cell[OF_MAX_RETS];
	u32 i;

	for (i = 0; i < call->nret; i++)
		cell[i] = cpu_to_be32(call->ret[i]);
	of_copy_out(call, call->buffer + sizeof(struct of_header) + call->nargs * sizeof(cell[0]),
		    cell, call->nret * sizeof(cell[0]));
}

static enum of_status run(struct of_call *call, const struct service *service)
{
	struct of *of = &call->partition->of;
	enum of_status status;

	if (service->locks_itself)
		return service->run(call);
	lock_take(&of->lock);
	status = service->run(call);
	lock_drop(&of->lock);
	return status;
}

/*
 * The hidden hcall behind the stub. R4: logical address of the argument array. R3 is what the
 * client gets, or 1 to call once more.
 */
static s64 h_private_of(struct vp *vp)
{
	struct partition *partition = partition_of(vp->lpar);
	struct of_call call = {.partition = partition,
			       .vp = vp,
			       .fdt = partition->tree,
			       .buffer = (u32)vp->gpr[4]};
	enum of_status status = OF_FAILED;
	const struct service *service;
	char name[OF_NAME_SIZE] = "";

	if (!partition->profile.open_firmware)
		return hcall_unknown(vp);
	service = read_call(&call, name) ? find_service(name) : NULL;
	if (service && call.nargs >= service->min_args && call.nargs <= service->max_args)
		status = run(&call, service);
	if (status == OF_FAILED)
		of_refuse(&call, name);
	if (status == OF_DONE)
		write_results(&call);
	if (call.fatal)
		partition_fail(partition, REFCODE_OF_FATAL, "%s", call.fatal);
	return status;
}
HCALL(H_PRIVATE_OF, h_private_of, NULL);

/* --- the start --- */

/* Called as rtas.c's stub is. R4 survives the hypervisor call, so it can be made again. */
static const u32 stub[] = {
	0x78640020,			      /* clrldi r4,r3,32 */
	0x3c600000 | H_PRIVATE_OF >> 16,      /* lis    r3,… */
	0x60630000 | (H_PRIVATE_OF & 0xffff), /* ori    r3,r3,… */
	0x44000022,			      /* sc     1 */
	0x2c030001,			      /* cmpwi  r3,1 */
	0x4182fff0,			      /* beq    . - 16 */
	0x4e800020,			      /* blr */
};

static bool put_stub(const struct lpar *lpar, u64 address)
{
	be32 code[ARRAY_SIZE(stub)];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(stub); i++)
		code[i] = cpu_to_be32(stub[i]);
	if (!lpar_copy_out(lpar, address, code, sizeof(code)))
		return false;
	cache_sync_code(lpar_ptr(lpar, address, sizeof(code)), sizeof(code));
	return true;
}

static int set_handle(struct of_call *call, const char *name, const char *path)
{
	int chosen = fdt_path_offset(call->fdt, "/chosen");
	u32 ihandle = of_instance(call, of_path_find(call->fdt, path));

	of_tree_changed(call->partition);
	if (chosen < 0 || !ihandle)
		return -1;
	return fdt_setprop_u32(call->fdt, chosen, name, ihandle);
}

/* The first virtual terminal is stdin and stdout. A partition without one has neither. */
static int set_console(struct of_call *call)
{
	char path[OF_PATH_SIZE];
	int node = fdt_node_offset_by_prop_value(call->fdt, -1, "device_type", "serial",
						 sizeof("serial"));

	if (node < 0)
		return 0;
	if (fdt_get_path(call->fdt, node, path, sizeof(path)) != 0)
		return -1;
	call->partition->of.console_phandle = fdt_get_phandle(call->fdt, node);
	return set_handle(call, "stdin", path) || set_handle(call, "stdout", path) ? -1 : 0;
}

void of_reset(struct partition *partition)
{
	partition->of = (struct of){0};
}

int of_start(struct partition *partition, u64 *r1, u64 *r5)
{
	struct of_call call = {.partition = partition, .fdt = partition->tree};
	u64 area = of_claim_any(partition, AREA_SIZE, AREA_SIZE);
	int cpu = fdt_first_subnode(call.fdt, fdt_path_offset(call.fdt, "/cpus"));
	char path[OF_PATH_SIZE];

	if (!area || area + AREA_SIZE > partition->lpar.rmo_size ||
	    !put_stub(&partition->lpar, area + STUB_OFFSET))
		return -1;
	if (cpu < 0 || fdt_get_path(call.fdt, cpu, path, sizeof(path)) != 0 ||
	    set_handle(&call, "cpu", path) != 0 || set_handle(&call, "memory", "/memory@0") != 0 ||
	    set_console(&call) != 0)
		return -1;
	of_claim_publish(partition);
	partition->of.active = true;
	*r1 = area + OF_STACK_SIZE;
	*r5 = area + STUB_OFFSET;
	return 0;
}
