/* SPDX-License-Identifier: Apache-2.0 */
#include "output/remove_tree.h"
#include "base/cleanup.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum {
	NAME_TRIES = 1000000,
};

static void closedir_cleanup(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

static int open_directory(int parent, const char *name, DIR **out)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	struct stat stat;
	int fd;

	/* Only the owner's own rights are in the owner's way; root has none in its way. */
	if (geteuid() != 0 && fstatat(parent, name, &stat, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(stat.st_mode) && (stat.st_mode & S_IRWXU) != S_IRWXU)
		fchmodat(parent, name, S_IRWXU, 0);
	fd = openat(parent, name, flags);
	if (fd < 0)
		return -errno;
	*out = fdopendir(fd);
	if (!*out) {
		int error = errno;

		close(fd);
		return -error;
	}
	return 0;
}

/* 0: gone; 1: a directory with something in it. */
static int remove_name(int parent, const char *name)
{
	if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	return errno == ENOTEMPTY || errno == EEXIST ? 1 : -errno;
}

/* Moves directory NAME of FROM to TOP, under any name that is free there. */
static int move_up(int from, const char *name, int top, unsigned *counter)
{
	for (unsigned i = 0; i < NAME_TRIES; i++) {
		char free_name[32];

		snprintf(free_name, sizeof(free_name), ".%u", (*counter)++);
		/* An empty directory of that name is replaced, which is as good. */
		if (renameat(from, name, top, free_name) == 0)
			return 0;
		if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR)
			return -errno;
	}
	return -EEXIST;
}

/* Removes what is in DIRECTORY; directories that are not empty are moved to TOP for later. */
static int empty(DIR *directory, int top, unsigned *counter)
{
	int result = 0;

	for (;;) {
		const struct dirent *entry;
		DIR *inner = NULL;
		int r;

		errno = 0;
		entry = readdir(directory);
		if (!entry)
			return errno ? -errno : result;
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		r = remove_name(dirfd(directory), entry->d_name);
		if (r != 1) {
			result = r < 0 ? r : result;
			continue;
		}
		/* To be moved, a directory must be one that we may write to: opening sees to that.
		 */
		r = open_directory(dirfd(directory), entry->d_name, &inner);
		if (r == 0) {
			assert(inner);
			closedir(inner);
			r = move_up(dirfd(directory), entry->d_name, top, counter);
		}
		result = r < 0 ? r : result;
	}
}

/* One level less: the directories in TOP give what is in them to TOP, and go. */
static int flatten(DIR *top, bool *found, unsigned *counter)
{
	int result = 0;

	assert(top);
	*found = false;
	rewinddir(top);
	for (;;) {
		CLEANUP(closedir) DIR *directory = NULL;
		const struct dirent *entry;
		int r;

		errno = 0;
		entry = readdir(top);
		if (!entry)
			return errno ? -errno : result;
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		*found = true;
		r = remove_name(dirfd(top), entry->d_name);
		if (r == 1)
			r = open_directory(dirfd(top), entry->d_name, &directory);
		if (r == 0 && directory)
			r = empty(directory, dirfd(top), counter);
		if (r == 0 && directory && unlinkat(dirfd(top), entry->d_name, AT_REMOVEDIR) < 0)
			r = -errno;
		result = r < 0 ? r : result;
	}
}

int tree_remove(int parent, const char *name)
{
	CLEANUP(closedir) DIR *top = NULL;
	unsigned counter = 0;
	bool found = true;
	int r;

	r = open_directory(parent, name, &top);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	while (r == 0 && found)
		r = flatten(top, &found, &counter);
	if (r == 0 && unlinkat(parent, name, AT_REMOVEDIR) < 0)
		r = -errno;
	return r;
}
