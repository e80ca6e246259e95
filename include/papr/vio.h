/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of virtual I/O. LoPAR "Virtualized Input/Output". */
#ifndef PAPR_VIO_H
#define PAPR_VIO_H

/* Unit addresses: this and the number of the virtual slot. */
#define VIO_UNIT_BASE 0x30000000

/*
 * Logical I/O bus numbers: this, the partition's ID, the slot and the number of the window there.
 * Positive as 32-bit numbers, and no two windows of the machine have the same.
 */
#define VIO_LIOBN_BASE	      0x10000000
#define VIO_LIOBN_LPAR_SHIFT  16
#define VIO_LIOBN_SLOT_SHIFT  4
#define VIO_LIOBN_WINDOW_MASK 0xf

/* Connectors for dynamic reconfiguration: this and the number of the virtual slot. */
#define VIO_DRC_BASE 0x30000000

/*
 * Bytes that one hypercall copies between partitions at most. LoPAR "General VIO Requirements" 4:
 * 128 KiB at least. Little-endian Linux's server driver takes the property's bytes in its own order
 * (6.1 to 6.12), of 128 KiB makes 512 bytes, and copies as little at a time: so this one is the
 * same in both.
 */
#define VIO_MAX_DMA_SIZE 0x20200

/* Most entries in one H_STUFF_TCE or H_PUT_TCE_INDIRECT. */
#define TCE_MAX_COUNT 512

/* Subfunctions of H_VIOCTL. LoPAR "Semantics for H_VIOCTL subfunction parameter values" */
#define VIOCTL_VIOA_DUMP_SIZE 0x1
#define VIOCTL_VIOA_DUMP      0x2

/* An output descriptor of VIOCTL_VIOA_DUMP: control, length, I/O address. */
#define VIOCTL_DUMP_CONTROL_SHIFT 56
#define VIOCTL_DUMP_LENGTH_SHIFT  32
#define VIOCTL_DUMP_LENGTH_MASK	  0xffffff
#define VIOCTL_DUMP_IOBA_MASK	  0xffffffff

/* The virtual terminal in slot 0 is the partition's console. */
#define VTERM_CONSOLE_SLOT 0
#define VTERM_CONSOLE	   (VIO_UNIT_BASE + VTERM_CONSOLE_SLOT)

/* Characters that H_PUT_TERM_CHAR and H_GET_TERM_CHAR carry at most. */
#define VTERM_MAX_CHARS 16

#endif
