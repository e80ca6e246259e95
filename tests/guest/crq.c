// SPDX-License-Identifier: Apache-2.0
/*
 * The partition's virtual SCSI adapters. Two of them, a server's and a client's, are made for each
 * other: messages and copies between them are right, before and after calls with any arguments
 * from two processors at once. Then what they cost: "BENCH name TICKS CALLS", of a message from
 * the call to the partner's interrupt. A third adapter belongs to another partition that does the
 * same: with "hostile=1" it has whatever comes to mind done to it, otherwise it is registered, and
 * nothing that happens there is seen beside its queue.
 */
#include <libfdt.h>
#include <stdio.h>
#include <string.h>
#include "papr/crq.h"
#include "papr/vio.h"
#include "papr/xics.h"
#include "tests/guest/lib/asm.h"
#include "tests/guest/lib/exception.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"
#include "tests/guest/lib/interrupt.h"
#include "tests/guest/lib/spr.h"

const char test_name[] = "crq";

#define PAGE	   4096UL
#define TCE_ACCESS 3 /* read and write */
#define ENTRIES	   (PAGE / sizeof(struct crq_entry))
#define MESSAGE	   0x80UL
#define ADAPTERS   3

/* I/O addresses of every adapter's window: all of them see the same memory. */
#define IO_QUEUE(i) ((i)*PAGE)
#define IO_FROM	    0x10000UL
#define IO_TO	    0x40000UL
#define COPY_MAX    ((u64)VIO_MAX_DMA_SIZE)
#define IO_SIZE	    0x70000UL
#define GUARD	    0x10000UL /* behind it, which no window has */
#define GUARD_BYTE  0x5a

struct port {
	u64 unit, liobn;
	u32 irq, at;
};

static struct port server, client, foreign;
static u8 *memory; /* what I/O address 0 is */
static struct random stream;
static volatile u64 races; /* set: the other processor goes on */

static void find_port(int node, struct port *port)
{
	const fdt32_t *reg = fdt_getprop(guest_tree, node, "reg", NULL);
	const fdt32_t *window = fdt_getprop(guest_tree, node, "ibm,my-dma-window", NULL);
	const fdt32_t *irq = fdt_getprop(guest_tree, node, "interrupts", NULL);

	check(reg && window && irq, "an adapter without properties");
	*port = (struct port){fdt32_to_cpu(*reg), fdt32_to_cpu(*window), fdt32_to_cpu(*irq), 0};
}

/* Slots 2 and 3 are for each other, 4 is for somebody else. */
static void find_ports(void)
{
	int bus = fdt_path_offset(guest_tree, "/vdevice"), node;

	fdt_for_each_subnode(node, guest_tree, bus) {
		const fdt32_t *reg = fdt_getprop(guest_tree, node, "reg", NULL);
		u64 slot = fdt32_to_cpu(*reg) - VIO_UNIT_BASE;

		if (slot >= 2 && slot < 2 + ADAPTERS)
			find_port(node, slot == 2 ? &server : slot == 3 ? &client : &foreign);
	}
	check(server.unit && client.unit, "adapters are missing");
}

/* The partition at the other end sees nothing but a queue and a page. */
static bool is_shown(const struct port *port, u64 ioba)
{
	return port != &foreign || ioba == IO_QUEUE(2) || ioba == IO_QUEUE(3);
}

static void map_all(const struct port *port)
{
	for (u64 ioba = 0; ioba < IO_SIZE; ioba += PAGE) {
		u64 entry = is_shown(port, ioba) ? (u64)(memory + ioba) | TCE_ACCESS : 0;
		s64 rc = hcall(H_PUT_TCE, port->liobn, ioba, entry);

		check(rc == H_SUCCESS, "H_PUT_TCE %lx: %ld", ioba, rc);
	}
}

static void port_free(const struct port *port)
{
	s64 rc = hcall(H_FREE_CRQ, port->unit);

	check(rc == H_SUCCESS, "H_FREE_CRQ: %ld", rc);
}

