// SPDX-License-Identifier: Apache-2.0
/*
 * A virtual SCSI client that logs in to the server of slot 2 (Linux's, with a disk of 1 MiB at
 * least), asks for more than it waits for, and registers its queue again at once: what the server
 * still does for one life never shows in the memory of the next one, and the next one is served.
 * With "hostile=1" it also sends entries, and information units, of which much is wrong.
 */
#include <libfdt.h>
#include <stdio.h>
#include <string.h>
#include "papr/crq.h"
#include "papr/vio.h"
#include "tests/guest/lib/clock.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"
#include "tests/guest/lib/spr.h"

const char test_name[] = "srp";

#define PAGE	   4096UL
#define TCE_ACCESS 3 /* read and write */
#define ENTRIES	   (PAGE / sizeof(struct crq_entry))
#define INIT	   0xc001UL /* and its answer, as header and format */
#define INIT_DONE  0xc002UL
#define SRP	   0x8001UL
#define EVENT	   0xffUL

#define SILENCE (20 * TICKS_PER_MS)
#define STEP	(TICKS_PER_MS / 2) /* of it, at most, between two looks at the clock */

#define READS	  16
#define BLOCK	  512
#define BLOCKS	  64 /* of each */
#define READ_SIZE (BLOCKS * BLOCK)

/* I/O addresses; an information unit has its number as tag. */
#define IO_QUEUE      0
#define IO_UNIT(n)    (PAGE + (n)*128UL)
#define IO_DATA	      (2 * PAGE)
#define IO_SIZE	      (IO_DATA + READS * READ_SIZE)
#define LOGIN	      READS
#define IU_SIZE(type) ((u64)sizeof(type))

/* SCSI RDMA Protocol, T10 1415-D. */
struct srp_login {
	u8 opcode; /* 0; of the answer: SRP_LOGIN_RSP */
	u8 reserved[7];
	be64 tag;
	be32 unit_size;
	u8 reserved1[4];
	be16 formats; /* direct and indirect descriptors */
	u8 reserved2[6];
	u8 ports[32];
};

#define SRP_LOGIN_RSP 0xc0
#define SRP_CMD	      0x02
#define SRP_FORMATS   6
#define SRP_I_LOGOUT  0x03
#define SRP_IN_DIRECT 0x01
#define SCSI_READ_10  0x28
#define LUN_0	      (1UL << 63)

struct srp_read {
	u8 opcode;
	u8 reserved[4];
	u8 format;
	u8 counts[2];
	be64 tag;
	u8 reserved1[4];
	be32 lun[2];
	u8 reserved2[4];
	u8 cdb[16];
	be64 address; /* what it is read into */
	be32 key, length;
} __attribute__((packed, aligned(4)));

static u64 unit, liobn;
static u8 *memory; /* what I/O address 0 is */
static u32 at;	   /* of the next entry */
static u64 answers, ends;
static struct random stream;
static u64 hostile;

static void find_adapter(void)
{
	int node = fdt_node_offset_by_compatible(guest_tree, -1, "IBM,v-scsi");
	const fdt32_t *reg = fdt_getprop(guest_tree, node, "reg", NULL);
	const fdt32_t *window = fdt_getprop(guest_tree, node, "ibm,my-dma-window", NULL);

	check(reg && window, "no adapter");
	unit = fdt32_to_cpu(*reg);
	liobn = fdt32_to_cpu(*window);
	for (u64 ioba = 0; ioba < IO_SIZE; ioba += PAGE)
		check(hcall(H_PUT_TCE, liobn, ioba, (u64)(memory + ioba) | TCE_ACCESS) == H_SUCCESS,
		      "H_PUT_TCE %lx", ioba);
}

static s64 send(u64 header, u64 high, u64 low)
{
	return hcall(H_SEND_CRQ, unit, header << 48 | high, low);
}

static s64 unit_send(u64 number, u64 size)
{
	return send(SRP, size, IO_UNIT(number));
}

/*
 * The part of @ticks that are left which has not passed since *@last. While the emulator's
 * processor is away nobody else gets on either: that counts as one step, however long it was.
 */
static u64 ticks_left(u64 ticks, u64 *last)
{
	u64 now = mftb(), step = MIN(now - *last, STEP);

	*last = now;
	return ticks - MIN(ticks, step);
}

static void silence_wait(void)
{
	u64 last = mftb();

	for (u64 left = SILENCE; left > 0;)
		left = ticks_left(left, &last);
}

/*
 * Registers anew; nothing of before is in the memory. Linux's server gives up for good when it has
 * registered anew itself and finds an event first: after what is wrong it has time to look.
 */
static void queue_register(u8 fill)
{
	s64 rc;

	if (hostile)
		silence_wait();
	rc = hcall(H_FREE_CRQ, unit);
	check(rc == H_SUCCESS, "H_FREE_CRQ: %ld", rc);
	memset(memory, 0, IO_DATA);
	memset(memory + IO_DATA, fill, IO_SIZE - IO_DATA);
	at = 0;
	rc = hcall(H_REG_CRQ, unit, IO_QUEUE, PAGE);
	check(rc == H_SUCCESS || rc == H_CLOSED, "H_REG_CRQ: %ld", rc);
	rc = send(INIT, 0, 0);
	check(rc == H_SUCCESS || rc == H_CLOSED, "initialization: %ld", rc);
}

