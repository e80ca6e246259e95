/* SPDX-License-Identifier: Apache-2.0 */
/* The machine's tree as firmware gives it on a POWER8, for tests that need one. */
#ifndef TESTS_UNIT_FAKE_MACHINE_H
#define TESTS_UNIT_FAKE_MACHINE_H

/* Fills in the global machine: one processor, PVR 0x004d0200, timebase 512 MHz. */
void fake_machine_init(void);

#endif
