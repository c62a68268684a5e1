/* SPDX-License-Identifier: Apache-2.0 */
/*
 * glibc's ld.so.cache, read and written. Formats: sysdeps/generic/dl-cache.h of glibc;
 * the old one ("ld.so-1.7.0"), the new one ("glibc-ld.so.cache1.1"), and the new one
 * embedded in the old; either byte order; with the glibc-hwcaps extension.
 */
#ifndef MKROOTFS_LOADER_CACHE_H
#define MKROOTFS_LOADER_CACHE_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One library of a cache: NAME leads to PATH for objects whose ABI has the id FLAGS. */
struct cache_entry {
	int32_t flags;	    /* kind and ABI: 0x0303 is a libc6 library of x86-64 */
	const char *name;   /* the key: a soname, or a file name in a hwcaps directory */
	const char *path;   /* as it stands: absolute in all that ldconfig is used for */
	const char *hwcaps; /* the glibc-hwcaps subdirectory ("x86-64-v3"), or NULL: baseline */
	/*
	 * The hwcap word where HWCAPS is NULL. If it is not 0 the entry is a legacy one: loaders
	 * before 2.37 use it at most; none does where it is the word of a glibc-hwcaps entry whose
	 * name is missing.
	 */
	uint64_t legacy_hwcap;
	uint32_t isa_level; /* of a glibc-hwcaps entry: bits 32 to 41 of the word */
};

struct cache {
	/*
	 * In the file's order, which decides among equal keys. Without those whose strings
	 * lie outside of the file: the loader skips them too.
	 */
	const struct cache_entry *entries;
	size_t n_entries;
	bool old_format; /* entries came from the old format: there are no hwcaps in it */
};

/*
 * Parses SIZE bytes of a cache. BIG_ENDIAN is the byte order of the programs it is
 * for: a header without an order of its own is read in that one. *OUT belongs to ARENA
 * and does not need BYTES any longer. Returns 0, -EINVAL where it is no cache that such a
 * program's loader would accept (the loader then goes on without one), -ENOMEM.
 */
int cache_parse(struct arena *arena, const void *bytes, size_t size, bool big_endian,
		struct cache *out);

/*
 * The order of keys in a cache (glibc's _dl_cache_libcmp): runs of digits compare as
 * numbers. Returns less than, equal to or greater than 0.
 */
int cache_compare_names(const char *left, const char *right);

/*
 * Writes a cache in the new format with the hwcaps extension where an entry has hwcaps,
 * laid out as ldconfig does. ENTRIES may come in any order; the bytes depend on their set
 * alone. Of two that differ only in PATH a loader takes the one with the lower: give it
 * one. *BYTES belongs to ARENA. Errors: -ENOMEM; -EFBIG from 2 GiB on; -EINVAL for an
 * entry whose hwcap word does not exist (ISA level above 1023, or one without HWCAPS).
 */
int cache_write(struct arena *arena, const struct cache_entry *entries, size_t n_entries,
		bool big_endian, void **bytes, size_t *size);

#endif
