/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/path.h"
#include "base/table.h"
#include "manifest/manifest_private.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/xattr.h>

enum {
	XATTR_NAMES_MAX = 64 * 1024, /* XATTR_LIST_MAX */
	XATTR_VALUE_MAX = 64 * 1024, /* XATTR_SIZE_MAX */
	SPECIAL_MODES = S_ISUID | S_ISGID,
};

/* A walk in the root that puts what it meets into the manifest. */
struct harvest {
	struct manifest *manifest;
	const struct root *root;
	enum entry_rank rank;
	const char *why;
	bool tree;     /* of all in a directory: devices and the like are left out with a warning */
	bool reported; /* the error has its diagnostic: it is none of root_walk's own */
};

/* Security labels and the like belong to a system, not to a file. */
static bool is_kept(const char *name)
{
	return strcmp(name, "security.capability") == 0 || strncmp(name, "user.", 5) == 0;
}

static int compare_xattrs(const void *left, const void *right)
{
	const struct entry_xattr *a = left;
	const struct entry_xattr *b = right;

	return strcmp(a->name, b->name);
}

static int read_xattr(struct arena *arena, int fd, const char *name, struct entry_xattr *xattr)
{
	ssize_t size = fgetxattr(fd, name, NULL, 0);
	void *value;

	if (size < 0 || size > XATTR_VALUE_MAX)
		return size < 0 ? -errno : -E2BIG;
	value = arena_alloc(arena, (size_t)size + 1);
	xattr->name = arena_strdup(arena, name);
	if (!value || !xattr->name)
		return -ENOMEM;
	size = fgetxattr(fd, name, value, (size_t)size);
	if (size < 0)
		return -errno;
	xattr->value = value;
	xattr->size = (size_t)size;
	return 0;
}

static int read_xattrs(struct manifest *manifest, int fd, struct entry *entry)
{
	struct arena *arena = manifest->arena;
	TABLE(struct entry_xattr) xattrs = { 0 };
	ssize_t size = flistxattr(fd, NULL, 0);
	char *names;

	if (size <= 0)
		return size < 0 && errno != ENOTSUP ? -errno : 0;
	if (size > XATTR_NAMES_MAX)
		return -E2BIG;
	names = arena_alloc(arena, (size_t)size + 1);
	if (!names)
		return -ENOMEM;
	size = flistxattr(fd, names, (size_t)size);
	if (size < 0)
		return -errno;
	for (const char *name = names; name < names + size; name += strlen(name) + 1) {
		struct entry_xattr *xattr;

		if (!is_kept(name))
			continue;
		xattr = TABLE_ADD(arena, &xattrs);
		if (!xattr)
			return -ENOMEM;
		TRY(read_xattr(arena, fd, name, xattr));
	}
	if (xattrs.count > 0)
		qsort(xattrs.items, xattrs.count, sizeof(*xattrs.items), compare_xattrs);
	entry->xattrs = xattrs.items;
	entry->n_xattrs = xattrs.count;
	return 0;
}

static int open_and_read_xattrs(struct harvest *harvest, struct root_file *file,
				struct entry *entry)
{
	TRY(root_open(harvest->root, entry->source, file));
	TRY(root_file_fd(file));
	return read_xattrs(harvest->manifest, file->fd, entry);
}

/* Reads what only an open file tells: extended attributes, and the identity of these very bytes. */
static int read_file_facts(struct harvest *harvest, struct entry *entry)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	const struct diag *diag = &harvest->manifest->diag;
	int r = open_and_read_xattrs(harvest, &file, entry);

	if (r < 0)
		return diag_errno(diag, -r, entry->source);
	if (file.stat.st_dev != entry->identity.st_dev ||
	    file.stat.st_ino != entry->identity.st_ino)
		return diag_error(diag, ESTALE, entry->source, "changed while it was read");
	entry->identity = file.stat;
	entry->size = (uint64_t)file.stat.st_size;
	if (entry->mode & SPECIAL_MODES)
		diag_warning(diag, entry->path, "is set-%s-ID, and stays so",
			     entry->mode & S_ISUID ? "user" : "group");
	return 0;
}

static int put_link(struct harvest *harvest, struct entry *entry, const char *path,
		    const char *target)
{
	struct arena *arena = harvest->manifest->arena;

	entry->type = ENTRY_SYMLINK;
	entry->mode = 0777;
	entry->size = strlen(target);
	entry->target = arena_strdup(arena, target);
	entry->source = arena_strdup(arena, path);
	return entry->target && entry->source ? manifest_put(harvest->manifest, entry) : -ENOMEM;
}

