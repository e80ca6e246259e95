// SPDX-License-Identifier: Apache-2.0
/*
 * Loading ELF64 images. Everything is checked before the first byte is copied, so that the reason
 * of a refusal is about the file and not about what became of the partition's memory.
 */
#include <stdarg.h>
#include <stdio.h>

#include "elf64.h"
#include "hv/cache.h"
#include "partition/image.h"

struct segment {
	u32 index; /* of its program header, for messages */
	bool executable;
	u64 offset, vaddr, paddr, filesz, memsz;
	u64 logical; /* where it goes */
};

struct loader {
	const u8 *file;
	u64 size;
	u64 limit;
	bool little_endian;
	u64 load_base; /* added to physical addresses */
	struct image *image;
	u32 nr_segments;
	struct segment segment[IMAGE_MAX_SEGMENTS];
};

static int __printf(2, 3) refuse(struct loader *loader, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(loader->image->reason, sizeof(loader->image->reason), format, args);
	va_end(args);
	return -1;
}

/* The caller has checked that the file has @bytes bytes at @offset. */
static u64 file_number(const struct loader *loader, u64 offset, u32 bytes)
{
	u64 number = 0;

	for (u32 i = 0; i < bytes; i++)
		number = number << 8 |
			 loader->file[offset + (loader->little_endian ? bytes - 1 - i : i)];
	return number;
}

#define FIELD(loader, at, type, member) \
	file_number(loader, (at) + offsetof(type, member), sizeof(((type *)NULL)->member))
#define HEADER(loader, member)	       FIELD(loader, 0, struct elf64_header, member)
#define SEGMENT(loader, at, member)    FIELD(loader, at, struct elf64_segment, member)
#define DESCRIPTOR(loader, at, member) FIELD(loader, at, struct elf64_descriptor, member)

static int check_ident(struct loader *loader)
{
	const u8 *ident = loader->file;

	if (loader->size < sizeof(struct elf64_header))
		return refuse(loader, "not an ELF file: %lu bytes, its header alone has %lu",
			      loader->size, (u64)sizeof(struct elf64_header));
	if (file_number(loader, 0, 4) != ELF_MAGIC)
		return refuse(loader, "not an ELF file: it starts with %02x %02x %02x %02x",
			      ident[0], ident[1], ident[2], ident[3]);
	if (ident[ELF_IDENT_CLASS] != ELF_CLASS_64)
		return refuse(loader, "ELF class %u, must be 2 (64-bit)", ident[ELF_IDENT_CLASS]);
	if (ident[ELF_IDENT_DATA] != ELF_DATA_LITTLE && ident[ELF_IDENT_DATA] != ELF_DATA_BIG)
		return refuse(loader, "ELF byte order %u, must be 1 (little) or 2 (big)",
			      ident[ELF_IDENT_DATA]);
	loader->little_endian = ident[ELF_IDENT_DATA] == ELF_DATA_LITTLE;
	return 0;
}

static int check_header(struct loader *loader)
{
	u64 type = HEADER(loader, type);

	if (HEADER(loader, machine) != ELF_MACHINE_PPC64)
		return refuse(loader, "ELF machine %lu, must be %u (64-bit PowerPC)",
			      HEADER(loader, machine), ELF_MACHINE_PPC64);
	if (type != ELF_TYPE_EXEC && type != ELF_TYPE_DYN)
		return refuse(loader, "ELF type %lu, must be 2 (executable) or 3 (shared)", type);
	if (HEADER(loader, version) != ELF_VERSION)
		return refuse(loader, "ELF version %lu, must be 1", HEADER(loader, version));
	if (HEADER(loader, ehsize) != sizeof(struct elf64_header))
		return refuse(loader, "ELF header of %lu bytes, must be %lu",
			      HEADER(loader, ehsize), (u64)sizeof(struct elf64_header));
	if (type == ELF_TYPE_DYN)
		loader->load_base = IMAGE_DYN_BASE;
	return 0;
}

