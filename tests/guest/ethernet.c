// SPDX-License-Identifier: Apache-2.0
/*
 * The partition's virtual Ethernet adapters, which must be ports of one switch with one VLAN: the
 * first sends to the second. Frames of every length arrive whole; calls with any arguments, from
 * two processors at once, do no harm; afterwards frames arrive as before. Then what a frame costs:
 * "BENCH name TICKS FRAMES", from the call that sends it to the interrupt that announces it.
 */
#include <libfdt.h>
#include <stdio.h>
#include <string.h>
#include "papr/llan.h"
#include "papr/xics.h"
#include "tests/guest/lib/asm.h"
#include "tests/guest/lib/clock.h"
#include "tests/guest/lib/exception.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"
#include "tests/guest/lib/interrupt.h"
#include "tests/guest/lib/spr.h"

const char test_name[] = "ethernet";

#define PAGE	    4096UL
#define PORTS_MAX   64
#define TCE_ACCESS  3 /* read and write */
#define FRAME_MAX   65553
#define FRAME_LARGE 65000

/* I/O addresses of every adapter's window: all of them see the same memory. */
#define IO_LISTS   0x0	    /* each adapter's two pages */
#define IO_QUEUE   0x100000 /* one for the receiver … */
#define IO_QUEUES  0x101000 /* … one for all others */
#define QUEUE_SIZE 1024
#define IO_BUFFER  0x120000 /* three of them */
#define IO_STRIDE  0x20000
#define BUFFERS	   3
#define IO_SEND	   0x200000
#define IO_SIZE	   0x240000

struct port {
	u64 unit, liobn, mac;
	u32 irq;
};

static struct port ports[PORTS_MAX];
static u32 port_count;
static u8 *memory; /* what I/O address 0 is */
static u32 queue_at, queue_valid;
static struct random stream;
static volatile u64 races; /* set: the other processor goes on */

static u64 descriptor(u64 ioba, u64 length)
{
	return LLAN_DESC_VALID | length << 32 | ioba;
}

static void find_ports(void)
{
	int bus = fdt_path_offset(guest_tree, "/vdevice"), node;

	fdt_for_each_subnode(node, guest_tree, bus) {
		const char *compatible = fdt_getprop(guest_tree, node, "compatible", NULL);
		const fdt32_t *reg = fdt_getprop(guest_tree, node, "reg", NULL);
		const fdt32_t *window = fdt_getprop(guest_tree, node, "ibm,my-dma-window", NULL);
		const fdt32_t *irq = fdt_getprop(guest_tree, node, "interrupts", NULL);
		const u8 *mac = fdt_getprop(guest_tree, node, "local-mac-address", NULL);
		struct port *port = &ports[port_count];

		if (strcmp(compatible, "IBM,l-lan") != 0 || port_count == PORTS_MAX)
			continue;
		*port = (struct port){fdt32_to_cpu(*reg), fdt32_to_cpu(*window), 0,
				      fdt32_to_cpu(*irq)};
		for (u32 i = 0; i < 6; i++)
			port->mac = port->mac << 8 | mac[i];
		port_count++;
	}
	check(port_count >= 2, "%u adapters", port_count);
}

static void map_all(const struct port *port)
{
	for (u64 ioba = 0; ioba < IO_SIZE; ioba += PAGE) {
		u64 logical = (u64)(memory + ioba);
		s64 rc = hcall(H_PUT_TCE, port->liobn, ioba, logical | TCE_ACCESS);

		check(rc == H_SUCCESS, "H_PUT_TCE %lx: %ld", ioba, rc);
	}
}

static void add_buffer(u32 i)
{
	s64 rc = hcall(H_ADD_LOGICAL_LAN_BUFFER, ports[1].unit,
		       descriptor(IO_BUFFER + i * IO_STRIDE, IO_STRIDE - 64));

	check(rc == H_SUCCESS, "H_ADD_LOGICAL_LAN_BUFFER: %ld", rc);
}

