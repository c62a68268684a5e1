/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of what programs need behind DT_NEEDED, as data: one row a need. A row has signs that
 * trigger it, and what it brings. Where things are is never written here: it is read out
 * of the target's own files, by patterns over their strings and paths (needs/pattern.h).
 */
#ifndef MKROOTFS_NEEDS_RULE_H
#define MKROOTFS_NEEDS_RULE_H

#include "base/buffer.h"
#include "loader/search.h"

/* How much a need matters (UAPI.12), from the most on. */
enum need_level {
	NEED_REQUIRED = 1, /* without it, the program fails: status 3 where it is not found */
	NEED_RECOMMENDED,  /* a function that most users count on */
	NEED_SUGGESTED,	   /* a function for some, or much for little */
};

enum need_sign_kind {
	SIGN_NONE,   /* ends a list */
	SIGN_IMPORT, /* an undefined dynamic symbol of that name */
	SIGN_EXPORT, /* a defined one */
	SIGN_OBJECT, /* the object's DT_SONAME or file name, a glob */
	SIGN_PATH,   /* a string with a '/' in its read-only data, a pattern */
	SIGN_NOTE,   /* a .note.dlopen */
	SIGN_ASKED,  /* it is a FILE of the user's, and a program */
};

struct need_sign {
	enum need_sign_kind kind;
	const char *text;
};

struct needs;
struct need;

/* What cannot be said as data: adds to NEED with the functions of needs/make.h. */
typedef int need_make_fn(struct needs *needs, struct need *need);

struct need_bring {
	/*
	 * Where the captures of PATH come from, both may be NULL: a pattern over the strings of
	 * the object with the sign, or of those of its process that IN (a glob) names; or one over
	 * the object's own path, links resolved.
	 */
	const char *string;
	const char *in;
	const char *file;

	/* One of these. */
	const char *library; /* a name, as for dlopen */
	const char *path;    /* a template; components may be globs; ends in '/': all below it */
	const char *text;    /* the content of a file to be made at PATH */
	const char *link;    /* the target of a link to be made at PATH, where there is none */
	need_make_fn *make;
	bool valued; /* MAKE brings something else for a value, as a PATH with "$VALUE" does */

	const char *const *without; /* what stays out of a tree: globs on the path below it */
	enum need_level level;	    /* 0: the rule's */
	unsigned before_minor;	    /* only where glibc is older than 2.N; 0: any */
	bool fallback;		    /* only where the rows before it found nothing */
};

enum {
	NEED_SIGNS_MAX = 16,
	NEED_BRINGS_MAX = 12,
};

/* In which words a message says that a need stays out. */
enum need_telling {
	NEED_TOLD_BY_NAME,	/* "tz-all, left out: --with tz-all brings it" */
	NEED_TOLD_AS_LIBRARIES, /* what it may open */
	NEED_TOLD_AS_SHELL,	/* what it calls system and popen for */
	NEED_TOLD_AS_PROGRAMS,	/* what it may start */
	NEED_TOLD_AS_MODULES,	/* what scripts may import: told where a FILE is one */
};

struct need_rule {
	const char *name; /* of --with and --without; several rows may share one */
	enum need_level level;
	const char *why;	 /* one sentence, without a full stop */
	enum loader_kind loader; /* of the process; LOADER_NONE: any */
	struct need_sign signs[NEED_SIGNS_MAX];
	const char *except; /* an object whose signs do not count, a glob; or NULL */
	struct need_bring brings[NEED_BRINGS_MAX];
	enum found_by found_by;	   /* of what it brings; 0: FOUND_BY_RULE */
	enum need_telling telling; /* which words a message about it uses */
	/* Only where no row before it has the object under the same name: it is the better one. */
	bool otherwise;
	bool each;  /* every object with a sign is a need of its own, not the first one only */
	bool quiet; /* to find nothing is usual: it is not told but with -v */
	/* A script brings what it imports in its place, if that is known: see scripts.h. */
	bool by_import;
	bool soft;   /* it fails nothing and overrides nothing; heavy parts stay out, with a message
		      */
	bool heavy;  /* soft, but what is heavy comes too, unless it is one of a tree */
	bool manual; /* told, and brought by --with only */
};

/* The need of what belongs to a program, which no sign of a row leads to: see belongs.h. */
extern const struct need_rule need_rule_data;

/* The need of the programs that a program starts by their names: see started.h. */
extern const struct need_rule need_rule_started;

/* The needs of a script, by its text: see scripts.h. */
extern const struct need_rule need_rule_imports;
extern const struct need_rule need_rule_commands;

/* The need of libraries that scripts open by names: see script_libraries.h. */
extern const struct need_rule need_rule_ffi;

/* The need of what the configuration names that the user adds: see config.h. */
extern const struct need_rule need_rule_config;

/* All rows. */
extern const struct need_rule *const need_rule_tables[];
extern const size_t *const need_rule_table_sizes[];
extern const size_t need_n_rule_tables;

/* Calls FN with every row, in their order, until it returns something else than 0: returns that. */
typedef int rule_fn(void *data, const struct need_rule *rule);
int rules_visit(rule_fn *fn, void *data);

/* Adds the symbols that are signs of any row, the same one perhaps more than once: 0 or -ENOMEM. */
int rules_symbols(struct arena *arena, struct texts *symbols);

/* Whether a row has that name; whether one of that name brings something else for a value. */
bool rules_have(const char *name);
bool rules_take_value(const char *name);

/* Adds "known: unwind nss ...": the names of all rows. */
void rules_add_names(struct buffer *out);

/* Whether what BRING brings depends on the value of --with NAME=VALUE. */
bool need_bring_is_valued(const struct need_bring *bring);

/* "required", "recommended", "suggested" */
const char *need_level_name(enum need_level level);

#endif
