/* SPDX-License-Identifier: Apache-2.0 */
/* Small ELF64 images in memory, of either byte order and with any mistake in them. */
#ifndef TESTS_UNIT_ELF_WRITER_H
#define TESTS_UNIT_ELF_WRITER_H

#include <string.h>

#include "elf64.h"
#include "types.h"

#define ELF_FILE_SIZE 4096

struct elf_file {
	bool little_endian;
	u32 segments; /* program headers so far */
	u8 byte[ELF_FILE_SIZE];
};

/* Puts @value into the @bytes bytes at @offset, in the file's byte order. */
static inline void elf_put(struct elf_file *elf, size_t offset, size_t bytes, u64 value)
{
	for (size_t i = 0; i < bytes; i++, value >>= 8)
		elf->byte[offset + (elf->little_endian ? i : bytes - 1 - i)] = (u8)value;
}

#define ELF_PUT(elf, at, type, member, value)                                                  \
	elf_put(elf, (at) + offsetof(struct type, member), sizeof(((struct type *)0)->member), \
		value)

/* An image of @type that starts at @entry and has no segments yet. */
static inline void elf_begin(struct elf_file *elf, bool little_endian, u32 type, u64 entry)
{
	memset(elf, 0, sizeof(*elf));
	elf->little_endian = little_endian;
	memcpy(elf->byte, "\177ELF", 4);
	elf->byte[ELF_IDENT_CLASS] = ELF_CLASS_64;
	elf->byte[ELF_IDENT_DATA] = little_endian ? ELF_DATA_LITTLE : ELF_DATA_BIG;
	ELF_PUT(elf, 0, elf64_header, type, type);
	ELF_PUT(elf, 0, elf64_header, machine, ELF_MACHINE_PPC64);
	ELF_PUT(elf, 0, elf64_header, version, ELF_VERSION);
	ELF_PUT(elf, 0, elf64_header, entry, entry);
	ELF_PUT(elf, 0, elf64_header, phoff, sizeof(struct elf64_header));
	ELF_PUT(elf, 0, elf64_header, ehsize, sizeof(struct elf64_header));
	ELF_PUT(elf, 0, elf64_header, phentsize, sizeof(struct elf64_segment));
}

/* Where the program header of segment @index is. */
static inline size_t elf_segment_at(u32 index)
{
	return sizeof(struct elf64_header) + index * sizeof(struct elf64_segment);
}

/* Adds a segment; @offset is that of its bytes in the file. */
static inline void elf_segment(struct elf_file *elf, u32 flags, u64 offset, u64 vaddr, u64 paddr,
			       u64 filesz, u64 memsz)
{
	size_t at = elf_segment_at(elf->segments++);

	ELF_PUT(elf, at, elf64_segment, type, ELF_SEGMENT_LOAD);
	ELF_PUT(elf, at, elf64_segment, flags, flags);
	ELF_PUT(elf, at, elf64_segment, offset, offset);
	ELF_PUT(elf, at, elf64_segment, vaddr, vaddr);
	ELF_PUT(elf, at, elf64_segment, paddr, paddr);
	ELF_PUT(elf, at, elf64_segment, filesz, filesz);
	ELF_PUT(elf, at, elf64_segment, memsz, memsz);
	ELF_PUT(elf, 0, elf64_header, phnum, elf->segments);
}

#endif
