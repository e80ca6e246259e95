// SPDX-License-Identifier: Apache-2.0
/* A partition's device tree: the nodes that are not processors, memory or somebody else's. */
#include <libfdt.h>
#include <stdio.h>
#include <string.h>
#include "hv/associativity.h"
#include "hv/hcall.h"
#include "hv/lmb.h"
#include "hv/machine.h"
#include "papr/splpar.h"
#include "partition/cas.h"
#include "partition/model.h"
#include "partition/partition.h"
#include "partition/tree.h"
#include "partition/tree_cpu.h"
#include "partition/tree_memory.h"
#include "partition/tree_writer.h"

#define RTAS_VERSION	     1	  /* LoPAR "RTAS Node Properties" */
#define RTAS_ERROR_LOG_MAX   2048 /* bytes */
#define RTAS_EVENT_SCAN_RATE 1	  /* calls a minute */
#define HYPERTAS_MAX	     1024 /* bytes of "ibm,hypertas-functions" */

/* Room beside the processors and LMBs, half of it for contributors and the client. */
#define TREE_FIXED_SIZE	  (64 * KiB)
#define TREE_CPU_SIZE	  (1 * KiB)
#define TREE_LMB_SIZE	  192
#define TREE_SLOT_SIZE	  128 /* of the virtual bus, mostly a location code */
#define TREE_ADAPTER_SIZE (1 * KiB)

static bool is_flat(const struct partition *partition)
{
	return !partition->profile.open_firmware;
}

static void put_root(struct tree_writer *writer, const struct partition *partition)
{
	static const char level[] = "LoPAR-2.9-OpenLPAR-1";
	char name[MODEL_CPU_SIZE], model[MODEL_CPU_SIZE + 16];
	char compatible[sizeof(model) + sizeof(level)];
	size_t size;

	model_cpu(name);
	size = snprintf(model, sizeof(model), "OpenLPAR,%s", name) + 1;
	memcpy(compatible, model, size);
	memcpy(compatible + size, level, sizeof(level));
	tree_put_cell(writer, "#address-cells", 2);
	tree_put_cell(writer, "#size-cells", 2);
	tree_put_string(writer, "device_type", "chrp");
	tree_put_string(writer, "model", model);
	tree_put(writer, "compatible", compatible, size + sizeof(level));
	tree_put_string(writer, "system-id", model_system_id());
	tree_put_cell(writer, "ibm,partition-no", partition->lpar.id);
	tree_put_string(writer, "ibm,partition-name", partition->lpar.name);
	tree_put_cell(writer, "ibm,partition-performance-parameters-level", PPP_LEVEL);
	tree_put_flag(writer, "ibm,lpar-capable");
	tree_put_flag(writer, "ibm,linux-le-capable");
	tree_put_flag(writer, "ibm,extended-address");
	tree_put_flag(writer, "ibm,converged-loc-codes");
}

static void put_address(struct tree_writer *writer, const char *name, u64 address)
{
	const u32 cells[] = {address >> 32, (u32)address};

	tree_put_cells(writer, name, cells, ARRAY_SIZE(cells));
}

static void put_chosen(struct tree_writer *writer, const struct partition *partition,
		       const struct cas *cas, u64 initrd_base, u64 initrd_size)
{
	/* What a client may ask for in vector 5: no XIVE, no radix tree, no segment tables. */
	static const u8 support[] = {CAS_INTERRUPTS_BYTE, 0, CAS_MMU_BYTE,   0,
				     CAS_HASH_BYTE,	  0, CAS_RADIX_BYTE, 0};

	tree_node_begin(writer, "chosen");
	tree_put_string(writer, "bootargs", partition->profile.boot_args);
	tree_put(writer, "ibm,arch-vec-5-platform-support", support, sizeof(support));
	if (is_flat(partition)) {
		tree_put(writer, "ibm,architecture-vec-5", cas->vec5, sizeof(cas->vec5));
		if (initrd_size) {
			put_address(writer, "linux,initrd-start", initrd_base);
			put_address(writer, "linux,initrd-end", initrd_base + initrd_size);
		}
	}
	tree_node_end(writer);
}

/* Whether a line before @line has promised the same function set. */
static bool promised_before(const struct hcall *line)
{
	const struct hcall *before;

	for (before = __start_hcalls; before < line; before++)
		if (before->set && strcmp(before->set, line->set) == 0)
			return true;
	return false;
}

/* Part of the shared processor option, which a client may be without. */
static bool needs_splpar(const char *set)
{
	static const char *const sets[] = {"hcall-splpar", "hcall-join", "hcall-pic",
					   "hcall-poll-pending"};

	for (u32 i = 0; i < ARRAY_SIZE(sets); i++)
		if (strcmp(set, sets[i]) == 0)
			return true;
	return false;
}

