/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hypervisor runs at real address 0, where the processors look for their interrupt vectors.
 * skiboot starts the file wherever it lies in memory; head.S moves it.
 */
ENTRY(_start)

PHDRS
{
	image PT_LOAD FLAGS(7);
}

SECTIONS
{
	. = 0;
	real_memory = 0;
	.vectors : {
		KEEP(*(.vectors))
	} :image
	ASSERT(hcall_vector == 0xc00, "the linker has put something before the vectors")
	ASSERT(entry_end < 0x10000, "the entry code ends where no immediate operand reaches")
	.text : {
		*(.text.head)
		*(.text .text.*)
	}
	.rodata : {
		*(.rodata .rodata.*)
		. = ALIGN(8);
		__start_hcalls = .;
		KEEP(*(hcalls))
		__stop_hcalls = .;
		__start_rtas_calls = .;
		KEEP(*(rtas_calls))
		__stop_rtas_calls = .;
		__start_tree_contributors = .;
		KEEP(*(tree_contributors))
		__stop_tree_contributors = .;
		__start_reset_hooks = .;
		KEEP(*(reset_hooks))
		__stop_reset_hooks = .;
		__start_forget_hooks = .;
		KEEP(*(forget_hooks))
		__stop_forget_hooks = .;
		__start_activation_parts = .;
		KEEP(*(activation_parts))
		__stop_activation_parts = .;
		__start_adapter_types = .;
		KEEP(*(adapter_types))
		__stop_adapter_types = .;
		__start_vioctls = .;
		KEEP(*(vioctls))
		__stop_vioctls = .;
		__start_manage_requests = .;
		KEEP(*(manage_requests))
		__stop_manage_requests = .;
	}
	.data : {
		*(.data .data.*)
		. = ALIGN(256);
		*(.got .toc .got.*)
		*(.branch_lt .sdata .sdata.*)
		. = ALIGN(8);
	}
	image_end = .;
	.bss : {
		*(.bss .bss.* .sbss .sbss.* COMMON)
		. = ALIGN(4096);
	}
	hv_end = .;
	/DISCARD/ : {
		*(.comment .gnu.* .eh_frame .note.* .interp .dynamic)
	}
}
