/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks at files as the traced processes see them: from their root directory, which need not be
 * that of this process. No link leads out of it.
 */
#ifndef MKROOTFS_TRACE_LOOK_H
#define MKROOTFS_TRACE_LOOK_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

struct trace_look {
	bool inside; /* the root is another than this process's: ROOT and PREFIX are valid */
	int root;    /* that directory; the caller closes it */
	char prefix[PATH_MAX]; /* what the kernel's names for files in it begin with; "": nothing */
};

/* Looks from directory ROOT from now on. Returns 0 or a negative errno. */
int trace_look_from(struct trace_look *look, int root);

/* As stat(2), or lstat(2) where not FOLLOW, for an absolute PATH. Returns 0 or a negative errno. */
int trace_look_stat(const struct trace_look *look, const char *path, bool follow, struct stat *out);

/*
 * Opens the regular file PATH for reading. Returns a descriptor; -EINVAL where it is something
 * else; a negative errno.
 */
int trace_look_open(const struct trace_look *look, const char *path);

/* As realpath(3). Returns 0 or a negative errno. */
int trace_look_real(const struct trace_look *look, const char *path, char real[PATH_MAX]);

/* Turns the kernel's name for a file, as of /proc/PID/cwd, into that in the root. */
void trace_look_strip(const struct trace_look *look, char path[PATH_MAX]);

#endif
