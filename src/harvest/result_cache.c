/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/result_cache.h"
#include "base/error.h"
#include "base/path.h"

#include <errno.h>
#include <string.h>

/* The glibc-hwcaps subdirectory that PATH lies in, or NULL. */
static const char *hwcaps_of(struct arena *arena, const char *directory)
{
	const char *parent = path_dirname(arena, directory);

	if (!parent || strcmp(path_basename(parent), "glibc-hwcaps") != 0)
		return NULL;
	return path_basename(directory);
}

/* A cache to be written: its path and entries. */
struct result_cache {
	const struct sysroot *sysroot;
	const struct root *root; /* the manifest */
	const struct loader *loader;
	TABLE(struct cache_entry) entries;
	bool needed; /* an entry lies where nothing but a cache leads */
};

/* The entry of the root's own cache that led to EDGE's place, or NULL. */
static const struct cache_entry *cache_source(const struct loader *loader,
					      const struct closure_edge *edge)
{
	for (size_t i = 0; i < loader->cache.n_entries; i++) {
		const struct cache_entry *entry = &loader->cache.entries[i];

		if (entry->flags == loader->cache_flags &&
		    strcmp(entry->path, edge->location.path) == 0 &&
		    cache_compare_names(entry->name, edge->name) == 0)
			return entry;
	}
	return NULL;
}

static void make_entry(struct arena *arena, const struct loader *loader,
		       const struct closure_edge *edge, const char *directory,
		       struct cache_entry *entry)
{
	const struct cache_entry *source = cache_source(loader, edge);
	uint32_t isa = edge->object->loaded.elf->x86_isa_needed;

	if (source) {
		*entry = *source;
	} else {
		entry->flags = loader->cache_flags;
		entry->hwcaps = hwcaps_of(arena, directory);
		if (entry->hwcaps && isa)
			entry->isa_level = 31 - (uint32_t)__builtin_clz(isa);
	}
	entry->name = edge->name;
	entry->path = edge->location.dest;
}

/*
 * Whether the default directories alone, in their order, lead to the file in DIRECTORY too: 1 or
 * 0; -errno after a diagnostic.
 */
static int is_found_without(const struct result_cache *cache, const struct loader *loader,
			    const char *directory, const char *name)
{
	for (size_t i = 0; i < loader->n_default_directories; i++) {
		const char *path =
			path_join(cache->sysroot->arena, loader->default_directories[i], name);
		const struct stat *stat;
		int r;

		if (!path)
			return -ENOMEM;
		if (strcmp(loader->default_directories[i], directory) == 0)
			return 1;
		r = root_look(cache->root, cache->sysroot->arena, path, &stat, NULL);
		if (r < 0 && !root_is_absence(r))
			return diag_errno(cache->sysroot->diag, -r, path);
		if (r >= 0)
			return 0;
	}
	return 0;
}

static int cache_add(struct result_cache *cache, const struct closure *closure,
		     const struct closure_edge *edge)
{
	struct arena *arena = cache->sysroot->arena;
	const char *directory = path_dirname(arena, edge->location.dest);
	struct cache_entry entry = { 0 };
	struct cache_entry *slot;

	if (!directory)
		return -ENOMEM;
	make_entry(arena, closure->loader, edge, directory, &entry);
	for (size_t i = 0; i < cache->entries.count; i++)
		if (cache->entries.items[i].flags == entry.flags &&
		    strcmp(cache->entries.items[i].name, entry.name) == 0 &&
		    strcmp(cache->entries.items[i].path, entry.path) == 0)
			return 0;
	slot = TABLE_ADD(arena, &cache->entries);
	if (!slot)
		return -ENOMEM;
	*slot = entry;
	/* With variants about, what the cache says and what the directories say can differ. */
	cache->needed |= closure->cpu_dependent ||
			 !TRY(is_found_without(cache, closure->loader, directory, edge->name));
	return 0;
}

