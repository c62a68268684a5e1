/* SPDX-License-Identifier: Apache-2.0 */
#include "manifest/manifest.h"
#include "base/error.h"
#include "base/path.h"
#include "base/table.h"
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

struct slot *manifest_slot(const struct manifest *manifest, const char *path)
{
	struct slot *slot;

	HASH_FIND_STR(manifest->slots, path, slot);
	return slot;
}

const struct entry *manifest_find(const struct manifest *manifest, const char *path)
{
	struct slot *slot = manifest_slot(manifest, path);

	return slot ? &slot->entry : NULL;
}

const struct entry *const *manifest_entries(const struct manifest *manifest, size_t *count)
{
	*count = manifest->n_entries;
	return manifest->entries;
}

void manifest_set_ids(struct manifest *manifest, const struct entry *entry, uid_t uid, gid_t gid)
{
	struct slot *slot = manifest_slot(manifest, entry->path);

	assert(slot && &slot->entry == entry && !manifest->sealed);
	slot->entry.uid = uid;
	slot->entry.gid = gid;
}

void manifest_set_owner(struct manifest *manifest, const struct entry *entry,
			const struct package *package)
{
	struct slot *slot = manifest_slot(manifest, entry->path);

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

const char *entry_describe(struct arena *arena, const struct entry *entry)
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
			  "is asked for as two different things: %s and %s",
			  entry_describe(manifest->arena, left),
			  entry_describe(manifest->arena, right));
}

static int add(struct manifest *manifest, const struct entry *entry)
{
	struct slot *slot = arena_alloc(manifest->arena, sizeof(*slot));
	const struct entry **kept;

	if (!slot)
		return -ENOMEM;
	slot->entry = *entry;
	kept = table_add(manifest->arena, &manifest->entries, &manifest->n_entries,
			 &manifest->capacity, sizeof(*kept));
	if (!kept)
		return -ENOMEM;
	*kept = &slot->entry;
	HASH_ADD_KEYPTR(hh, manifest->slots, slot->entry.path, strlen(slot->entry.path), slot);
	return HASH_HAS(slot) ? 0 : -ENOMEM;
}

/*
 * Chooses between the directory ENTRY and KNOWN at the same path. Returns 1 where ENTRY's mode,
 * owner and time win, 0 where KNOWN's do; -EEXIST where the user asked for both, and they differ.
 */
static int weigh_directories(const struct entry *known, const struct entry *entry)
{
	if (known->rank != entry->rank)
		return entry->rank > known->rank;
	/* A directory of the root replaces one that mkrootfs made on the way to something. */
	if (entry->rank == ENTRY_PARENT)
		return entry->root && !known->root;
	/* --mkdir wins over a directory of an --add tree; the directories of trees merge. */
	if (known->root || entry->root)
		return known->root && !entry->root;
	return known->mode == entry->mode && known->uid == entry->uid && known->gid == entry->gid
		       ? 0
		       : -EEXIST;
}

static int merge(struct manifest *manifest, struct entry *known, const struct entry *entry)
{
	/* The first reason counts, unless it is only that something stands below. */
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
	struct slot *slot = manifest_slot(manifest, entry->path);

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

		if (!entry.path)
			return -ENOMEM;
		if (!manifest_find(manifest, entry.path))
			TRY(manifest_put(manifest, &entry));
	}
	return 0;
}
