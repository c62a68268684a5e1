/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What belongs to a program though no rule knows of it: its own data, plugins and helpers. Two
 * signs lead there. The files and directories that stand in the strings of a program or library,
 * absolute or relative to where it stands; and, for what the user asked for, the package that it
 * came in, with those of the same source that this depends on. What is found becomes the need
 * "data" of that object, which is soft: it fails nothing and overrides nothing. What it starts
 * becomes the need "helpers" (started.h).
 *
 * A directory comes only where it is the object's own: its source's packages list it and few
 * others do; where no package knows it, it has to stand below the object's own prefix or bear its
 * name.
 */
#ifndef MKROOTFS_NEEDS_BELONGS_H
#define MKROOTFS_NEEDS_BELONGS_H

#include "needs/needs.h"
#include "needs/owning.h"
#include "packages/installed.h"

/* Somebody whose belongings are looked for. */
struct belongs_subject {
	size_t program;
	const struct closure *process;
	const struct closure_object *object; /* who reads the data, and opens the plugins */
	const char *script;		     /* the FILE that OBJECT interprets, or NULL */
	bool interprets;		     /* all that the process does is to interpret scripts */
	bool idle;  /* it came with a tree of files, and nothing is known to start it */
	bool asked; /* the user named it: the rest of its package comes too */
};

/*
 * Looks at WHO's strings; who owns what is found out by belongs_decide, for all subjects
 * together. What was looked at for the program before is not again. Errors: -errno after a
 * diagnostic.
 */
int belongs_look(struct needs *needs, const struct belongs_subject *who);

/* Adds the needs "data" and "helpers" of each subject that has something. Errors as of
 * belongs_look. */
int belongs_decide(struct needs *needs);

/*
 * Whether the script at canonical PATH, found as CALLED, counts on each of NEED's files: nobody
 * says what it depends on, or they are of its package, of its like or of what these depend on.
 * Those are marked as sure. Errors as of belongs_look.
 */
int belongs_mark_sure(struct needs *needs, struct need *need, const char *path, const char *called);

/*
 * owning_identify, owning_counts_on and owning_depends_on by what belongs and others share. Errors:
 * -errno after a diagnostic.
 */
int belongs_identify(struct needs *needs, struct owner *const *owners, size_t count);
int belongs_counts_on(struct needs *needs, const struct owner *owner, const char *path);
int belongs_depends_on(struct needs *needs, const struct owner *owner, const char *path,
		       bool *recommended);

/* The packages' index that belongs and others share. Errors: -errno after a diagnostic. */
int belongs_packages(struct needs *needs, struct installed **out);

/* Whether nothing is left to decide. */
bool belongs_is_decided(const struct needs *needs);

/* Frees what belongs_look made of NEEDS that is not in the arena; to be called before needs_free.
 */
void belongs_free(struct needs *needs);

#endif
