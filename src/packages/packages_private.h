/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the readers of package databases share with packages.c. For rootfs/ alone.
 */
#ifndef MKROOTFS_PACKAGES_PACKAGES_PRIVATE_H
#define MKROOTFS_PACKAGES_PACKAGES_PRIVATE_H

#include "base/view.h"
#include "manifest/manifest_private.h"
#include "packages/packages.h"

enum {
	DATABASE_SIZE_MAX = 256 * 1024 * 1024,
	LIST_SIZE_MAX = 64 * 1024 * 1024,
};

/* That PACKAGE lists the path of an entry. */
struct claim {
	struct package *package;
	struct package_file file;
	struct claim *next; /* to the same entry */
};

/* An entry that has a place in the root, and who claims it. */
struct wanted {
	struct entry *entry;
	struct claim *claims; /* in the order in which they were made */
	struct claim **end;
	struct claim *winner;
	struct wanted *next; /* of the same name in another directory */
	UT_hash_handle hh;   /* by the name alone */
};

struct finder {
	struct manifest *manifest;
	const struct root *root;
	const struct diag *diag;
	struct arena *arena;   /* the manifest's: for what is kept */
	struct arena *scratch; /* for what is read */
	struct wanted *wanted;
	const char *directory;	   /* the one that was looked up last, */
	const char *canonical;	   /* and where it is; NULL: nowhere */
	struct package **packages; /* those that claimed something */
	size_t n_packages;
	size_t capacity;
};

/*
 * PACKAGE lists FILE, whose entry is still to be found: it stands at PATH. Returns 0 where that is
 * nothing of ours, FINDER_CLAIMED where it is, -ENOMEM. All is copied.
 */
enum { FINDER_CLAIMED = 1 };
int finder_claim(struct finder *finder, struct package *package, const char *path,
		 const struct package_file *file);

/* The checksum of a path that PACKAGE may have claimed before. Returns 0 or -ENOMEM. */
int finder_set_checksum(struct finder *finder, const struct package *package, const char *listed,
			const char *path, struct view checksum);

/* PACKAGE has claimed something: its strings are copied to the arena that is kept. */
int finder_keep(struct finder *finder, struct package *package);

/*
 * Reads the file at PATH into ARENA. Returns 0, or 1 where there is none; errors after a
 * diagnostic.
 */
int finder_read(struct finder *finder, struct arena *arena, const char *path, size_t limit,
		struct view *text);

/*
 * Whether NAME can be a part of a file's name: letters, digits and "+-._~", and none of the
 * latter but "_" in front.
 */
bool package_name_is_sane(struct view name);

int dpkg_read(struct finder *finder);
int apk_read(struct finder *finder);
int rpm_read(struct finder *finder);

#endif
