/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "manifest/manifest_private.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare_paths(const void *left, const void *right)
{
	const struct entry *const *a = left;
	const struct entry *const *b = right;

	return strcmp((*a)->path, (*b)->path);
}

/* Every entry but "/" stands in a directory. */
static int check_parents(const struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->n_entries; i++) {
		const struct entry *entry = manifest->entries[i];
		const char *slash = strrchr(entry->path, '/');
		const struct entry *parent;
		char *path;

		if (slash == entry->path)
			continue;
		path = arena_strndup(manifest->arena, entry->path, (size_t)(slash - entry->path));
		if (!path)
			return -ENOMEM;
		parent = manifest_find(manifest, path);
		if (!parent || parent->type != ENTRY_DIRECTORY)
			return diag_error(&manifest->diag, EEXIST, path,
					  "cannot be %s: %s (%s) is to stand below it",
					  parent ? entry_describe(manifest->arena, parent)
						 : "absent",
					  entry->path, entry->why);
	}
	return 0;
}

static mode_t type_bits(enum entry_type type)
{
	return type == ENTRY_DIRECTORY ? S_IFDIR : type == ENTRY_SYMLINK ? S_IFLNK : S_IFREG;
}

static void set_stat(struct manifest *manifest, struct slot *slot)
{
	struct entry *entry = &slot->entry;

	/* Generated files have inodes of their own, so that readers do not take two for one. */
	if (!entry->root) {
		entry->identity.st_ino = manifest->next_inode++;
		entry->identity.st_nlink = 1;
	}
	slot->stat = entry->identity;
	slot->stat.st_mode = type_bits(entry->type) | entry->mode;
	slot->stat.st_uid = entry->uid;
	slot->stat.st_gid = entry->gid;
	slot->stat.st_size = (off_t)entry->size;
	slot->stat.st_mtim = (struct timespec){ .tv_sec = entry->mtime };
}

/* The first file in path order of each inode. */
struct first {
	UT_hash_handle hh;
	struct {
		dev_t dev;
		ino_t ino;
	} key;
	const struct entry *entry;
};

static int tie(struct manifest *manifest, struct first **firsts, struct entry *entry)
{
	struct first *first = arena_alloc(manifest->arena, sizeof(*first));
	struct first *found;

	if (!first)
		return -ENOMEM;
	first->key.dev = entry->identity.st_dev;
	first->key.ino = entry->identity.st_ino;
	first->entry = entry;
	HASH_FIND(hh, *firsts, &first->key, sizeof(first->key), found);
	if (found) {
		entry->hardlink = found->entry;
		return 0;
	}
	HASH_ADD(hh, *firsts, key, sizeof(first->key), first);
	return HASH_HAS(first) ? 0 : -ENOMEM;
}

static int tie_all(struct manifest *manifest, struct first **firsts)
{
	for (size_t i = 0; i < manifest->n_entries; i++) {
		struct entry *entry = &manifest_slot(manifest, manifest->entries[i]->path)->entry;

		if (entry->type == ENTRY_FILE && entry->source)
			TRY(tie(manifest, firsts, entry));
	}
	return 0;
}

static int tie_hard_links(struct manifest *manifest)
{
	struct first *firsts = NULL;
	int r = tie_all(manifest, &firsts);

	HASH_CLEAR(hh, firsts);
	return r;
}

int manifest_seal(struct manifest *manifest)
{
	assert(!manifest->sealed);
	qsort(manifest->entries, manifest->n_entries, sizeof(*manifest->entries), compare_paths);
	TRY(check_parents(manifest));
	for (size_t i = 0; i < manifest->n_entries; i++)
		set_stat(manifest, manifest_slot(manifest, manifest->entries[i]->path));
	manifest->sealed = true;
	return tie_hard_links(manifest);
}

uint64_t manifest_size(const struct manifest *manifest)
{
	uint64_t size = 0;

	for (size_t i = 0; i < manifest->n_entries; i++)
		if (manifest->entries[i]->type == ENTRY_FILE && !manifest->entries[i]->hardlink)
			size += manifest->entries[i]->size;
	return size;
}
