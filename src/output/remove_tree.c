/* SPDX-License-Identifier: Apache-2.0 */
#include "output/remove_tree.h"
#include "base/listing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

enum {
	NAME_TRIES = 1000000,
};

struct removal {
	int top;	  /* the directory that is removed */
	unsigned counter; /* of names given at the top */
	bool found;	  /* something at the top, at this turn */
};

/* Removes NAME of PARENT, or moves it. */
typedef int remove_fn(struct removal *removal, int parent, const char *name);

static int open_directory(int parent, const char *name, DIR **out)
{
	struct stat stat;

	/* Only the owner's own rights are in the owner's way; root has none in its way. */
	if (geteuid() != 0 && fstatat(parent, name, &stat, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(stat.st_mode) && (stat.st_mode & S_IRWXU) != S_IRWXU)
		(void)!fchmodat(parent, name, S_IRWXU, 0);
	return listing_open(parent, name, out);
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

/* Moves directory NAME of FROM to the top, under any name that is free there. */
static int move_up(int from, const char *name, struct removal *removal)
{
	for (unsigned i = 0; i < NAME_TRIES; i++) {
		char free_name[32];

		snprintf(free_name, sizeof(free_name), ".%u", removal->counter++);
		/* An empty directory of that name is replaced, which is as good. */
		if (renameat(from, name, removal->top, free_name) == 0)
			return 0;
		if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR)
			return -errno;
	}
	return -EEXIST;
}

/* Calls REMOVE for each name in DIRECTORY, and goes on after errors; the last one is returned. */
static int remove_each(DIR *directory, remove_fn *remove, struct removal *removal)
{
	const char *name;
	int result = 0;

	while (TRY(listing_next(directory, &name)) > 0) {
		int r = remove(removal, dirfd(directory), name);

		result = r < 0 ? r : result;
	}
	return result;
}

/* A directory that is not empty is moved to the top for later. */
static int remove_or_move(struct removal *removal, int parent, const char *name)
{
	CLEANUP(listing_close) DIR *inner = NULL;

	if (TRY(remove_name(parent, name)) == 0)
		return 0;
	/* To be moved, a directory must be one that we may write to: opening sees to that. */
	TRY(open_directory(parent, name, &inner));
	return move_up(parent, name, removal);
}

/* A directory at the top gives what is in it to the top, and goes. */
static int empty_and_remove(struct removal *removal, int top, const char *name)
{
	CLEANUP(listing_close) DIR *directory = NULL;

	removal->found = true;
	if (TRY(remove_name(top, name)) == 0)
		return 0;
	TRY(open_directory(top, name, &directory));
	TRY(remove_each(directory, remove_or_move, removal));
	return unlinkat(top, name, AT_REMOVEDIR) < 0 ? -errno : 0;
}

int tree_remove(int parent, const char *name)
{
	CLEANUP(listing_close) DIR *top = NULL;
	struct removal removal = { .found = true };
	int r = open_directory(parent, name, &top);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	removal.top = dirfd(top);
	/* One level less at each turn. */
	while (removal.found) {
		removal.found = false;
		rewinddir(top);
		TRY(remove_each(top, empty_and_remove, &removal));
	}
	return unlinkat(parent, name, AT_REMOVEDIR) < 0 ? -errno : 0;
}