/* Most programs lead to libc again: a file that is there already is not opened again. */
static bool is_known(const struct manifest *manifest, const struct entry *entry)
{
	const struct entry *known = manifest_find(manifest, entry->path);

	return known && known->type == ENTRY_FILE && known->source && known->rank >= entry->rank &&
	       known->identity.st_dev == entry->identity.st_dev &&
	       known->identity.st_ino == entry->identity.st_ino;
}

static int put_file(struct harvest *harvest, struct entry *entry, const char *path)
{
	entry->type = ENTRY_FILE;
	entry->source = arena_strdup(harvest->manifest->arena, path);
	if (!entry->source)
		return -ENOMEM;
	if (is_known(harvest->manifest, entry))
		return 0;
	TRY(read_file_facts(harvest, entry));
	return manifest_put(harvest->manifest, entry);
}

/* Puts the one component at canonical PATH of the root at canonical DEST. */
static int put_component(struct harvest *harvest, const char *path, const char *dest,
			 const struct stat *stat, const char *target, enum entry_rank rank)
{
	struct manifest *manifest = harvest->manifest;
	struct entry entry = {
		.path = arena_strdup(manifest->arena, dest),
		.rank = rank,
		.mode = stat->st_mode & 07777,
		.uid = manifest->policy.uid,
		.gid = manifest->policy.gid,
		.mtime = manifest_time(manifest, stat->st_mtim.tv_sec),
		.why = harvest->why,
		.root = harvest->root,
		.identity = *stat,
	};

	if (!entry.path)
		return -ENOMEM;
	if (target)
		return put_link(harvest, &entry, path, target);
	if (S_ISDIR(stat->st_mode)) {
		entry.type = ENTRY_DIRECTORY;
		return manifest_put(manifest, &entry);
	}
	if (S_ISREG(stat->st_mode))
		return put_file(harvest, &entry, path);
	if (!harvest->tree)
		return diag_error(&manifest->diag, EINVAL, path,
				  "is neither a file, a directory nor a link");
	diag_warning(&manifest->diag, path, "is left out: a device, FIFO or socket");
	return 0;
}

static int visit(void *data, const char *path, const struct stat *stat, const char *target)
{
	struct harvest *harvest = data;
	bool directory = !target && S_ISDIR(stat->st_mode);
	int r = put_component(harvest, path, path, stat, target,
			      directory ? ENTRY_PARENT : harvest->rank);

	harvest->reported |= r < 0;
	return r;
}

static int walk_error(const struct harvest *harvest, int r, const char *path)
{
	return harvest->reported ? r : diag_errno(&harvest->manifest->diag, -r, path);
}

/* Returns 1 where PATH of the root leads to a directory, at *CANONICAL; 0 where it does not. */
static int find_directory(const struct harvest *harvest, const char *path, char **canonical)
{
	const struct stat *stat = NULL;
	int r;

	r = root_resolve(harvest->root, harvest->manifest->arena, path, &stat, canonical);
	if (r < 0 && root_is_absence(r))
		return 0;
	if (r < 0)
		return diag_errno(&harvest->manifest->diag, -r, path);
	assert(stat);
	return S_ISDIR(stat->st_mode);
}

/*
 * Puts the directories and links of the root that lead to DIRECTORY, which the result will have;
 * those that the root has not are made later. *CANONICAL becomes the path without links.
 */
static int put_way(struct harvest *harvest, const char *directory, char **canonical)
{
	struct arena *arena = harvest->manifest->arena;
	const char *rest = directory + strspn(directory, "/");
	char *reached = arena_strdup(arena, "/");

	while (reached && *rest) {
		size_t length = strcspn(rest, "/");
		char *name = arena_strndup(arena, rest, length);
		char *next = name ? path_join(arena, reached, name) : NULL;
		char *found;
		int r = next ? find_directory(harvest, next, &found) : -ENOMEM;

		if (r > 0) {
			r = root_walk(harvest->root, arena, next, true, visit, harvest, NULL);
			next = found;
			if (r < 0)
				return walk_error(harvest, r, directory);
		}
		if (r < 0)
			return r;
		reached = next;
		rest += length;
		rest += strspn(rest, "/");
	}
	*canonical = reached;
	return reached ? 0 : -ENOMEM;
}

/* Finds the file or directory that PATH leads to: what it is, and its canonical path. */
static int resolve(const struct harvest *harvest, const char *path, const struct stat **stat,
		   char **canonical)
{
	int r = root_resolve(harvest->root, harvest->manifest->arena, path, stat, canonical);

	return r < 0 ? diag_errno(&harvest->manifest->diag, -r, path) : 0;
}

