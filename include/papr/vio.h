/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of virtual I/O. LoPAR "Virtual Terminal (Vterm)". */
#ifndef PAPR_VIO_H
#define PAPR_VIO_H

/* Unit addresses: this and the number of the virtual slot. */
#define VIO_UNIT_BASE 0x30000000

/* The virtual terminal in slot 0 is the partition's console. */
#define VTERM_CONSOLE_SLOT 0
#define VTERM_CONSOLE	   (VIO_UNIT_BASE + VTERM_CONSOLE_SLOT)

/* Characters that H_PUT_TERM_CHAR and H_GET_TERM_CHAR carry at most. */
#define VTERM_MAX_CHARS 16

#endif