static void register_port(u32 i)
{
	const struct port *port = &ports[i];
	u64 queue = i == 1 ? IO_QUEUE : IO_QUEUES;
	u64 lists = IO_LISTS + i * 2 * PAGE;
	s64 rc;

	memset(memory + queue, 0, QUEUE_SIZE);
	rc = hcall(H_REGISTER_LOGICAL_LAN, port->unit, lists, descriptor(queue, QUEUE_SIZE),
		   lists + PAGE, port->mac);
	check(rc == H_SUCCESS, "H_REGISTER_LOGICAL_LAN: %ld", rc);
}

static void buffers_init(void)
{
	queue_at = 0;
	queue_valid = LLAN_ENTRY_VALID;
	for (u32 i = 0; i < BUFFERS; i++) {
		*(u64 *)(memory + IO_BUFFER + i * IO_STRIDE) = i;
		add_buffer(i);
	}
}

/* As after the partition's start: @count of them registered, buffers at the second. */
static void ports_open(u32 count)
{
	for (u32 i = 0; i < port_count; i++) {
		check(hcall(H_FREE_LOGICAL_LAN, ports[i].unit) == H_SUCCESS, "free");
		map_all(&ports[i]);
		hcall(H_ILLAN_ATTRIBUTES, ports[i].unit, LLAN_ATTR_TCP4 | LLAN_ATTR_LARGE, 0);
		if (i < count)
			register_port(i);
	}
	buffers_init();
}

static void frame_put(u64 length)
{
	u8 *frame = memory + IO_SEND;

	for (u64 i = 0; i < length; i++)
		frame[i] = (u8)(random_next(&stream) >> 8);
	for (u32 i = 0; i < 6; i++) {
		frame[i] = (u8)(ports[1].mac >> (40 - 8 * i));
		frame[6 + i] = (u8)(ports[0].mac >> (40 - 8 * i));
	}
	frame[12] = 0x88; /* a type for experiments */
	frame[13] = 0xb5;
}

static s64 frame_send(u64 length)
{
	return hcall(H_SEND_LOGICAL_LAN, ports[0].unit, descriptor(IO_SEND, length), 0, 0, 0, 0, 0,
		     0, 0);
}

/* The entry that must have come, with the frame as it was sent; its buffer goes back. */
static void frame_get(u64 length)
{
	volatile struct llan_entry *entry = (void *)(memory + IO_QUEUE + queue_at);
	u32 buffer = (u32)be64_to_cpu(entry->handle);

	check((entry->control & LLAN_ENTRY_VALID) == queue_valid, "no entry: %x", entry->control);
	check(entry->control & LLAN_ENTRY_MESSAGE, "no message: %x", entry->control);
	check(be32_to_cpu(entry->length) == length && buffer < BUFFERS, "%u bytes in %u, not %lu",
	      be32_to_cpu(entry->length), buffer, length);
	queue_at += sizeof(*entry);
	if (queue_at == QUEUE_SIZE) {
		queue_at = 0;
		queue_valid ^= LLAN_ENTRY_VALID;
	}
	check(memcmp(memory + IO_BUFFER + buffer * IO_STRIDE + be16_to_cpu(entry->offset),
		     memory + IO_SEND, length) == 0,
	      "%lu bytes differ", length);
	add_buffer(buffer);
}

/* Frames of many lengths arrive as they are, others are refused. */
static void test_lengths(void)
{
	for (u64 length = 0; length <= FRAME_MAX + 20; length += length < 1600 ? 1 : 509) {
		s64 rc;

		frame_put(length);
		rc = frame_send(length);
		if (length < 14 || length > FRAME_MAX) {
			check(rc == H_PARAMETER, "%lu bytes: %ld", length, rc);
			continue;
		}
		check(rc == H_SUCCESS, "%lu bytes: %ld", length, rc);
		frame_get(length);
	}
}

