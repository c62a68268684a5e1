/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/packages.h"
#include "base/error.h"
#include "packages/readers.h"

#include <errno.h>

/*
 * Every package that has files below a link to a directory may list the link. Returns 1 where ENTRY
 * is one, 0 where not; -errno after a diagnostic.
 */
static int leads_to_directory(const struct finder *finder, const struct entry *entry)
{
	const struct stat *stat;
	char *canonical;
	int r;

	if (entry->type != ENTRY_SYMLINK)
		return 0;
	r = root_resolve(finder->root, finder->scratch, entry->source, &stat, &canonical);
	/* A link that leads nowhere, or round in a circle, is an entry as good as another. */
	if (r == -ELOOP || (r < 0 && root_is_absence(r)))
		return 0;
	return r < 0 ? diag_errno(finder->diag, -r, entry->source) : S_ISDIR(stat->st_mode);
}

static void win(struct finder *finder, struct wanted *wanted, const struct claim *claim)
{
	wanted->winner = claim;
	manifest_set_owner(finder->manifest, wanted->entry, claim->package);
}

/*
 * The owner of an entry that several packages list is the first of them that is in the result
 * anyhow, else the first.
 */
static int settle_shared(struct finder *finder, struct wanted *wanted)
{
	const struct claim *winner = wanted->claims;

	if (wanted->winner || !winner || TRY(leads_to_directory(finder, wanted->entry)))
		return 0;
	for (const struct claim *claim = winner; claim; claim = claim->next) {
		if (!claim->package->alone)
			continue;
		winner = claim;
		break;
	}
	win(finder, wanted, winner);
	return 0;
}

static int settle_all(struct finder *finder)
{
	for (size_t i = 0; i < finder->wanted.count; i++) {
		struct wanted *wanted = finder->wanted.items[i];

		if (!wanted->claims || wanted->claims->next)
			continue;
		win(finder, wanted, wanted->claims);
		wanted->winner->package->alone = true;
	}
	for (size_t i = 0; i < finder->wanted.count; i++)
		TRY(settle_shared(finder, finder->wanted.items[i]));
	return 0;
}

static int compare_files(const void *left, const void *right)
{
	const struct package_file *a = left;
	const struct package_file *b = right;

	return strcmp(a->entry->path, b->entry->path);
}

static int compare_packages(const void *left, const void *right)
{
	const struct package *a = *(const struct package *const *)left;
	const struct package *b = *(const struct package *const *)right;
	int order = (a->kind > b->kind) - (a->kind < b->kind);

	if (order == 0)
		order = strcmp(a->name, b->name);
	if (order == 0)
		order = strcmp(a->architecture, b->architecture);
	return order ? order : strcmp(a->version, b->version);
}

/* Gives every package the files that it won. */
static int make_lists(struct finder *finder)
{
	for (size_t i = 0; i < finder->packages.count; i++) {
		struct package *package = finder->packages.items[i];

		package->files =
			arena_array(finder->arena, package->n_files + 1, sizeof(*package->files));
		package->n_files = 0;
		if (!package->files)
			return -ENOMEM;
	}
	for (size_t i = 0; i < finder->wanted.count; i++) {
		const struct claim *winner = finder->wanted.items[i]->winner;

		if (winner)
			winner->package->files[winner->package->n_files++] = winner->file;
	}
	return 0;
}

/* Those that won something, sorted. */
static int make_packages(struct finder *finder, struct packages *out)
{
	struct package **packages = finder->packages.items;
	size_t count = 0;

	TRY(make_lists(finder));
	for (size_t i = 0; i < finder->packages.count; i++) {
		struct package *package = packages[i];

		if (package->n_files == 0)
			continue;
		qsort(package->files, package->n_files, sizeof(*package->files), compare_files);
		packages[count++] = package;
	}
	if (count > 0)
		qsort(packages, count, sizeof(struct package *), compare_packages);
	*out = (struct packages){ (const struct package *const *)packages, count };
	return 0;
}

static int want_all(struct finder *finder)
{
	size_t count;
	const struct entry *const *entries = manifest_entries(finder->manifest, &count);

	for (size_t i = 0; i < count; i++)
		if (entries[i]->root == finder->root && entries[i]->source)
			TRY(finder_want(finder, entries[i]));
	return 0;
}

int packages_find(struct manifest *manifest, const struct root *root, const struct diag *diag,
		  struct packages *out)
{
	CLEANUP(finder)
	struct finder finder = {
		.manifest = manifest,
		.root = root,
		.diag = diag,
		.arena = manifest_arena(manifest),
		.scratch = arena_new(),
	};

	if (!finder.scratch)
		return -ENOMEM;
	TRY(want_all(&finder));
	TRY(dpkg_read(&finder));
	TRY(apk_read(&finder));
	TRY(rpm_read(&finder));
	TRY(settle_all(&finder));
	return make_packages(&finder, out);
}

const char *package_text(struct arena *arena, const struct package *package)
{
	return arena_printf(arena, "%s %s", package->name, package->version);
}
