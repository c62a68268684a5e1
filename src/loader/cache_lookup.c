/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/cache_lookup.h"

#include <string.h>

/* The rank of ENTRY's hwcaps for PROCESSOR, from 1, the best; 0: it does not use them. */
static unsigned hwcaps_priority(const struct processor *processor, const struct cache_entry *entry)
{
	if (processor->isa_level && !((1U << (entry->isa_level & 31)) & processor->isa_level))
		return 0;
	for (size_t i = 0; i < processor->n_hwcaps; i++)
		if (strcmp(processor->hwcaps[i], entry->hwcaps) == 0)
			return (unsigned)i + 1;
	return 0;
}

/* The first entry named NAME, found by halves as the loader does (elf/dl-cache.c). */
static size_t cache_first(const struct cache *cache, const char *name)
{
	size_t left = 0;
	size_t right = cache->n_entries;

	while (left < right) {
		size_t middle = left + (right - left) / 2;
		int order = cache_compare_names(name, cache->entries[middle].name);

		if (order == 0) {
			while (middle > 0 &&
			       cache_compare_names(name, cache->entries[middle - 1].name) == 0)
				middle--;
			return middle;
		}
		/* Names stand in descending order. */
		if (order < 0)
			left = middle + 1;
		else
			right = middle;
	}
	return cache->n_entries;
}

/*
 * An entry of a legacy hwcaps directory is taken by a processor that has all its bits
 * (elf/dl-cache.c before 2.37), and by none since.
 */
static bool legacy_is_taken(struct search_context *context, const struct cache_entry *entry)
{
	static const uint64_t tls = UINT64_C(1) << 63; /* "tls": no processor is asked for it */
	static const uint64_t platforms = UINT64_C(0xf) << 48;
	const struct processor *processor = context->processor;
	uint64_t platform = entry->legacy_hwcap & platforms;

	if (entry->legacy_hwcap == 0)
		return true;
	if (!loader_has_legacy_hwcaps(context->loader))
		return false;
	context->cpu_dependent = true;
	if (entry->legacy_hwcap & ~(processor->legacy_hwcap | platforms | tls))
		return false;
	return platform == 0 || platform == processor->legacy_platform;
}

const char *cache_lookup(struct search_context *context, const char *name)
{
	const struct loader *loader = context->loader;
	const struct cache *cache = &loader->cache;
	const char *best = NULL;
	unsigned best_priority = 0;

	for (size_t i = cache_first(cache, name);
	     i < cache->n_entries && cache_compare_names(name, cache->entries[i].name) == 0; i++) {
		const struct cache_entry *entry = &cache->entries[i];
		unsigned priority;

		if (entry->flags != loader->cache_flags)
			continue;
		if (!entry->hwcaps) {
			/*
			 * Entries with hwcaps stand before those without: the best one has been
			 * seen.
			 */
			if (best)
				break;
			if (!legacy_is_taken(context, entry))
				continue;
			return entry->path;
		}
		context->cpu_dependent = true;
		priority = hwcaps_priority(context->processor, entry);
		if (priority && (!best || priority < best_priority)) {
			best = entry->path;
			best_priority = priority;
		}
	}
	return best;
}
