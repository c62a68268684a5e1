/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/sources.h"
#include "base/path.h"
#include "base/texts.h"
#include "report/depfile.h"

#include <errno.h>
#include <string.h>

/* The image's, or that of the program. */
static const char *name_of(const struct image *image)
{
	if (image->reference)
		return image->reference;
	return image->entrypoint.count > 0 && *path_basename(image->entrypoint.items[0])
		       ? path_basename(image->entrypoint.items[0])
		       : "rootfs";
}

static int sum_files(struct mkrootfs *harvest, struct sbom *bill)
{
	const struct entry *const *entries;
	struct sbom_file *files;
	size_t count;
	int r = 0;

	entries = manifest_entries(harvest->manifest, &count);
	files = arena_array(harvest->arena, count + 1, sizeof(*files));
	if (!files)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < count; i++) {
		if (entries[i]->type != ENTRY_FILE)
			continue;
		files[bill->n_files].entry = entries[i];
		r = plan_cancelled(harvest->plan);
		if (r == 0)
			r = entry_checksums(entries[i], CHECKSUM_SHA1 | CHECKSUM_SHA256,
					    &harvest->plan->diag, &files[bill->n_files++].sums);
	}
	bill->files = files;
	return r;
}

int bill_make(struct mkrootfs *harvest, const struct image *image, struct sbom *bill)
{
	struct os_release *os = arena_alloc(harvest->arena, sizeof(*os));
	char *created = arena_alloc(harvest->arena, IMAGE_TIME_SIZE);
	int r = os && created ? result_find_packages(harvest) : -ENOMEM;

	if (r < 0)
		return r;
	image_time(image->created, created);
	*bill = (struct sbom){
		.name = name_of(image),
		.version = mkrootfs_version(),
		.created = created,
		.os = os,
		.packages = &harvest->packages,
	};
	r = os_release_read(harvest->arena, harvest->root, os);
	if (r < 0)
		return diag_errno(&harvest->plan->diag, -r, "os-release");
	return sum_files(harvest, bill);
}

/* Prerequisites, as they are found. */
struct sources {
	struct mkrootfs *harvest;
	struct texts texts;
};

/* PATH of the root by its name on this system. */
static int add_source(struct sources *sources, const char *path)
{
	struct mkrootfs *harvest = sources->harvest;
	const char *sysroot = harvest->plan->sysroot;
	const char *name = sysroot ? path_join(harvest->arena, sysroot, path + 1) : path;

	if (!name)
		return -ENOMEM;
	if (!depfile_can_hold(name)) {
		diag_warning(&harvest->plan->diag, name,
			     "is left out of the dependency file, which cannot hold its name");
		return 0;
	}
	return texts_add(harvest->arena, &sources->texts, name);
}

static int add_if_there(struct sources *sources, const char *path)
{
	const struct stat *stat;

	if (root_look(sources->harvest->root, sources->harvest->arena, path, &stat, NULL) < 0)
		return 0;
	return add_source(sources, path);
}

/* A file that --add found by looking through a directory: what is there depends on that, too. */
static int add_directory(struct sources *sources, const struct entry *entry)
{
	struct mkrootfs *harvest = sources->harvest;
	const struct plan_file *adds = harvest->plan->adds.items;
	const char *directory = path_dirname(harvest->arena, entry->source);

	if (!directory)
		return -ENOMEM;
	for (size_t i = 0; i < harvest->plan->adds.count; i++) {
		const char *path = path_normalize(harvest->arena,
						  harvest->sysroot.working_directory, adds[i].path);

		if (!path)
			return -ENOMEM;
		if (path_is_below(directory, path))
			return add_source(sources, directory);
	}
	return 0;
}

static int add_entries(struct sources *sources)
{
	const struct entry *const *entries;
	size_t count;
	int r = 0;

	entries = manifest_entries(sources->harvest->manifest, &count);
	for (size_t i = 0; r == 0 && i < count; i++) {
		const struct entry *entry = entries[i];

		if (entry->root != sources->harvest->root || !entry->source)
			continue;
		r = add_source(sources, entry->source);
		if (r == 0 && entry->rank == ENTRY_USER)
			r = add_directory(sources, entry);
	}
	return r;
}

/* What the loaders would have read to find the libraries. */
static int add_configurations(struct sources *sources)
{
	const struct sysroot *sysroot = &sources->harvest->sysroot;
	int r = 0;

	for (size_t i = 0; r == 0 && i < sysroot->n_loaders; i++) {
		const struct loader *loader = sysroot->loaders[i];

		if (loader->cache_path)
			r = add_if_there(sources, loader->cache_path);
		if (r == 0 && loader->cache_from_conf)
			r = add_if_there(sources, "/etc/ld.so.conf");
	}
	return r;
}

/*
 * Packages bring files with times of their own, older than what was made of the files before;
 * what the package manager writes on each upgrade is new.
 */
static int add_packages(struct sources *sources)
{
	const struct packages *packages = &sources->harvest->packages;
	int r = result_find_packages(sources->harvest);

	for (size_t i = 0; r == 0 && i < packages->count; i++)
		if (packages->items[i]->stored)
			r = add_if_there(sources, packages->items[i]->stored);
	return r;
}

int bill_depfile(struct mkrootfs *harvest, const char *target, struct buffer *out)
{
	struct sources sources = { .harvest = harvest };
	size_t count = 0;
	int r = add_entries(&sources);

	if (r == 0)
		r = add_configurations(&sources);
	if (r == 0)
		r = add_packages(&sources);
	if (r < 0)
		return r;
	texts_sort(sources.texts.items, sources.texts.count);
	for (size_t i = 0; i < sources.texts.count; i++)
		if (count == 0 ||
		    strcmp(sources.texts.items[i], sources.texts.items[count - 1]) != 0)
			sources.texts.items[count++] = sources.texts.items[i];
	return report_depfile(out, target, sources.texts.items, count);
}
