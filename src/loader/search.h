/*
 * How a loader looks for one name: the order of rpath, library path, runpath, cache
 * and default directories, what it skips and what it stops at. Rule numbers in the
 * comments are those of ld.so(8) and of glibc's and musl's sources.
 */
#ifndef MKROOTFS_LOADER_SEARCH_H
#define MKROOTFS_LOADER_SEARCH_H

#include "loader/loader.h"

/* How a name was satisfied. The order is that of the names in search_via_name. */
enum via {
	VIA_PROGRAM, /* asked for by the user */
	VIA_PATH,    /* a name with a '/' */
	VIA_RPATH,
	VIA_LIBRARY_PATH,
	VIA_RUNPATH,
	VIA_CACHE,
	VIA_DEFAULT,
	VIA_LOADED, /* an object that was there already answers to the name */
	VIA_INTERP,
	VIA_PRELOAD,
	VIA_DLOPEN,
	VIA_RULE,
	VIA_TRACE,
};

/* "path", "rpath", "library-path", ...: the words of --json. */
const char *via_name(enum via via);

/*
 * Where a file is, and where it will be in the result: the same unless the user moved
 * the program (FILE:DEST) and the file was found through its $ORIGIN.
 */
struct place {
	const char *path;
	const char *dest;
};

/* One object of a link map, as far as a search needs to know it. */
struct loaded {
	const char *name;		/* the name it was first asked for by: left of ldd's "=>" */
	struct place place;		/* l_name: right of the "=>", the path it was found by */
	struct place origin;		/* what $ORIGIN stands for in its paths */
	const struct elf_object *elf;	/* NULL for a missing object */
	const struct loaded *requester; /* who loaded it first; NULL for the program and roots */
	bool secure;			/* a set-id program */
};

/* What a search starts from besides the requester. */
struct search_context {
	const struct root *root;
	struct elf_store *store;
	struct arena *arena;
	const struct diag *diag;
	const struct loader *loader;
	const struct processor *processor;
	const struct loaded *program;	  /* whose DT_RPATH serves all; NULL for a lone library */
	const char *library_path;	  /* --library-path, or NULL */
	const char *working_directory;	  /* for relative names and empty elements */
	bool stand_alone;		  /* the root is the result itself: $ORIGIN is DEST's */
	struct search_directories *known; /* owned by search.c; NULL at first */
};

struct search_result {
	struct place place;
	enum via via;
	const struct elf_object *elf;
	/* LOADER_STOPPED: the file that stopped it and why, in the loader's words. */
	const char *problem;
	/* Where it was looked for, in order, when it was not found. */
	const char *const *searched;
	size_t n_searched;
};

enum {
	SEARCH_NOT_FOUND = 1,
	SEARCH_STOPPED = 2, /* a candidate that ends the program: not ELF, truncated, ... */
};

/*
 * Looks for NAME as REQUESTER's loader would. Returns 0 with RESULT's place, via and
 * elf; a positive outcome from above; or -errno after a diagnostic.
 */
int search_library(struct search_context *context, const struct loaded *requester, const char *name,
		   struct search_result *result);

#endif
