/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a loader looks for one name: the order of rpath, library path, runpath, cache
 * and default directories, what it skips and what it stops at. Comments cite ld.so(8) and the
 * sources of glibc and musl.
 */
#ifndef MKROOTFS_LOADER_SEARCH_H
#define MKROOTFS_LOADER_SEARCH_H

#include "base/error.h"
#include "base/texts.h"
#include "loader/loader.h"

/* How a file was found. */
enum found_by {
	FOUND_BY_PROGRAM, /* asked for by the user */
	FOUND_BY_PATH,	  /* a name with a '/' */
	FOUND_BY_RPATH,
	FOUND_BY_LIBRARY_PATH,
	FOUND_BY_RUNPATH,
	FOUND_BY_CACHE,
	FOUND_BY_DEFAULT,
	FOUND_BY_LOADED, /* an object loaded before answers to the name */
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

/* PATH, which the result has too. */
static inline struct location location_of(const char *path)
{
	return (struct location){ path, path };
}

/* One object of a link map, as far as a search needs to know it. */
struct loaded {
	const char *name;		/* the name it was first asked for by: left of ldd's "=>" */
	struct location location;	/* l_name: right of the "=>", the path it was found by */
	struct location origin;		/* what $ORIGIN stands for in its paths */
	const struct elf_object *elf;	/* NULL for a missing object */
	const struct loaded *requester; /* who loaded it first; NULL for the program and roots */
	bool secure;			/* a set-id program */
};

struct loader_rules;

/* What the searches of one closure share: search_begin fills it, search_end releases it. */
struct search_context {
	const struct sysroot *sysroot;
	const struct loader *loader;
	const struct loader_rules *rules; /* the loader's */
	const struct processor *processor;
	const struct loaded *program; /* whose DT_RPATH serves all */
	const char *library_path;     /* --library-path, or NULL */

	/* Set when an answer may be another one on another processor. */
	bool cpu_dependent;
	/* Why the loader's last system call failed, in its words; the rules' no_error at first. */
	const char *last_error;
	/* musl: a search has come to the system path, and its file was read. */
	bool path_file_read;
	/* Below here candidate.c's own. */
	struct candidate_directory *directories;
	const char *const *subdirectories; /* tried in every directory; the last one is "" */
	size_t n_subdirectories;
};

struct search_result {
	struct location location;
	enum found_by found_by;
	const struct elf_object *elf;
	const char *problem;   /* SEARCH_STOPPED: what stopped it, in the loader's words */
	struct texts searched; /* not found: the directories and files it looked at, in order */
};

/* Outcomes of a search. */
enum {
	SEARCH_NOT_FOUND = 1,
	SEARCH_STOPPED = 2, /* a candidate that ends the program: not ELF, truncated, ... */
	/* A candidate for which the loader gives up the list of directories that holds it. */
	SEARCH_ABANDONED = 3,
};

/* The rules of LOADER; a process without one opens libraries by glibc's. */
const struct loader_rules *search_rules(const struct loader *loader);

/*
 * Begins with CONTEXT's sysroot, loader, processor, program and library path set, all else zero.
 * Returns 0 or -ENOMEM.
 */
MUST_USE int search_begin(struct search_context *context);

/* Frees what is not in the arena. */
void search_end(struct search_context *context);

/*
 * Looks for NAME, its tokens expanded, as REQUESTER's loader would; objects that are loaded
 * already are not asked. Returns 0 with RESULT's location, found_by and elf; SEARCH_NOT_FOUND with
 * its searched; SEARCH_STOPPED with its location and problem; -errno after a diagnostic.
 */
MUST_USE int search_library(struct search_context *context, const struct loaded *requester,
			    struct location name, struct search_result *result);

/*
 * Why LOADER would not take ELF, which it is started for, in its words, or NULL. What identifies
 * the file the loader looks at in a LIBRARY alone: of a program that is the kernel's affair.
 */
const char *search_refuses(const struct loader *loader, const struct elf_object *elf, bool library);

#endif
