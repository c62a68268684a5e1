/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Needs: what the rules (needs/rule.h) say that programs load and read behind DT_NEEDED's back.
 * Every object of a process is looked at once; each row whose sign it has becomes a need, with
 * what it brings as items. Bringing them is the harvest's affair: it resolves and keeps them, and
 * has what they lead to looked at in turn.
 */
#ifndef MKROOTFS_NEEDS_NEEDS_H
#define MKROOTFS_NEEDS_NEEDS_H

#include "base/buffer.h"
#include "base/diag.h"
#include "base/error.h"
#include "closure/closure.h"
#include "needs/rule.h"

enum need_item_kind {
	NEED_PATH,	/* a file, link or directory of the root, with what it leads to */
	NEED_LIBRARY,	/* a library that is opened by name */
	NEED_FILE,	/* a file to be made */
	NEED_LINK,	/* a symbolic link to be made */
	NEED_DIRECTORY, /* a directory of the root, empty */
	NEED_ACCOUNT,	/* PATH is an account's name: people.h */
	NEED_GROUP,	/* PATH is a group's */
};

struct need_item {
	enum need_item_kind kind;
	const char *path; /* where it is in root and result; a library's name */
	const char *tree; /* the directory whose content it is part of, or NULL */
	const void *content;
	size_t size;
	const char *target; /* of a link to be made */
	mode_t mode;	    /* of a directory */
	const char *owner;  /* of a directory: the names that its ids have in the root, or NULL */
	const char *group;
	const char *const
		*alternatives; /* libraries that will do in its place, in order; or NULL */
	enum need_level level; /* 0: the need's */
	const char *why;       /* or NULL: the need's */
	const char *refused;   /* why the harvest left it out, set by it; or NULL */
	/*
	 * Set by the harvest: it was left out, or (STARTER) came as data alone, because it would
	 * bring so many bytes: DRAGS has them. Without it, PATH is a tree that has them itself.
	 */
	uint64_t weight;
	const struct closure *drags;
	const char *starter; /* the interpreter of a script that came as data, or NULL */
	bool made;	     /* a directory that the root has not */
	bool sure;	     /* its package or a script counts on it: its weight does not matter */
	bool optional;	     /* it has to be lighter than others to come by itself */
	bool private;	     /* REFUSED because nothing private comes by itself */
	bool shared;	     /* REFUSED because a directory of others does not either */
	bool program;	     /* set by the harvest: it is started, not opened or read */
	bool unreadable;     /* set by the harvest: that is why it was left out */
	bool brought;	     /* set by the harvest: it is in the result */
};

/* A row that applies to a program. */
struct need {
	const struct need_rule *rule;
	const char *name; /* the rule's */
	const char *why;
	const char *sign; /* "imports pthread_cancel", "--with certs" */
	enum need_level level;
	bool followed;	    /* else it is only told: there may be no items then */
	bool requested;	    /* asked for by name */
	bool signless;	    /* and nothing has a sign of it */
	bool partial;	    /* some of what it could bring is of a level that is not followed */
	bool explored;	    /* its items are found out though they are not followed */
	const char *script; /* that was read for it, or NULL */
	unsigned n_unknown; /* names in it that are computed */
	size_t program;
	const struct closure *process;	     /* of the baseline processor */
	const struct closure_object *object; /* who has the sign, and opens libraries */
	const char *value;		     /* of --with NAME=VALUE, or NULL */
	struct need_item *items;
	size_t n_items;
	size_t items_capacity;
	size_t n_named; /* of them, what no tree brought, and what was one too many */
	bool satisfied; /* set where something was found for it, new or not */
};

/* --with NAME[=VALUE] */
struct need_request {
	const char *name;
	const char *value; /* or NULL */
};

struct needs_options {
	enum need_level level; /* followed are needs up to this; 0: none */
	const struct need_request *with;
	size_t n_with;
	const char *const *without;
	size_t n_without;
	const char *const *given; /* where --add puts something: absolute paths of the result */
	size_t n_given;
	const char *user; /* the first of --user, or NULL */
	bool explore;	  /* needs that are not followed are found out about in full */
};

/* Returns NULL when out of memory. Everything belongs to ARENA. */
struct needs *needs_new(const struct sysroot *sysroot, const struct needs_options *options);

/* Frees what is not in the arena. */
void needs_free(struct needs *needs);
DEFINE_CLEANUP(struct needs *, needs_free);

/* What an object is to the user: bits. */
enum {
	NEEDS_AS_ASKED = 1 << 0,    /* a FILE of theirs */
	NEEDS_AS_SCRIPT = 1 << 1,   /* what interprets one */
	NEEDS_FOR_SCRIPTS = 1 << 2, /* of a process that only interprets them */
};

/*
 * Looks at OBJECT, which PROGRAM's process (PROCESS on the baseline processor) has loaded or
 * opened, and adds the needs that it is a sign of. What was looked at for that program already
 * is not again. Errors: -errno after a diagnostic.
 */
MUST_USE int needs_look(struct needs *needs, size_t program, const struct closure *process,
			const struct closure_object *object, unsigned as);

/* After all objects of PROGRAM: adds the needs that were wished for, and of which nobody had a
 * sign. */
MUST_USE int needs_request(struct needs *needs, size_t program, const struct closure *process);

/* The wish at position AT or behind, for whose value nothing was found; NULL where there is none.
 */
const struct need_request *needs_unsatisfied(const struct needs *needs, size_t *at);

/*
 * Adds TEMPLATE, a need that the caller found out about by itself, without items; *OUT is where it
 * stays. Returns 0 or -ENOMEM.
 */
MUST_USE int needs_put(struct needs *needs, const struct need *template, struct need **out);

/* How what NEED brings is found: by its rule, by the object's own words, or by a run. */
enum found_by need_found_by(const struct need *need);

/* Whether ITEM of NEED is to be brought, and not only told of. */
bool needs_follows_item(const struct needs *needs, const struct need *need,
			const struct need_item *item);

/* All needs so far, in the order in which they were found. They stay where they are. */
struct need *const *needs_list(const struct needs *needs, size_t *count);

/*
 * Whether the modules that a script imports are found one by one, so that its interpreter's
 * standard library does not come as a whole.
 */
bool needs_reads_imports(const struct needs *needs);

#endif
