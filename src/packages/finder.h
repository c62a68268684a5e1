/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The search for owners: the manifest's entries that come from a root, and the packages that claim
 * them by listing their paths. Readers of databases make claims; packages.c decides between them.
 */
#ifndef MKROOTFS_PACKAGES_FINDER_H
#define MKROOTFS_PACKAGES_FINDER_H

#include "base/hash.h"
#include "base/table.h"
#include "base/view.h"
#include "packages/packages.h"

/* A package lists the path of an entry. */
struct claim {
	struct package *package;
	struct package_file file;
	struct claim *next; /* to the same entry */
};

/* An entry that stands somewhere in the root, and who claims it. */
struct wanted {
	const struct entry *entry;
	struct claim *claims; /* in the order in which they were made */
	struct claim **end;
	const struct claim *winner; /* the owner's */
	struct wanted *next;	    /* of the same name in another directory */
	UT_hash_handle hh;	    /* by the name alone */
};

struct finder {
	struct manifest *manifest;
	const struct root *root;
	const struct diag *diag;
	struct arena *arena;   /* the manifest's: for what is kept */
	struct arena *scratch; /* for what is read */
	struct wanted *by_name;
	TABLE(struct wanted *) wanted;
	/* The directory that was looked up last, and its canonical path; NULL: it is not there. */
	const char *directory;
	const char *canonical;
	TABLE(struct package *) packages; /* those that claimed something */
};

void finder_cleanup(struct finder *finder);

/* Adds an entry whose owner is asked for. Returns 0 or -ENOMEM. */
int finder_want(struct finder *finder, const struct entry *entry);

enum { FINDER_CLAIMED = 1 };

/*
 * PACKAGE lists FILE, whose entry is still to be found: it stands at PATH. Returns FINDER_CLAIMED
 * where an entry is at that path, 0 where none is, -ENOMEM. Strings are copied.
 */
int finder_claim(struct finder *finder, struct package *package, const char *path,
		 const struct package_file *file);

/* Sets the checksum of a path where PACKAGE has claimed it before. Returns 0 or -ENOMEM. */
int finder_set_checksum(struct finder *finder, const struct package *package, const char *listed,
			const char *path, struct view checksum);

/* Adds PACKAGE, which has claimed something; its strings are copied. Returns 0 or -ENOMEM. */
int finder_keep(struct finder *finder, struct package *package);

#endif
