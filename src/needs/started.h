/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The programs that a program starts by their names. What calls system(3) or popen(3) needs the
 * shell, and what its command lines run; what calls execvp(3) and its like has names of programs
 * among its strings. Such a name is a word like any other: it is taken for a program's where that
 * is of the package that names it, or of one which that depends on, as packages say that they
 * need each other.
 *
 * What is found becomes the soft need "helpers" of the object.
 */
#ifndef MKROOTFS_NEEDS_STARTED_H
#define MKROOTFS_NEEDS_STARTED_H

#include "needs/belongs.h"
#include "needs/owning.h"

struct started_subject {
	const struct belongs_subject *who;
	const struct owner *owner;
	bool own; /* a program, or a library of a program's own package */
};

/* Adds the symbols that are looked for and that no row has as a sign: 0 or -ENOMEM. */
MUST_USE int started_add_symbols(struct arena *arena, struct texts *symbols);

/* Whether WHO's object starts programs: 1 or 0. Errors: -errno after a diagnostic. */
MUST_USE int started_looks_at(struct needs *needs, const struct belongs_subject *who);

/* Adds the need of SUBJECT, if it starts something that is there. Errors as of started_looks_at. */
MUST_USE int started_decide(struct needs *needs, struct owning *owning,
			    const struct started_subject *subject);

/*
 * Whether PATH leads to a program that others start for their ends: 1 with *STAT and *CANONICAL
 * (each may be NULL) set, or 0: it is none, manages the machine, or interprets programs in a
 * language. Errors as of started_looks_at.
 */
MUST_USE int started_is_helper(struct needs *needs, const char *path, struct stat *stat,
			       char **canonical);

#endif
