/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls into the platform firmware (skiboot). They may take long and are not reentrant for one
 * device, so they are made with one lock held.
 */
#ifndef BOOT_OPAL_H
#define BOOT_OPAL_H

#include "types.h"

#define OPAL_SUCCESS	0
#define OPAL_BUSY	-2
#define OPAL_BUSY_EVENT -12

/* Remembers where OPAL is: the registers that the boot processor was started with. */
void opal_init(u64 base, u64 entry);

/* Early console: writes @length bytes to the firmware's console, as far as it takes them. */
void opal_console_write(const char *text, u64 length);

/* Seconds since 1970 by the real-time clock; 0 when there is none. */
u64 opal_time_of_day(void);

/* Sends the processor @pir to @entry, in hypervisor state with translation off. */
s64 opal_start_cpu(u32 pir, u64 entry);

/* One byte from or to LPC I/O space of chip @chip; what cannot be read reads as 0xff. */
u8 opal_lpc_read8(u32 chip, u32 address);
void opal_lpc_write8(u32 chip, u32 address, u8 value);

/* An interrupt of the firmware's source @xisr, and a hypervisor maintenance interrupt. */
void opal_handle_interrupt(u32 xisr);
void opal_handle_hmi(void);

/* Lets the firmware do what is due; its watchdog resets a machine that stays away too long. */
void opal_heartbeat(void);

/* The machine ends, or starts again. */
void opal_power_off(void) __noreturn;
void opal_reboot(void) __noreturn;

#endif
