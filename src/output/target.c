/* SPDX-License-Identifier: Apache-2.0 */
#include "output/target.h"
#include "base/error.h"
#include "base/listing.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

enum {
	LINKS_MAX = 40, /* as the kernel */
	PARENT_FLAGS = O_PATH | O_DIRECTORY | O_CLOEXEC,
};

static const char mark[] = "user.mkrootfs";

void target_mark(int directory)
{
	(void)!fsetxattr(directory, mark, "1", 1, 0);
}

static int open_parent(struct target *target, const char *parent)
{
	target->parent = open(parent, PARENT_FLAGS);
	if (target->parent < 0 && errno == ENOENT)
		return diag_error(target->diag, ENOENT, target->path,
				  "there is no directory %s to make it in", parent);
	if (target->parent < 0)
		return diag_error(target->diag, errno, target->path, "%s: %s", parent,
				  errno_text(errno));
	if (fstat(target->parent, &target->root) < 0)
		return diag_errno(target->diag, errno, target->path);
	return 0;
}

/* A link in /proc/self/fd stands for an open file: its text is no path to follow. */
static bool is_open_file(const struct target *target)
{
	struct statfs statfs;

	return fstatfs(target->parent, &statfs) == 0 && statfs.f_type == PROC_SUPER_MAGIC;
}

/*
 * Whether what *FOUND is at TARGET's name is to be trusted, by the kernel's rules for directories
 * that everybody may write to (/tmp; protected_symlinks, protected_fifos and protected_regular in
 * proc_sys_fs(5)), which hold here whether or not they are switched on: another user may have put
 * it there for us to write through. Returns 0, or -EACCES after a diagnostic.
 */
static int check_owner(const struct target *target, const struct stat *found)
{
	const mode_t shared = S_ISVTX | S_IWOTH;

	if ((target->root.st_mode & shared) != shared || found->st_uid == geteuid() ||
	    found->st_uid == target->root.st_uid)
		return 0;
	return diag_error_hint(target->diag, EACCES, target->path,
			       "remove it, or write to a directory of your own",
			       "%s is there, is another user's, and stands in a directory that "
			       "everybody may write to",
			       S_ISLNK(found->st_mode) ? "a link" : "something");
}

/* Looks at what is at the name, not followed: EXISTS and OLD. */
static int look_at_name(struct target *target)
{
	target->exists =
		fstatat(target->parent, target->name, &target->old, AT_SYMLINK_NOFOLLOW) == 0;
	if (!target->exists)
		return errno == ENOENT ? 0 : diag_errno(target->diag, errno, target->path);
	return check_owner(target, &target->old);
}

/* Opens the directory of PATH, following links at its end: sets PARENT, NAME; 1: a stream. */
static int find_location(struct target *target, struct arena *arena, const char *path)
{
	for (unsigned links = 0; links <= LINKS_MAX; links++) {
		const char *parent = path_dirname(arena, path);
		char text[PATH_MAX];
		ssize_t length;
		int r;

		if (!parent)
			return -ENOMEM;
		target_close(target);
		r = open_parent(target, parent);
		if (r < 0)
			return r;
		target->name = path_basename(path);
		if (!*target->name)
			return 0;
		TRY(look_at_name(target));
		length = readlinkat(target->parent, target->name, text, sizeof(text));
		if (length < 0)
			return 0;
		if (target->kind == TARGET_FILE && is_open_file(target))
			return 1;
		path = arena_strndup(arena, text, (size_t)length);
		if (path && path[0] != '/')
			path = path_join(arena, parent, path);
		if (!path)
			return -ENOMEM;
	}
	return diag_errno(target->diag, ELOOP, target->path);
}

/* PATH without the slashes at its end; "/" stays. */
static const char *strip(struct arena *arena, const char *path)
{
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	return arena_strndup(arena, path, length);
}

static int open_standard_output(struct target *target, bool text)
{
	target->kind = TARGET_STREAM;
	target->standard = true;
	target->path = "standard output";
	if (fstat(STDOUT_FILENO, &target->root) < 0)
		return diag_errno(target->diag, errno, target->path);
	if (!text && isatty(STDOUT_FILENO))
		return diag_error_hint(target->diag, EINVAL, target->path,
				       "redirect it to a file or a program",
				       "is a terminal, which shows no archives");
	return 0;
}

static int refuse_directory(const struct target *target)
{
	return diag_error_hint(target->diag, EISDIR, target->path, "-d writes a directory",
			       "is a directory, not a file");
}

static int use_as_stream(struct target *target, const struct stat *stat)
{
	target_close(target);
	target->kind = TARGET_STREAM;
	target->root = *stat;
	return 0;
}

/* An open file of this process: whatever it is, it is written into. */
static int look_at_open_file(struct target *target)
{
	struct stat found;

	if (stat(target->path, &found) < 0)
		return diag_errno(target->diag, errno, target->path);
	return S_ISDIR(found.st_mode) ? refuse_directory(target) : use_as_stream(target, &found);
}

