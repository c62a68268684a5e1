/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a loader looks for one name: the order of rpath, library path, runpath, cache
 * and default directories, what it skips and what it stops at. Rule numbers in the
 * comments are those of ld.so(8) and of glibc's and musl's sources.
 */
#ifndef MKROOTFS_LOADER_SEARCH_H
#define MKROOTFS_LOADER_SEARCH_H

#include "loader/loader.h"

/* How a name was satisfied. The order is that of the names in search_via_name. */
enum found_by {
	FOUND_BY_PROGRAM, /* asked for by the user */
	FOUND_BY_PATH,	  /* a name with a '/' */
	FOUND_BY_RPATH,
	FOUND_BY_LIBRARY_PATH,
	FOUND_BY_RUNPATH,
	FOUND_BY_CACHE,
	FOUND_BY_DEFAULT,
	FOUND_BY_LOADED, /* an object that was there already answers to the name */
	FOUND_BY_INTERP,
	FOUND_BY_PRELOAD,
	FOUND_BY_DLOPEN,
	FOUND_BY_RULE,
	FOUND_BY_TRACE,
};

/* "path", "rpath", "library-path", ...: the words of --json. */
const char *found_by_name(enum found_by found_by);

/*
 * Where a file is, and where it will be in the result: the same unless the user moved
 * the program (FILE:DEST) and the file was found through its $ORIGIN.
 */
struct location {
	const char *path;
	const char *dest;
};

/* One object of a link map, as far as a search needs to know it. */
struct loaded {
	const char *name;		/* the name it was first asked for by: left of ldd's "=>" */
	struct location location;	/* l_name: right of the "=>", the path it was found by */
	struct location origin;		/* what $ORIGIN stands for in its paths */
	const struct elf_object *elf;	/* NULL for a missing object */
	const struct loaded *requester; /* who loaded it first; NULL for the program and roots */
	bool secure;			/* a set-id program */
};

/* What searches of one closure share. Prepared with search_prepare. */
struct search_context {
	const struct sysroot *sysroot;
	const struct loader *loader;
	const struct processor *processor;
	const struct loaded *program; /* whose DT_RPATH serves all */
	const char *library_path;     /* --library-path, or NULL */

	/* Set when an answer may be another one on another processor. */
	bool cpu_dependent;
	/* musl: what the last system call that failed said, for its "%m"; NULL: nothing yet. */
	const char *last_error;
	/* Below here search.c's own. */
	struct search_directory *directories;
	const char *const *subdirectories; /* tried in every directory; the last one is "" */
	size_t n_subdirectories;
};

struct search_result {
	struct location location;
	enum found_by found_by;
	const struct elf_object *elf;
	/* SEARCH_STOPPED: what stopped it, in the loader's words. */
	const char *problem;
	/* Where it was looked for, in order, when it was not found. */
	const char **searched;
	size_t n_searched;
	size_t searched_capacity;
};

enum {
	SEARCH_NOT_FOUND = 1,
	SEARCH_STOPPED = 2, /* a candidate that ends the program: not ELF, truncated, ... */
};

/* Computes what depends on CONTEXT's loader and processor. Returns 0 or -ENOMEM. */
int search_prepare(struct search_context *context);

/* Frees what is not in the arena. */
void search_finish(struct search_context *context);

/*
 * NAME as REQUESTER's loader reads it out of the dynamic segment, its tokens expanded.
 * Returns 0; SEARCH_NOT_FOUND where a token has no value; -ENOMEM.
 */
int search_expand_name(struct search_context *context, const struct loaded *requester,
		       const char *name, struct location *out);

/*
 * Looks for NAME (expanded) as REQUESTER's loader would; what is loaded already is not
 * looked at. Returns 0 with RESULT's place, via and elf; a positive outcome from above, with
 * RESULT's searched or place and problem; or -errno after a diagnostic.
 */
int search_library(struct search_context *context, const struct loaded *requester,
		   struct location name, struct search_result *result);

/*
 * For glibc.c and musl.c.
 *
 * search_file tries the one file at LOCATION: 0 found, SEARCH_STOPPED, SEARCH_NOT_FOUND
 * where the search goes on, SEARCH_ABANDONED where the loader gives up the list of
 * directories that it is in.
 */
enum { SEARCH_ABANDONED = 3 };
int search_file(struct search_context *context, struct location location, enum found_by found_by,
		struct search_result *result);

/* Tries NAME in DIRECTORY (no trailing '/'; "" is the working directory), as search_file. */
int search_in_directory(struct search_context *context, struct location directory,
			enum found_by found_by, const char *name, struct search_result *result);

/* Remembers WHERE as a place that was looked at, once. Returns 0 or -ENOMEM. */
int search_note(struct search_context *context, struct search_result *result, const char *where);

#endif