static s64 port_register(struct port *port, u64 queue)
{
	map_all(port);
	memset(memory + queue, 0, PAGE);
	port->at = 0;
	return hcall(H_REG_CRQ, port->unit, queue, PAGE);
}

static void connect(void)
{
	s64 rc;

	port_free(&client);
	port_free(&server);
	rc = port_register(&server, IO_QUEUE(0));
	check(rc == H_CLOSED, "the server's H_REG_CRQ: %ld", rc);
	rc = port_register(&client, IO_QUEUE(1));
	check(rc == H_SUCCESS, "the client's H_REG_CRQ: %ld", rc);
}

/* The entry that must have come. */
static void expect_entry(struct port *port, u64 queue, u64 high, u64 low)
{
	volatile struct crq_entry *entry =
		(struct crq_entry *)(memory + queue) + port->at++ % ENTRIES;

	check(be64_to_cpu(entry->high) == high && be64_to_cpu(entry->low) == low,
	      "entry %lx %lx, not %lx %lx", be64_to_cpu(entry->high), be64_to_cpu(entry->low), high,
	      low);
	*(volatile u8 *)entry = 0;
}

/* Every header in both directions. */
static void test_messages(void)
{
	for (u64 i = 0; i < 0x200; i++) {
		u64 header = i & 0xff,
		    high = header << CRQ_HEADER_SHIFT | 0x123456789abc00 | header;
		const struct port *from = i & 0x100 ? &server : &client;
		s64 rc = hcall(H_SEND_CRQ, from->unit, high, ~high);

		if (header < CRQ_HEADER_VALID || header == CRQ_HEADER_EVENT) {
			check(rc == H_PARAMETER, "header %lx: %ld", header, rc);
			continue;
		}
		check(rc == H_SUCCESS, "header %lx: %ld", header, rc);
		if (i & 0x100)
			expect_entry(&client, IO_QUEUE(1), high, ~high);
		else
			expect_entry(&server, IO_QUEUE(0), high, ~high);
	}
}

/* A full queue takes nothing, then an event in the place of the last one. */
static void test_full(void)
{
	connect();
	for (u64 i = 0; i < ENTRIES; i++)
		check(hcall(H_SEND_CRQ, client.unit, MESSAGE << 56, i) == H_SUCCESS, "entry %lu",
		      i);
	check(hcall(H_SEND_CRQ, client.unit, MESSAGE << 56, 0) == H_DROPPED, "a full queue");
	port_free(&client);
	for (u64 i = 0; i < ENTRIES - 1; i++)
		expect_entry(&server, IO_QUEUE(0), MESSAGE << 56, i);
	expect_entry(&server, IO_QUEUE(0), CRQ_PARTNER_DEREGISTERED, 0);
	check(hcall(H_SEND_CRQ, server.unit, MESSAGE << 56, 0) == H_CLOSED, "no partner");
	connect();
}

static s64 copy(u64 length, u64 from_window, u64 from, u64 to_window, u64 to)
{
	return hcall(H_COPY_RDMA, length, server.liobn + from_window, from,
		     server.liobn + to_window, to);
}

static void test_copies(u64 copies)
{
	for (u64 i = 0; i < COPY_MAX + PAGE; i++)
		memory[IO_FROM + i] = (u8)(random_next(&stream) >> 8);
	for (u64 i = 0; i < copies; i++) {
		u64 length = random_next(&stream) % (COPY_MAX >> random_next(&stream) % 17 | 1);
		u64 from = random_next(&stream) % PAGE, to = random_next(&stream) % PAGE;
		s64 rc = copy(length, i & 1, IO_FROM + from, ~i & 1, IO_TO + to);

		check(rc == H_SUCCESS, "%lu bytes: %ld", length, rc);
		check(memcmp(memory + IO_FROM + from, memory + IO_TO + to, length) == 0,
		      "%lu bytes from %lx to %lx differ", length, from, to);
	}
}