static int look_at_file(struct target *target, const struct output *output, struct arena *arena)
{
	int r = find_location(target, arena, output->path);

	if (r < 0)
		return r;
	if (r == 1)
		return look_at_open_file(target);
	if (!*target->name)
		return refuse_directory(target);
	if (!target->exists || S_ISREG(target->old.st_mode))
		return 0;
	return S_ISDIR(target->old.st_mode) ? refuse_directory(target)
					    : use_as_stream(target, &target->old);
}

/* Sets *EMPTY and *MARKED (mkrootfs made it) of the directory at TARGET. */
static int look_into(const struct target *target, bool *empty, bool *marked)
{
	CLEANUP(listing_close) DIR *listing = NULL;
	const char *name;

	TRY(listing_open(target->parent, target->name, &listing));
	*marked = fgetxattr(dirfd(listing), mark, NULL, 0) >= 0;
	*empty = TRY(listing_next(listing, &name)) == 0;
	return 0;
}

static int judge_directory(struct target *target, bool force)
{
	bool marked = false;
	int r;

	if (!S_ISDIR(target->old.st_mode))
		return diag_error(target->diag, ENOTDIR, target->path,
				  "exists and is not a directory");
	r = look_into(target, &target->empty, &marked);
	if (r < 0)
		return diag_errno(target->diag, -r, target->path);
	/* rename(2) moves no mount point. */
	if (target->old.st_dev != target->root.st_dev)
		return diag_error_hint(target->diag, EBUSY, target->path,
				       "name a directory in it that is still to be made",
				       "is a mount point, and cannot be replaced as a whole");
	if (target->empty || (force && marked))
		return 0;
	if (force)
		return diag_error_hint(target->diag, EEXIST, target->path,
				       "remove it, if nothing in it is needed",
				       "is not empty, and nothing says that mkrootfs made it");
	return diag_error_hint(target->diag, EEXIST, target->path,
			       marked ? "--force replaces it"
				      : "name one that is empty or still to be made",
			       "is not empty");
}

static int look_at_directory(struct target *target, const struct output *output,
			     struct arena *arena)
{
	const char *path = strip(arena, output->path);
	int r;

	if (!path)
		return -ENOMEM;
	r = find_location(target, arena, path);
	if (r < 0)
		return r;
	if (!*target->name || strcmp(target->name, ".") == 0 || strcmp(target->name, "..") == 0)
		return diag_error_hint(target->diag, EINVAL, target->path,
				       "name a directory in it that is still to be made",
				       "cannot be replaced as a whole");
	return target->exists ? judge_directory(target, output->force) : 0;
}

int target_open(struct target *target, struct arena *arena, const struct output *output,
		const struct diag *diag)
{
	*target = TARGET_NONE;
	target->diag = diag;
	target->path = output->path;
	if (output->format == MKROOTFS_FORMAT_DIRECTORY) {
		target->kind = TARGET_DIRECTORY;
		return look_at_directory(target, output, arena);
	}
	if (strcmp(output->path, "-") == 0)
		return open_standard_output(target, output_is_text(output->format));
	target->kind = TARGET_FILE;
	return look_at_file(target, output, arena);
}

void target_close(struct target *target)
{
	if (target->parent >= 0)
		close(target->parent);
	target->parent = -1;
}

static bool is_same(const struct stat *left, const struct stat *right)
{
	return left->st_dev == right->st_dev && left->st_ino == right->st_ino;
}

/*
 * Whether the directory open as FD is DIRECTORY, whose own parent is PARENT, or lies somewhere
 * below it: 1 or 0; -errno.
 */
static int is_inside(int fd, const struct stat *directory, const struct stat *parent)
{
	CLEANUP(fd) int at = openat(fd, ".", PARENT_FLAGS);
	struct stat stat;
	struct stat above;

	if (at < 0 || fstat(at, &stat) < 0)
		return -errno;
	for (;;) {
		int up;

		if (is_same(&stat, directory))
			return 1;
		/* What is met on the way up to PARENT is all that can lie below it. */
		if (is_same(&stat, parent))
			return 0;
		up = openat(at, "..", PARENT_FLAGS);
		if (up < 0)
			return -errno;
		close(at);
		at = up;
		if (fstat(at, &above) < 0)
			return -errno;
		/* Only the root directory is its own parent. */
		if (is_same(&above, &stat))
			return 0;
		stat = above;
	}
}

int target_clash(const struct target *left, const struct target *right)
{
	bool stream = left->kind == TARGET_STREAM;
	int inside;

	if (stream != (right->kind == TARGET_STREAM))
		return 0;
	/* Two outputs may go to one character device, such as /dev/null. */
	if (stream && S_ISCHR(left->root.st_mode))
		return 0;
	if (is_same(&left->root, &right->root) && (stream || strcmp(left->name, right->name) == 0))
		return diag_error(left->diag, EINVAL, left->path, "is the place of two outputs");
	if (stream || !right->exists || right->kind != TARGET_DIRECTORY)
		return 0;
	inside = is_inside(left->parent, &right->old, &right->root);
	if (inside < 0)
		return diag_error_hint(left->diag, -inside, left->path,
				       "name it by a path whose directories may all be looked into",
				       "may lie in %s, which another output replaces: %s",
				       right->path, errno_text(-inside));
	if (inside)
		return diag_error(left->diag, EINVAL, left->path,
				  "lies in %s, which is replaced by another output", right->path);
	return 0;
}
