/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Integer types of the house, big- and little-endian types that sparse tells apart, and the few
 * arithmetic helpers everybody needs. Used by the hypervisor, the host tools and the tests.
 */
#ifndef TYPES_H
#define TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/cdefs.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#ifdef __CHECKER__
#define __bitwise __attribute__((bitwise))
#define __force	  __attribute__((force))
#else
#define __bitwise
#define __force
#endif

typedef u16 __bitwise be16;
typedef u32 __bitwise be32;
typedef u64 __bitwise be64;
typedef u16 __bitwise le16;
typedef u32 __bitwise le32;
typedef u64 __bitwise le64;

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define CPU_BE(bits, x) (x)
#define CPU_LE(bits, x) __builtin_bswap##bits(x)
#else
#define CPU_BE(bits, x) __builtin_bswap##bits(x)
#define CPU_LE(bits, x) (x)
#endif

#define ENDIAN_CONVERTERS(bits)                             \
	static inline u##bits be##bits##_to_cpu(be##bits v) \
	{                                                   \
		return CPU_BE(bits, (__force u##bits)v);    \
	}                                                   \
	static inline be##bits cpu_to_be##bits(u##bits v)   \
	{                                                   \
		return (__force be##bits)CPU_BE(bits, v);   \
	}                                                   \
	static inline u##bits le##bits##_to_cpu(le##bits v) \
	{                                                   \
		return CPU_LE(bits, (__force u##bits)v);    \
	}                                                   \
	static inline le##bits cpu_to_le##bits(u##bits v)   \
	{                                                   \
		return (__force le##bits)CPU_LE(bits, v);   \
	}

ENDIAN_CONVERTERS(16)
ENDIAN_CONVERTERS(32)
ENDIAN_CONVERTERS(64)

#define KiB 1024UL
#define MiB (1024 * KiB)
#define GiB (1024 * MiB)

#define BIT(n)		 (1UL << (n))
#define ALIGN_DOWN(x, a) ((x) & ~((typeof(x))(a)-1))
#define ALIGN_UP(x, a)	 ALIGN_DOWN((x) + ((a)-1), a)
#define IS_ALIGNED(x, a) (((x) & ((typeof(x))(a)-1)) == 0)
#define IS_POW2(x)	 ((x) != 0 && ((x) & ((x)-1)) == 0)
#define ARRAY_SIZE(a)	 (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)	 ((a) < (b) ? (a) : (b))
#define MAX(a, b)	 ((a) > (b) ? (a) : (b))

#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

/* newlib's <sys/cdefs.h> has some of these too; one meaning everywhere, and __section implies used.
 */
#undef __packed
#undef __aligned
#undef __section
#undef __unused
#undef __noinline
#undef __always_inline
#define __packed	__attribute__((packed))
#define __aligned(n)	__attribute__((aligned(n)))
#define __section(s)	__attribute__((used, section(s)))
#define __printf(f, a)	__attribute__((format(printf, f, a)))
#define __noreturn	__attribute__((noreturn))
#define __unused	__attribute__((unused))
#define __noinline	__attribute__((noinline))
#define __always_inline inline __attribute__((always_inline))
#define __cold		__attribute__((cold, noinline)) /* hardly ever called: out of the way */
#define __flatten	__attribute__((flatten))	/* what it calls becomes part of it */

/* @x, which is true mostly: the compiler puts that case first. */
#define usually(x) __builtin_expect(!!(x), 1)

#endif