/* Nothing beyond a window, without permission, of others, too much. */
static void test_authority(void)
{
	u64 end = IO_SIZE - 8;

	check(copy(16, 1, end, 0, IO_TO) == H_PERMISSION, "unmapped source");
	check(copy(16, 0, IO_FROM, 1, end) == H_PERMISSION, "unmapped destination");
	check(copy(16, 1, 1UL << 40, 0, IO_TO) == H_SOURCE_PARM, "beyond the window");
	check(copy(16, 0, IO_FROM, 1, -8UL) == H_DEST_PARM, "beyond the window");
	check(copy(16, 2, IO_FROM, 0, IO_TO) == H_SOURCE_PARM, "no window");
	check(copy(COPY_MAX + 1, 1, IO_FROM, 0, IO_TO) == H_PARAMETER, "too much");
	for (u64 id = 1; id < 8; id++) {
		u64 liobn = VIO_LIOBN_BASE | id << VIO_LIOBN_LPAR_SHIFT | 4 << VIO_LIOBN_SLOT_SHIFT;

		check(id == guest_id ||
			      hcall(H_COPY_RDMA, 8, liobn, 0, server.liobn, IO_TO) == H_SOURCE_PARM,
		      "another partition's window");
	}
	check(hcall(H_WRITE_RDMA, 8, server.liobn + 1, IO_TO, 0x1122334455667788) == H_SUCCESS,
	      "H_WRITE_RDMA");
	check(be64_to_cpu(*(be64 *)(memory + IO_TO)) == 0x1122334455667788, "what it wrote");
}

static void check_shut(u64 header)
{
	s64 rc = hcall(H_SEND_CRQ, server.unit, header << CRQ_HEADER_SHIFT, 0);

	check(rc == H_CLOSED, "%lx to the next client: %ld", header, rc);
	check(copy(16, 1, IO_FROM, 0, IO_TO) == H_PERMISSION, "a copy from the next client");
	check(copy(16, 0, IO_FROM, 1, IO_TO) == H_PERMISSION, "a copy to the next client");
	rc = hcall(H_WRITE_RDMA, 8, server.liobn + 1, IO_TO, 0);
	check(rc == H_PERMISSION, "H_WRITE_RDMA to the next client: %ld", rc);
}

/* The client comes back; the server reaches it when it has read that, and begins anew. */
static void test_next_client(void)
{
	u64 init = (u64)CRQ_HEADER_INIT << CRQ_HEADER_SHIFT;
	s64 rc;

	connect();
	port_free(&client);
	rc = port_register(&client, IO_QUEUE(1));
	check(rc == H_SUCCESS, "the client's next H_REG_CRQ: %ld", rc);
	check(hcall(H_SEND_CRQ, client.unit, init, 1) == H_SUCCESS, "from the next client");
	check_shut(MESSAGE);
	check_shut(CRQ_HEADER_INIT);
	expect_entry(&server, IO_QUEUE(0), CRQ_PARTNER_DEREGISTERED, 0);
	check_shut(MESSAGE);
	check(hcall(H_SEND_CRQ, server.unit, init, 2) == H_SUCCESS, "the server begins");
	expect_entry(&server, IO_QUEUE(0), init, 1);
	expect_entry(&client, IO_QUEUE(1), init, 2);
}

/* --- hostility --- */

static u64 argument(void)
{
	u64 random = random_next(&stream);

	switch (random % 6) {
	case 0:
		return random >> 8 << random % 48;
	case 1:
		return (random >> 8) % IO_SIZE & ~(PAGE - 1);
	case 2:
		return (random >> 8) % IO_SIZE;
	case 3:
		return server.liobn + (random >> 8) % 3;
	case 4:
		return (random >> 8 & 0xff) << CRQ_HEADER_SHIFT;
	default:
		return (random >> 8) % COPY_MAX;
	}
}

static const struct port *some_port(u64 random)
{
	return random % 3 == 0 ? &server : random % 3 == 1 ? &client : &foreign;
}