static int check_program_headers(struct loader *loader)
{
	u64 offset = HEADER(loader, phoff), count = HEADER(loader, phnum);

	if (count == 0)
		return refuse(loader, "no loadable segment: the file has no program headers");
	if (HEADER(loader, phentsize) != sizeof(struct elf64_segment))
		return refuse(loader, "ELF program headers of %lu bytes, must be %lu",
			      HEADER(loader, phentsize), (u64)sizeof(struct elf64_segment));
	if (offset > loader->size || count * sizeof(struct elf64_segment) > loader->size - offset)
		return refuse(loader, "truncated: %lu program headers at %#lx, file ends at %#lx",
			      count, offset, loader->size);
	return 0;
}

static int check_segment(struct loader *loader, const struct segment *segment)
{
	u64 room = loader->limit - MIN(loader->limit, loader->load_base);

	if (segment->filesz > segment->memsz)
		return refuse(loader, "segment %u: %#lx bytes in the file, only %#lx in memory",
			      segment->index, segment->filesz, segment->memsz);
	if (segment->offset > loader->size || segment->filesz > loader->size - segment->offset)
		return refuse(loader,
			      "truncated: segment %u has %#lx bytes at %#lx, file ends at %#lx",
			      segment->index, segment->filesz, segment->offset, loader->size);
	if (segment->paddr > room || segment->memsz > room - segment->paddr)
		return refuse(loader,
			      "too big: segment %u takes %#lx bytes at %#lx, room ends at %#lx",
			      segment->index, segment->memsz, segment->paddr, room);
	for (u32 i = 0; i < loader->nr_segments; i++) {
		const struct segment *other = &loader->segment[i];

		if (segment->paddr < other->paddr + other->memsz &&
		    other->paddr < segment->paddr + segment->memsz)
			return refuse(loader, "segments %u and %u overlap at %#lx", other->index,
				      segment->index, MAX(segment->paddr, other->paddr));
	}
	return 0;
}

static int find_segments(struct loader *loader)
{
	u64 at = HEADER(loader, phoff);
	u32 count = HEADER(loader, phnum);

	for (u32 i = 0; i < count; i++, at += sizeof(struct elf64_segment)) {
		struct segment segment = {
			.index = i,
			.executable = SEGMENT(loader, at, flags) & ELF_SEGMENT_EXEC,
			.offset = SEGMENT(loader, at, offset),
			.vaddr = SEGMENT(loader, at, vaddr),
			.paddr = SEGMENT(loader, at, paddr),
			.filesz = SEGMENT(loader, at, filesz),
			.memsz = SEGMENT(loader, at, memsz),
		};

		if (SEGMENT(loader, at, type) != ELF_SEGMENT_LOAD ||
		    (segment.memsz == 0 && segment.filesz == 0))
			continue;
		if (check_segment(loader, &segment) < 0)
			return -1;
		if (loader->nr_segments == IMAGE_MAX_SEGMENTS)
			return refuse(loader, "more than %u loadable segments", IMAGE_MAX_SEGMENTS);
		segment.logical = loader->load_base + segment.paddr;
		loader->segment[loader->nr_segments++] = segment;
	}
	if (loader->nr_segments == 0)
		return refuse(loader, "no loadable segment in %u program headers", count);
	return 0;
}

/* The segment whose bytes in the file hold virtual address @address, or NULL. */
static const struct segment *segment_at(const struct loader *loader, u64 address)
{
	for (u32 i = 0; i < loader->nr_segments; i++) {
		const struct segment *segment = &loader->segment[i];

		if (address >= segment->vaddr && address - segment->vaddr < segment->filesz)
			return segment;
	}
	return NULL;
}

/*
 * Under ABI version 1 the entry names a function descriptor, unless the image is made to be entered
 * by firmware, as Linux is. So see what is there: a descriptor starts with the address of code in
 * this image. Instructions cannot be taken for one: the word that would be the address's high half
 * is no instruction when it is 0 and none that starts a program when it is 0xc0000000.
 */
static bool find_descriptor(struct loader *loader, const struct segment *segment, u64 entry)
{
	u64 offset = entry - segment->vaddr, code;
	const struct segment *target;

	if ((HEADER(loader, flags) & ELF_FLAGS_ABI_MASK) == ELF_FLAGS_ABI_V2 ||
	    segment->filesz - offset < offsetof(struct elf64_descriptor, environment))
		return false;
	code = DESCRIPTOR(loader, segment->offset + offset, code);
	target = segment_at(loader, code);
	if (target == NULL || !target->executable)
		return false;
	loader->image->entry = target->logical + (code - target->vaddr);
	loader->image->toc =
		target->logical - target->vaddr + DESCRIPTOR(loader, segment->offset + offset, toc);
	return true;
}

