/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A script's first line, as the kernel reads it (fs/binfmt_script.c), and the program
 * that env(1) looks up for it.
 */
#ifndef MKROOTFS_NEEDS_SHEBANG_H
#define MKROOTFS_NEEDS_SHEBANG_H

#include "base/arena.h"
#include "root/root.h"

struct shebang {
	const char *interpreter; /* the path behind "#!" */
	const char *argument;	 /* the one argument, or NULL */
	const char *command;	 /* what env(1) as the interpreter would run, or NULL */
	bool carriage_return;	 /* the line ends in CR: no kernel finds that interpreter */
};

/*
 * Reads the first line of FILE. Returns 1 with *OUT set (strings of ARENA) for a script,
 * 0 for anything else, -errno.
 */
int shebang_read(struct root_file *file, struct arena *arena, struct shebang *out);

#endif
