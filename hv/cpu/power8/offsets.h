/* SPDX-License-Identifier: Apache-2.0 */
/* What assembly knows of C structures; context.c checks every line at compile time. */
#ifndef HV_CPU_POWER8_OFFSETS_H
#define HV_CPU_POWER8_OFFSETS_H

#define CPU_VP	      0 /* struct cpu */
#define CPU_R12	      8
#define CPU_CFAR      16
#define CPU_STACK     24
#define CPU_EMERGENCY 32 /* r12, cr, cfar */
#define CPU_CRASH     56
#define CPU_RESETS    64
#define CPU_VECTOR    72
#define CPU_LOST      80

#define VP_GPR	       0 /* struct vp */
#define VP_LR	       256
#define VP_CTR	       264
#define VP_XER	       272
#define VP_CR	       280
#define VP_PC	       288
#define VP_MSR	       296
#define VP_SRR0	       304
#define VP_SRR1	       312
#define VP_CFAR	       320
#define VP_LEAVE       328
#define VP_EXIT_VECTOR 332
#define VP_EXIT_SRR1   336
#define VP_FP	       352

#define FP_VMX	  512 /* struct vp_fp */
#define FP_FPSCR  1024
#define FP_VSCR	  1040
#define FP_VRSAVE 1056

#define CRASH_GPR    0 /* struct crash_frame */
#define CRASH_LR     256
#define CRASH_SRR0   264
#define CRASH_SRR1   272
#define CRASH_VECTOR 280
#define CRASH_CTR    288
#define CRASH_XER    296
#define CRASH_CR     304

#endif
