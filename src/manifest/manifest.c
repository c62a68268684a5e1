/* SPDX-License-Identifier: Apache-2.0 */
#include "manifest/manifest.h"
#include "base/path.h"
#include "manifest/manifest_private.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

enum {
	DIRECTORY_MODE = 0755,
};

int64_t manifest_newest(const struct manifest_policy *policy)
{
	return policy->source_epoch > MANIFEST_TIME_MIN ? policy->source_epoch : MANIFEST_TIME_MIN;
}

int64_t manifest_time(const struct manifest *manifest, int64_t seconds)
{
	if (manifest->policy.keep_mtime)
		return seconds < 0 ? 0 : seconds;
	if (seconds < MANIFEST_TIME_MIN)
		return MANIFEST_TIME_MIN;
	return seconds < manifest_newest(&manifest->policy) ? seconds
							    : manifest_newest(&manifest->policy);
}

struct manifest *manifest_new(const struct manifest_policy *policy, const struct diag *diag)
{
	CLEANUP(manifest_free) struct manifest *manifest = calloc(1, sizeof(*manifest));
	const struct entry top = {
		.path = "/",
		.type = ENTRY_DIRECTORY,
		.mode = DIRECTORY_MODE,
		.uid = policy->uid,
		.gid = policy->gid,
		.mtime = manifest_newest(policy),
		.why = "root directory",
	};

	if (!manifest)
		return NULL;
	manifest->policy = *policy;
	if (diag)
		manifest->diag = *diag;
	manifest->next_inode = 1;
	manifest->arena = arena_new();
	if (!manifest->arena || manifest_put(manifest, &top) < 0)
		return NULL;
	return STEAL(manifest);
}

void manifest_free(struct manifest *manifest)
{
	if (!manifest)
		return;
	HASH_CLEAR(hh, manifest->slots);
	arena_free(manifest->arena);
	free(manifest);
}

struct arena *manifest_arena(struct manifest *manifest)
{
	return manifest->arena;
}

static struct slot *find_slot(const struct manifest *manifest, const char *path)
{
	struct slot *slot;

	HASH_FIND_STR(manifest->slots, path, slot);
	return slot;
}

const struct entry *manifest_find(const struct manifest *manifest, const char *path)
{
	struct slot *slot = find_slot(manifest, path);

	return slot ? &slot->entry : NULL;
}

const struct entry *const *manifest_entries(const struct manifest *manifest, size_t *count)
{
	*count = manifest->n_entries;
	return manifest->entries;
}

void manifest_set_owner(struct manifest *manifest, const struct entry *entry,
			const struct package *package)
{
	struct slot *slot = find_slot(manifest, entry->path);

	assert(slot && &slot->entry == entry);
	slot->entry.package = package;
}

static bool is_same_file(const struct entry *left, const struct entry *right)
{
	if (left->source && right->source)
		return left->identity.st_dev == right->identity.st_dev &&
		       left->identity.st_ino == right->identity.st_ino;
	if (left->source || right->source)
		return false;
	return left->size == right->size && memcmp(left->content, right->content, left->size) == 0;
}

static bool is_same(const struct entry *left, const struct entry *right)
{
	if (left->type != right->type)
		return false;
	switch (left->type) {
	case ENTRY_DIRECTORY:
		return true;
	case ENTRY_SYMLINK:
		return strcmp(left->target, right->target) == 0;
	case ENTRY_FILE:
		return is_same_file(left, right);
	}
	return false;
}

/* An entry as a diagnostic names it: "a link to usr/lib (--symlink)". */
static const char *describe(struct arena *arena, const struct entry *entry)
{
	const char *text = NULL;

	if (entry->type == ENTRY_DIRECTORY)
		text = arena_printf(arena, "a directory of mode %04o (%s)", (unsigned)entry->mode,
				    entry->why);
	else if (entry->type == ENTRY_SYMLINK)
		text = arena_printf(arena, "a link to %s (%s)", entry->target, entry->why);
	else if (entry->source)
		text = arena_printf(arena, "the file %s (%s)", entry->source, entry->why);
	else
		text = arena_printf(arena, "a file of mkrootfs's own (%s)", entry->why);
	return text ? text : entry->why;
}

static int conflict(const struct manifest *manifest, const struct entry *left,
		    const struct entry *right)
{
	return diag_error(&manifest->diag, EEXIST, left->path,
			  "is asked to be two different things: %s and %s",
			  describe(manifest->arena, left), describe(manifest->arena, right));
}

