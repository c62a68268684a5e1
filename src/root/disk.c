/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A directory of this system as a root. Whoever can write in it may rename things while it is read;
 * nothing outside of it is looked at all the same, since no path of more than one name is given to
 * the kernel: each name is asked for in a directory that is held open, and no link is followed.
 */
#include "base/hash.h"
#include "base/listing.h"
#include "root/root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

enum {
	/* Directories that are held open: neighbours are looked at one after the other. */
	HELD_MAX = 8,
};

/* What is known of one canonical path. */
struct known_path {
	UT_hash_handle hh;
	const char *path;
	int error; /* 0 or -errno */
	struct stat stat;
	const char *target;
};

/* A directory that is held open. */
struct held_directory {
	const char *path; /* canonical; NULL: the place is free */
	int fd;		  /* O_PATH */
	uint64_t used;	  /* when that was last; the oldest gives way */
};

struct disk_root {
	struct root root;
	int fd;
	char *path;
	struct arena *arena;
	/*
	 * Asks the kernel once for each component: a tree that changes meanwhile is seen in one
	 * state.
	 */
	struct known_path *looked;
	struct held_directory held[HELD_MAX];
	uint64_t clock; /* counts the uses of HELD */
	struct root_memory memory;
};

/* A root is const to its users, and still remembers what it looked at. */
static struct disk_root *disk_root(const struct root *root)
{
	return (struct disk_root *)(uintptr_t)root;
}

static struct known_path *find_known(const struct disk_root *disk, const char *path, size_t length)
{
	struct known_path *known;

	HASH_FIND(hh, disk->looked, path, length, known);
	return known;
}

/*
 * The error of a look into the directory that the first LENGTH bytes of PATH name: where that is
 * known to be a directory, it was replaced meanwhile.
 */
static int directory_error(const struct disk_root *disk, const char *path, size_t length, int error)
{
	const struct known_path *known = find_known(disk, path, length);
	bool gone = error == ENOENT || error == ENOTDIR || error == ELOOP;

	return gone && known && !known->error && S_ISDIR(known->stat.st_mode) ? -ESTALE : -error;
}

static void let_go(struct held_directory *held)
{
	if (held->path)
		close(held->fd);
	*held = (struct held_directory){ .fd = -1 };
}

