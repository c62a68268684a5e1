/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The modules that a script imports, one by one: its imports are read (needs/imports.h), found in
 * the interpreter's own search path, and read in turn. What is found becomes items of a need:
 * sources, native modules (which the harvest opens as the interpreter would), and what packages
 * have beside their code. Modules that no import names, but that native code may import, are known
 * by its strings; they come where they need no library that is not there.
 */
#ifndef MKROOTFS_NEEDS_MODULES_H
#define MKROOTFS_NEEDS_MODULES_H

#include "base/texts.h"
#include "base/view.h"
#include "needs/imports.h"
#include "needs/make.h"
#include "packages/installed.h"

/* What of a script's imports is not known. */
enum modules_unknown {
	MODULES_KNOWN,
	MODULES_LIBRARY, /* a module of others imports by computed names: of the standard library */
	MODULES_ANY,	 /* the script itself does */
};

struct modules_script {
	const char *path; /* links resolved */
	const char *text;
	size_t size;
	bool in_place; /* it stands in the result where it stands here */
	/* Is told the text of each module that is no part of the language's library; or NULL. */
	int (*read)(void *data, const char *path, const char *text, size_t size);
	void *data;
};

/*
 * Adds to NEED what SCRIPT imports, for the interpreter NEED->object, which is started as
 * NEED->object->loaded.location.path. *UNKNOWN says which imports are not known: if any, the whole
 * standard library has to come. Errors: -errno after a diagnostic.
 */
typedef int modules_fn(struct needs *needs, struct need *need, const struct modules_script *script,
		       enum modules_unknown *unknown);
modules_fn modules_lua, modules_node, modules_python, modules_perl, modules_ruby;

/* The inside: what the languages share. */

/* A directory's names, read once. */
struct modules_directory;

/* A module's file that was found: it is read when its turn comes. */
struct modules_file {
	const char *path;
	const char *name;      /* the module's, or NULL for the script */
	const char *directory; /* of the search path that it was found in */
	const char *source;    /* of a native one, which is read in its place; or NULL */
	bool package;
	bool native;
	bool standard; /* of the language's library, as far as that is known */
	bool named; /* native code names it, and it is none of the standard library's: it is meant
		     */
};

struct modules {
	struct needs *needs;
	struct need *need;
	const struct modules_script *script;
	struct texts path;	   /* the search path */
	struct modules_seen *seen; /* names and paths that were looked at */
	TABLE(struct modules_file) files;
	size_t next_native; /* of FILES whose strings are to be read */
	const char *native; /* the name of the one whose strings are read */
	size_t next;	    /* of FILES to be read */
	bool told;	    /* that something private was left out */
	bool guessing;	    /* nothing names it but a string: what is heavy stays out */
	enum modules_unknown *unknown;
};

void modules_reset(struct modules *modules);

static inline void modules_cleanup(struct modules *modules)
{
	modules_reset(modules);
}

/*
 * Calls VISIT with the paths in the strings of NEED's program and of its LIBRARY (a glob), where an
 * interpreter's search path stands.
 */
int modules_visit_interpreter(struct needs *needs, const struct need *need, const char *library,
			      facts_string_fn *visit, void *data);

/* Adds DIRECTORY to the search path where it is one, before the others where FIRST. */
int modules_add_directory(struct modules *modules, const char *directory, bool first);

/* Whether NAME is in DIRECTORY: 1, 0 or -errno. */
int modules_has(struct modules *modules, const char *directory, const char *name);

/* Whether PATH is a directory: 1, 0 or -errno. */
int modules_is_directory(struct modules *modules, const char *path);

/* 0 where KEY is new and remembered from now on, 1 where it was seen, -ENOMEM. */
int modules_see(struct modules *modules, const char *key);

/* Adds the file at PATH to the need, once; TREE is the directory that it is of. */
int modules_add_item(struct modules *modules, const char *path, const char *tree);

/*
 * Adds a module's file to the need, and to those that are read. A native one that needs libraries
 * which the process has not is left out while guessing. Returns 1 where it was added, 0 where it
 * was before or is left out, -errno.
 */
int modules_add_file(struct modules *modules, const struct modules_file *file);

/*
 * Has the script's reader told the texts of the need's items from the one at FIRST on whose names
 * end in EXTENSION.
 */
int modules_tell_items(struct modules *modules, size_t first, const char *extension);

/* The text of FILE in ARENA; 0 bytes where it cannot be read. */
int modules_read(struct modules *modules, struct arena *arena, const char *path, char **text,
		 size_t *size);

/*
 * Calls VISIT with each text in quotes that may be a module's name: where imports are computed,
 * names in the same file are most often what they come out as. A name that something is put behind
 * ("a.b.%s", "A::B::$c") is visited with the separator at its end.
 */
typedef int modules_string_fn(struct modules *modules, const char *string);
int modules_visit_literals(struct modules *modules, const char *text, size_t size,
			   modules_string_fn *visit);

/*
 * Puts the directories into the search path in which one of FILES ("A/B.pm") stands: those that the
 * script names in quotes, and wherever its package, or one of the same source, has such a file.
 * Returns 1 where there was one, 0 or -errno.
 */
int modules_find_own(struct modules *modules, const struct texts *files);

/*
 * Where the script imports by names that are computed: calls VISIT with the paths of the packages
 * that its own depends on. From then on everything is a guess. Errors: as of VISIT; -errno after a
 * diagnostic.
 */
int modules_visit_required(struct modules *modules, int (*visit)(void *data, struct view path),
			   void *data);

/*
 * Adds the files whose absolute paths stand in quotes in TEXT, of a module; and the directories
 * that PACKAGE (may be NULL), which the module is of, or one that it depends on lists. What is
 * private, a program or of the machine is not for a module's words to bring.
 */
int modules_add_named(struct modules *modules, const char *text, size_t size,
		      const struct installed_package *package);

/*
 * Adds the files in DIRECTORY that are no code, and those below it but in directories for which
 * SKIP is true, and none that is private. Both get the name in its directory.
 */
typedef bool modules_filter_fn(struct modules *modules, const char *directory, const char *name);
int modules_add_data(struct modules *modules, const char *directory, modules_filter_fn *is_code,
		     modules_filter_fn *skip, unsigned depth);

/* Calls VISIT with the paths in quotes in TEXT, a source, at which data may stand for all. */
int modules_visit_quoted_paths(struct modules *modules, const char *text, size_t size,
			       modules_string_fn *visit);

/*
 * Reads all files that were not, then what the native ones name: VISIT_FILE gets the
 * text of one, VISIT_STRING
 * looks whether one names a module. From then on everything is a guess.
 */
typedef int modules_file_fn(struct modules *modules, const struct modules_file *file,
			    const char *text, size_t size);
int modules_follow(struct modules *modules, modules_file_fn *visit_file,
		   modules_string_fn *visit_string);

#endif
