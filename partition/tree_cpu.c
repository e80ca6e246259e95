// SPDX-License-Identifier: Apache-2.0
/* Processors in a partition's tree. */
#include <libfdt.h>
#include <stdio.h>
#include <string.h>
#include "hv/machine.h"
#include "hv/vp.h"
#include "partition/model.h"
#include "partition/tree_cpu.h"
#include "partition/tree_memory.h"

#define NODE_NAME_SIZE	 (MODEL_CPU_SIZE + 24)
#define PAGE_SHIFT	 12
#define LARGE_PAGE_SHIFT 24 /* 16 MiB: an LMB may be no larger */

/* What a virtual processor shares with the real one it runs on, as the machine's tree says it. */
static const char *const copied[] = {
	"64-bit",
	"clock-frequency",
	"ibm,extended-clock-frequency",
	"d-cache-size",
	"d-cache-sets",
	"d-cache-line-size",
	"d-cache-block-size",
	"i-cache-size",
	"i-cache-sets",
	"i-cache-line-size",
	"i-cache-block-size",
	"cache-unified",
	"tlb-size",
	"tlb-sets",
	"d-tlb-size",
	"d-tlb-sets",
	"i-tlb-size",
	"i-tlb-sets",
	"general-purpose",
	"graphics",
	"reservation-granule-size",
	"ibm,processor-segment-sizes",
};

/* Counters whose level LoPAR wants; some firmware leaves the property empty. */
static const char *const counters[] = {"ibm,purr", "ibm,spurr"};

/* "ibm,pa-features", offsets in its attribute descriptor of type 0. */
#define PA_HEADER    2
#define PA_TM	     (PA_HEADER + 22)
#define PA_TM_END    (PA_HEADER + 24)
#define PA_SIZE_2_06 6
#define PA_MAX_SIZE  64

/*
 * Bits of the first bytes that came with architecture 2.06 or before: without cache-inhibited large
 * pages, the URG field of the DSCR, elemental barriers and quadword loads and stores.
 */
static const u8 pa_mask_2_06[PA_SIZE_2_06] = {0xff, 0xdf, 0xff, 0x00, 0xff, 0xc0};
#define PA_URGENCY_BYTE 3 /* stays in 2.06 plus */

static const void *machine_prop(const char *name, int *size)
{
	return fdt_getprop(machine.fdt, machine.cpu[0].node, name, size);
}

static void put_copy(struct tree_writer *writer, const char *name)
{
	int size;
	const void *value = machine_prop(name, &size);

	if (value)
		tree_put(writer, name, value, size);
}

/*
 * The page sizes up to @max_shift: a list of (shift, SLB encoding, number of pairs, pairs of
 * (shift, PTE encoding)).
 */
static void put_page_sizes(struct tree_writer *writer, u32 max_shift)
{
	u32 out[TREE_MAX_CELLS], used = 0;
	int size, cells, i = 0;
	const be32 *in = machine_prop("ibm,segment-page-sizes", &size);

	for (cells = in ? size / 4 : 0; i + 3 <= cells;) {
		u32 pairs = be32_to_cpu(in[i + 2]), start = used;

		if (pairs > (u32)(cells - i - 3) / 2 || start + 3 + 2 * pairs > TREE_MAX_CELLS)
			break;
		out[used++] = be32_to_cpu(in[i]);
		out[used++] = be32_to_cpu(in[i + 1]);
		out[used++] = 0;
		for (i += 3; pairs--; i += 2) {
			if (be32_to_cpu(in[i]) > max_shift)
				continue;
			out[used++] = be32_to_cpu(in[i]);
			out[used++] = be32_to_cpu(in[i + 1]);
			out[start + 2]++;
		}
		if (out[start + 2] == 0)
			used = start;
	}
	if (used)
		tree_put_cells(writer, "ibm,segment-page-sizes", out, used);
}

/*
 * The processor's optional features as far as partitions have them: no transactional memory, and
 * nothing newer than the architecture level that was negotiated.
 */
static void put_pa_features(struct tree_writer *writer, const struct cas *cas)
{
	u8 out[PA_MAX_SIZE];
	int size, i;
	const u8 *in = machine_prop("ibm,pa-features", &size);

	if (!in || size < PA_HEADER + 1 || in[1] != 0 || in[0] > size - PA_HEADER)
		return;
	size = MIN(PA_HEADER + in[0], PA_MAX_SIZE);
	if (cas->pcr & PCR_V2_06)
		size = MIN(size, PA_HEADER + PA_SIZE_2_06);
	memcpy(out, in, size);
	out[0] = size - PA_HEADER;
	for (i = PA_TM; i < PA_TM_END && i < size; i++)
		out[i] = 0;
	for (i = PA_HEADER; (cas->pcr & PCR_V2_06) && i < size; i++)
		if (i != PA_HEADER + PA_URGENCY_BYTE ||
		    cas->cpu_version != CAS_LOGICAL_PVR_2_06_PLUS)
			out[i] &= pa_mask_2_06[i - PA_HEADER];
	tree_put(writer, "ibm,pa-features", out, size);
}

