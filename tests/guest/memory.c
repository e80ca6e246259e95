// SPDX-License-Identifier: Apache-2.0
/*
 * A partition's memory and page table: all memory is clear at the start, every page size works,
 * protection and removal act at once, and nothing outside the partition can be mapped.
 */
#include <stdio.h>
#include <string.h>
#include "tests/guest/lib/exception.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"
#include "tests/guest/lib/mmu.h"
#include "tests/guest/lib/spr.h"

const char test_name[] = "memory";

#define WINDOW		0x100000000UL /* effective address of the first segment for tests */
#define WINDOW_SEGMENT	0x1000
#define WINDOW_SLOT	1
#define PAGE		4096UL
#define HPTE_V_SOFTWARE 0x78UL /* the hypervisor may use bits 57 and 58 */
#define NO_EXECUTE_SRR1 0x10000000

static struct guest_run work;  /* memory that real mode reaches */
static struct guest_run large; /* for large pages, wherever it is */
static const struct page_size *size_4k, *size_64k;

static u64 load_value;

static void load(u64 address)
{
	load_value = *(volatile u64 *)address;
}

static void store(u64 address)
{
	*(volatile u64 *)address = 0x5a5a5a5a00000000 | (address & 0xffffffff);
}

static void jump(u64 address)
{
	((void (*)(void))address)();
}

/* Exception that access @function to @address makes with translation on, 0 for none. */
static u32 access(void (*function)(u64), u64 address, struct exception *e)
{
	u32 vector;

	translation_set(true);
	vector = exception_try(function, address, e);
	translation_set(false);
	return vector;
}

static void must_work(const char *what, void (*function)(u64), u64 address)
{
	struct exception e;
	u32 vector = access(function, address, &e);

	check(vector == 0, "%s: %lx: exception %#x, DSISR %lx", what, address, vector, e.dsisr);
}

static void must_fault(const char *what, void (*function)(u64), u64 address, u64 dsisr)
{
	struct exception e;
	u32 vector = access(function, address, &e);

	check(vector == EXCEPTION_DATA_STORAGE, "%s: %lx: exception %#x", what, address, vector);
	check(e.dar == address && (e.dsisr & dsisr) == dsisr, "%s: DAR %lx, DSISR %lx, not %lx",
	      what, e.dar, e.dsisr, dsisr);
}

/* Mapping of @logical at the same offset of the test window as its page has in memory. */
static struct mapping mapping_make(u64 effective, u64 logical, const struct page_size *size, u64 pp)
{
	return (struct mapping){
		.effective = effective,
		.logical = logical,
		.segment = WINDOW_SEGMENT + (effective >> SEGMENT_SHIFT),
		.size = size,
		.r = HPTE_R_M | pp,
	};
}

static void window_open(u64 effective, const struct page_size *size)
{
	segment_set(WINDOW_SLOT + (effective >> SEGMENT_SHIFT) % 16, effective,
		    WINDOW_SEGMENT + (effective >> SEGMENT_SHIFT), size);
}

static void must_enter(struct mapping *mapping, u64 flags)
{
	s64 rc = mapping_enter(mapping, flags);

	check(rc == H_SUCCESS, "H_ENTER of logical %lx with pages of 2^%u: %ld", mapping->logical,
	      mapping->size->actual_shift, rc);
}

/* The second doubleword of an entry, with logical addresses. */
static u64 entry_read(u64 ptex, u64 *v)
{
	u64 regs[HCALL_REGISTERS] = {H_FLAG_R_XLATE, ptex};
	s64 rc = hcall_registers(H_READ, regs);

	check(rc == H_SUCCESS, "H_READ of entry %lu: %ld", ptex, rc);
	if (v)
		*v = regs[0];
	return regs[1];
}

static void check_zero(const u64 *from, const u64 *to, u64 logical)
{
	for (const u64 *word = from; word < to; word++)
		if (*word != 0) {
			u64 value = *word;

			translation_set(false);
			check(false, "memory at %lx is not clear: %lx",
			      logical + (u64)((const u8 *)word - (const u8 *)from), value);
		}
}

