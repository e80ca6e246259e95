// SPDX-License-Identifier: Apache-2.0
// SOURCES: tests/unit/rtas_world.c tests/unit/fake_tlb.c hv/lpar.c partition/console.c
// SOURCES: partition/nvram.c partition/rtas.c partition/rtas_clock.c partition/rtas_cpu.c
// SOURCES: partition/rtas_display.c partition/rtas_event.c partition/rtas_nvram.c
// SOURCES: partition/rtas_power.c partition/rtas_sysparm.c
/*
 * RTAS calls with any argument buffer at any address: nothing outside the RMO changes. The input is
 * a number of calls: eight bytes of address, a token, a length, and that many bytes to put there.
 */
#include <stdlib.h>
#include <string.h>

#include "hv/real.h"
#include "papr/hcall.h"
#include "tests/unit/rtas_world.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define CALL_HEADER 10

/* The address of the next buffer: near an interesting one, or anything at all. */
static u64 buffer_address(const u8 *data)
{
	static const u64 near[] = {0, WORLD_BUFFER, WORLD_RMO, WORLD_MEM, 1UL << 32, 0};
	u64 any;

	if (data[0] < ARRAY_SIZE(near))
		return near[data[0]] + (u64)((data[1] << 8 | data[2]) % 256) - 128;
	memcpy(&any, data, sizeof(any));
	return any;
}

/* Makes a good call of what is at @address if @token is one, so that not all are refused. */
static void put_header(u64 address, u32 token)
{
	const struct rtas_line *line = &__start_rtas_calls[token - 1];

	if (token < 1 || token > (u64)(__stop_rtas_calls - __start_rtas_calls) ||
	    address > WORLD_RMO - sizeof(struct rtas_header))
		return;
	world_put(address, token);
	world_put(address + 4, line->nargs_max);
	world_put(address + 8, line->nret);
}

/* The LMBs above the RMO are the last ones of real memory, whatever their order. */
static bool is_rmo_only(void)
{
	const u8 *byte = &real_memory[WORLD_RMO];

	return byte[0] == WORLD_NOTHING && memcmp(byte, byte + 1, WORLD_MEM - WORLD_RMO - 1) == 0;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	world_reset();
	while (size >= CALL_HEADER) {
		u64 address = buffer_address(data);
		size_t length = MIN((size_t)data[9], size - CALL_HEADER);
		s64 result;

		if (address < WORLD_RMO && length <= WORLD_RMO - address)
			lpar_copy_out(&partition.lpar, address, data + CALL_HEADER, length);
		put_header(address, data[8]);
		result = world_hcall(address);
		if (result != H_SUCCESS && result != H_PARAMETER)
			abort();
		data += CALL_HEADER + length;
		size -= CALL_HEADER + length;
		vps[0].state = VP_RUNNING;
	}
	if (!is_rmo_only())
		abort();
	return 0;
}
