/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A target: the place that an output is to take, found and judged before a byte is
 * written. A file or a directory is a name in a directory that is held open;
 * standard output, devices and FIFOs are streams, written into as they are.
 */
#ifndef MKROOTFS_OUTPUT_TARGET_H
#define MKROOTFS_OUTPUT_TARGET_H

#include "base/arena.h"
#include "output/output.h"

enum target_kind {
	TARGET_STREAM,
	TARGET_FILE,
	TARGET_DIRECTORY,
};

struct target {
	const struct diag *diag;
	const char *path; /* for diagnostics: as the user wrote it */
	enum target_kind kind;
	bool standard;	  /* a stream: standard output */
	int parent;	  /* the directory that NAME is in (O_PATH); -1 for a stream */
	const char *name; /* links followed: of what is replaced, should there be something */
	struct stat root; /* of PARENT, or of the stream itself */
	bool exists;	  /* something is at NAME: a file, or a directory that may be replaced */
	bool empty;	  /* it is an empty directory */
	struct stat old;  /* of it */
};

#define TARGET_NONE ((struct target){ .parent = -1 })

/*
 * Finds where OUTPUT goes; changes nothing. Strings are made in ARENA. Errors after a
 * diagnostic: -EEXIST for a directory that may not be replaced, -EISDIR, -ENOTDIR, -EINVAL
 * for what cannot be replaced by rename, others as of open(2).
 */
int target_open(struct target *target, struct arena *arena, const struct output *output,
		const struct diag *diag);
void target_close(struct target *target);

/* -EINVAL after a diagnostic where both are one place, or LEFT lies in what RIGHT replaces. */
int target_clash(const struct target *left, const struct target *right);

/*
 * Marks an open DIRECTORY as one that mkrootfs made and --force may replace. The mark is
 * no part of what is in the directory. Where the file system has no room for it, there is none.
 */
void target_mark(int directory);

#endif
