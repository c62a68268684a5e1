/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layout of an ld.so.cache (sysdeps/generic/dl-cache.h of glibc); for the reader and the writer
 * alone. All numbers are in the byte order of the programs that the cache is for.
 */
#ifndef MKROOTFS_LOADER_CACHE_FORMAT_H
#define MKROOTFS_LOADER_CACHE_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#define CACHE_OLD_MAGIC "ld.so-1.7.0"
#define CACHE_MAGIC	"glibc-ld.so.cache1.1"

/* The old format: a header, entries, strings; offsets count from the first string. */
enum {
	CACHE_OLD_COUNT = 12,
	CACHE_OLD_HEADER_SIZE = 16,
	CACHE_OLD_ENTRY_SIZE = 12, /* flags, key and value as in the new format */
};

/*
 * The new format: a header, entries, strings, extensions. Offsets of keys and values
 * count from the header, which is not at 0 where it is embedded in the old format.
 */
enum {
	CACHE_COUNT = 20,
	CACHE_STRINGS_SIZE = 24,
	CACHE_ORDER = 28,
	CACHE_EXTENSION = 32, /* where the extension directory is, from the file's start; 0: none */
	CACHE_HEADER_SIZE = 48,
	CACHE_HEADER_ALIGNMENT = 8, /* where embedded */

	CACHE_ENTRY_FLAGS = 0,
	CACHE_ENTRY_KEY = 4,
	CACHE_ENTRY_VALUE = 8,
	CACHE_ENTRY_HWCAP = 16,
	CACHE_ENTRY_SIZE = 24,
};

/* The byte at CACHE_ORDER: its low two bits; a whole byte of 0 tells nothing. */
enum {
	CACHE_ORDER_UNSET = 0,
	CACHE_ORDER_LITTLE = 2,
	CACHE_ORDER_BIG = 3,
	CACHE_ORDER_MASK = 3,
};

/* The extension directory: a header and sections; offsets count from the file's start. */
#define CACHE_EXTENSION_MAGIC UINT32_C(0xeaa42174)
enum {
	CACHE_EXTENSION_COUNT = 4,
	CACHE_EXTENSION_HEADER_SIZE = 8,

	CACHE_SECTION_TAG = 0,
	CACHE_SECTION_OFFSET = 8,
	CACHE_SECTION_LENGTH = 12,
	CACHE_SECTION_SIZE = 16,

	CACHE_TAG_GENERATOR = 0, /* who wrote it, as text */
	CACHE_TAG_HWCAPS = 1,	 /* offsets of the glibc-hwcaps names, 4 bytes each */
};

/*
 * The hwcap word of a glibc-hwcaps entry: bit 62, an ISA level in bits 32 to 41, and
 * an index among the names in bits 0 to 31.
 */
enum {
	CACHE_ISA_LEVEL_MAX = 0x3ff,
};

static inline uint64_t cache_hwcap_word(uint32_t index, uint32_t isa_level)
{
	return UINT64_C(1) << 62 | (uint64_t)isa_level << 32 | index;
}

static inline uint32_t cache_hwcap_isa_level(uint64_t word)
{
	return (uint32_t)(word >> 32) & CACHE_ISA_LEVEL_MAX;
}

/* Whether WORD is one of a glibc-hwcaps entry: no other bit may be set. */
static inline bool cache_hwcap_is_named(uint64_t word)
{
	return (word >> 32 & ~(uint64_t)CACHE_ISA_LEVEL_MAX) == UINT64_C(1) << 30;
}

#endif
