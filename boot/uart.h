/* SPDX-License-Identifier: Apache-2.0 */
/* The 16550 UART that carries the management channel. */
#ifndef BOOT_UART_H
#define BOOT_UART_H

#include "types.h"

struct link_port;

/*
 * Finds, in OPAL's tree @fdt, the first UART that is not the firmware's own console and makes it
 * ready. Returns the port for the link, or NULL when there is no such UART.
 */
const struct link_port *uart_init(const void *fdt);

#endif