/* Memory above the real-mode area, through the page table; below it, what nobody has written. */
static void test_cleared(void)
{
	u64 end = guest_memory_size(), checked = 0;

	check_zero((u64 *)work.base, (u64 *)work.end, work.base);
	check_zero(guest_low_memory(0x4000), (u64 *)image_start, 0x4000);
	checked = work.end - work.base;
	window_open(WINDOW, size_64k);
	for (u64 logical = guest_rmo_size(); logical < end; logical += 64 * KiB) {
		struct mapping m = mapping_make(WINDOW, logical, size_64k, PP_READ_ONLY);

		must_enter(&m, 0);
		translation_set(true);
		check_zero((u64 *)WINDOW, (u64 *)(WINDOW + 64 * KiB), logical);
		translation_set(false);
		check(mapping_remove(&m) == HPTE_R_R, "R or C wrong after a read of %lx", logical);
		checked += 64 * KiB;
	}
	printf("memory: %lu MiB clear\n", checked / MiB);
}

/*
 * Writes through pages of @size, reads through 4 KiB pages of another segment, for the first and
 * last 4 KiB of @count pages.
 */
static void test_page_size(const struct page_size *size, u32 count)
{
	u64 bytes = 1UL << size->actual_shift;
	u64 base = ALIGN_UP(large.base, bytes);
	u64 other = WINDOW + (1UL << SEGMENT_SHIFT);

	if (base + count * bytes > large.end)
		count = base < large.end ? (large.end - base) / bytes : 0;
	check(count > 0, "no memory for a page of 2^%u bytes", size->actual_shift);
	window_open(WINDOW, size);
	window_open(other, size_4k);
	for (u32 i = 0; i < count; i++) {
		u64 offset[] = {0, bytes / 2, bytes - PAGE};
		struct mapping m =
			mapping_make(WINDOW + i * bytes, base + i * bytes, size, PP_READ_WRITE);

		/* Of a page larger than the segment's, each base page may have its own entry. */
		for (size_t o = 0; o < ARRAY_SIZE(offset); o++) {
			struct mapping small =
				mapping_make(other + i * PAGE, base + i * bytes + offset[o],
					     size_4k, PP_READ_WRITE);
			u64 address = m.effective + offset[o];
			struct mapping large = m;

			large.effective = address;
			must_enter(&large, 0);
			must_enter(&small, 0);
			must_work("store", store, address);
			must_work("load", load, small.effective + offset[o] % PAGE);
			check(load_value == (0x5a5a5a5a00000000 | (address & 0xffffffff)),
			      "pages 2^%u in 2^%u: offset %lx reads %lx", size->actual_shift,
			      size->base_shift, offset[o], load_value);
			check(mapping_remove(&small) == HPTE_R_R, "R, C of the page read");
			check(mapping_remove(&large) == (HPTE_R_R | HPTE_R_C),
			      "R, C of the page written");
			must_fault("store after H_REMOVE", store, address, DSISR_NO_HPTE);
			must_fault("load after H_REMOVE", load, small.effective, DSISR_NO_HPTE);
		}
	}
	printf("memory: pages of 2^%u in segments of 2^%u\n", size->actual_shift, size->base_shift);
}

static void protect(const struct mapping *m, u64 flags, s64 expected)
{
	s64 rc = hcall(H_PROTECT, flags, m->ptex, mapping_v(m) & ~0x7fUL);

	check(rc == expected, "H_PROTECT: %ld, not %ld", rc, expected);
}

static void user_load(u64 address)
{
	load(address);
}