/* LoPAR "Hypervisor Call Function Table": a set that is named is there as a whole. */
static void put_hypertas(struct tree_writer *writer, const struct cas *cas)
{
	char list[HYPERTAS_MAX];
	const struct hcall *line;
	size_t used = 0, size;

	for (line = __start_hcalls; line < __stop_hcalls; line++) {
		if (!line->set || promised_before(line) ||
		    (needs_splpar(line->set) && !cas_has(cas, CAS_SPLPAR)))
			continue;
		size = strlen(line->set) + 1;
		if (used + size > sizeof(list)) {
			writer->error = -FDT_ERR_NOSPACE;
			return;
		}
		memcpy(list + used, line->set, size);
		used += size;
	}
	tree_put(writer, "ibm,hypertas-functions", list, used);
}

static void put_rtas_calls(struct tree_writer *writer)
{
	const struct rtas_line *line;

	for (line = __start_rtas_calls; line < __stop_rtas_calls; line++) {
		tree_put_cell(writer, line->name, (u32)(line - __start_rtas_calls) + 1);
		/* Without this Linux keeps a panic to itself. LoPAR "ibm,os-term" */
		if (strcmp(line->name, "ibm,os-term") == 0)
			tree_put_flag(writer, "ibm,extended-os-term");
	}
}

/* How large the partition can become: memory, in what quanta, processors. */
static void put_capacity(struct tree_writer *writer, const struct lpar *lpar)
{
	u64 memory = lpar_mem_size(lpar), lmb = 1UL << lmb_shift;
	const u32 cells[] = {memory >> 32, (u32)memory, lmb >> 32, (u32)lmb, lpar->procs.max_procs};

	tree_put_cells(writer, "ibm,lrdr-capacity", cells, ARRAY_SIZE(cells));
}

static void put_rtas(struct tree_writer *writer, const struct partition *partition,
		     const struct cas *cas)
{
	static const u32 domains[1 + ASSOCIATIVITY_LEVELS] = {ASSOCIATIVITY_LEVELS, 1, 1, 1, 1};
	/* No call changes other registers than its own outputs. */
	static const u8 reduced_kill_set[] = {RKS_CONFER_PROD | RKS_PURR};

	tree_node_begin(writer, "rtas");
	tree_put_cell(writer, "rtas-version", RTAS_VERSION);
	tree_put_cell(writer, "rtas-size", RTAS_STUB_SIZE);
	tree_put_cell(writer, "rtas-error-log-max", RTAS_ERROR_LOG_MAX);
	tree_put_cell(writer, "rtas-event-scan-rate", RTAS_EVENT_SCAN_RATE);
	put_hypertas(writer, cas);
	tree_put(writer, "ibm,rks-hcalls", reduced_kill_set, sizeof(reduced_kill_set));
	put_capacity(writer, &partition->lpar);
	put_rtas_calls(writer);
	tree_put_cell(writer, "ibm,associativity-reference-points", ASSOCIATIVITY_LEVELS);
	tree_put_cells(writer, "ibm,max-associativity-domains", domains, ARRAY_SIZE(domains));
	tree_put_cells(writer, "ibm,current-associativity-domains", domains, ARRAY_SIZE(domains));
	if (is_flat(partition) && partition->rtas.base) {
		tree_put_cell(writer, "linux,rtas-base", (u32)partition->rtas.base);
		tree_put_cell(writer, "linux,rtas-entry", (u32)partition->rtas.base);
	}
	tree_node_end(writer);
}

/* Nodes that every Open Firmware tree has. IEEE 1275-1994 3.5. */
static void put_system_nodes(struct tree_writer *writer)
{
	tree_node_begin(writer, "openprom");
	tree_put_string(writer, "device_type", "BootROM");
	tree_put_string(writer, "model", "OpenLPAR");
	tree_put_flag(writer, "relative-addressing");
	tree_node_end(writer);
	tree_node_begin(writer, "options");
	tree_put_string(writer, "little-endian?", "false");
	tree_put_string(writer, "real-mode?", "true");
	tree_node_end(writer);
	tree_node_begin(writer, "aliases");
	tree_node_end(writer);
}

