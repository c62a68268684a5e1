/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/collect_depfile.h"
#include "base/error.h"
#include "base/path.h"
#include "report/depfile.h"

#include <errno.h>
#include <string.h>

/* Sources, as they are found. */
struct collection {
	const struct depfile_parts *parts;
	struct arena *arena;
	struct texts *sources;
};

/* PATH of the root by its name on this system. */
static int add_source(const struct collection *collection, const char *path)
{
	const struct mkrootfs_plan *plan = collection->parts->plan;
	const char *name =
		plan->sysroot ? path_join(collection->arena, plan->sysroot, path + 1) : path;

	if (!name)
		return -ENOMEM;
	if (!depfile_can_hold(name)) {
		diag_warning(&plan->diag, name,
			     "is left out of the dependency file, which cannot hold its name");
		return 0;
	}
	return texts_add(collection->arena, collection->sources, name);
}

static int add_if_there(const struct collection *collection, const char *path)
{
	const struct sysroot *sysroot = collection->parts->sysroot;
	const struct stat *stat;
	int r = root_look(sysroot->root, collection->arena, path, &stat, NULL);

	if (r < 0 && root_is_absence(r))
		return 0;
	return r < 0 ? diag_errno(sysroot->diag, -r, path) : add_source(collection, path);
}

/* A file that --add found by looking through a directory depends on that directory, too. */
static int add_directory(const struct collection *collection, const struct entry *entry)
{
	const struct depfile_parts *parts = collection->parts;
	const struct plan_list *list = &parts->plan->adds;
	const struct plan_file *adds = list->items;
	const char *directory = path_dirname(collection->arena, entry->source);

	if (!directory)
		return -ENOMEM;
	for (size_t i = 0; i < list->count; i++) {
		const char *path = path_normalize(collection->arena,
						  parts->sysroot->working_directory, adds[i].path);

		if (!path)
			return -ENOMEM;
		if (path_is_below(directory, path))
			return add_source(collection, directory);
	}
	return 0;
}

static int add_entries(const struct collection *collection)
{
	size_t count;
	const struct entry *const *entries = manifest_entries(collection->parts->manifest, &count);

	for (size_t i = 0; i < count; i++) {
		const struct entry *entry = entries[i];

		if (entry->root != collection->parts->sysroot->root || !entry->source)
			continue;
		TRY(add_source(collection, entry->source));
		if (entry->rank == ENTRY_USER)
			TRY(add_directory(collection, entry));
	}
	return 0;
}

/* The files that the loaders read to find the libraries. */
static int add_configurations(const struct collection *collection)
{
	const struct sysroot *sysroot = collection->parts->sysroot;

	for (size_t i = 0; i < sysroot->n_loaders; i++) {
		const struct loader *loader = sysroot->loaders[i];

		if (loader->cache_path)
			TRY(add_if_there(collection, loader->cache_path));
		if (loader->cache_from_conf)
			TRY(add_if_there(collection, "/etc/ld.so.conf"));
	}
	return 0;
}

/*
 * Files of an upgraded package have times of their own, older than the result that was made
 * before; the package manager's record of the package is new after each upgrade.
 */
static int add_packages(const struct collection *collection)
{
	const struct packages *packages = collection->parts->packages;

	for (size_t i = 0; i < packages->count; i++)
		if (packages->items[i]->stored)
			TRY(add_if_there(collection, packages->items[i]->stored));
	return 0;
}

int depfile_collect(const struct depfile_parts *parts, struct arena *arena, struct texts *sources)
{
	const struct collection collection = { parts, arena, sources };

	*sources = (struct texts){ 0 };
	TRY(add_entries(&collection));
	TRY(add_configurations(&collection));
	TRY(add_packages(&collection));
	sources->count = texts_sort_once(sources->items, sources->count);
	return 0;
}