/* The next entry's header and format within @ticks, or 0; its second word. */
static u64 entry_take(u64 ticks, u64 *low)
{
	volatile struct crq_entry *entry = (struct crq_entry *)memory + at % ENTRIES;
	u64 last = mftb(), high;

	while (!(high = be64_to_cpu(entry->high)))
		if (!(ticks = ticks_left(ticks, &last)))
			return 0;
	__asm__ volatile("lwsync" ::: "memory");
	*low = be64_to_cpu(entry->low);
	*(volatile u8 *)entry = 0;
	at++;
	return high >> 48;
}

/* Until the server answers; whenever it ends or registers anew, once more. */
static void connect(u8 fill)
{
	u64 what, low;

	queue_register(fill);
	do {
		what = entry_take(PATIENCE, &low);
		check(what == INIT || what == INIT_DONE || what >> 8 == EVENT,
		      "%lx before anything was asked", what);
		if (what >> 8 == EVENT) {
			ends++;
			queue_register(fill);
		}
	} while (what >> 8 == EVENT);
	if (what == INIT)
		send(INIT_DONE, 0, 0);
	for (u64 i = IO_UNIT(0); i < IO_SIZE; i++)
		check(memory[i] == (i < IO_DATA ? 0 : fill), "%x at %lx in life %x", memory[i], i,
		      fill);
}

static bool login(void)
{
	struct srp_login *login = (struct srp_login *)(memory + IO_UNIT(LOGIN));
	u64 what, low;

	*login = (struct srp_login){
		.tag = cpu_to_be64(LOGIN),
		.unit_size = cpu_to_be32(256),
		.formats = cpu_to_be16(SRP_FORMATS),
	};
	if (unit_send(LOGIN, sizeof(*login)) != H_SUCCESS)
		return false;
	what = entry_take(PATIENCE, &low);
	if (what >> 8 == EVENT)
		return false;
	check(what == SRP && low == LOGIN, "%lx %lx, not a login's answer", what, low);
	check(*(volatile u8 *)login == SRP_LOGIN_RSP, "the login was answered with %x",
	      login->opcode);
	return true;
}

static void read_send(u32 n)
{
	struct srp_read *read = (struct srp_read *)(memory + IO_UNIT(n));

	*read = (struct srp_read){
		.opcode = SRP_CMD,
		.format = SRP_IN_DIRECT,
		.counts = {0, 1},
		.tag = cpu_to_be64(n),
		.lun = {cpu_to_be32(LUN_0 >> 32)},
		.cdb = {SCSI_READ_10, 0, 0, 0, 0, (u8)n, 0, 0, BLOCKS},
		.address = cpu_to_be64(IO_DATA + n * READ_SIZE),
		.length = cpu_to_be32(READ_SIZE),
	};
	unit_send(n, sizeof(*read));
}

/* A read or a login of which some bytes are others; what logs out would end the server's part. */
static void unit_spoil(u32 n)
{
	u8 *bytes = memory + IO_UNIT(n);

	read_send(n);
	for (u32 i = 0; i < 3; i++) {
		u64 random = random_next(&stream);

		bytes[(random >> 8) % 64] = (u8)(random >> 16);
	}
	if (bytes[0] == SRP_I_LOGOUT || random_next(&stream) % 8 == 0)
		bytes[0] = 0;
}

/* Other entries, of other lengths, from anywhere, again and again the same. */
static void hostile_send(void)
{
	u64 random = random_next(&stream);
	u32 n = (u32)(random >> 8) % READS;
	u64 header = random & 7 ? SRP : 0x8000 | (random >> 16 & 0x7f07);
	u64 size = random & 0x38 ? IU_SIZE(struct srp_read) : random >> 24 & 0xffff;
	u64 address = random >> 40 & 7 ? IO_UNIT(n) : random >> 32;

	unit_spoil(n);
	if (header >> 8 != EVENT)
		send(header, size, address);
}

/* Until the server says nothing more to it, or has enough of it. */
static void hostile_life(void)
{
	u64 what, low;

	for (u32 n = 0; n < 2 * READS; n++)
		hostile_send();
	do
		what = entry_take(SILENCE, &low);
	while (what && what >> 8 != EVENT);
	ends += what != 0;
}

/* Asks for all, and waits for as many answers. */
static void life(u8 fill, u32 wait)
{
	u64 low;

	connect(fill);
	if (!login())
		return;
	for (u32 n = 0; n < READS; n++)
		read_send(n);
	while (wait-- && entry_take(PATIENCE, &low) == SRP)
		answers++;
	if (hostile)
		hostile_life();
}

int main(void)
{
	u64 rounds = guest_argument("rounds", 50);
	struct guest_run run = guest_free_memory(guest_rmo_size());

	hostile = guest_argument("hostile", 0);
	stream.state = guest_argument("seed", guest_id);
	memory = (u8 *)ALIGN_UP(run.base, PAGE);
	check((u64)memory + IO_SIZE <= run.end, "memory to %lx", run.end);
	find_adapter();
	for (u64 i = 0; i < rounds; i++)
		life((u8)(1 + i % 255), i % (READS + 1));
	check(hostile || answers > rounds, "%lu answers", answers);
	printf("srp: %lu lives, %lu answers, %lu ends of the server\n", rounds, answers, ends);
	return 0;
}
