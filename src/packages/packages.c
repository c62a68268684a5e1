/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/packages.h"
#include "base/path.h"
#include "packages/packages_private.h"

#include <ctype.h>
#include <errno.h>

static void finder_cleanup(struct finder *finder)
{
	HASH_CLEAR(hh, finder->wanted);
	arena_free(finder->scratch);
}

/* Entries are found by the last part of their paths first: most of what packages list is no such.
 */
static int want(struct finder *finder, struct entry *entry)
{
	struct wanted *wanted = arena_alloc(finder->scratch, sizeof(*wanted));
	const char *name = path_basename(entry->source);
	struct wanted *first;

	if (!wanted)
		return -ENOMEM;
	wanted->entry = entry;
	wanted->end = &wanted->claims;
	HASH_FIND_STR(finder->wanted, name, first);
	if (first) {
		wanted->next = first->next;
		first->next = wanted;
		return 0;
	}
	HASH_ADD_KEYPTR(hh, finder->wanted, name, strlen(name), wanted);
	return HASH_HAS(wanted) ? 0 : -ENOMEM;
}

static int want_all(struct finder *finder)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < finder->manifest->n_entries; i++) {
		struct slot *slot = (struct slot *)(uintptr_t)finder->manifest->entries[i];

		if (slot->entry.root == finder->root && slot->entry.source)
			r = want(finder, &slot->entry);
	}
	return r;
}

/*
 * Where PATH really stands: packages may list it by another way, as /lib/x where /lib is a link.
 * *OUT is NULL where it is not in the root.
 */
static int find_canonical(struct finder *finder, const char *path, const char **out)
{
	const char *directory = path_dirname(finder->scratch, path);
	char *canonical;
	int r = 0;

	*out = NULL;
	if (!directory)
		return -ENOMEM;
	if (!finder->directory || strcmp(directory, finder->directory) != 0) {
		r = root_walk(finder->root, finder->scratch, directory, true, NULL, NULL,
			      &canonical);
		if (r == -ENOMEM)
			return r;
		finder->directory = directory;
		finder->canonical = r == 0 ? canonical : NULL;
	}
	if (!finder->canonical)
		return 0;
	*out = path_join(finder->scratch, finder->canonical, path_basename(path));
	return *out ? 0 : -ENOMEM;
}

static struct wanted *find_wanted(const struct finder *finder, const char *path)
{
	const char *name = path_basename(path);
	struct wanted *wanted;

	HASH_FIND_STR(finder->wanted, name, wanted);
	return wanted;
}

static int copy(struct arena *arena, const char **text)
{
	if (*text)
		*text = arena_strdup(arena, *text);
	return *text ? 0 : -ENOMEM;
}

static int claim(struct finder *finder, struct wanted *wanted, struct package *package,
		 const struct package_file *file)
{
	struct claim *claim = arena_alloc(finder->arena, sizeof(*claim));

	if (!claim)
		return -ENOMEM;
	claim->package = package;
	claim->file = *file;
	claim->file.entry = wanted->entry;
	if (copy(finder->arena, &claim->file.listed) < 0 ||
	    (file->checksum && copy(finder->arena, &claim->file.checksum) < 0) ||
	    (file->owner && copy(finder->arena, &claim->file.owner) < 0) ||
	    (file->directory_owner && copy(finder->arena, &claim->file.directory_owner) < 0))
		return -ENOMEM;
	*wanted->end = claim;
	wanted->end = &claim->next;
	package->n_files++;
	return FINDER_CLAIMED;
}

int finder_claim(struct finder *finder, struct package *package, const char *path,
		 const struct package_file *file)
{
	struct wanted *wanted = path[0] == '/' ? find_wanted(finder, path) : NULL;
	const char *canonical;
	int claimed = 0;

	if (!wanted)
		return 0;
	if (find_canonical(finder, path, &canonical) < 0)
		return -ENOMEM;
	/* The same file may stand at several places of the result. */
	for (; canonical && claimed >= 0 && wanted; wanted = wanted->next)
		if (strcmp(wanted->entry->source, canonical) == 0)
			claimed = claim(finder, wanted, package, file);
	return claimed;
}

int finder_set_checksum(struct finder *finder, const struct package *package, const char *listed,
			const char *path, struct view checksum)
{
	for (struct wanted *wanted = find_wanted(finder, path); wanted; wanted = wanted->next)
		for (struct claim *claim = wanted->claims; claim; claim = claim->next) {
			if (claim->package != package || strcmp(claim->file.listed, listed) != 0)
				continue;
			claim->file.checksum = view_copy(finder->arena, checksum);
			if (!claim->file.checksum)
				return -ENOMEM;
		}
	return 0;
}