static void hostile_call(void)
{
	static const u32 calls[] = {
		H_REG_CRQ,    H_REG_CRQ,   H_REG_CRQ,	 H_FREE_CRQ,  H_SEND_CRQ,
		H_SEND_CRQ,   H_SEND_CRQ,  H_ENABLE_CRQ, H_COPY_RDMA, H_COPY_RDMA,
		H_WRITE_RDMA, H_READ_RDMA, H_VIO_SIGNAL, H_VIOCTL,    H_PUT_TCE,
	};
	u64 random = random_next(&stream), number = calls[random % ARRAY_SIZE(calls)];
	const struct port *port = some_port(random >> 8);
	u64 regs[HCALL_REGISTERS] = {random >> 16 & 15 ? port->unit : argument()};

	for (u32 i = 1; i < HCALL_REGISTERS; i++)
		regs[i] = argument();
	if (number == H_REG_CRQ && random >> 20 & 7) {
		regs[1] &= ~(PAGE - 1);
		regs[2] = PAGE << (random >> 24 & 3);
	}
	if (number == H_PUT_TCE) { /* of its own memory, queues too */
		regs[0] = port->liobn;
		regs[1] = (random >> 24) % IO_SIZE;
		regs[2] = (u64)(memory + (random >> 32) % IO_SIZE / PAGE * PAGE) | (random & 3);
	}
	if (number == H_COPY_RDMA || number == H_READ_RDMA || number == H_WRITE_RDMA) {
		regs[0] = argument() % (2 * COPY_MAX);
		regs[1] = port->liobn + (random >> 24 & 1);
		regs[3] = port->liobn + (random >> 25 & 1);
	}
	hcall_registers(number, regs);
}

/* The other processor sends and copies, whatever the first one does meanwhile. */
static void user(u64 arg)
{
	(void)arg;
	while (races) {
		hcall(H_SEND_CRQ, client.unit, MESSAGE << CRQ_HEADER_SHIFT, 1);
		hcall(H_SEND_CRQ, foreign.unit, MESSAGE << CRQ_HEADER_SHIFT, 1);
		hcall(H_SEND_CRQ, server.unit, (u64)CRQ_HEADER_INIT << CRQ_HEADER_SHIFT, 1);
		hcall(H_FREE_CRQ, client.unit);
		hcall(H_COPY_RDMA, COPY_MAX, foreign.liobn, IO_FROM, foreign.liobn + 1, IO_TO);
		copy(COPY_MAX, 1, IO_FROM, 0, IO_TO);
		hcall(H_REG_CRQ, foreign.unit, IO_QUEUE(2), PAGE);
	}
}

static void test_hostile(u64 rounds)
{
	bool both = processor_count > 1;

	races = both;
	if (both)
		processor_start(1, user, 0);
	for (u64 i = 0; i < rounds; i++) {
		hostile_call();
		if (i % 64)
			continue;
		port_register(&server, IO_QUEUE(0));
		port_register(&client, IO_QUEUE(1));
		if (foreign.unit)
			port_register(&foreign, IO_QUEUE(2));
	}
	races = 0;
	if (both)
		processor_join(1);
	if (foreign.unit) { /* nobody copies any more before anything is shown again */
		port_free(&foreign);
		map_all(&foreign);
	}
}

/* --- what they cost --- */

/* mftb r0; std r0, SCRATCH_INTERRUPTS(0); back with MSR[EE] off: mfsrr1, clear, mtsrr1, rfid */
static const u32 external_code[] = {
	0x7c0c42a6, 0xf8000000 | SCRATCH_INTERRUPTS, 0x7c1b02a6, 0x78008042, 0x78008000, 0x7c1b03a6,
	0x4c000024,
};

static void interrupt_enable(const struct port *port)
{
	u32 cells[RTAS_CELLS] = {port->irq, server_self(), PRIORITY_NORMAL}, xirr;

	check(rtas_call("ibm,set-xive", 3, 1, cells) == 0, "ibm,set-xive");
	cells[0] = port->irq;
	check(rtas_call("ibm,int-on", 1, 1, cells) == 0, "ibm,int-on");
	cppr(PRIORITY_NONE);
	while (XISR(xirr = xirr_accept())) /* of a hostile call */
		eoi(xirr);
	hcall(H_VIO_SIGNAL, port->unit, 1);
	exception_vector_code(EXCEPTION_EXTERNAL, external_code, sizeof(external_code));
}