static void test_protection(const struct page_size *size)
{
	struct mapping m = mapping_make(WINDOW, ALIGN_UP(work.base, 1UL << size->actual_shift),
					size, PP_READ_ONLY);
	struct exception e;
	u32 vector;

	window_open(WINDOW, size);
	must_enter(&m, 0);
	must_work("load from read-only page", load, WINDOW);
	must_fault("store to read-only page", store, WINDOW, DSISR_PROTECT | DSISR_STORE);
	protect(&m, H_FLAG_AVPN | PP_READ_WRITE, H_SUCCESS);
	must_work("store after H_PROTECT", store, WINDOW);
	vector = mmu_user(user_load, WINDOW, &e);
	check(vector == EXCEPTION_SYSTEM_CALL, "load in problem state: %#x", vector);
	protect(&m, H_FLAG_AVPN | PP_SYSTEM, H_SUCCESS);
	must_work("store after H_PROTECT", store, WINDOW);
	vector = mmu_user(user_load, WINDOW, &e);
	check(vector == EXCEPTION_DATA_STORAGE && e.dsisr & DSISR_PROTECT,
	      "load from a system page in problem state: %#x, DSISR %lx", vector, e.dsisr);
	protect(&m, H_FLAG_AVPN | PP_READ_ONLY, H_SUCCESS);
	must_fault("store after H_PROTECT", store, WINDOW, DSISR_PROTECT | DSISR_STORE);
	protect(&m, H_FLAG_AVPN | PP_READ_WRITE | HPTE_R_N, H_SUCCESS);
	vector = access(jump, WINDOW, &e);
	check(vector == EXCEPTION_INST_STORAGE && e.msr & NO_EXECUTE_SRR1,
	      "jump into a no-execute page: %#x, SRR1 %lx", vector, e.msr);
	check((entry_read(m.ptex, NULL) & (HPTE_R_N | 3)) == (HPTE_R_N | PP_READ_WRITE),
	      "protection bits read back as %lx", entry_read(m.ptex, NULL));
	m.segment++;
	protect(&m, H_FLAG_AVPN | PP_READ_WRITE, H_NOT_FOUND);
	m.segment--;
	mapping_remove(&m);
	protect(&m, PP_READ_WRITE, H_NOT_FOUND);
}

/* R and C are cleared so that the next access sets them again. */
static void test_reference_change(const struct page_size *size)
{
	struct mapping m = mapping_make(WINDOW, ALIGN_UP(work.base, 1UL << size->actual_shift),
					size, PP_READ_WRITE);
	u64 regs[HCALL_REGISTERS];

	window_open(WINDOW, size);
	must_enter(&m, 0);
	for (int i = 0; i < 3; i++) {
		u64 r;

		must_work("store", store, WINDOW);
		r = entry_read(m.ptex, NULL);
		check((r & (HPTE_R_R | HPTE_R_C)) == (HPTE_R_R | HPTE_R_C), "stored, but R %lx", r);
		regs[0] = 0, regs[1] = m.ptex;
		check(hcall_registers(H_CLEAR_MOD, regs) == H_SUCCESS, "H_CLEAR_MOD");
		check(regs[0] & HPTE_R_C, "H_CLEAR_MOD gave %lx", regs[0]);
		r = entry_read(m.ptex, NULL);
		check(!(r & HPTE_R_C), "C still there: %lx", r);
		must_work("load", load, WINDOW);
		check(!(entry_read(m.ptex, NULL) & HPTE_R_C), "C after a load");
		regs[0] = 0, regs[1] = m.ptex;
		check(hcall_registers(H_CLEAR_REF, regs) == H_SUCCESS, "H_CLEAR_REF");
		check(regs[0] & HPTE_R_R, "H_CLEAR_REF gave %lx", regs[0]);
		check(!(entry_read(m.ptex, NULL) & HPTE_R_R), "R still there");
		must_work("load", load, WINDOW);
		check(entry_read(m.ptex, NULL) & HPTE_R_R, "no R after a load");
	}
	mapping_remove(&m);
	check(hcall(H_CLEAR_MOD, 0, m.ptex) == H_NOT_FOUND, "H_CLEAR_MOD of nothing");
	check(hcall(H_CLEAR_REF, 0, m.ptex) == H_NOT_FOUND, "H_CLEAR_REF of nothing");
}

#define TS_REQUEST  0x4000000000000000UL
#define TS_RESPONSE 0x8000000000000000UL
#define TS_END	    0xc000000000000000UL
#define TS_AVPN	    0x0200000000000000UL
#define TS_STATUS   0xf000000000000000UL
#define TS_RC	    0x0c00000000000000UL

