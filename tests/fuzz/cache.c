/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an ld.so.cache; what is read of it, written, and read again. */
#include "fuzz.h"

#include "base/arena.h"
#include "loader/cache.h"

#include <errno.h>
#include <stdbool.h>

/* What a loader can be led to by the entries lies in memory and ends in a NUL. */
static void check_entries(const struct cache *cache, size_t size)
{
	for (size_t i = 0; i < cache->n_entries; i++) {
		const struct cache_entry *entry = &cache->entries[i];
		const struct cache_entry *next = &cache->entries[i + (i + 1 < cache->n_entries)];
		int there = cache_compare_names(entry->name, next->name);
		int back = cache_compare_names(next->name, entry->name);

		FUZZ_CHECK(strlen(entry->name) <= size && strlen(entry->path) <= size);
		FUZZ_CHECK(!entry->hwcaps || strlen(entry->hwcaps) <= size);
		FUZZ_CHECK(!entry->hwcaps || entry->legacy_hwcap == 0);
		FUZZ_CHECK(entry->hwcaps || entry->isa_level == 0);
		FUZZ_CHECK((there < 0) == (back > 0) && (there > 0) == (back < 0));
	}
}

static void check_order(const struct cache *cache)
{
	for (size_t i = 1; i < cache->n_entries; i++)
		FUZZ_CHECK(cache_compare_names(cache->entries[i - 1].name,
					       cache->entries[i].name) >= 0);
}

/* What was written is read as the same set: it is written as the same bytes once more. */
static void check_written(struct arena *arena, const struct cache *cache, bool big_endian)
{
	struct cache again;
	void *first;
	void *second;
	size_t first_size;
	size_t second_size;
	int r;

	r = cache_write(arena, cache->entries, cache->n_entries, big_endian, &first, &first_size);
	FUZZ_CHECK(r == 0 || r == -EINVAL);
	if (r < 0)
		return;
	FUZZ_CHECK(cache_parse(arena, first, first_size, !big_endian, &again) == -EINVAL);
	FUZZ_CHECK(cache_parse(arena, first, first_size, big_endian, &again) == 0);
	FUZZ_CHECK(again.n_entries <= cache->n_entries);
	check_order(&again);
	FUZZ_CHECK(cache_write(arena, again.entries, again.n_entries, big_endian, &second,
			       &second_size) == 0);
	FUZZ_CHECK(first_size == second_size && memcmp(first, second, first_size) == 0);
}

static void check_in_order(const uint8_t *bytes, size_t size, bool big_endian)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct cache cache;
	int r;

	FUZZ_CHECK(arena);
	r = cache_parse(arena, bytes, size, big_endian, &cache);
	FUZZ_CHECK(r == 0 || r == -EINVAL);
	FUZZ_CHECK(r == 0 || cache.n_entries == 0);
	check_entries(&cache, size);
	check_written(arena, &cache, big_endian);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	check_in_order(bytes, size, false);
	check_in_order(bytes, size, true);
	return 0;
}

static const struct cache_entry entries[] = {
	{ .flags = 0x0303, .name = "liba.so.10", .path = "/opt/liba.so.10" },
	{ .flags = 0x0303, .name = "liba.so.9", .path = "/opt/liba.so.9" },
	{ .flags = 0x0303, .name = "liba.so.9", .path = "/a/x2/a", .hwcaps = "x2", .isa_level = 1 },
	{ .flags = 0x0303, .name = "liba.so.9", .path = "/a/x3/a", .hwcaps = "x3" },
	{ .flags = 0x0303, .name = "libc.so", .path = "/libc.so", .legacy_hwcap = 1 },
};

/* A cache in the old format, with room for the new one behind it. */
static const char old[] = "ld.so-1.7.0\0\2\0\0\0"
			  "\3\3\0\0\0\0\0\0\10\0\0\0"
			  "\3\0\0\0\0\0\0\0\10\0\0\0";
static const char old_strings[] = "libz.so\0/opt/libz.so";

/* The new format in both byte orders, the old format, and the one behind the other. */
size_t fuzz_seed(unsigned index, uint8_t *bytes, size_t room)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	size_t length = 0;
	size_t size;
	void *written;

	FUZZ_CHECK(arena);
	FUZZ_CHECK(cache_write(arena, entries, ARRAY_SIZE(entries), index == 1, &written, &size) ==
		   0);
	if (index == 2 || index == 3)
		fuzz_append(bytes, &length, room, old, sizeof(old) - 1);
	if (index == 2)
		fuzz_append(bytes, &length, room, old_strings, sizeof(old_strings));
	else if (index < 4)
		fuzz_append(bytes, &length, room, written, size);
	return length;
}
