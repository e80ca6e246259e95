/* SPDX-License-Identifier: Apache-2.0 */
/*
 * H_GET_CPU_CHARACTERISTICS. LoPAR only lists its number, for something else; number and bits are
 * PowerVM's, as operating systems know them.
 */
#ifndef PAPR_CHARACTERISTICS_H
#define PAPR_CHARACTERISTICS_H

#include "types.h"

/* R5: what software on this processor ought to do, and what it need not. */
#define BEHAVIOUR_FAVOUR_SECURITY      BIT(63)
#define BEHAVIOUR_L1D_FLUSH_PR	       BIT(62) /* flush the data cache before problem state */
#define BEHAVIOUR_BOUNDS_CHECK_BARRIER BIT(61)
#define BEHAVIOUR_NO_L1D_FLUSH_ENTRY   BIT(56)
#define BEHAVIOUR_NO_L1D_FLUSH_UACCESS BIT(55)

#endif
