/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a loader's own file tells of how it was built, from the strings in its read-only data:
 * the system directories, $LIB, where its cache is, its version, and whether it is musl's.
 */
#ifndef MKROOTFS_LOADER_EXPLORE_H
#define MKROOTFS_LOADER_EXPLORE_H

#include "base/texts.h"
#include "root/root.h"

struct explored {
	struct texts directories; /* without a trailing '/'; none: the file does not tell */
	const char *lib;	  /* what $LIB stands for, or NULL */
	const char *cache_path;	  /* or NULL */
	const char *preload_path; /* or NULL */
	unsigned minor;		  /* of glibc: 36 for 2.36; 0: the file does not tell */
	bool musl;
	/* Guix's: the programs of its store have caches of their own, and the system's is not read.
	 */
	bool has_own_caches;
	/* NixOS's: an object's note tells where its libraries are. */
	bool reads_notes;
};

/* musl's system path, where no file says another: it is how musl is known too. */
#define EXPLORE_MUSL_PATH "/lib:/usr/local/lib:/usr/lib"

/* Explores FILE; strings belong to ARENA. Returns 0; -errno as of reading; -ENOMEM. */
int explore_loader(struct root_file *file, struct arena *arena, struct explored *out);

/* The number behind PREFIX in TEXT, at most SIZE bytes long: the N of "2.N"; 0 where it is none. */
unsigned explore_minor(const char *text, size_t size, const char *prefix);

#endif