static void test_bulk_remove(void)
{
	struct mapping m[4];
	u64 regs[HCALL_REGISTERS];

	window_open(WINDOW, size_64k);
	for (u32 i = 0; i < 4; i++) {
		m[i] = mapping_make(WINDOW + i * 64 * KiB, work.base + i * 64 * KiB, size_64k,
				    PP_READ_WRITE);
		must_enter(&m[i], 0);
		must_work("access", i < 2 ? store : load, m[i].effective);
		regs[2 * i] = TS_REQUEST | TS_AVPN | m[i].ptex;
		regs[2 * i + 1] = mapping_v(&m[i]) & ~0x7fUL;
	}
	regs[5] ^= 0x10000; /* the third: not this page */
	check(hcall_registers(H_BULK_REMOVE, regs) == H_SUCCESS, "H_BULK_REMOVE");
	for (u32 i = 0; i < 4; i++) {
		u64 expected = i == 2 ? 0x9000000000000000 : TS_RESPONSE;

		check((regs[2 * i] & TS_STATUS) == expected, "H_BULK_REMOVE: %u is %lx", i,
		      regs[2 * i]);
		if (i == 2)
			continue;
		check((regs[2 * i] & TS_RC) == (i < 2 ? TS_RC : 0x0800000000000000),
		      "H_BULK_REMOVE: R, C of %u: %lx", i, regs[2 * i]);
		must_fault("access after H_BULK_REMOVE", load, m[i].effective, DSISR_NO_HPTE);
	}
	must_work("access to what was not removed", load, m[2].effective);
	regs[0] = TS_REQUEST | m[2].ptex;
	regs[2] = TS_END;
	regs[4] = TS_REQUEST | hpt_entries;
	check(hcall_registers(H_BULK_REMOVE, regs) == H_SUCCESS, "H_BULK_REMOVE of one");
	must_fault("access after H_BULK_REMOVE", load, m[2].effective, DSISR_NO_HPTE);
	regs[0] = TS_REQUEST | hpt_entries;
	check(hcall_registers(H_BULK_REMOVE, regs) == H_PARAMETER, "H_BULK_REMOVE out of bounds");
	check((regs[0] & TS_STATUS) == 0xa000000000000000, "H_BULK_REMOVE: %lx", regs[0]);
}

static void enter_refused(const char *what, struct mapping m, s64 expected)
{
	s64 rc = mapping_enter(&m, 0);

	check(rc == expected, "H_ENTER of %s (%lx): %ld, not %ld", what, m.logical, rc, expected);
}

static void test_outside(void)
{
	u64 end = guest_memory_size();
	u64 outside[] = {end,	    end + PAGE,	     end + 256 * MiB,	 4 * GiB,	  1UL << 40,
			 1UL << 50, 0x3ffff80000000, 0x0ffffffffffff000, 0x30000000 + end};

	for (size_t i = 0; i < ARRAY_SIZE(outside); i++)
		for (u32 s = 0; s < page_size_count; s++) {
			u64 logical = outside[i] & ~((1UL << page_size_table[s].actual_shift) - 1);

			if (logical < end)
				continue;
			enter_refused(
				"memory of others",
				mapping_make(WINDOW, logical, &page_size_table[s], PP_READ_WRITE),
				H_PARAMETER);
		}
	for (u32 s = 0; s < page_size_count; s++)
		if (page_size_table[s].actual_shift > 16) {
			struct mapping m =
				mapping_make(WINDOW, MiB, &page_size_table[s], PP_READ_WRITE);

			enter_refused("an unaligned large page", m, H_PARAMETER);
		}
	for (u32 wimg = 0; wimg < 16; wimg++) {
		struct mapping m = mapping_make(WINDOW, work.base, size_64k, PP_READ_WRITE);

		m.r = wimg << 3 | PP_READ_WRITE;
		if (wimg != 2 && wimg != 14) /* memory, and memory with strong access order */
			enter_refused("memory as a device", m, H_PARAMETER);
	}
}

/*
 * Every page-size code in a large entry for the last 64 KiB of memory: whatever the hypervisor
 * takes it for, no segment may reach beyond through it.
 */
