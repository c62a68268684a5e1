/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of Python's modules: what their files share. A search for the modules of one script
 * is a struct python_modules.
 */
#ifndef MKROOTFS_NEEDS_MODULES_PYTHON_H
#define MKROOTFS_NEEDS_MODULES_PYTHON_H

#include "needs/modules.h"

enum { PYTHON_NAME_MAX = 512 };

/* Of what is looked for, where nothing failed. */
enum { PYTHON_NOT_FOUND, PYTHON_FOUND };

/* Where a module's parts are looked for. */
struct python_package {
	const char *name;
	struct texts directories;
	bool standard; /* of the standard library */
	bool spread;   /* over directories without a module of their own */
};

/* A distribution that is installed: its metadata, "x-1.0.dist-info" in a directory of packages. */
struct python_distribution {
	const char *directory;
	const char *file;
	struct texts modules; /* of the top level that it brought */
	bool added;	      /* it is in the result, because its modules are */
};

/* A module of the top level that no standard library has, and the directory that it is in. */
struct python_top {
	const char *name;
	const char *directory;
};

/* Entry points of that name are in a distribution's metadata. */
struct python_group;

struct python_modules {
	struct modules modules;
	const char *version;   /* "3.11" */
	const char *prefix;    /* "/usr" */
	struct texts standard; /* directories of the standard library */
	TABLE(struct python_package *) packages;
	const struct modules_file *file; /* that is being read */
	const char *importer;  /* whose name, of the top level, that has; NULL: the script's */
	const char *package;   /* that relative imports are of, "" for the script */
	struct texts computed; /* packages that import their own modules by computed names */
	size_t n_computed;     /* of them, whose modules were added */
	bool naming;	       /* what is resolved is meant, though no import has it */
	struct texts later;    /* what functions of the standard library import */
	unsigned depth;
	TABLE(struct python_distribution) distributions;
	struct python_group *groups;
	TABLE(struct python_top) tops;
	size_t n_described; /* of them */
	bool indexed;	    /* DISTRIBUTIONS and GROUPS are known */
};

static inline struct arena *python_arena(const struct python_modules *python)
{
	return python->modules.needs->sysroot->arena;
}

/* modules_python_path.c: where the interpreter looks */

/* The interpreter's version and prefix, by the name of its file. */
int python_find_interpreter(struct python_modules *python);

/* Makes the search path: its own library, the sites' and distributions' packages. */
int python_add_search_path(struct python_modules *python);

/* modules_python_find.c: what is found there */

/* Whether DIRECTORY is one of the standard library's. */
bool python_is_standard(const struct python_modules *python, const char *directory);

/* Whether FILE is of the standard library: of one of its directories, or of a package there. */
bool python_is_standard_file(const struct python_modules *python, const struct modules_file *file);

/* The package NAME where it was found, or NULL. */
struct python_package *python_find_package(const struct python_modules *python, const char *name);

/* Whether a module LEAF stands in DIRECTORY, a source, native code or a package: 1, 0, -errno. */
int python_has_module(struct python_modules *python, const char *directory, const char *leaf);

/* Adds the modules "a", "a.b" and "a.b.c" of NAME "a.b.c", as far as they are there. */
int python_resolve(struct python_modules *python, const char *name);

/* Adds all modules of the package NAME, which was found, and of those in it. */
int python_resolve_all(struct python_modules *python, const char *name, unsigned depth);

/* modules_python_metadata.c: what was installed */

/* Adds the description of a distribution, what its launchers call, and what it requires. */
int python_add_distribution(struct python_modules *python, const char *name);

/*
 * Adds the description of the distributions that modules of the top level came with: programs ask
 * it for versions and entry points.
 */
int python_describe_modules(struct python_modules *python);

/* Notes that a text names STRING, which may be a group of entry points. */
int python_note_group(struct python_modules *python, const char *string);

/*
 * Adds the modules of entry points whose group was named, of the distributions that are described
 * in the result.
 */
int python_add_entry_points(struct python_modules *python);

/* Adds the modules of the packages that the script's own depends on: it imports computed names. */
int python_add_required(struct python_modules *python);

/* Frees what is not in the arena. */
void python_forget_groups(struct python_modules *python);

#endif
