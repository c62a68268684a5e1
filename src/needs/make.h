/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all of the needs engine stands on: the state of a search for needs, and the functions by
 * which rows and readers ask about the target and fill a need.
 */
#ifndef MKROOTFS_NEEDS_MAKE_H
#define MKROOTFS_NEEDS_MAKE_H

#include "base/error.h"
#include "base/texts.h"
#include "needs/facts.h"
#include "needs/needs.h"

#include <stdint.h>

struct needs {
	const struct sysroot *sysroot;
	struct needs_options options;
	const struct symbol_index *index;
	struct need **items;
	size_t count;
	size_t capacity;
	const struct need *filling; /* the need that is filled now, or NULL */
	struct texts unreadable;    /* what was told to be unreadable */
	/* make.c's: what was looked at, and which row was triggered by it; what was read of
	 * objects, and in object_paths.c */
	struct looked *looked;
	struct facts_of *facts;
	struct paths_of *paths;
	struct words_of *words;
	struct names_of *names;
	struct belongs *belongs;	 /* belongs.c's */
	struct people *people;		 /* people.c's */
	struct config *config;		 /* config.c's; NULL: nothing was handed over */
	struct executables *executables; /* executables.c's */
	struct gconv *gconv; /* the configurations of character sets that were read: gconv.c's */
	bool *satisfied; /* whether something was found for a wish's value, by the wish's position
			  */
	struct module_packages *module_packages; /* module_packages.c's */
};

/*
 * Adds ITEM to NEED unless an item is there that is the same but for its reasons. Strings belong to
 * the needs' arena or are static. Returns 0 or -ENOMEM.
 */
MUST_USE int need_add(struct needs *needs, struct need *need, const struct need_item *item);

/*
 * Adds what GLOB names in the root: files and directories that are there, to which its links
 * lead, and none of the kernel's. Components are expanded in sorted order; with a '/' at the end,
 * all that is below it but for what WITHOUT (globs on the path below, ended by NULL; may be NULL)
 * names. Errors: -errno after a diagnostic.
 */
MUST_USE int need_add_paths(struct needs *needs, struct need *need, const char *glob,
			    const char *const *without);

/* As need_add_paths for the one PATH, whatever characters are in it. */
MUST_USE int need_add_path(struct needs *needs, struct need *need, const char *path);

/*
 * Asked at every link of a tree that leads out of it to a directory: whether what is in that comes
 * too. Returns 1, 0 or -errno after a diagnostic.
 */
struct tree_gate {
	int (*enters)(void *data, const char *path, const char *canonical);
	void *data;
};

/* Adds the directory PATH, if it is one, with all that is in it. GATE may be NULL: all comes. */
MUST_USE int need_add_tree(struct needs *needs, struct need *need, const char *path,
			   const struct tree_gate *gate);

/*
 * The names in DIRECTORY, sorted and read once; none where it is not there, is no directory or may
 * not be read. Errors: -errno after a diagnostic.
 */
MUST_USE int needs_names(struct needs *needs, const char *directory, const struct texts **out);

/*
 * Calls VISIT with the words among OBJECT's strings (facts_read_words), which are kept: they may be
 * names. Errors: as of VISIT; -errno after a diagnostic.
 */
MUST_USE int needs_visit_words(struct needs *needs, const struct closure_object *object,
			       facts_string_fn *visit, void *data);

/*
 * Call VISIT with the strings of OBJECT that have a '/' in them, which are kept; with all that
 * have MARK, as facts_visit_strings. Errors: as of VISIT; -errno after a diagnostic.
 */
MUST_USE int needs_visit_paths(struct needs *needs, const struct closure_object *object,
			       facts_string_fn *visit, void *data);
MUST_USE int needs_visit_strings(struct needs *needs, const struct closure_object *object,
				 char mark, facts_string_fn *visit, void *data);

/*
 * The content of the file at PATH, at most LIMIT bytes: 1 with *OUT set (NUL-terminated, in
 * the arena), 0 where it is not there or no regular file; -errno after a diagnostic.
 */