/* An option that the client may be without. A finished tree has it from before. */
static void put_option(struct tree_writer *writer, const char *name, bool on)
{
	if (on)
		put_copy(writer, name);
	else if (writer->node != TREE_SEQUENTIAL && !writer->error)
		fdt_delprop(writer->fdt, writer->node, name);
}

/* What depends on the negotiation, put or put again. */
static void put_negotiated(struct tree_writer *writer, const struct cas *cas)
{
	tree_put_cell(writer, "cpu-version", cas->cpu_version);
	put_pa_features(writer, cas);
	put_page_sizes(writer, cas_has(cas, CAS_LARGE_PAGES) ? LARGE_PAGE_SHIFT : PAGE_SHIFT);
	put_option(writer, "ibm,vmx", cas->vmx);
	put_option(writer, "ibm,dfp", cas->dfp);
}

static void put_machine(struct tree_writer *writer)
{
	u32 timebase[] = {machine.timebase_hz >> 32, (u32)machine.timebase_hz};
	u32 i;
	int size;

	for (i = 0; i < ARRAY_SIZE(copied); i++)
		put_copy(writer, copied[i]);
	for (i = 0; i < ARRAY_SIZE(counters); i++)
		if (machine_prop(counters[i], &size))
			tree_put_cell(writer, counters[i], 1);
	tree_put_cell(writer, "timebase-frequency", timebase[1]);
	tree_put_cells(writer, "ibm,extended-timebase-frequency", timebase, 2);
}

static void cpu_node_name(u32 number, char node[NODE_NAME_SIZE])
{
	char name[MODEL_CPU_SIZE];

	model_cpu(name);
	snprintf(node, NODE_NAME_SIZE, "PowerPC,%s@%x", name, (unsigned int)number);
}

static void put_cpu(struct tree_writer *writer, const struct lpar *lpar, const struct cas *cas,
		    u32 number)
{
	const u32 pft_size[] = {0, lpar->hpt.shift};
	/* A global queue of its own: no interrupt source can be shared by several processors. */
	const u32 gserver[] = {number, number};
	char name[NODE_NAME_SIZE];

	cpu_node_name(number, name);
	tree_node_begin(writer, name);
	tree_put_string(writer, "device_type", "cpu");
	tree_put_cell(writer, "reg", number);
	tree_put_string(writer, "status", "okay");
	tree_put_cell(writer, "ibm,ppc-interrupt-server#s", number);
	tree_put_cells(writer, "ibm,ppc-interrupt-gserver#s", gserver, ARRAY_SIZE(gserver));
	tree_put_cells(writer, "ibm,pft-size", pft_size, ARRAY_SIZE(pft_size));
	tree_put_cell(writer, "slb-size", VP_SLB_SIZE);
	tree_put_cell(writer, "ibm,slb-size", VP_SLB_SIZE);
	tree_put_associativity(writer);
	put_machine(writer);
	put_negotiated(writer, cas);
	tree_node_end(writer);
}

void tree_put_cpus(struct tree_writer *writer, const struct lpar *lpar, const struct cas *cas)
{
	u32 number;

	tree_node_begin(writer, "cpus");
	tree_put_cell(writer, "#address-cells", 1);
	tree_put_cell(writer, "#size-cells", 0);
	for (number = 0; number < lpar->nr_vps; number++)
		put_cpu(writer, lpar, cas, number);
	tree_node_end(writer);
}

static int negotiate_cpu(void *fdt, int node, const struct cas *cas)
{
	struct tree_writer writer = {.fdt = fdt, .node = node};

	put_negotiated(&writer, cas);
	return writer.error;
}

static int add_cpu(void *fdt, int cpus, const struct lpar *lpar, const struct cas *cas, u32 number)
{
	struct tree_writer writer = {.fdt = fdt, .node = cpus};

	put_cpu(&writer, lpar, cas, number);
	return writer.error;
}

int tree_negotiate_cpus(void *fdt, const struct lpar *lpar, const struct cas *cas)
{
	int cpus = fdt_path_offset(fdt, "/cpus"), node, error = 0;
	char name[NODE_NAME_SIZE];
	u32 number;

	for (number = 0; number < lpar->nr_vps && !error; number++) {
		cpu_node_name(number, name);
		node = fdt_subnode_offset(fdt, cpus, name);
		/* The client never learns of more processors than it can live with. */
		if (node >= 0 && number >= cas->max_cpus)
			error = fdt_del_node(fdt, node);
		else if (node >= 0)
			error = negotiate_cpu(fdt, node, cas);
		else if (number < cas->max_cpus)
			error = add_cpu(fdt, cpus, lpar, cas, number);
	}
	return error;
}
