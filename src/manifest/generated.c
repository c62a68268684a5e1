/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What mkrootfs itself makes: files, links and directories that no source has.
 */
#include "base/error.h"
#include "base/path.h"
#include "manifest/manifest_private.h"

#include <errno.h>
#include <string.h>

/*
 * Where PATH stands when the links of the manifest are followed, as far as they lead
 * somewhere: what is generated below /lib goes below /usr/lib where /lib is a link. A link at the
 * end is followed for a directory only, as mkdir -p would.
 */
static int find_canonical(struct manifest *manifest, const char *path, bool directory,
			  const char **out)
{
	CLEANUP(root_close) struct root *root = NULL;
	struct arena *arena = manifest->arena;
	const char *rest = path + strspn(path, "/");
	char *reached = arena_strdup(arena, "/");

	TRY(manifest_root(manifest, &root));
	while (reached && *rest) {
		size_t length = strcspn(rest, "/");
		char *name = arena_strndup(arena, rest, length);
		char *next = name ? path_join(arena, reached, name) : NULL;
		char *found;
		int r;

		rest += length;
		rest += strspn(rest, "/");
		reached = next;
		if (!next || (!*rest && !directory))
			continue;
		r = root_walk(root, arena, next, true, NULL, NULL, &found);
		if (r < 0 && !root_is_absence(r))
			return diag_errno(&manifest->diag, -r, next);
		if (r >= 0)
			reached = found;
	}
	*out = reached;
	return reached ? 0 : -ENOMEM;
}

static int put_generated(struct manifest *manifest, struct entry *entry)
{
	TRY(find_canonical(manifest, entry->path, entry->type == ENTRY_DIRECTORY, &entry->path));
	entry->mtime = manifest_newest(&manifest->policy);
	TRY(manifest_put_parents(manifest, entry->path, entry->why));
	return manifest_put(manifest, entry);
}

int manifest_put_file(struct manifest *manifest, const char *path, mode_t mode, const void *content,
		      size_t size, enum entry_rank rank, const char *why)
{
	struct entry entry = {
		.path = path,
		.type = ENTRY_FILE,
		.rank = rank,
		.mode = mode,
		.uid = manifest->policy.uid,
		.gid = manifest->policy.gid,
		.why = why,
		.content = arena_memdup(manifest->arena, content, size),
		.size = size,
	};

	if (!entry.content)
		return -ENOMEM;
	return put_generated(manifest, &entry);
}

int manifest_put_symlink(struct manifest *manifest, const char *path, const char *target,
			 enum entry_rank rank, const char *why)
{
	struct entry entry = {
		.path = path,
		.type = ENTRY_SYMLINK,
		.rank = rank,
		.mode = 0777,
		.uid = manifest->policy.uid,
		.gid = manifest->policy.gid,
		.why = why,
		.target = arena_strdup(manifest->arena, target),
		.size = strlen(target),
	};

	if (!entry.target)
		return -ENOMEM;
	return put_generated(manifest, &entry);
}

int manifest_put_directory(struct manifest *manifest, const char *path, mode_t mode, uid_t uid,
			   gid_t gid, enum entry_rank rank, const char *why)
{
	struct entry entry = {
		.path = path,
		.type = ENTRY_DIRECTORY,
		.rank = rank,
		.mode = mode,
		.uid = uid == (uid_t)-1 ? manifest->policy.uid : uid,
		.gid = gid == (gid_t)-1 ? manifest->policy.gid : gid,
		.why = why,
	};

	return put_generated(manifest, &entry);
}