static void test_page_codes(void)
{
	u64 last = guest_memory_size() - 64 * KiB;
	u32 taken = 0;

	for (u32 code = 0; code < 256; code++) {
		struct page_size odd = {16, 16, 0, 0};
		struct mapping m = mapping_make(WINDOW, last, &odd, PP_READ_WRITE);
		u64 group, regs[HCALL_REGISTERS];

		for (u32 s = 0; s < page_size_count; s++) {
			window_open(WINDOW, &page_size_table[s]);
			odd.base_shift = page_size_table[s].base_shift;
			group = mapping_group(&m);
			regs[0] = 0, regs[1] = group, regs[2] = mapping_v(&m);
			regs[3] = (m.logical & ~0xff000UL) | (u64)code << 12 | m.r |
				  (m.logical & 0xff000 & ~((u64)code << 12));
			if (hcall_registers(H_ENTER, regs) != H_SUCCESS)
				continue;
			taken++;
			for (u64 offset = 64 * KiB; offset < 1UL << SEGMENT_SHIFT; offset *= 2) {
				u32 vector = access(load, WINDOW + offset, NULL);

				check(vector != 0, "code %#x in segment 2^%u reaches %lx behind",
				      code, odd.base_shift, offset);
			}
			check(hcall(H_REMOVE, 0, regs[0], 0) == H_SUCCESS, "H_REMOVE");
		}
	}
	printf("memory: %u entries with odd page-size codes taken\n", taken);
}

static void test_table(void)
{
	struct mapping m = mapping_make(WINDOW, work.base, size_64k, PP_READ_WRITE);
	u64 group, regs[HCALL_REGISTERS], v, r;
	u64 bad[] = {hpt_entries, hpt_entries + 1, 1UL << 40, ~0UL, 1UL << 63, ~7UL};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		check(hcall(H_ENTER, 0, bad[i], mapping_v(&m), mapping_r(&m)) == H_PARAMETER,
		      "H_ENTER at %lx", bad[i]);
		check(hcall(H_REMOVE, 0, bad[i], 0) == H_PARAMETER, "H_REMOVE at %lx", bad[i]);
		check(hcall(H_READ, 0, bad[i]) == H_PARAMETER, "H_READ at %lx", bad[i]);
		check(hcall(H_PROTECT, 0, bad[i], 0) == H_PARAMETER, "H_PROTECT at %lx", bad[i]);
		check(hcall(H_CLEAR_MOD, 0, bad[i]) == H_PARAMETER, "H_CLEAR_MOD at %lx", bad[i]);
		check(hcall(H_CLEAR_REF, 0, bad[i]) == H_PARAMETER, "H_CLEAR_REF at %lx", bad[i]);
	}
	group = (mapping_group(&m) + 64) & (hpt_entries - 1);
	for (u32 i = 0; i < 8; i++) {
		regs[0] = 0, regs[1] = group, regs[2] = mapping_v(&m), regs[3] = mapping_r(&m);
		check(hcall_registers(H_ENTER, regs) == H_SUCCESS && regs[0] == group + i,
		      "H_ENTER %u of a group gave entry %lu", i, regs[0]);
	}
	check(hcall(H_ENTER, 0, group, mapping_v(&m), mapping_r(&m)) == H_PTEG_FULL, "ninth entry");
	check(hcall(H_ENTER, H_FLAG_EXACT, group + 3, mapping_v(&m), mapping_r(&m)) == H_PTEG_FULL,
	      "exact entry over another");
	check(hcall(H_REMOVE, 0, group + 3, 0) == H_SUCCESS, "H_REMOVE");
	check(hcall(H_REMOVE, 0, group + 3, 0) == H_NOT_FOUND, "H_REMOVE twice");
	check(hcall(H_ENTER, H_FLAG_EXACT, group + 3, mapping_v(&m), mapping_r(&m)) == H_SUCCESS,
	      "exact entry");
	r = entry_read(group + 3, &v);
	check((v & ~HPTE_V_SOFTWARE) == mapping_v(&m), "entry reads %lx, wrote %lx", v,
	      mapping_v(&m));
	check((r & ~(HPTE_R_R | HPTE_R_C)) == mapping_r(&m), "entry reads %lx, wrote %lx", r,
	      mapping_r(&m));
	regs[0] = 0, regs[1] = group + 3;
	check(hcall_registers(H_READ, regs) == H_SUCCESS, "H_READ");
	check((regs[1] & HPTE_R_RPN) == 0 || (regs[1] & HPTE_R_RPN) == (r & HPTE_R_RPN),
	      "H_READ shows a real address: %lx", regs[1]);
	check(hcall(H_REMOVE, H_FLAG_AVPN, group + 3, mapping_v(&m) ^ 0x1000) == H_NOT_FOUND,
	      "H_REMOVE of another page");
	check(hcall(H_REMOVE, H_FLAG_ANDCOND, group + 3, v & ~0x7fUL) == H_NOT_FOUND,
	      "H_REMOVE with andcond");
	for (u32 i = 0; i < 8; i++)
		check(hcall(H_REMOVE, 0, group + i, 0) == H_SUCCESS, "H_REMOVE of %u", i);
}

