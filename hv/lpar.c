// SPDX-License-Identifier: Apache-2.0
#include "hv/lpar.h"
#include "hv/lmb.h"
#include "hv/real.h"
#include <string.h>

/* Whether [@logical, @logical + @length) is inside the partition's memory. */
static bool range_is_owned(const struct lpar *lpar, u64 logical, u64 length)
{
	u64 size = lpar_mem_size(lpar);

	return length <= size && logical <= size - length;
}

/* Bytes from @logical to the end of its LMB, @length at most. */
static u64 chunk_size(u64 logical, u64 length)
{
	u64 left = BIT(lmb_shift) - (logical & (BIT(lmb_shift) - 1));

	return MIN(left, length);
}

/* Pointer to @logical, which is the partition's. */
static void *chunk_ptr(const struct lpar *lpar, u64 logical)
{
	u64 real = (u64)lpar->map.lmb[logical >> lmb_shift] << lmb_shift;

	return real_ptr(real | (logical & (BIT(lmb_shift) - 1)));
}

void *lpar_ptr(const struct lpar *lpar, u64 logical, u64 length)
{
	if (length == 0)
		length = 1;
	if (!range_is_owned(lpar, logical, length) || chunk_size(logical, length) < length)
		return NULL;
	return chunk_ptr(lpar, logical);
}

bool lpar_copy_in(const struct lpar *lpar, void *to, u64 logical, u64 length)
{
	u64 n;

	if (!range_is_owned(lpar, logical, length))
		return false;
	for (u8 *next = to; length; logical += n, next += n, length -= n) {
		n = chunk_size(logical, length);
		memcpy(next, chunk_ptr(lpar, logical), n);
	}
	return true;
}

bool lpar_copy_out(const struct lpar *lpar, u64 logical, const void *from, u64 length)
{
	u64 n;

	if (!range_is_owned(lpar, logical, length))
		return false;
	for (const u8 *next = from; length; logical += n, next += n, length -= n) {
		n = chunk_size(logical, length);
		memcpy(chunk_ptr(lpar, logical), next, n);
	}
	return true;
}

bool lpar_fill_zero(const struct lpar *lpar, u64 logical, u64 length)
{
	u64 n;

	if (!range_is_owned(lpar, logical, length))
		return false;
	for (; length; logical += n, length -= n) {
		n = chunk_size(logical, length);
		memset(chunk_ptr(lpar, logical), 0, n);
	}
	return true;
}

u64 lpar_real(const struct lpar *lpar, u64 logical)
{
	u64 lmb = logical >> lmb_shift;

	if (lmb >= lpar->map.nr_lmbs)
		return REAL_NONE;
	return (u64)lpar->map.lmb[lmb] << lmb_shift | (logical & (BIT(lmb_shift) - 1));
}

u64 lpar_mem_size(const struct lpar *lpar)
{
	return (u64)lpar->map.nr_lmbs << lmb_shift;
}

struct vp *lpar_vp(const struct lpar *lpar, u64 number)
{
	return number < __atomic_load_n(&lpar->nr_vps, __ATOMIC_ACQUIRE) ? lpar->vps[number] : NULL;
}
