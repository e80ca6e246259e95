/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Virtual terminals: one client vterm for each partition, its console, whose other end is the
 * management channel. That keeps the characters of both directions.
 * LoPAR "Virtual Terminal (Vterm)".
 */
#ifndef VIO_VTERM_H
#define VIO_VTERM_H

/*
 * Connects the terminals to the management channel and to the partitions' firmware. To be called
 * once, before the first partition is created.
 */
void vterm_init(void);

#endif