/* An argument that some call may find interesting. */
static u64 argument(void)
{
	u64 random = random_next(&stream);

	switch (random % 8) {
	case 0:
		return random >> 8 << random % 48;
	case 1:
		return (random >> 8) % IO_SIZE & ~0xfffUL;
	case 2:
		return descriptor((random >> 8) % IO_SIZE & ~0xfUL, (random >> 32) % 4096);
	case 3:
		return descriptor(IO_BUFFER + (random >> 8) % BUFFERS * IO_STRIDE, 2048) |
		       (random >> 32 & 7) << LLAN_DESC_CONTROL_SHIFT;
	case 4:
		return descriptor(IO_SEND, (random >> 8) % 2048) |
		       (random >> 32 & 7) << LLAN_DESC_CONTROL_SHIFT;
	case 5:
		return ports[random >> 8 & 1].mac;
	case 6:
		return 0;
	default:
		return random >> 8 & 0xf0f0f;
	}
}

static void hostile_call(void)
{
	static const u32 calls[] = {
		H_REGISTER_LOGICAL_LAN,
		H_FREE_LOGICAL_LAN,
		H_ADD_LOGICAL_LAN_BUFFER,
		H_ADD_LOGICAL_LAN_BUFFER,
		H_SEND_LOGICAL_LAN,
		H_SEND_LOGICAL_LAN,
		H_SEND_LOGICAL_LAN,
		H_MULTICAST_CTRL,
		H_CHANGE_LOGICAL_LAN_MAC,
		H_FREE_LOGICAL_LAN_BUFFER,
		H_ILLAN_ATTRIBUTES,
		H_VIO_SIGNAL,
		H_VIOCTL,
	};
	u64 random = random_next(&stream), number = calls[random % ARRAY_SIZE(calls)];
	u64 regs[HCALL_REGISTERS];

	regs[0] = random & 0x1f00 ? ports[random >> 16 & 1].unit : argument();
	for (u32 i = 1; i < HCALL_REGISTERS; i++)
		regs[i] = argument();
	hcall_registers(number, regs);
	if (random >> 24 & 7)
		return;
	/* A page goes, or comes back, or is another one. */
	hcall(H_PUT_TCE, ports[random >> 16 & 1].liobn, (random >> 32) % IO_SIZE & ~(PAGE - 1),
	      ((u64)memory + (random >> 40) % IO_SIZE) & ~(PAGE - 1), random >> 28 & TCE_ACCESS);
}

static void register_usually(u64 rounds)
{
	for (u64 i = 0; i < rounds; i++) {
		hostile_call();
		if (i % 64 == 0)
			ports_open(2);
	}
}

/* The other processor sends, whatever the first one does to the receiver meanwhile. */
static void sender(u64 arg)
{
	(void)arg;
	while (races)
		for (u64 length = 60; length < FRAME_MAX; length = length * 2 + 1)
			frame_send(length);
}

static void test_races(u64 rounds)
{
	if (processor_count < 2)
		return;
	races = 1;
	processor_start(1, sender, 0);
	for (u64 i = 0; i < rounds; i++) {
		ports_open(2);
		for (u32 n = 0; n < 30; n++)
			hostile_call();
	}
	races = 0;
	processor_join(1);
}

/* --- what a frame costs --- */

/* mftb r0; std r0, SCRATCH_INTERRUPTS(0); back with MSR[EE] off: mfsrr1, clear, mtsrr1, rfid */
static const u32 external_code[] = {
	0x7c0c42a6, 0xf8000000 | SCRATCH_INTERRUPTS, 0x7c1b02a6, 0x78008042, 0x78008000, 0x7c1b03a6,
	0x4c000024,
};

/* The frame is TCP over IPv4, of @length bytes. */
static void frame_make_tcp(u32 length)
{
	u8 *frame = memory + IO_SEND;

	memset(frame + 12, 0, 42);
	frame[12] = 0x08;
	frame[14] = 0x45;
	frame[16] = (u8)((length - 14) >> 8);
	frame[17] = (u8)(length - 14);
	frame[23] = 6;
	frame[46] = 0x50;
}

