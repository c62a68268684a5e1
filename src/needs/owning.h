/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose a directory is: what the packages (packages/installed.h) or, where they know nothing, names
 * and places say. The databases are opened when the first question needs them, and every answer
 * is kept for the run.
 */
#ifndef MKROOTFS_NEEDS_OWNING_H
#define MKROOTFS_NEEDS_OWNING_H

#include "loader/sysroot.h"
#include "packages/installed.h"

struct owning;

/* Somebody who may own directories: a program or library, or a script. */
struct owner {
	const char *path;   /* canonical; set by the caller */
	const char *called; /* the path by which it was found; set by the caller */
	const char *prefix; /* that it was installed below */
	const struct installed_package *package; /* NULL: none lists it */
	struct family *family;			 /* PACKAGE and its like, with what they list */
};

/* Returns NULL when out of memory. It belongs to SYSROOT's arena, but for what owning_free frees.
 */
struct owning *owning_new(const struct sysroot *sysroot);
void owning_free(struct owning *owning);

/*
 * Fills in who the files at the COUNT canonical paths of OWNERS are; all that
 * a few lists do not tell is found in one pass over all of them. Errors: -errno after a diagnostic.
 */
int owning_identify(struct owning *owning, struct owner *const *owners, size_t count);

/* Whether a package of OWNER's family lists PATH (canonical). */
bool owner_lists(const struct owner *owner, const char *path);

/*
 * Whether OWNER may count on the file at canonical PATH: a package of its family or one that it
 * depends on lists that, or no package is known to have OWNER. Returns 1 or 0; errors: -errno
 * after a diagnostic.
 */
int owning_counts_on(struct owning *owning, const struct owner *owner, const char *path);

/* Whether OWNER, of no package, stands below a prefix that is not everybody's: /opt/x. */
bool owner_has_prefix(const struct owner *owner);

/*
 * Whether a package that OWNER's family depends on or recommends, or one of the same source that
 * this depends on, lists PATH (canonical): 1 or 0; *RECOMMENDED (set with 1) is whether it is no
 * more than recommended. Errors: -errno after a diagnostic.
 */
int owning_depends_on(struct owning *owning, const struct owner *owner, const char *path,
		      bool *recommended);

/* The packages of OWNER's family, ended by NULL; NULL where it has no package. */
const struct installed_package *const *owner_packages(const struct owner *owner);

/* The packages' index, which is open once an owner was identified. */
struct installed *owning_installed(struct owning *owning);

/* The same, opened where it is not. Errors: -errno after a diagnostic. */
int owning_open(struct owning *owning, struct installed **out);

/* Whose a directory is to an owner. */
enum owned {
	OWNED_BY_OTHERS,
	OWNED_BY_NEIGHBOUR, /* a package of another source that its own depends on or recommends */
	OWNED_BY_ITSELF,
};

/*
 * Whose the directory at canonical PATH is to OWNER: a package of its family lists it, or one
 * that it depends on, with most of what is in it; or, where none of them does, it stands in
 * OWNER's own places or is called after it. Errors: -errno after a diagnostic.
 */
int owning_owned(struct owning *owning, const struct owner *owner, const char *path,
		 enum owned *owned);

#endif