static int add_found_by_cache(struct result_cache *cache, const struct closure *closure)
{
	for (size_t i = 0; i < closure->n_objects; i++) {
		const struct closure_object *object = closure->objects[i];

		for (size_t j = 0; j < object->n_edges; j++)
			if (object->edges[j].found_by == FOUND_BY_CACHE)
				TRY(cache_add(cache, closure, &object->edges[j]));
	}
	return 0;
}

static int collect(struct result_cache *cache, const struct closure *closure, const char *path)
{
	if (closure->loader->kind != LOADER_GLIBC || !closure->loader->cache_path ||
	    strcmp(closure->loader->cache_path, path) != 0)
		return 0;
	cache->loader = closure->loader;
	return add_found_by_cache(cache, closure);
}

/* What PLUGIN opens by its name, which nothing asks for but a call. */
static int collect_opened(struct result_cache *cache, const struct plugin *plugin, const char *path)
{
	struct closure_object *first = plugin->closure->objects[0];
	const struct closure_edge edge = { .name = plugin->name,
					   .object = first,
					   .location = first->loaded.location };

	TRY(collect(cache, plugin->closure, path));
	return !strchr(plugin->name, '/') && cache->loader && !closure_is_missing(first) &&
			       cache_source(cache->loader, &edge)
		       ? cache_add(cache, plugin->closure, &edge)
		       : 0;
}

static int collect_cache(struct result_cache *cache, const struct follower *follower,
			 const char *path)
{
	const struct programs *programs = follower->programs;

	for (size_t i = 0; i < programs->all.count; i++)
		for (size_t j = 0; j < programs->all.items[i]->closures.count; j++)
			TRY(collect(cache, programs->all.items[i]->closures.items[j], path));
	for (size_t i = 0; i < follower->plugins.count; i++)
		TRY(collect_opened(cache, &follower->plugins.items[i], path));
	return 0;
}

/* Whether ldconfig(8) is in the result, which tells others what the cache has. */
static int has_ldconfig(const struct result_cache *cache)
{
	int r = root_walk(cache->root, cache->sysroot->arena, "/sbin/ldconfig", true, NULL, NULL,
			  NULL);

	return r < 0 && !root_is_absence(r) ? diag_errno(cache->sysroot->diag, -r, "/sbin/ldconfig")
					    : r >= 0;
}

/*
 * What was found through the cache in a directory that is no default one needs a cache
 * to be found again: the rootfs gets one of its own, of what it holds and no more.
 */
static int put_cache(struct manifest *manifest, const struct sysroot *sysroot,
		     const struct follower *follower, const char *path)
{
	CLEANUP(root_close) struct root *root = NULL;
	struct result_cache cache = { .sysroot = sysroot };
	void *bytes;
	size_t size;
	int r;

	if (manifest_find(manifest, path))
		return 0;
	TRY(manifest_root(manifest, &root));
	cache.root = root;
	TRY(collect_cache(&cache, follower, path));
	if (!cache.needed && (!cache.loader || TRY(has_ldconfig(&cache)) == 0))
		return 0;
	r = cache_write(manifest_arena(manifest), cache.entries.items, cache.entries.count,
			cache.loader->big_endian, &bytes, &size);
	if (r < 0)
		return diag_errno(sysroot->diag, -r, path);
	return manifest_put_file(manifest, path, 0644, bytes, size, ENTRY_DEFAULT,
				 "libraries outside the default directories");
}

int result_caches_put(struct manifest *manifest, const struct sysroot *sysroot,
		      const struct follower *follower)
{
	for (size_t i = 0; i < sysroot->n_loaders; i++)
		if (sysroot->loaders[i]->kind == LOADER_GLIBC && sysroot->loaders[i]->cache_path)
			TRY(put_cache(manifest, sysroot, follower,
				      sysroot->loaders[i]->cache_path));
	return 0;
}