int finder_keep(struct finder *finder, struct package *package)
{
	const char **texts[] = {
		&package->name,	    &package->version,	      &package->architecture,
		&package->source,   &package->source_version, &package->maintainer,
		&package->license,  &package->record,	      &package->stored,
		&package->database,
	};
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (*texts[i] && copy(finder->arena, texts[i]) < 0)
			return -ENOMEM;
	}
	r = arena_grow(finder->arena, &finder->packages, finder->n_packages, &finder->capacity,
		       sizeof(*finder->packages));
	if (r == 0)
		finder->packages[finder->n_packages++] = package;
	return r;
}

int finder_read(struct finder *finder, struct arena *arena, const char *path, size_t limit,
		struct view *text)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	char *bytes;
	size_t size;
	int r = root_open(finder->root, path, &file);

	*text = (struct view){ "", 0 };
	if (r == -ENOENT || r == -ENOTDIR || r == -ELOOP)
		return 1;
	if (r == 0 && !S_ISREG(file.stat.st_mode))
		return 1;
	if (r == 0)
		r = root_file_read(&file, arena, limit, &bytes, &size);
	if (r < 0)
		return diag_errno(finder->diag, -r, path);
	*text = (struct view){ bytes, size };
	return 0;
}

bool package_name_is_sane(struct view name)
{
	for (size_t i = 0; i < name.size; i++) {
		unsigned char byte = (unsigned char)name.bytes[i];

		if (!(isascii(byte) && isalnum(byte)) && byte != '_' &&
		    (i == 0 || !byte || !strchr("+-._~", byte)))
			return false;
	}
	return name.size > 0 && name.size < 200;
}

/* Whether the entry is a link to a directory: those are listed by all who have files below. */
static bool leads_to_directory(const struct finder *finder, const struct entry *entry)
{
	const struct stat *stat;
	const char *target;
	char *canonical;

	return entry->type == ENTRY_SYMLINK &&
	       root_walk(finder->root, finder->scratch, entry->source, true, NULL, NULL,
			 &canonical) == 0 &&
	       finder->root->ops->look(finder->root, canonical, &stat, &target) == 0 &&
	       S_ISDIR(stat->st_mode);
}

static void win(struct wanted *wanted, struct claim *claim)
{
	wanted->winner = claim;
	wanted->entry->package = claim->package;
}

/* Of what several packages list, one that is there anyhow is the owner: else the first. */
static void settle_shared(struct finder *finder, struct wanted *wanted)
{
	struct claim *winner = wanted->claims;

	if (wanted->winner || !winner || leads_to_directory(finder, wanted->entry))
		return;
	for (struct claim *claim = winner; claim; claim = claim->next) {
		if (!claim->package->alone)
			continue;
		winner = claim;
		break;
	}
	win(wanted, winner);
}

static void settle_all(struct finder *finder)
{
	struct wanted *first;
	struct wanted *temporary;

	HASH_ITER(hh, finder->wanted, first, temporary)
		for (struct wanted *wanted = first; wanted; wanted = wanted->next) {
			if (!wanted->claims || wanted->claims->next)
				continue;
			win(wanted, wanted->claims);
			wanted->winner->package->alone = true;
		}
	HASH_ITER(hh, finder->wanted, first, temporary)
		for (struct wanted *wanted = first; wanted; wanted = wanted->next)
			settle_shared(finder, wanted);
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

/* Every package gets the files that it won. */
static int make_lists(struct finder *finder)
{
	struct wanted *first;
	struct wanted *temporary;

	for (size_t i = 0; i < finder->n_packages; i++) {
		struct package *package = finder->packages[i];

		package->files =
			arena_array(finder->arena, package->n_files + 1, sizeof(*package->files));
		package->n_files = 0;
		if (!package->files)
			return -ENOMEM;
	}
	HASH_ITER(hh, finder->wanted, first, temporary)
		for (struct wanted *wanted = first; wanted; wanted = wanted->next) {
			struct package *package = wanted->winner ? wanted->winner->package : NULL;

			if (package)
				package->files[package->n_files++] = wanted->winner->file;
		}
	return 0;
}

static int make_packages(struct finder *finder, struct packages *out)
{
	size_t count = 0;
	int r = make_lists(finder);

	if (r < 0)
		return r;
	for (size_t i = 0; i < finder->n_packages; i++) {
		struct package *package = finder->packages[i];

		if (package->n_files == 0)
			continue;
		qsort(package->files, package->n_files, sizeof(*package->files), compare_files);
		finder->packages[count++] = package;
	}
	if (count > 0)
		qsort(finder->packages, count, sizeof(*finder->packages), compare_packages);
	*out = (struct packages){ (const struct package *const *)finder->packages, count };
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
		.arena = manifest->arena,
		.scratch = arena_new(),
	};
	int r = finder.scratch ? want_all(&finder) : -ENOMEM;

	if (r == 0)
		r = dpkg_read(&finder);
	if (r == 0)
		r = apk_read(&finder);
	if (r == 0)
		r = rpm_read(&finder);
	if (r < 0)
		return r;
	settle_all(&finder);
	return make_packages(&finder, out);
}

const char *package_text(struct arena *arena, const struct package *package)
{
	return arena_printf(arena, "%s %s", package->name, package->version);
}
