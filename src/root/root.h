/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A root: a file system tree that paths are walked in, as a process chrooted there would walk them.
 * No link and no ".." leads outside. There are two kinds: a directory on disk (root_disk_open) and
 * the manifest of a result (manifest/manifest.h). The loader's model sees the world through this
 * interface alone; that is how the same model that finds the libraries checks the result.
 *
 * All paths are absolute within the root, bytes without a fixed encoding.
 */
#ifndef MKROOTFS_ROOT_ROOT_H
#define MKROOTFS_ROOT_ROOT_H

#include "base/error.h"
#include "base/texts.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

struct root;

/* An open file of a root. Its bytes come from a descriptor or from memory. */
struct root_file {
	struct stat stat;	 /* of the file itself, links followed */
	int fd;			 /* -1 where CONTENT stands for the file, or before root_file_fd */
	const void *content;	 /* stat.st_size bytes in memory, or NULL */
	const struct root *root; /* where SOURCE is opened, when a descriptor is asked for */
	const char *source;	 /* owned by ROOT's owner; NULL once FD is open */
};

/*
 * Called for every component of a walked path in order, each by its canonical path
 * (no link in its directory part). TARGET is a link's text, NULL for anything else.
 * A return value other than 0 ends the walk, which returns it.
 */
typedef int root_visit_fn(void *data, const char *path, const struct stat *stat,
			  const char *target);

/* Called for every name of a directory but "." and "..", in no set order. */
typedef int root_list_fn(void *data, const char *name);

struct root_ops {
	/*
	 * The one component at canonical PATH, not followed. TARGET is set to a link's
	 * text, else NULL; both belong to the root. Errors as of lstat(2).
	 */
	int (*look)(const struct root *root, const char *path, const struct stat **stat,
		    const char **target);
	/* As root_open. */
	int (*open)(const struct root *root, const char *path, struct root_file *file);
	/* As root_list, for a canonical PATH. */
	int (*list)(const struct root *root, const char *path, root_list_fn *fn, void *data);
	void (*close)(struct root *root);
};

enum { ROOT_DIRECTORY_MAX = 256 };

/*
 * The directory that the last walk ended in, canonical and without a '/' at its end: the next walk
 * often leads there too, and begins there then.
 */
struct root_memory {
	char directory[ROOT_DIRECTORY_MAX];
	size_t length; /* 0: none */
};

struct root {
	const struct root_ops *ops;
	struct root_memory *memory; /* NULL where what was walked may change */
};

/*
 * Opens the directory PATH of this system as a root; "/" is the system's own. The
 * caller closes it with root_close. Errors: as of open(2), -ENOMEM.
 */
MUST_USE int root_disk_open(struct root **out, const char *path);

/* A disk root's own path on this system, for messages: "/" or as it was given. */
const char *root_disk_path(const struct root *root);

void root_close(struct root *root);
DEFINE_CLEANUP(struct root *, root_close);

/*
 * Opens PATH for reading, links followed within the root. Directories open too; special files
 * are not opened, FILE has their stat alone. The caller closes FILE with
 * root_file_close. Errors: as of open(2); -ELOOP after 40 links; -ESTALE where another look had
 * found another kind of file on the way.
 */
MUST_USE int root_open(const struct root *root, const char *path, struct root_file *file);
void root_file_close(struct root_file *file);

static inline void root_file_cleanup(struct root_file *file)
{
	root_file_close(file);
}

/*
 * Whether ERROR, a negative errno, says that there is nothing at a path; all others are errors. No
 * file has a name or path that is too long. Behind links that lead round in a circle there may be
 * one that somebody means: whoever looks for it has to hear of the circle.
 */
static inline bool root_is_absence(int error)
{
	return error == -ENOENT || error == -ENOTDIR || error == -ENAMETOOLONG;
}

/*
 * Whether ERROR, a negative errno, is this system's trouble (its disk, its limits) and none that
 * the target has: a program that runs there would not see it.
 */
static inline bool root_is_own_trouble(int error)
{
	return error == -ENOMEM || error == -EMFILE || error == -ENFILE || error == -EIO;
}

/* A closed file, to initialize a local with. */
#define ROOT_FILE_NONE ((struct root_file){ .fd = -1 })

/* A descriptor of FILE, opened now if it was not; FILE keeps it. -EINVAL for a file in memory. */
MUST_USE int root_file_fd(struct root_file *file);

/* As pread(2), whole: returns the bytes read (less than SIZE only at the end) or -errno. */
MUST_USE ssize_t root_file_pread(struct root_file *file, void *bytes, size_t size, off_t offset);

/*
 * Reads all of FILE, at most LIMIT bytes (-EFBIG above). *BYTES gets a NUL behind it,
 * is owned by ARENA; *SIZE does not count the NUL.
 */
MUST_USE int root_file_read(struct root_file *file, struct arena *arena, size_t limit, char **bytes,
			    size_t *size);

/* As root_file_read, of the file at PATH. Errors: as of root_open too. */
MUST_USE int root_read(const struct root *root, struct arena *arena, const char *path, size_t limit,
		       char **bytes, size_t *size);

/*
 * Walks PATH component by component from the root, links followed (the last one too
 * where FOLLOW), and calls VISIT (may be NULL) for each: directories, links, the file
 * at the end. *CANONICAL (may be NULL) becomes the path reached, owned by ARENA.
 * Errors: as of stat(2); -ELOOP after 40 links; what VISIT returned.
 */
MUST_USE int root_walk(const struct root *root, struct arena *arena, const char *path, bool follow,
		       root_visit_fn *visit, void *data, char **canonical);

/*
 * What PATH leads to, links followed: *STAT, the root's, at *CANONICAL, owned by ARENA. Errors: as
 * of root_walk.
 */
MUST_USE int root_resolve(const struct root *root, struct arena *arena, const char *path,
			  const struct stat **stat, char **canonical);

/* The component at the end of PATH: not followed where it is a link. TARGET may be NULL. */
MUST_USE int root_look(const struct root *root, struct arena *arena, const char *path,
		       const struct stat **stat, const char **target);

/* As root_look for a canonical PATH (one that a walk reached), and without the walk. */
MUST_USE int root_look_at(const struct root *root, const char *path, const struct stat **stat,
			  const char **target);

/* As root_list for a canonical PATH. */
MUST_USE int root_list_at(const struct root *root, const char *path, root_list_fn *fn, void *data);

/* Calls FN for each name in directory PATH (links followed). Errors: as of opendir(3). */
MUST_USE int root_list(const struct root *root, struct arena *arena, const char *path,
		       root_list_fn *fn, void *data);

/* The names in directory PATH, sorted; all belong to ARENA. Errors: as of root_list. */
MUST_USE int root_names(const struct root *root, struct arena *arena, const char *path,
			struct texts *out);

#endif
