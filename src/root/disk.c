/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/listing.h"
#include "root/root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>

enum {
	/* Files are opened to be read, whatever they turn out to be: never wait for a FIFO. */
	OPEN_FLAGS = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
	/* openat2 answers EAGAIN when something was renamed meanwhile. */
	OPENAT2_TRIES = 16,
};

/* What is known of one canonical path. */
struct known_path {
	UT_hash_handle hh;
	const char *path;
	int error; /* 0 or -errno */
	struct stat stat;
	const char *target;
};

struct disk_root {
	struct root root;
	int fd;
	enum root_disk_way way;
	char *path;
	struct arena *arena;
	/*
	 * Asks the kernel once for each component: a tree that changes meanwhile is seen in one
	 * state.
	 */
	struct known_path *looked;
	struct root_memory memory;
};

/* A root is const to its users, and still remembers what it looked at. */
static struct disk_root *disk_root(const struct root *root)
{
	return (struct disk_root *)(uintptr_t)root;
}

/* A canonical path as one relative to the root's descriptor. */
static const char *relative(const char *path)
{
	return path[1] ? path + 1 : ".";
}

static int read_target(struct disk_root *disk, const char *path, const char **out)
{
	char text[PATH_MAX];
	ssize_t length = readlinkat(disk->fd, relative(path), text, sizeof(text));

	if (length < 0)
		return -errno;
	if ((size_t)length == sizeof(text))
		return -ENAMETOOLONG;
	*out = arena_strndup(disk->arena, text, (size_t)length);
	return *out ? 0 : -ENOMEM;
}

static struct known_path *look_afresh(struct disk_root *disk, const char *path)
{
	struct known_path *looked = arena_alloc(disk->arena, sizeof(*looked));

	if (!looked)
		return NULL;
	looked->path = arena_strdup(disk->arena, path);
	if (!looked->path)
		return NULL;
	if (fstatat(disk->fd, relative(path), &looked->stat, AT_SYMLINK_NOFOLLOW) < 0)
		looked->error = -errno;
	else if (S_ISLNK(looked->stat.st_mode))
		looked->error = read_target(disk, path, &looked->target);
	HASH_ADD_KEYPTR(hh, disk->looked, looked->path, strlen(looked->path), looked);
	return HASH_HAS(looked) ? looked : NULL;
}

static int disk_look(const struct root *root, const char *path, const struct stat **stat,
		     const char **target)
{
	struct disk_root *disk = disk_root(root);
	struct known_path *looked;

	HASH_FIND(hh, disk->looked, path, strlen(path), looked);
	if (!looked)
		looked = look_afresh(disk, path);
	if (!looked)
		return -ENOMEM;
	*stat = &looked->stat;
	*target = looked->target;
	return looked->error;
}

static int open_by_kernel(const struct disk_root *disk, const char *path)
{
	const struct open_how how = {
		.flags = (unsigned)OPEN_FLAGS,
		.resolve = RESOLVE_IN_ROOT,
	};

	for (unsigned i = 0; i < OPENAT2_TRIES; i++) {
		long fd = syscall(SYS_openat2, disk->fd, path, &how, sizeof(how));

		if (fd >= 0)
			return (int)fd;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
	}
	return -EAGAIN;
}

static int open_by_hand(const struct disk_root *disk, const char *path)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	char *canonical;
	int fd;
	int r;

	if (!arena)
		return -ENOMEM;
	r = root_walk(&disk->root, arena, path, true, NULL, NULL, &canonical);
	if (r < 0)
		return r;
	fd = openat(disk->fd, relative(canonical), OPEN_FLAGS | O_NOFOLLOW);
	return fd < 0 ? -errno : fd;
}

static int disk_open(const struct root *root, const char *path, struct root_file *file)
{
	struct disk_root *disk = disk_root(root);
	int fd = -ENOSYS;

	if (disk->way != ROOT_DISK_BY_HAND) {
		fd = open_by_kernel(disk, path);
		/* A container's filter answers EPERM to a call that it does not know. */
		if (fd == -ENOSYS || fd == -EPERM)
			disk->way = ROOT_DISK_BY_HAND;
	}
	if (disk->way == ROOT_DISK_BY_HAND)
		fd = open_by_hand(disk, path);
	if (fd < 0)
		return fd;
	if (fstat(fd, &file->stat) < 0) {
		int error = errno;

		close(fd);
		return -error;
	}
	file->fd = fd;
	return 0;
}

static int disk_list(const struct root *root, const char *path, root_list_fn *fn, void *data)
{
	CLEANUP(listing_close) DIR *listing = NULL;
	const char *name;

	TRY(listing_open(disk_root(root)->fd, relative(path), &listing));
	while (TRY(listing_next(listing, &name)) > 0)
		TRY_ZERO(fn(data, name));
	return 0;
}

static void disk_close(struct root *root)
{
	struct disk_root *disk = disk_root(root);

	HASH_CLEAR(hh, disk->looked);
	if (disk->fd >= 0)
		close(disk->fd);
	arena_free(disk->arena);
	free(disk->path);
	free(disk);
}

static const struct root_ops disk_ops = {
	.look = disk_look,
	.open = disk_open,
	.list = disk_list,
	.close = disk_close,
};

int root_disk_open_way(struct root **out, const char *path, enum root_disk_way way)
{
	CLEANUP(root_close) struct root *root = NULL;
	struct disk_root *disk = calloc(1, sizeof(*disk));

	if (!disk)
		return -ENOMEM;
	root = &disk->root;
	root->ops = &disk_ops;
	root->memory = &disk->memory;
	disk->way = way;
	disk->fd = -1;
	disk->arena = arena_new();
	disk->path = strdup(path);
	if (!disk->arena || !disk->path)
		return -ENOMEM;
	disk->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (disk->fd < 0)
		return -errno;
	*out = STEAL(root);
	return 0;
}

int root_disk_open(struct root **out, const char *path)
{
	return root_disk_open_way(out, path, ROOT_DISK_AUTO);
}

const char *root_disk_path(const struct root *root)
{
	return root->ops == &disk_ops ? disk_root(root)->path : NULL;
}