static int add(struct manifest *manifest, const struct entry *entry)
{
	struct slot *slot = arena_alloc(manifest->arena, sizeof(*slot));
	int r;

	if (!slot)
		return -ENOMEM;
	slot->entry = *entry;
	r = arena_grow(manifest->arena, &manifest->entries, manifest->n_entries,
		       &manifest->capacity, sizeof(*manifest->entries));
	if (r < 0)
		return r;
	HASH_ADD_KEYPTR(hh, manifest->slots, slot->entry.path, strlen(slot->entry.path), slot);
	if (!HASH_HAS(slot))
		return -ENOMEM;
	manifest->entries[manifest->n_entries++] = &slot->entry;
	return 0;
}

/*
 * Weighs the directory ENTRY against KNOWN at the same path: 1: the mode, owner and time of ENTRY
 * count; 0: those of KNOWN do; -EEXIST: both were asked for by name, and they differ.
 */
static int weigh_directories(const struct entry *known, const struct entry *entry)
{
	if (known->rank != entry->rank)
		return entry->rank > known->rank;
	/* On the way, one that was found is better than one that was made. */
	if (entry->rank == ENTRY_PARENT)
		return entry->root && !known->root;
	/* By name, --mkdir says more than a tree that has one there; trees merge. */
	if (known->root || entry->root)
		return known->root && !entry->root;
	return known->mode == entry->mode && known->uid == entry->uid && known->gid == entry->gid
		       ? 0
		       : -EEXIST;
}

static int merge(struct manifest *manifest, struct entry *known, const struct entry *entry)
{
	/* The first reason that was one: a directory on the way to something is none. */
	const char *why = known->rank == ENTRY_PARENT ? entry->why : known->why;
	int better = entry->rank > known->rank;

	if (known->type == ENTRY_DIRECTORY)
		better = weigh_directories(known, entry);
	if (better < 0)
		return conflict(manifest, known, entry);
	if (better) {
		*known = *entry;
		known->why = why;
	}
	return 0;
}

int manifest_put(struct manifest *manifest, const struct entry *entry)
{
	struct slot *slot = find_slot(manifest, entry->path);

	if (!slot)
		return add(manifest, entry);
	if (is_same(&slot->entry, entry))
		return merge(manifest, &slot->entry, entry);
	if (entry->rank == slot->entry.rank)
		return conflict(manifest, &slot->entry, entry);
	if (entry->rank > slot->entry.rank)
		slot->entry = *entry;
	return 0;
}

int manifest_put_parents(struct manifest *manifest, const char *path, const char *why)
{
	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		struct entry entry = {
			.path = arena_strndup(manifest->arena, path, (size_t)(slash - path)),
			.type = ENTRY_DIRECTORY,
			.rank = ENTRY_PARENT,
			.mode = DIRECTORY_MODE,
			.uid = manifest->policy.uid,
			.gid = manifest->policy.gid,
			.mtime = manifest_newest(&manifest->policy),
			.why = why,
		};
		int r;

		if (!entry.path)
			return -ENOMEM;
		if (manifest_find(manifest, entry.path))
			continue;
		r = manifest_put(manifest, &entry);
		if (r < 0)
			return r;
	}
	return 0;
}

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
					  parent ? describe(manifest->arena, parent) : "absent",
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

	/* What was generated is told apart by inode, too. */
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

static int tie_hard_links(struct manifest *manifest)
{
	struct first *firsts = NULL;
	int r = 0;

	for (size_t i = 0; r == 0 && i < manifest->n_entries; i++) {
		struct slot *slot = find_slot(manifest, manifest->entries[i]->path);
		struct entry *entry = &slot->entry;
		struct first *first;
		struct first *found;

		if (entry->type != ENTRY_FILE || !entry->source)
			continue;
		first = arena_alloc(manifest->arena, sizeof(*first));
		if (!first) {
			r = -ENOMEM;
			break;
		}
		first->key.dev = entry->identity.st_dev;
		first->key.ino = entry->identity.st_ino;
		first->entry = entry;
		HASH_FIND(hh, firsts, &first->key, sizeof(first->key), found);
		if (found)
			entry->hardlink = found->entry;
		else
			HASH_ADD(hh, firsts, key, sizeof(first->key), first);
		if (!found && !HASH_HAS(first))
			r = -ENOMEM;
	}
	HASH_CLEAR(hh, firsts);
	return r;
}

int manifest_seal(struct manifest *manifest)
{
	int r;

	qsort(manifest->entries, manifest->n_entries, sizeof(*manifest->entries), compare_paths);
	r = check_parents(manifest);
	if (r < 0)
		return r;
	for (size_t i = 0; i < manifest->n_entries; i++)
		set_stat(manifest, find_slot(manifest, manifest->entries[i]->path));
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
