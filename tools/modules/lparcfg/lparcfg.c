// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * /proc/powerpc/lparcfg for kernels that are built without CONFIG_LPARCFG, as Debian's are: what
 * lparstat reads of a partition's share of the machine. Only the kernel can make the hypervisor
 * calls and read the registers that it comes from. A line for each attribute, NAME=VALUE.
 */
#include <linux/cpumask.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <asm/hvcall.h>
#include <asm/lppaca.h>
#include <asm/paca.h>
#include <asm/paravirt.h>
#include <asm/reg.h>
#include <asm/rtas.h>
#include <asm/time.h>

#define PARAMETER_SPLPAR 20   /* LoPAR "System Parameters": SPLPAR Characteristics */
#define PARAMETER_MAX	 1026 /* bytes: a length of two and the text */

static u32 property_u32(const char *node, const char *name, unsigned int cell)
{
	struct device_node *at = of_find_node_by_path(node);
	const __be32 *value;
	int size = 0;
	u32 number = 0;

	value = of_get_property(at, name, &size);
	if (value && (cell + 1) * sizeof(*value) <= (size_t)size)
		number = be32_to_cpu(value[cell]);
	of_node_put(at);
	return number;
}

static void show_text(struct seq_file *file, const char *label, const char *name)
{
	struct device_node *root = of_find_node_by_path("/");
	const char *value = of_get_property(root, name, NULL);

	seq_printf(file, "%s=%s\n", label, value ? value : "");
	of_node_put(root);
}

/* Returns the text, to be freed, or NULL. */
static char *characteristics(void)
{
	char *text = kzalloc(PARAMETER_MAX, GFP_KERNEL);
	int token = rtas_token("ibm,get-system-parameter");
	int status = -1, length;

	if (!text || token == RTAS_UNKNOWN_SERVICE)
		goto out;
	do {
		spin_lock(&rtas_data_buf_lock);
		status = rtas_call(token, 3, 1, NULL, PARAMETER_SPLPAR, (u32)__pa(rtas_data_buf),
				   PARAMETER_MAX);
		length = be16_to_cpup((const __be16 *)rtas_data_buf);
		if (status == 0)
			memcpy(text, rtas_data_buf + 2, min(length, PARAMETER_MAX - 3));
		spin_unlock(&rtas_data_buf_lock);
	} while (rtas_busy_delay(status));
out:
	if (status == 0)
		return text;
	kfree(text);
	return NULL;
}

/* Two of the hypervisor's words have another name here. */
static void show_characteristics(struct seq_file *file)
{
	char *text = characteristics(), *next = text, *attribute;

	while ((attribute = strsep(&next, ",")) != NULL) {
		size_t name = strcspn(attribute, "=");

		if (!attribute[name])
			continue;
		if (name == 9 && !strncmp(attribute, "MaxEntCap", name))
			seq_puts(file, "partition_max_entitled_capacity");
		else if (name == 12 && !strncmp(attribute, "MaxPlatProcs", name))
			seq_puts(file, "system_potential_processors");
		else
			seq_write(file, attribute, name);
		seq_printf(file, "%s\n", attribute + name);
	}
	kfree(text);
}

/* LoPAR "H_PIC" */
static void show_pool_idle(struct seq_file *file)
{
	unsigned long out[PLPAR_HCALL_BUFSIZE] = {0};

	if (plpar_hcall(H_PIC, out) != H_SUCCESS)
		return;
	seq_printf(file, "pool_idle_time=%lu\n", out[0]);
	seq_printf(file, "pool_num_procs=%lu\n", out[1]);
}

static u64 field(u64 word, unsigned int low_bit, unsigned int bits)
{
	return word >> low_bit & ((1UL << bits) - 1);
}

