// SPDX-License-Identifier: Apache-2.0
#include "boot/uart.h"
#include "boot/opal.h"
#include "hv/link.h"
#include "hv/log.h"

#include <libfdt.h>
#include <string.h>

/* 16550 registers. */
#define UART_DATA 0
#define UART_IER  1
#define UART_FCR  2
#define UART_LCR  3
#define UART_MCR  4
#define UART_LSR  5

#define FCR_ENABLE_AND_CLEAR 0x07
#define FCR_TRIGGER_14	     0xc0 /* to the emulator also: hand over so many bytes at a time */
#define LCR_8N1		     0x03
#define MCR_DTR_RTS	     0x03
#define LSR_DATA	     0x01
#define LSR_EMPTY	     0x20
#define LSR_ABSENT	     0xff

#define UART_FIFO 16

static struct uart {
	u32 chip;
	u32 base; /* in LPC I/O space */
} uart;

static u8 uart_read(u32 reg)
{
	return opal_lpc_read8(uart.chip, uart.base + reg);
}

static void uart_write(u32 reg, u8 value)
{
	opal_lpc_write8(uart.chip, uart.base + reg, value);
}

static int uart_tx_ready(void *ctx __unused)
{
	return uart_read(UART_LSR) & LSR_EMPTY ? UART_FIFO : 0;
}

static void uart_tx(void *ctx __unused, u8 byte)
{
	uart_write(UART_DATA, byte);
}

static int uart_rx(void *ctx __unused)
{
	return uart_read(UART_LSR) & LSR_DATA ? uart_read(UART_DATA) : -1;
}

static const struct link_port uart_port = {
	.tx_ready = uart_tx_ready,
	.tx = uart_tx,
	.rx = uart_rx,
};

/* I/O address of the UART at @node, 0 when it is none. */
static u32 uart_address(const void *fdt, int node)
{
	int length;
	const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &length);

	/* ISA binding: address space (1 = I/O), address, size. */
	if (!reg || length < 8 || fdt32_ld(&reg[0]) != 1)
		return 0;
	return fdt32_ld(&reg[1]);
}

static u32 chip_of(const void *fdt, int node)
{
	for (; node >= 0; node = fdt_parent_offset(fdt, node)) {
		const fdt32_t *id = fdt_getprop(fdt, node, "ibm,chip-id", NULL);

		if (id)
			return fdt32_ld(id);
	}
	return 0;
}

/* The firmware marks the one that it keeps for its own console. */
static bool is_reserved(const void *fdt, int node)
{
	const char *status = fdt_getprop(fdt, node, "status", NULL);

	return status && strcmp(status, "reserved") == 0;
}

const struct link_port *uart_init(const void *fdt)
{
	int node = -1;

	while ((node = fdt_node_offset_by_compatible(fdt, node, "ns16550")) >= 0) {
		if (is_reserved(fdt, node) || uart_address(fdt, node) == 0)
			continue;
		uart.chip = chip_of(fdt, node);
		uart.base = uart_address(fdt, node);
		if (uart_read(UART_LSR) == LSR_ABSENT)
			continue;
		uart_write(UART_IER, 0);
		uart_write(UART_LCR, LCR_8N1);
		uart_write(UART_FCR, FCR_ENABLE_AND_CLEAR | FCR_TRIGGER_14);
		uart_write(UART_MCR, MCR_DTR_RTS);
		log_line("management channel on the UART at LPC I/O 0x%x", (unsigned int)uart.base);
		return &uart_port;
	}
	return NULL;
}