static void test_zero_page(void)
{
	struct mapping m = mapping_make(WINDOW, work.base, size_64k, PP_READ_WRITE);

	memset((void *)work.base, 0xff, 64 * KiB);
	window_open(WINDOW, size_64k);
	must_enter(&m, H_FLAG_ZERO_PAGE);
	check_zero((u64 *)work.base, (u64 *)(work.base + 64 * KiB), work.base);
	mapping_remove(&m);
}

#define RANDOM_PAGES 256

/* Pages come and go at random; what is mapped is right, what is not faults. */
static void test_random(u64 rounds)
{
	static struct mapping pages[RANDOM_PAGES];
	static bool mapped[RANDOM_PAGES];
	struct random random = {.state = guest_id + 1};
	u64 frames = (work.end - work.base) / (64 * KiB);

	window_open(WINDOW, size_64k);
	for (u64 i = 0; i < rounds; i++) {
		u32 n = random_next(&random) % RANDOM_PAGES;
		u64 effective = WINDOW + n * 64 * KiB + random_next(&random) % 8192 * 8;

		if (!mapped[n]) {
			u64 frame = random_next(&random) % frames;

			must_fault("unmapped page", load, effective, DSISR_NO_HPTE);
			pages[n] = mapping_make(WINDOW + n * 64 * KiB, work.base + frame * 64 * KiB,
						size_64k, PP_READ_WRITE);
			must_enter(&pages[n], 0);
			mapped[n] = true;
			must_work("mapped page", store, effective);
		} else if (random_next(&random) & 1) {
			must_work("mapped page", store, effective);
			must_work("mapped page", load, effective);
			check(load_value == (0x5a5a5a5a00000000 | (effective & 0xffffffff)),
			      "page %u reads %lx", n, load_value);
		} else {
			mapping_remove(&pages[n]);
			mapped[n] = false;
			must_fault("page just removed", store, effective, DSISR_NO_HPTE);
		}
	}
	for (u32 n = 0; n < RANDOM_PAGES; n++)
		if (mapped[n])
			mapping_remove(&pages[n]);
}

int main(void)
{
	work = guest_free_memory(guest_rmo_size());
	large = guest_free_memory(guest_memory_size());
	mmu_init();
	size_4k = page_size_find(12, 12);
	size_64k = page_size_find(16, 16);
	check(size_4k && size_64k, "no pages of 4 and 64 KiB");
	if (guest_argument("cleared", 1))
		test_cleared();
	for (u32 s = 0; s < page_size_count; s++)
		if (page_size_table[s].actual_shift <= 24)
			test_page_size(&page_size_table[s], 3);
	test_protection(size_4k);
	test_protection(size_64k);
	test_reference_change(size_4k);
	test_reference_change(size_64k);
	test_bulk_remove();
	printf("memory: protection, reference and change, bulk removal\n");
	test_outside();
	test_page_codes();
	test_table();
	test_zero_page();
	printf("memory: nothing outside, table as specified\n");
	test_random(guest_argument("rounds", 10000));
	return 0;
}