/* LoPAR "H_GET_PPP" */
static void show_capacity(struct seq_file *file)
{
	unsigned long out[PLPAR_HCALL9_BUFSIZE] = {0};

	if (plpar_hcall9(H_GET_PPP, out) != H_SUCCESS)
		return;
	seq_printf(file, "partition_entitled_capacity=%lu\n", out[0]);
	seq_printf(file, "group=%llu\n", field(out[2], 16, 16));
	seq_printf(file, "system_active_processors=%llu\n", field(out[3], 0, 16));
	if (is_shared_processor()) {
		seq_printf(file, "pool=%llu\n", field(out[2], 0, 16));
		seq_printf(file, "pool_capacity=%llu\n", field(out[3], 16, 16) * 100);
		show_pool_idle(file);
	}
	seq_printf(file, "unallocated_capacity_weight=%llu\n", field(out[3], 32, 8));
	seq_printf(file, "capacity_weight=%llu\n", field(out[3], 40, 8));
	seq_printf(file, "capped=%llu\n", field(out[3], 48, 1));
	seq_printf(file, "unallocated_capacity=%lu\n", out[1]);
	if (!property_u32("/", "ibm,partition-performance-parameters-level", 0))
		return;
	seq_printf(file, "physical_procs_allocated_to_virtualization=%llu\n",
		   field(out[4], 48, 16));
	seq_printf(file, "max_proc_capacity_available=%llu\n", field(out[4], 24, 24));
	seq_printf(file, "entitled_proc_capacity_available=%llu\n", field(out[4], 0, 24));
}

/* Whoever has no H_GET_MPP has memory of its own: pool 0xffff. LoPAR "H_GET_MPP" */
static void show_memory(struct seq_file *file)
{
	struct hvcall_mpp_data memory = {0};

	if (h_get_mpp(&memory) != H_SUCCESS) {
		seq_puts(file, "entitled_memory_pool_number=65535\n");
		return;
	}
	seq_printf(file, "entitled_memory=%lu\n", memory.entitled_mem);
	seq_printf(file, "entitled_memory_group_number=%u\n", memory.group_num);
	seq_printf(file, "entitled_memory_pool_number=%u\n", memory.pool_num);
	seq_printf(file, "entitled_memory_weight=%u\n", memory.mem_weight);
}

static void show_dispatches(struct seq_file *file)
{
	u64 dispatches = 0, dispersions = 0;
	unsigned int cpu;

	for_each_possible_cpu(cpu)
	{
		dispatches += be32_to_cpu(lppaca_of(cpu).yield_count);
		dispersions += be32_to_cpu(lppaca_of(cpu).dispersion_count);
	}
	seq_printf(file, "dispatches=%llu\n", dispatches);
	seq_printf(file, "dispatch_dispersions=%llu\n", dispersions);
}

static void purr_add(void *sum)
{
	atomic64_add(mfspr(SPRN_PURR), sum);
}

static u64 purr_sum(void)
{
	atomic64_t sum = ATOMIC64_INIT(0);

	on_each_cpu(purr_add, &sum, 1);
	return (u64)atomic64_read(&sum);
}

static unsigned int processors_present(void)
{
	struct device_node *node = NULL;
	unsigned int number = 0;

	while ((node = of_find_node_by_type(node, "cpu")) != NULL)
		number++;
	return number;
}

static int lparcfg_show(struct seq_file *file, void *unused)
{
	u32 processors_max = property_u32("/rtas", "ibm,lrdr-capacity", 4);

	seq_puts(file, "lparcfg 1.9\n");
	show_text(file, "serial_number", "system-id");
	show_text(file, "system_type", "model");
	seq_printf(file, "partition_id=%u\n", property_u32("/", "ibm,partition-no", 0));
	show_text(file, "partition_name", "ibm,partition-name");
	show_characteristics(file);
	show_capacity(file);
	show_memory(file);
	show_dispatches(file);
	seq_printf(file, "purr=%llu\n", purr_sum());
	seq_printf(file, "tbr=%llu\n", (u64)mftb());
	seq_printf(file, "partition_active_processors=%u\n", processors_present());
	seq_printf(file, "partition_potential_processors=%u\n",
		   processors_max ? processors_max : num_possible_cpus());
	seq_printf(file, "shared_processor_mode=%d\n", is_shared_processor());
	return 0;
}

static int __init lparcfg_init(void)
{
	if (!proc_create_single("powerpc/lparcfg", 0444, NULL, lparcfg_show))
		return -EEXIST;
	return 0;
}

static void __exit lparcfg_exit(void)
{
	remove_proc_entry("powerpc/lparcfg", NULL);
}

module_init(lparcfg_init);
module_exit(lparcfg_exit);
MODULE_DESCRIPTION("Share of the machine that a logical partition has");
MODULE_LICENSE("GPL");
