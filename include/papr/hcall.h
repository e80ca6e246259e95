/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hypervisor call numbers and return codes.
 * LoPAR "Hypervisor Call Function Table" and LoPAR "Hypervisor Call Return Codes".
 */
#ifndef PAPR_HCALL_H
#define PAPR_HCALL_H

#define H_CONTINUE	   18
#define H_PENDING	   17
#define H_PARTIAL	   5
#define H_CONSTRAINED	   4
#define H_CLOSED	   2
#define H_BUSY		   1
#define H_LONG_BUSY_10_MS  9901
#define H_SUCCESS	   0
#define H_HARDWARE	   -1
#define H_FUNCTION	   -2
#define H_PRIVILEGE	   -3
#define H_PARAMETER	   -4
#define H_BAD_MODE	   -5
#define H_PTEG_FULL	   -6
#define H_NOT_FOUND	   -7
#define H_RESERVED_DABR	   -8
#define H_NO_MEM	   -9
#define H_AUTHORITY	   -10
#define H_PERMISSION	   -11
#define H_DROPPED	   -12
#define H_SOURCE_PARM	   -13
#define H_DEST_PARM	   -14
#define H_REMOTE_PARM	   -15
#define H_RESOURCE	   -16
#define H_ADAPTER_PARM	   -17
#define H_RH_PARM	   -18
#define H_UNSUPPORTED_FLAG -256
#define H_P2		   -55
#define H_P3		   -56
#define H_P4		   -57
#define H_P5		   -58
#define H_TOO_BIG	   -64
#define H_ABORTED	   -78
#define H_UNSUPPORTED	   -67
#define H_OVERLAP	   -68
#define H_STATE		   -75

#define H_REMOVE	   0x4
#define H_ENTER		   0x8
#define H_READ		   0xc
#define H_CLEAR_MOD	   0x10
#define H_CLEAR_REF	   0x14
#define H_PROTECT	   0x18
#define H_GET_TCE	   0x1c
#define H_PUT_TCE	   0x20
#define H_SET_DABR	   0x28
#define H_LOGICAL_CI_LOAD  0x3c
#define H_LOGICAL_CI_STORE 0x40
#define H_GET_TERM_CHAR	   0x54
#define H_PUT_TERM_CHAR	   0x58
#define H_EOI		   0x64
#define H_CPPR		   0x68
#define H_IPI		   0x6c
#define H_IPOLL		   0x70
#define H_XIRR		   0x74
#define H_REGISTER_VPA	   0xdc
#define H_CEDE		   0xe0
#define H_CONFER	   0xe4
#define H_PROD		   0xe8
#define H_GET_PPP	   0xec
#define H_SET_PPP	   0xf0
#define H_PURR		   0xf4
#define H_PIC		   0xf8
#define H_REG_CRQ	   0xfc
#define H_FREE_CRQ	   0x100
#define H_VIO_SIGNAL	   0x104
#define H_SEND_CRQ	   0x108
#define H_COPY_RDMA	   0x110
#define H_BULK_REMOVE	   0x124
#define H_READ_RDMA	   0x128
#define H_WRITE_RDMA	   0x12c
#define H_SET_XDABR	   0x134
#define H_STUFF_TCE	   0x138
#define H_PUT_TCE_INDIRECT 0x13c
#define H_POLL_PENDING	   0x1d8
#define H_JOIN		   0x298
#define H_ENABLE_CRQ	   0x2b0
#define H_XIRR_X	   0x2fc
#define H_SET_MODE	   0x31c
#define H_SIGNAL_SYS_RESET 0x380 /* reserved in LoPAR; number and arguments are PowerVM's */

/* LoPAR has it for a call of shared logical resources that nobody makes; PowerVM has this one. */
#define H_GET_CPU_CHARACTERISTICS 0x1c8

#define H_REGISTER_LOGICAL_LAN	  0x114
#define H_FREE_LOGICAL_LAN	  0x118
#define H_ADD_LOGICAL_LAN_BUFFER  0x11c
#define H_SEND_LOGICAL_LAN	  0x120
#define H_MULTICAST_CTRL	  0x130
#define H_CHANGE_LOGICAL_LAN_MAC  0x14c
#define H_VTERM_PARTNER_INFO	  0x150
#define H_REGISTER_VTERM	  0x154
#define H_FREE_VTERM		  0x158
#define H_FREE_LOGICAL_LAN_BUFFER 0x1d4
#define H_ILLAN_ATTRIBUTES	  0x244
#define H_VIOCTL		  0x2a8
#define H_HOME_NODE_ASSOCIATIVITY 0x2ec

#define HCALL_MAX 0x4ac

/* The hypervisor's own numbers, in the range LoPAR leaves to the platform. */
#define H_PRIVATE_RTAS 0xf000
#define H_PRIVATE_OF   0xf004
#define H_PRIVATE_MIN  H_PRIVATE_RTAS
#define H_PRIVATE_MAX  0xf004

#endif