static int find_entry(struct loader *loader)
{
	u64 entry = HEADER(loader, entry);
	const struct segment *segment = segment_at(loader, entry);

	if (segment == NULL)
		return refuse(loader, "entry point %#lx is in no segment of the file", entry);
	if (!find_descriptor(loader, segment, entry)) {
		if (!segment->executable &&
		    (HEADER(loader, flags) & ELF_FLAGS_ABI_MASK) == ELF_FLAGS_ABI_V1)
			return refuse(loader,
				      "entry point %#lx is no code and no function descriptor",
				      entry);
		loader->image->entry = segment->logical + (entry - segment->vaddr);
	}
	if (!IS_ALIGNED(loader->image->entry, 4))
		return refuse(loader, "entry point %#lx, loaded at %#lx, is not a multiple of 4",
			      entry, loader->image->entry);
	return 0;
}

/* Any piece of this size and alignment is in one LMB. */
#define SYNC_PIECE (64 * KiB)

/* What was copied may be code, whatever the segment's flags say. */
static void sync_code(const struct lpar *lpar, u64 logical, u64 length)
{
	u64 piece;

	for (; length != 0; logical += piece, length -= piece) {
		piece = MIN(length, SYNC_PIECE - logical % SYNC_PIECE);
		cache_sync_code(lpar_ptr(lpar, logical, piece), piece);
	}
}

static int place_segments(struct loader *loader, const struct lpar *lpar)
{
	struct image *image = loader->image;

	image->base = ~0UL;
	for (u32 i = 0; i < loader->nr_segments; i++) {
		const struct segment *segment = &loader->segment[i];
		u64 end = segment->logical + segment->memsz;

		if (end > lpar_mem_size(lpar))
			return refuse(loader, "too big: segment %u ends at %#lx, memory at %#lx",
				      segment->index, end, lpar_mem_size(lpar));
		image->segment[i] = (struct image_segment){
			.logical = segment->logical,
			.from = loader->file + segment->offset,
			.filesz = segment->filesz,
			.memsz = segment->memsz,
		};
		image->base = MIN(image->base, segment->logical);
		image->end = MAX(image->end, end);
	}
	image->nr_segments = loader->nr_segments;
	return 0;
}

int image_open(const struct lpar *lpar, const void *file, size_t size, u64 limit,
	       struct image *image, const char **reason)
{
	struct loader loader = {.file = file, .size = size, .limit = limit, .image = image};

	*image = (struct image){0};
	*reason = image->reason;
	if (check_ident(&loader) < 0 || check_header(&loader) < 0 ||
	    check_program_headers(&loader) < 0 || find_segments(&loader) < 0 ||
	    find_entry(&loader) < 0 || place_segments(&loader, lpar) < 0)
		return -1;
	return 0;
}

/* The next piece of @segment, @bytes at most, from @done on. Returns its size. */
static u64 copy_piece(const struct image_segment *segment, const struct lpar *lpar, u64 done,
		      u64 bytes)
{
	u64 n;

	if (done < segment->filesz) {
		n = MIN(bytes, segment->filesz - done);
		lpar_copy_out(lpar, segment->logical + done, segment->from + done, n);
		sync_code(lpar, segment->logical + done, n);
	} else {
		n = MIN(bytes, segment->memsz - done);
		lpar_fill_zero(lpar, segment->logical + done, n);
	}
	return n;
}

bool image_copy(struct image *image, const struct lpar *lpar, u64 bytes)
{
	while (bytes && image->copying < image->nr_segments) {
		const struct image_segment *segment = &image->segment[image->copying];
		u64 n = copy_piece(segment, lpar, image->copied, bytes);

		bytes -= n;
		image->copied += n;
		if (image->copied == segment->memsz) {
			image->copying++;
			image->copied = 0;
		}
	}
	return image->copying < image->nr_segments;
}
