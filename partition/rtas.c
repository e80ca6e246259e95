// SPDX-License-Identifier: Apache-2.0
#include "hv/cache.h"
#include "hv/hcall.h"
#include "hv/trace.h"
#include "hv/vp.h"
#include "partition/partition.h"
#include "partition/rtas.h"

static bool in_rmo(const struct lpar *lpar, u64 address, u64 length)
{
	return length <= lpar->rmo_size && address <= lpar->rmo_size - length;
}

bool rtas_copy_in(const struct rtas_call *call, void *to, u64 address, u64 length)
{
	const struct lpar *lpar = &call->partition->lpar;

	return in_rmo(lpar, address, length) && lpar_copy_in(lpar, to, address, length);
}

bool rtas_copy_out(const struct rtas_call *call, u64 address, const void *from, u64 length)
{
	const struct lpar *lpar = &call->partition->lpar;

	return in_rmo(lpar, address, length) && lpar_copy_out(lpar, address, from, length);
}

/* The line of @token, or NULL. */
static const struct rtas_line *find_line(u32 token)
{
	u64 count = __stop_rtas_calls - __start_rtas_calls;

	return token >= 1 && token <= count ? &__start_rtas_calls[token - 1] : NULL;
}

/* Reads the header and the inputs at @buffer. False: there is not even room for a status. */
static bool read_call(struct rtas_call *call, u32 *token, u64 buffer)
{
	struct rtas_header header;
	be32 cell[RTAS_MAX_ARGS];

	if (!rtas_copy_in(call, &header, buffer, sizeof(header)))
		return false;
	*token = be32_to_cpu(header.token);
	call->nargs = be32_to_cpu(header.nargs);
	call->nret = be32_to_cpu(header.nret);
	if (call->nret < 1 || call->nargs > RTAS_MAX_ARGS ||
	    call->nret > RTAS_MAX_ARGS - call->nargs)
		return false;
	if (!rtas_copy_in(call, cell, buffer + sizeof(header),
			  (call->nargs + call->nret) * sizeof(be32)))
		return false;
	for (u32 i = 0; i < call->nargs; i++)
		call->arg[i] = be32_to_cpu(cell[i]);
	return true;
}

/* Writes the outputs behind the inputs; the partition cannot have lost that memory since. */
static void write_results(const struct rtas_call *call, u64 buffer)
{
	be32 cell[RTAS_MAX_ARGS];

	for (u32 i = 0; i < call->nret; i++)
		cell[i] = cpu_to_be32(call->ret[i]);
	rtas_copy_out(call, buffer + sizeof(struct rtas_header) + call->nargs * sizeof(be32), cell,
		      call->nret * sizeof(be32));
}

/* The handler of an unknown token and of wrong counts is nobody. */
static s32 dispatch_call(struct rtas_call *call, u32 token)
{
	const struct rtas_line *line = find_line(token);

	if (line == NULL || call->nargs < line->nargs_min || call->nargs > line->nargs_max ||
	    call->nret != line->nret)
		return RTAS_PARAMETER;
	return line->handler(call);
}

/*
 * The hidden hcall behind the stub. R4: logical address of the argument buffer. Returns H_PARAMETER
 * when there is no place for a status; the status says everything else.
 * LoPAR "Calling Mechanism and Conventions", "RTAS Requirements".
 */
static s64 h_private_rtas(struct vp *vp)
{
	struct rtas_call call = {.partition = partition_of(vp->lpar), .vp = vp};
	u64 buffer = vp->gpr[4];
	u32 token = 0;
	s32 status;

	if (!read_call(&call, &token, buffer)) {
		trace(TRACE_RTAS_REFUSED, vp->lpar->id, (u16)vp->number, token, (u64)H_PARAMETER);
		return H_PARAMETER;
	}
	status = dispatch_call(&call, token);
	if (status == RTAS_NO_RETURN)
		return H_SUCCESS;
	if (status < 0)
		trace(TRACE_RTAS_REFUSED, vp->lpar->id, (u16)vp->number, token, (u64)status);
	call.ret[0] = (u32)status;
	write_results(&call, buffer);
	return H_SUCCESS;
}
HCALL(H_PRIVATE_RTAS, h_private_rtas, NULL);

/*
 * Called in 32-bit big-endian real mode: R3 = argument buffer, LR = way back. The upper half of a
 * register says nothing then. What the hypervisor call changes is all volatile here.
 * LoPAR "Machine State", "Register Usage".
 */
static const u32 stub[] = {
	0x78640020,				/* clrldi r4,r3,32 */
	0x3c600000 | H_PRIVATE_RTAS >> 16,	/* lis    r3,… */
	0x60630000 | (H_PRIVATE_RTAS & 0xffff), /* ori    r3,r3,… */
	0x44000022,				/* sc     1 */
	0x4e800020,				/* blr */
};

int rtas_instantiate(struct partition *partition, u64 base)
{
	struct lpar *lpar = &partition->lpar;
	be32 code[ARRAY_SIZE(stub)];

	if (!IS_ALIGNED(base, RTAS_STUB_SIZE) || !in_rmo(lpar, base, RTAS_STUB_SIZE))
		return -1;
	for (u32 i = 0; i < ARRAY_SIZE(stub); i++)
		code[i] = cpu_to_be32(stub[i]);
	if (!lpar_copy_out(lpar, base, code, sizeof(code)))
		return -1;
	cache_sync_code(lpar_ptr(lpar, base, sizeof(code)), sizeof(code));
	partition->rtas.base = base;
	return 0;
}

static void rtas_reset(struct lpar *lpar)
{
	partition_of(lpar)->rtas = (struct rtas){0};
}
LPAR_RESET_HOOK(rtas_reset);