/* One after the other; @control as in the descriptor. */
static void measure(const char *name, u64 length, u64 control, u64 mss, u64 frames)
{
	volatile u64 *taken = guest_low_memory(SCRATCH_INTERRUPTS);
	u64 sum = 0;

	for (u64 i = 0; i < frames; i++) {
		u64 start, rc,
			word = descriptor(IO_SEND, length) | control << LLAN_DESC_CONTROL_SHIFT;
		u32 xirr;

		*taken = 0;
		dec_set(DEC_FAR);
		interrupts_set(true);
		start = mftb();
		rc = hcall(H_SEND_LOGICAL_LAN, ports[0].unit, word, 0, 0, 0, 0, 0, 0, mss);
		interrupts_set(false);
		check(rc == H_SUCCESS && *taken >= start, "%s: %ld, interrupt at %lx", name, rc,
		      *taken);
		sum += *taken - start;
		xirr = xirr_accept();
		check(XISR(xirr) == ports[1].irq, "interrupt %x", xirr);
		frame_get(length);
		eoi(xirr);
	}
	printf("BENCH %s %lu %lu\n", name, sum, frames);
}

static void options_enable(void)
{
	for (u32 i = 0; i < 2; i++)
		check(hcall(H_ILLAN_ATTRIBUTES, ports[i].unit, 0,
			    LLAN_ATTR_TCP4 | LLAN_ATTR_LARGE) == H_SUCCESS,
		      "H_ILLAN_ATTRIBUTES");
}

static void test_cost(u64 frames)
{
	u32 cells[RTAS_CELLS] = {ports[1].irq, server_self(), PRIORITY_NORMAL};
	char name[40];
	u32 xirr;

	for (u32 i = 0; i < 2; i++)
		hcall(H_FREE_LOGICAL_LAN, ports[i].unit);
	options_enable();
	for (u32 i = 0; i < 2; i++)
		register_port(i);
	buffers_init();
	check(rtas_call("ibm,set-xive", 3, 1, cells) == 0, "ibm,set-xive");
	cells[0] = ports[1].irq;
	check(rtas_call("ibm,int-on", 1, 1, cells) == 0, "ibm,int-on");
	cppr(PRIORITY_NONE);
	while (XISR(xirr = xirr_accept())) /* of a hostile call */
		eoi(xirr);
	hcall(H_VIO_SIGNAL, ports[1].unit, 1);
	exception_vector_code(EXCEPTION_EXTERNAL, external_code, sizeof(external_code));
	frame_put(FRAME_LARGE);
	snprintf(name, sizeof(name), "eth_1500_of_%u_ports", port_count);
	measure(name, 1514, 0, 0, frames);
	measure("eth_60", 60, 0, 0, frames);
	measure("eth_9000", 9014, 0, 0, frames);
	frame_make_tcp(1514);
	measure("eth_tcp_1500", 1514, LLAN_OFFLOAD, 0, frames);
	frame_make_tcp(FRAME_LARGE);
	measure("eth_tcp_large", FRAME_LARGE, LLAN_OFFLOAD | LLAN_LARGE, 1448, frames);
}

int main(void)
{
	u64 rounds = guest_argument("rounds", 20000);
	struct guest_run run = guest_free_memory(guest_rmo_size());

	stream.state = guest_argument("seed", guest_id + 1);
	memory = (u8 *)ALIGN_UP(run.base, PAGE);
	check((u64)memory + IO_SIZE <= run.end, "memory to %lx", run.end);
	find_ports();
	ports_open(port_count);
	test_lengths();
	printf("ethernet: all lengths\n");
	register_usually(rounds);
	printf("ethernet: hostile calls\n");
	test_races(rounds / 100);
	printf("ethernet: races\n");
	ports_open(port_count);
	test_lengths();
	test_cost(guest_argument("frames", 200));
	return 0;
}
