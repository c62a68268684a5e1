/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/finder.h"
#include "base/error.h"
#include "base/path.h"

#include <assert.h>
#include <errno.h>

void finder_cleanup(struct finder *finder)
{
	HASH_CLEAR(hh, finder->by_name);
	arena_free(finder->scratch);
}

static struct wanted *find_by_name(const struct finder *finder, const char *path)
{
	const char *name = path_basename(path);
	struct wanted *wanted;

	HASH_FIND_STR(finder->by_name, name, wanted);
	return wanted;
}

/* By name first: most paths that packages list have a name that no entry has. */
int finder_want(struct finder *finder, const struct entry *entry)
{
	struct wanted *wanted = arena_alloc(finder->scratch, sizeof(*wanted));
	struct wanted **place = TABLE_ADD(finder->scratch, &finder->wanted);
	struct wanted *first = find_by_name(finder, entry->source);
	const char *name = path_basename(entry->source);

	if (!wanted || !place)
		return -ENOMEM;
	*place = wanted;
	wanted->entry = entry;
	wanted->end = &wanted->claims;
	if (first) {
		wanted->next = first->next;
		first->next = wanted;
		return 0;
	}
	HASH_ADD_KEYPTR(hh, finder->by_name, name, strlen(name), wanted);
	return HASH_HAS(wanted) ? 0 : -ENOMEM;
}

/*
 * Where PATH really stands: packages may list it by another way, as /lib/x where /lib is a link.
 * *OUT is NULL where its directory is not in the root.
 */
static int find_canonical(struct finder *finder, const char *path, const char **out)
{
	const char *directory = path_dirname(finder->scratch, path);
	char *canonical;

	*out = NULL;
	if (!directory)
		return -ENOMEM;
	if (!finder->directory || strcmp(directory, finder->directory) != 0) {
		int r = root_walk(finder->root, finder->scratch, directory, true, NULL, NULL,
				  &canonical);

		/* Nothing in the result comes from where nobody may look. */
		if (r < 0 && !root_is_absence(r) && r != -EACCES && r != -ELOOP)
			return diag_errno(finder->diag, -r, directory);
		finder->directory = directory;
		finder->canonical = r == 0 ? canonical : NULL;
	}
	if (!finder->canonical)
		return 0;
	*out = path_join(finder->scratch, finder->canonical, path_basename(path));
	return *out ? 0 : -ENOMEM;
}

/* Replaces *TEXT, unless it is NULL, by a copy. */
static int keep_text(struct arena *arena, const char **text)
{
	if (!*text)
		return 0;
	*text = arena_strdup(arena, *text);
	return *text ? 0 : -ENOMEM;
}

static int add_claim(struct finder *finder, struct wanted *wanted, struct package *package,
		     const struct package_file *file)
{
	struct claim *claim = arena_alloc(finder->arena, sizeof(*claim));

	if (!claim)
		return -ENOMEM;
	claim->package = package;
	claim->file = *file;
	claim->file.entry = wanted->entry;
	TRY(keep_text(finder->arena, &claim->file.listed));
	TRY(keep_text(finder->arena, &claim->file.checksum));
	TRY(keep_text(finder->arena, &claim->file.owner));
	TRY(keep_text(finder->arena, &claim->file.directory_owner));
	*wanted->end = claim;
	wanted->end = &claim->next;
	package->n_files++;
	return 0;
}

int finder_claim(struct finder *finder, struct package *package, const char *path,
		 const struct package_file *file)
{
	struct wanted *wanted = path[0] == '/' ? find_by_name(finder, path) : NULL;
	const char *canonical;
	int claimed = 0;

	assert(file->listed);
	if (!wanted)
		return 0;
	TRY(find_canonical(finder, path, &canonical));
	/* The same file may stand at several places of the result. */
	for (; canonical && wanted; wanted = wanted->next) {
		if (strcmp(wanted->entry->source, canonical) != 0)
			continue;
		TRY(add_claim(finder, wanted, package, file));
		claimed = FINDER_CLAIMED;
	}
	return claimed;
}

int finder_set_checksum(struct finder *finder, const struct package *package, const char *listed,
			const char *path, struct view checksum)
{
	for (struct wanted *wanted = find_by_name(finder, path); wanted; wanted = wanted->next)
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
	struct package **place = TABLE_ADD(finder->arena, &finder->packages);

	assert(package->name && package->version && package->architecture && package->source &&
	       package->source_version);
	if (!place)
		return -ENOMEM;
	*place = package;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		TRY(keep_text(finder->arena, texts[i]));
	return 0;
}
