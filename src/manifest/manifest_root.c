/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "manifest/manifest_private.h"

#include <errno.h>
#include <string.h>

/* The manifest seen as a file system. */
struct manifest_view {
	struct root root;
	const struct manifest *manifest;
	struct stat directory; /* of entries that have no facts yet: the manifest is not sealed */
};

static const struct manifest_view *view_of(const struct root *root)
{
	return (const struct manifest_view *)root;
}

static int view_look(const struct root *root, const char *path, const struct stat **stat,
		     const char **target)
{
	const struct entry *entry = manifest_find(view_of(root)->manifest, path);

	*target = NULL;
	if (!entry)
		return -ENOENT;
	*stat = view_of(root)->manifest->sealed || entry->type != ENTRY_DIRECTORY
			? &((const struct slot *)entry)->stat
			: &view_of(root)->directory;
	*target = entry->target;
	return 0;
}

static int view_open(const struct root *root, const char *path, struct root_file *file)
{
	const struct manifest *manifest = view_of(root)->manifest;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const struct entry *entry;
	char *canonical;

	if (!arena)
		return -ENOMEM;
	TRY(root_walk(root, arena, path, true, NULL, NULL, &canonical));
	entry = manifest_find(manifest, canonical);
	if (!entry)
		return -ENOENT;
	file->stat = ((const struct slot *)entry)->stat;
	file->content = entry->source ? NULL : entry->content;
	file->root = entry->root;
	file->source = entry->source;
	return 0;
}

static int view_list(const struct root *root, const char *path, root_list_fn *fn, void *data)
{
	const struct manifest *manifest = view_of(root)->manifest;
	const struct entry *directory = manifest_find(manifest, path);
	size_t length = strcmp(path, "/") == 0 ? 0 : strlen(path);

	if (!directory || directory->type != ENTRY_DIRECTORY)
		return directory ? -ENOTDIR : -ENOENT;
	for (size_t i = 0; i < manifest->n_entries; i++) {
		const char *entry = manifest->entries[i]->path;
		int r;

		if (strncmp(entry, path, length) != 0 || entry[length] != '/' ||
		    !entry[length + 1] || strchr(entry + length + 1, '/'))
			continue;
		r = fn(data, entry + length + 1);
		if (r != 0)
			return r;
	}
	return 0;
}

static void view_close(struct root *root)
{
	free(root);
}

static const struct root_ops view_ops = {
	.look = view_look,
	.open = view_open,
	.list = view_list,
	.close = view_close,
};

int manifest_root(const struct manifest *manifest, struct root **out)
{
	struct manifest_view *view = calloc(1, sizeof(*view));

	if (!view)
		return -ENOMEM;
	view->root.ops = &view_ops;
	view->manifest = manifest;
	view->directory.st_mode = S_IFDIR | 0755;
	*out = &view->root;
	return 0;
}

static bool is_unchanged(const struct stat *left, const struct stat *right)
{
	return left->st_dev == right->st_dev && left->st_ino == right->st_ino &&
	       left->st_size == right->st_size && left->st_mtim.tv_sec == right->st_mtim.tv_sec &&
	       left->st_mtim.tv_nsec == right->st_mtim.tv_nsec &&
	       left->st_ctim.tv_sec == right->st_ctim.tv_sec &&
	       left->st_ctim.tv_nsec == right->st_ctim.tv_nsec;
}

static int changed(const struct entry *entry, const struct diag *diag)
{
	return diag_error(diag, ESTALE, entry->source, "changed while it was read");
}

int entry_open(const struct entry *entry, const struct diag *diag, struct root_file *file)
{
	int r;

	*file = ROOT_FILE_NONE;
	if (!entry->source) {
		file->content = entry->content;
		file->stat = ((const struct slot *)entry)->stat;
		return 0;
	}
	r = root_open(entry->root, entry->source, file);
	if (r == -ENOENT || r == -ENOTDIR)
		return changed(entry, diag);
	if (r < 0)
		return diag_errno(diag, -r, entry->source);
	if (is_unchanged(&file->stat, &entry->identity))
		return 0;
	root_file_close(file);
	return changed(entry, diag);
}

int entry_verify(const struct entry *entry, const struct diag *diag, struct root_file *file)
{
	struct stat now;

	if (!entry->source)
		return 0;
	if (fstat(file->fd, &now) < 0)
		return diag_errno(diag, errno, entry->source);
	return is_unchanged(&now, &entry->identity) ? 0 : changed(entry, diag);
}
