/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the ELF64 format that loading an executable needs. Fields are in the byte order that
 * ident[ELF_IDENT_DATA] names, so they are read byte by byte and the structures only give offsets.
 * ELF "Object Files"; 64-bit ELF V2 ABI for the machine's own values.
 */
#ifndef ELF64_H
#define ELF64_H

#include "types.h"

#define ELF_MAGIC 0x7f454c46 /* ident[0 … 3], first byte most significant */

#define ELF_IDENT_CLASS 4
#define ELF_IDENT_DATA	5

#define ELF_CLASS_64	2
#define ELF_DATA_LITTLE 1
#define ELF_DATA_BIG	2
#define ELF_VERSION	1

#define ELF_TYPE_EXEC	  2
#define ELF_TYPE_DYN	  3
#define ELF_MACHINE_PPC64 21

#define ELF_FLAGS_ABI_MASK 3 /* 0 = not said, 1 = function descriptors, 2 = none */
#define ELF_FLAGS_ABI_V1   1
#define ELF_FLAGS_ABI_V2   2

#define ELF_SEGMENT_LOAD 1
#define ELF_SEGMENT_EXEC 1 /* in flags */

struct elf64_header {
	u8 ident[16];
	u16 type;
	u16 machine;
	u32 version;
	u64 entry;
	u64 phoff;
	u64 shoff;
	u32 flags;
	u16 ehsize;
	u16 phentsize;
	u16 phnum;
	u16 shentsize;
	u16 shnum;
	u16 shstrndx;
};

struct elf64_segment {
	u32 type;
	u32 flags;
	u64 offset;
	u64 vaddr;
	u64 paddr;
	u64 filesz;
	u64 memsz;
	u64 align;
};

/* What a function's symbol names under ABI version 1. 64-bit ELF ABI "Function Descriptors". */
struct elf64_descriptor {
	u64 code;
	u64 toc;
	u64 environment;
};

#endif
