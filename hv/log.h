/* SPDX-License-Identifier: Apache-2.0 */
/* The hypervisor's log: lines for people. What machines read is in the trace. */
#ifndef HV_LOG_H
#define HV_LOG_H

#include "types.h"

/* The time in the lines counts from here. Lines go to the firmware's console too … */
void log_init(void);

/* … until here, when the management channel works. */
void log_early_end(void);

/*
 * The hypervisor is going to stop, whatever it was doing: this processor's lines go to the
 * firmware's console as well, and no longer wait for who holds the management channel. Called in an
 * emergency inside an emergency, it leaves the channel alone from then on. Of several processors
 * the first one stops the machine; for the others this, like any line they have to say, does not
 * return. panic() calls it itself.
 */
void log_emergency(void);

/* Does not return when another processor is stopping the machine. */
void log_emergency_wait(void);

/*
 * Writes one line, stamped with the time since start; @format ends without a newline.
 * What is longer than 254 characters, stamp included, is cut off.
 */
void log_line(const char *format, ...) __printf(1, 2);

/* Says why and stops the machine. For what cannot be blamed on a partition. */
void panic(const char *format, ...) __printf(1, 2) __noreturn;

#endif