/* Everything that does not come from contributors. */
static int write_basic(const struct partition *partition, void *fdt, u64 initrd_base,
		       u64 initrd_size)
{
	struct tree_writer writer = {.fdt = fdt, .node = TREE_SEQUENTIAL};
	struct cas cas;

	cas_set_platform(&cas);
	writer.error = fdt_create(fdt, (int)tree_size(partition));
	if (!writer.error && is_flat(partition) && partition->rtas.base)
		writer.error = fdt_add_reservemap_entry(fdt, partition->rtas.base, RTAS_STUB_SIZE);
	if (!writer.error && is_flat(partition) && initrd_size)
		writer.error = fdt_add_reservemap_entry(fdt, initrd_base, initrd_size);
	if (!writer.error)
		writer.error = fdt_finish_reservemap(fdt);
	tree_node_begin(&writer, "");
	put_root(&writer, partition);
	put_system_nodes(&writer);
	put_chosen(&writer, partition, &cas, initrd_base, initrd_size);
	put_rtas(&writer, partition, &cas);
	tree_put_cpus(&writer, &partition->lpar, &cas);
	tree_put_memory(&writer, &partition->lpar, is_flat(partition));
	tree_node_end(&writer);
	if (!writer.error)
		writer.error = fdt_finish(fdt);
	if (!writer.error)
		writer.error = fdt_open_into(fdt, fdt, (int)tree_size(partition));
	return writer.error;
}

static int add_contributions(const struct partition *partition, void *fdt)
{
	tree_contributor *const *line;
	int error = 0;

	for (line = __start_tree_contributors; line < __stop_tree_contributors && !error; line++)
		error = (*line)(partition, fdt);
	return error;
}

/* Gives every node that has none a phandle. */
static int number_nodes(void *fdt)
{
	int node = 0, error;
	u32 last;

	error = fdt_find_max_phandle(fdt, &last);
	for (; !error && node >= 0; node = fdt_next_node(fdt, node, NULL))
		if (fdt_get_phandle(fdt, node) == 0)
			error = fdt_setprop_u32(fdt, node, "phandle", ++last);
	return error;
}

/* The console is the first virtual terminal, for those who look for it without Open Firmware. */
static int set_stdout_path(void *fdt)
{
	char path[64];
	int node, error, chosen;

	node = fdt_node_offset_by_prop_value(fdt, -1, "device_type", "serial", sizeof("serial"));
	if (node < 0)
		return node == -FDT_ERR_NOTFOUND ? 0 : node;
	error = fdt_get_path(fdt, node, path, sizeof(path));
	chosen = fdt_path_offset(fdt, "/chosen");
	if (!error)
		error = fdt_setprop_string(fdt, chosen, "stdout-path", path);
	if (!error)
		error = fdt_setprop_string(fdt, chosen, "linux,stdout-path", path);
	return error;
}

size_t tree_size(const struct partition *partition)
{
	const struct lpar *lpar = &partition->lpar;
	size_t size = TREE_FIXED_SIZE + lpar->nr_vps * TREE_CPU_SIZE;

	size += partition->profile.virtual_slots * TREE_SLOT_SIZE;
	size += partition->profile.nr_adapters * TREE_ADAPTER_SIZE;
	if (!is_flat(partition))
		size += lpar->map.nr_lmbs * TREE_LMB_SIZE;
	return ALIGN_UP(size, 4 * KiB);
}

int tree_build(const struct partition *partition, void *fdt, u64 initrd_base, u64 initrd_size)
{
	int error;

	error = write_basic(partition, fdt, initrd_base, initrd_size);
	if (!error)
		error = add_contributions(partition, fdt);
	if (!error)
		error = number_nodes(fdt);
	if (error)
		return error;
	fdt_set_boot_cpuid_phys(fdt, 0);
	if (!is_flat(partition))
		return 0;
	error = set_stdout_path(fdt);
	return error ? error : fdt_pack(fdt);
}

static int negotiate_hypertas(void *fdt, const struct cas *cas)
{
	struct tree_writer writer = {.fdt = fdt, .node = fdt_path_offset(fdt, "/rtas")};

	/* What a client has done with its nodes is its own business. */
	if (writer.node >= 0)
		put_hypertas(&writer, cas);
	return writer.error;
}

int tree_negotiated(const struct partition *partition, void *fdt, const struct cas *cas)
{
	int error, chosen;

	error = negotiate_hypertas(fdt, cas);
	if (!error)
		error = tree_negotiate_cpus(fdt, &partition->lpar, cas);
	if (!error)
		error = tree_set_drconf(fdt, &partition->lpar, cas_has(cas, CAS_DRCONF_MEMORY));
	if (!error)
		error = number_nodes(fdt);
	chosen = fdt_path_offset(fdt, "/chosen");
	if (!error && chosen >= 0)
		error = fdt_setprop(fdt, chosen, "ibm,architecture-vec-5", cas->vec5,
				    sizeof(cas->vec5));
	return error;
}