/* Goes from DIRECTORY into the one of its names that the LENGTH bytes at NAME are. */
static int open_name(int directory, const char *name, size_t length)
{
	char text[NAME_MAX + 1];
	int fd;

	if (length > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(text, name, length);
	text[length] = '\0';
	fd = openat(directory, text, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* How much of the LENGTH bytes of PATH is the directory that HELD holds; 0: it is no part of it. */
static size_t held_length(const struct held_directory *held, const char *path, size_t length)
{
	size_t own = held->path ? strlen(held->path) : 0;

	return own > 0 && own <= length && memcmp(held->path, path, own) == 0 &&
			       (own == length || path[own] == '/')
		       ? own
		       : 0;
}

/* The one on the way to the first LENGTH bytes of PATH that is nearest to them; NULL: none. */
static struct held_directory *find_nearest(struct disk_root *disk, const char *path, size_t length)
{
	struct held_directory *nearest = NULL;
	size_t longest = 0;

	for (size_t i = 0; i < HELD_MAX; i++) {
		size_t own = held_length(&disk->held[i], path, length);

		if (own > longest) {
			longest = own;
			nearest = &disk->held[i];
		}
	}
	return nearest;
}

static struct held_directory *find_oldest(struct disk_root *disk)
{
	struct held_directory *oldest = &disk->held[0];

	for (size_t i = 1; i < HELD_MAX; i++)
		if (disk->held[i].used < oldest->used)
			oldest = &disk->held[i];
	return oldest;
}

/* Holds the directory FD, which the first LENGTH bytes of PATH name. */
static int hold(struct disk_root *disk, int fd, const char *path, size_t length)
{
	struct held_directory *held = find_oldest(disk);

	let_go(held);
	held->path = arena_strndup(disk->arena, path, length);
	if (!held->path) {
		close(fd);
		return -ENOMEM;
	}
	held->fd = fd;
	held->used = ++disk->clock;
	return fd;
}

/*
 * A descriptor of the directory that the first LENGTH bytes of canonical PATH name ("" for the
 * root), which stays open until as many others as there is room for were asked for. Errors: as of
 * openat(2); -ESTALE where it was another thing before.
 */
static int hold_directory(struct disk_root *disk, const char *path, size_t length)
{
	struct held_directory *nearest = find_nearest(disk, path, length);
	size_t done = 0;
	int fd = disk->fd;

	if (nearest) {
		nearest->used = ++disk->clock;
		done = strlen(nearest->path);
		fd = nearest->fd;
	}
	while (done < length) {
		const char *name = path + done + 1;
		size_t size = strcspn(name, "/");

		done += 1 + size;
		fd = open_name(fd, name, size);
		if (fd < 0)
			return directory_error(disk, path, done, -fd);
		fd = TRY(hold(disk, fd, path, done));
	}
	return fd;
}

/* The directory that canonical PATH is in, as hold_directory, and the name of PATH in it. */
static int hold_parent(struct disk_root *disk, const char *path, const char **name)
{
	size_t length = (size_t)(strrchr(path, '/') - path);

	*name = path[length + 1] ? path + length + 1 : ".";
	return hold_directory(disk, path, length);
}

static int read_target(struct disk_root *disk, int parent, const char *name, const char **out)
{
	char text[PATH_MAX];
	ssize_t length = readlinkat(parent, name, text, sizeof(text));

	/* It is no link any more. */
	if (length < 0)
		return errno == EINVAL ? -ESTALE : -errno;
	if ((size_t)length == sizeof(text))
		return -ENAMETOOLONG;
	*out = arena_strndup(disk->arena, text, (size_t)length);
	return *out ? 0 : -ENOMEM;
}

static int ask_kernel(struct disk_root *disk, struct known_path *known)
{
	const char *name;
	int parent;

	if (strlen(known->path) >= PATH_MAX)
		return -ENAMETOOLONG;
	parent = TRY(hold_parent(disk, known->path, &name));
	if (fstatat(parent, name, &known->stat, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	return S_ISLNK(known->stat.st_mode) ? read_target(disk, parent, name, &known->target) : 0;
}

static struct known_path *look_afresh(struct disk_root *disk, const char *path)
{
	struct known_path *known = arena_alloc(disk->arena, sizeof(*known));

	if (!known)
		return NULL;
	known->path = arena_strdup(disk->arena, path);
	if (!known->path)
		return NULL;
	known->error = ask_kernel(disk, known);
	HASH_ADD_KEYPTR(hh, disk->looked, known->path, strlen(known->path), known);
	return HASH_HAS(known) ? known : NULL;
}

static struct known_path *look_known(struct disk_root *disk, const char *path)
{
	struct known_path *known = find_known(disk, path, strlen(path));

	return known ? known : look_afresh(disk, path);
}

static int disk_look(const struct root *root, const char *path, const struct stat **stat,
		     const char **target)
{
	const struct known_path *known = look_known(disk_root(root), path);

	if (!known)
		return -ENOMEM;
	*stat = &known->stat;
	*target = known->target;
	return known->error;
}

/* Opens what is no directory and no link at canonical PATH for reading; a descriptor or -errno. */
static int open_file(struct disk_root *disk, const char *path)
{
	const char *name;
	int parent = TRY(hold_parent(disk, path, &name));
	/* Should it have become a FIFO meanwhile, nobody waits for it. */
	int fd = openat(parent, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);

	if (fd < 0)
		return errno == ELOOP ? -ESTALE : -errno;
	return fd;
}

static int disk_open(const struct root *root, const char *path, struct root_file *file)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct disk_root *disk = disk_root(root);
	const struct known_path *known;
	char *canonical;

	if (!arena)
		return -ENOMEM;
	TRY(root_walk(root, arena, path, true, NULL, NULL, &canonical));
	known = look_known(disk, canonical);
	if (!known)
		return -ENOMEM;
	if (known->error)
		return known->error;
	/* To open a device may do something by itself. */
	file->stat = known->stat;
	if (!S_ISREG(known->stat.st_mode) && !S_ISDIR(known->stat.st_mode))
		return 0;
	file->fd = TRY(open_file(disk, canonical));
	if (fstat(file->fd, &file->stat) < 0) {
		int error = errno;

		root_file_close(file);
		return -error;
	}
	return 0;
}

static int disk_list(const struct root *root, const char *path, root_list_fn *fn, void *data)
{
	CLEANUP(listing_close) DIR *listing = NULL;
	struct disk_root *disk = disk_root(root);
	const char *name;
	int parent = TRY(hold_parent(disk, path, &name));
	int r = listing_open(parent, name, &listing);

	if (r < 0)
		return directory_error(disk, path, strlen(path), -r);
	while (TRY(listing_next(listing, &name)) > 0)
		TRY_ZERO(fn(data, name));
	return 0;
}

static void disk_close(struct root *root)
{
	struct disk_root *disk = disk_root(root);

	HASH_CLEAR(hh, disk->looked);
	for (size_t i = 0; i < HELD_MAX; i++)
		let_go(&disk->held[i]);
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

int root_disk_open(struct root **out, const char *path)
{
	CLEANUP(root_close) struct root *root = NULL;
	struct disk_root *disk = calloc(1, sizeof(*disk));

	if (!disk)
		return -ENOMEM;
	root = &disk->root;
	root->ops = &disk_ops;
	root->memory = &disk->memory;
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

const char *root_disk_path(const struct root *root)
{
	return root->ops == &disk_ops ? disk_root(root)->path : NULL;
}