MUST_USE int needs_read(struct needs *needs, const char *path, size_t limit, char **out,
			size_t *size);

/*
 * What ERROR, a negative errno of looking at PATH, means: 0 where nothing is there, or it may not
 * be read, or lies behind links that lead round in a circle (which is told once: a warning where
 * the need that is filled is followed); else ERROR itself after a diagnostic.
 */
MUST_USE int needs_absent(struct needs *needs, const char *path, int error);

/* Whether PATH is what the user adds, or in it: that has what it has. */
bool needs_is_given(const struct needs *needs, const char *path);

/* The last --with NAME, or NULL; whether --without has NAME. */
const struct need_request *needs_find_request(const struct needs *needs, const char *name);
bool needs_forbids(const struct needs *needs, const char *name);

/* The facts of ELF, read once. Errors: -errno after a diagnostic. */
MUST_USE int needs_facts(struct needs *needs, const struct elf_object *elf,
			 const struct facts **out);

/* Frees what was read and looked at, where that is not in the arena. */
void needs_forget(struct needs *needs);
void needs_forget_paths(struct needs *needs);

/* Whether RULE's needs are neither forbidden nor of a level that is left out. */
bool needs_wants(const struct needs *needs, const struct need_rule *rule);

/*
 * Adds the need of TEMPLATE, which has its rule and whose, with what that brings, unless the
 * program has it.
 */
MUST_USE int needs_add_row(struct needs *needs, const struct need *template);

/* For needs_remember: what is the same in every program. */
#define NEEDS_ANY_PROGRAM SIZE_MAX

/*
 * Remembers that RULE (NULL: all that have signs) has looked at WHAT, an object or a script, for
 * PROGRAM; or, where WHAT is NULL, that it applies there. Returns 0 where that is new, 1 where it
 * was remembered, -ENOMEM.
 */
MUST_USE int needs_remember(struct needs *needs, size_t program, const struct need_rule *rule,
			    const void *what);

/* Whether rule's needs of LEVEL are to be brought. */
bool needs_follows(const struct needs *needs, const struct need_rule *rule, enum need_level level);

/* Whether GLOB matches OBJECT's soname or file name. */
bool needs_object_matches(const struct closure_object *object, const char *glob);

/* Whether OBJECT is libc or a loader, of whose strings rules alone know what they mean. */
bool needs_object_is_of_system(const struct closure *process, const struct closure_object *object);

/* The object of the process that GLOB (a soname or file name) names, or NULL. */
const struct closure_object *needs_find_object(const struct closure *process, const char *glob);

/*
 * Calls VISIT with the first capture of every string of OBJECT that matches PATTERN; it lives in
 * the needs' arena. Errors: as of VISIT; -errno after a diagnostic.
 */
MUST_USE int needs_visit_matches(struct needs *needs, const struct closure_object *object,
				 const char *pattern, facts_string_fn *visit, void *data);

/*
 * Whether PATH leads to something in the root; *STAT (may be NULL) is what it leads to. Returns 1,
 * or as needs_absent where it does not.
 */
MUST_USE int needs_exists(struct needs *needs, const char *path, struct stat *stat);

/*
 * Whether what PATH leads to is private (private.h): 1 with *REASON set (REASON may be NULL), 0;
 * -errno after a diagnostic.
 */
MUST_USE int needs_is_private(struct needs *needs, const char *path, bool listed,
			      const char **reason);

/* As needs_exists; *CANONICAL is where that stands, links resolved, in the arena. */
MUST_USE int needs_resolve(struct needs *needs, const char *path, struct stat *stat,
			   char **canonical);

/* A need that is being filled, for those who visit strings for it. */
struct need_filling {
	struct needs *needs;
	struct need *need;
};

/* Adds what the SIZE bytes of a .note.dlopen say; a malformed note is reported. */
MUST_USE int need_add_dlopen_note(struct needs *needs, struct need *need, const void *bytes,
				  size_t size);

need_make_fn make_gconv, make_locale, make_nss_modules, make_pam, make_dlopen_notes,
	make_dlopen_names, make_helpers, make_font_family, make_accounts, make_places;

#endif
