/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The closure of a program: its link map, built breadth first as its loader builds it,
 * with who asked for what and how it was found. One closure is one process on one kind
 * of processor; a harvest has several. Everything in it lives in one arena.
 */
#ifndef MKROOTFS_CLOSURE_CLOSURE_H
#define MKROOTFS_CLOSURE_CLOSURE_H

#include "base/error.h"
#include "loader/search.h"

#include <fnmatch.h>

enum edge_kind {
	EDGE_NEEDED,	/* DT_NEEDED */
	EDGE_INTERP,	/* PT_INTERP */
	EDGE_PRELOAD,	/* --preload, /etc/ld.so.preload */
	EDGE_FILTER,	/* DT_FILTER */
	EDGE_AUXILIARY, /* DT_AUXILIARY: may be missing */
};

/* One name that an object asks for. */
struct closure_edge {
	enum edge_kind kind;
	const char *name;	       /* as it stands in the file */
	struct closure_object *object; /* what answers; its ELF is NULL where nothing was found */
	/*
	 * How it was found: FOUND_BY_LOADED where an object loaded before answers to the name. A
	 * search can also end at a file that is loaded already under another path: then LOCATION
	 * is not the object's own, and the result has to hold both.
	 */
	enum found_by found_by;
	struct location location; /* path NULL where nothing was found */
};

struct closure_object {
	struct loaded loaded;	/* must be first */
	enum found_by found_by; /* how it was found when it was loaded first */
	struct closure_edge *edges;
	size_t n_edges;
	struct closure_edge *preloads; /* of the program: what was loaded before its needs */
	size_t n_preloads;
	size_t index; /* position in the closure's OBJECTS */
	/* A missing object: where it was looked for, and whether that is allowed. */
	const char *const *searched;
	size_t n_searched;
	bool allowed_missing; /* --allow-missing, DT_AUXILIARY */
	const char *problem;  /* musl: why it is missing, in its words; glibc never says: NULL */
	bool scanned;	      /* its dependencies were loaded */
	bool already_loaded;  /* closure_open: the process had loaded it before */
	/*
	 * A filter's or auxiliary library of the program: ldd does not list it, for it stands
	 * before the program.
	 */
	bool hidden_from_ldd;
};

/* Errors and warnings of the loader, in its words. */
struct closure_fault {
	const struct closure_object *object; /* who it concerns */
	const char *subject;		     /* the file to name first */
	const char *text; /* "version `X_2' not found (required by /usr/bin/y)" */
	bool harmless;	  /* the loader says so and goes on */
};

struct closure {
	const struct loader *loader;
	const struct processor *processor;
	/*
	 * In the loader's order: [0] is the program, then preloads and libraries as they
	 * were mapped, missing ones in their places. The interpreter stands where it was
	 * first needed by name; where nobody does it is not in here.
	 */
	struct closure_object **objects;
	size_t n_objects;
	struct closure_object *interp; /* NULL for a program without */
	const struct closure_fault *faults;
	size_t n_faults;
	/*
	 * Set where the loader would stop in the middle, in its words ("error while loading
	 * shared libraries: /lib/libx.so: file too short"): OBJECTS ends there then.
	 */
	const char *stopped;
	/* Another kind of processor may have another closure. */
	bool cpu_dependent;
	/* closure_open: where the name that was asked for was found. */
	struct location opened;
	struct known_objects *known; /* known.h's, filled when it is first asked for */
};

struct closure_options {
	const char *library_path;
	const char *const *preload; /* --preload, in order */
	size_t n_preload;
	const char *const *allow_missing; /* globs */
	size_t n_allow_missing;
};

/* Whether NAME, of a library or of what needs it, is one that may be missing. */
static inline bool closure_may_lack(const struct closure_options *options, const char *name)
{
	for (size_t i = 0; i < options->n_allow_missing; i++)
		if (fnmatch(options->allow_missing[i], name, 0) == 0)
			return true;
	return false;
}

/* The file to resolve: a program, a script's interpreter, or a library by itself. */
struct closure_program {
	struct location location;
	const struct elf_object *elf;
	/*
	 * What $ORIGIN stands for in it. A running program has the directory of its file with
	 * all links resolved, ldd that of the path it was given.
	 */
	struct location origin;
	bool secure; /* set-id: its loader trusts less */
};

/* A process that is loaded. */
struct closure_process {
	const struct closure *program;
	const struct closure *const *opened; /* what it has opened by dlopen, in order */
	size_t n_opened;
};

/*
 * Resolves PROGRAM in SYSROOT for PROCESSOR. A missing library is an object without an ELF; a
 * missing version is a fault. *OUT belongs to SYSROOT's arena. Errors: -errno after a diagnostic.
 */
MUST_USE int closure_resolve(struct sysroot *sysroot, const struct closure_program *program,
			     const struct processor *processor,
			     const struct closure_options *options, const struct closure **out);

/*
 * What dlopen(NAME) by CALLER, one of PROCESS's objects, adds to PROCESS. The first object is
 * the one asked for; one that was loaded already stands in the list without its needs. A file
 * that is not found is a missing first object; where the loader gives up, the list may be empty
 * and STOPPED says why. Errors: -errno after a diagnostic.
 */
MUST_USE int closure_open(const struct sysroot *sysroot, const struct closure_process *process,
			  const struct closure_object *caller, const char *name,
			  const struct closure_options *options, const struct closure **out);

/* Whether OBJECT was looked for and not found. */
static inline bool closure_is_missing(const struct closure_object *object)
{
	return !object->loaded.elf;
}

#endif