/* Puts the file or directory that PATH leads to at DEST itself. */
static int harvest_to(struct harvest *harvest, const char *path, const char *dest)
{
	struct arena *arena = harvest->manifest->arena;
	const char *parent = path_dirname(arena, dest);
	const struct stat *stat = NULL;
	char *canonical_dest = NULL;
	char *canonical = NULL;

	if (!parent)
		return -ENOMEM;
	TRY(resolve(harvest, path, &stat, &canonical));
	TRY(put_way(harvest, parent, &canonical_dest));
	assert(stat && canonical && canonical_dest);
	canonical_dest = path_join(arena, canonical_dest, path_basename(dest));
	if (!canonical_dest)
		return -ENOMEM;
	TRY(manifest_put_parents(harvest->manifest, canonical_dest, harvest->why));
	return put_component(harvest, canonical, canonical_dest, stat, NULL, harvest->rank);
}

int manifest_harvest(struct manifest *manifest, const struct root *root, const char *path,
		     const char *dest, enum entry_rank rank, const char *why)
{
	struct harvest harvest = {
		.manifest = manifest,
		.root = root,
		.rank = rank,
		.why = why,
	};
	int r;

	if (strcmp(path, dest) != 0)
		return harvest_to(&harvest, path, dest);
	r = root_walk(root, manifest->arena, path, true, visit, &harvest, NULL);
	return r < 0 ? walk_error(&harvest, r, path) : r;
}

/* A directory of a tree, by canonical paths, whose names are still to be read. */
struct unread {
	const char *path;
	const char *dest;
};

struct tree_walk {
	struct harvest harvest;
	TABLE(struct unread) unread; /* a stack */
	struct unread current;
};

static int push(struct tree_walk *tree, const char *path, const char *dest)
{
	struct unread *unread = TABLE_ADD(tree->harvest.manifest->arena, &tree->unread);

	if (!unread)
		return -ENOMEM;
	*unread = (struct unread){ path, dest };
	return 0;
}

static int put_name(struct tree_walk *tree, const char *name)
{
	struct harvest *harvest = &tree->harvest;
	struct arena *arena = harvest->manifest->arena;
	const char *path = path_join(arena, tree->current.path, name);
	const char *dest = path_join(arena, tree->current.dest, name);
	const struct stat *stat = NULL;
	const char *target;
	int r;

	if (!path || !dest)
		return -ENOMEM;
	r = root_look_at(harvest->root, path, &stat, &target);
	if (r < 0)
		return diag_errno(&harvest->manifest->diag, -r, path);
	TRY(put_component(harvest, path, dest, stat, target, harvest->rank));
	return S_ISDIR(stat->st_mode) ? push(tree, path, dest) : 0;
}

static int visit_name(void *data, const char *name)
{
	struct tree_walk *tree = data;
	int r = put_name(tree, name);

	tree->harvest.reported |= r < 0;
	return r;
}

static int put_tree(struct tree_walk *tree, const char *path, const char *dest)
{
	tree->harvest.tree = true;
	TRY(push(tree, path, dest));
	while (tree->unread.count > 0) {
		int r;

		tree->current = tree->unread.items[--tree->unread.count];
		r = root_list_at(tree->harvest.root, tree->current.path, visit_name, tree);
		if (r < 0)
			return walk_error(&tree->harvest, r, tree->current.path);
	}
	return 0;
}

/* As `cp -a PATH/. DEST`: where DEST leads to a directory, the content goes there. */
int manifest_add_tree(struct manifest *manifest, const struct root *root, const char *path,
		      const char *dest, enum entry_rank rank, const char *why)
{
	struct tree_walk tree = {
		.harvest = { .manifest = manifest, .root = root, .rank = rank, .why = why },
	};
	const struct stat *stat = NULL;
	char *canonical_dest = NULL;
	char *canonical = NULL;

	if (TRY(find_directory(&tree.harvest, path, &canonical)) == 0)
		return manifest_harvest(manifest, root, path, dest, rank, why);
	TRY(put_way(&tree.harvest, dest, &canonical_dest));
	assert(canonical && canonical_dest);
	TRY(manifest_put_parents(manifest, canonical_dest, why));
	/* The user asked for the directory itself, not for its way; "/" is always there. */
	if (canonical_dest[1]) {
		TRY(resolve(&tree.harvest, canonical, &stat, &canonical));
		assert(stat && canonical);
		TRY(put_component(&tree.harvest, canonical, canonical_dest, stat, NULL, rank));
	}
	return put_tree(&tree, canonical, canonical_dest);
}