/* H_SEND_CRQ with nothing around it. */
static s64 send_at_once(u64 unit, u64 high, u64 low)
{
	register u64 r3 __asm__("r3") = H_SEND_CRQ;
	register u64 r4 __asm__("r4") = unit;
	register u64 r5 __asm__("r5") = high;
	register u64 r6 __asm__("r6") = low;

	__asm__ volatile("sc 1"
			 : "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6)
			 :
			 : "r0", "r7", "r8", "r9", "r10", "r11", "r12", "ctr", "xer", "cr0", "cr1",
			   "cr5", "cr6", "cr7", "memory");
	return (s64)r3;
}

static void measure_send(u64 calls)
{
	volatile u64 *taken = guest_low_memory(SCRATCH_INTERRUPTS);
	u64 sum = 0;

	for (u64 i = 0; i < calls; i++) {
		u64 start;
		u32 xirr;
		s64 rc;

		*taken = 0;
		dec_set(DEC_FAR);
		interrupts_set(true);
		start = mftb();
		rc = send_at_once(client.unit, MESSAGE << CRQ_HEADER_SHIFT, i);
		interrupts_set(false);
		check(rc == H_SUCCESS && *taken >= start, "%ld, interrupt at %lx", rc, *taken);
		sum += *taken - start;
		xirr = xirr_accept();
		check(XISR(xirr) == server.irq, "interrupt %x", xirr);
		expect_entry(&server, IO_QUEUE(0), MESSAGE << CRQ_HEADER_SHIFT, i);
		eoi(xirr);
	}
	printf("BENCH crq_send_to_interrupt %lu %lu\n", sum, calls);
}

static void measure_copy(const char *name, u64 length, u64 calls)
{
	u64 start = mftb();

	for (u64 i = 0; i < calls; i++)
		copy(length, 1, IO_FROM, 0, IO_TO);
	printf("BENCH %s %lu %lu\n", name, mftb() - start, calls);
}

/* --- with another partition --- */

/* Its registrations come and go; what is said to it, or is not, matters to nobody else. */
static void foreign_use(void)
{
	if (!foreign.unit)
		return;
	port_register(&foreign, IO_QUEUE(2));
	hcall(H_SEND_CRQ, foreign.unit, (u64)CRQ_HEADER_INIT << CRQ_HEADER_SHIFT, 1);
	hcall(H_SEND_CRQ, foreign.unit, MESSAGE << CRQ_HEADER_SHIFT, 1);
	hcall(H_COPY_RDMA, PAGE, foreign.liobn + 1, IO_QUEUE(3), foreign.liobn, IO_QUEUE(3));
	hcall(H_COPY_RDMA, PAGE, foreign.liobn, IO_QUEUE(3), foreign.liobn + 1, IO_QUEUE(3));
}

static void check_guard(void)
{
	for (u64 i = 0; i < GUARD; i++)
		check(memory[IO_SIZE + i] == GUARD_BYTE, "byte %lx behind the window", i);
}

int main(void)
{
	u64 hostile = guest_argument("hostile", 0), rounds = guest_argument("rounds", 50);
	u64 calls = guest_argument("calls", 0);
	struct guest_run run = guest_free_memory(guest_rmo_size());

	stream.state = guest_argument("seed", guest_id + 1);
	memory = (u8 *)ALIGN_UP(run.base, PAGE);
	check((u64)memory + IO_SIZE + GUARD <= run.end, "memory to %lx", run.end);
	memset(memory + IO_SIZE, GUARD_BYTE, GUARD);
	find_ports();
	for (u64 i = 0; i < rounds; i++) {
		if (hostile)
			test_hostile(1000);
		connect();
		test_messages();
		test_full();
		test_next_client();
		test_copies(10);
		test_authority();
		if (!hostile)
			foreign_use();
		check_guard();
	}
	printf("crq: %lu rounds\n", rounds);
	if (!calls)
		return 0;
	connect();
	interrupt_enable(&server);
	measure_send(calls);
	measure_copy("rdma_copy_8", 8, calls);
	measure_copy("rdma_copy_64k", 64 * KiB, calls);
	return 0;
}
