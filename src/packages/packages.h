/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packages of the root that was harvested from: which of them own what is in the manifest,
 * and what their databases say of them. dpkg's and apk's are read, and rpm's where librpm was
 * there at build time. The databases are foreign bytes: what makes no sense in them is passed
 * over, and a file that nobody lists has no owner.
 */
#ifndef MKROOTFS_PACKAGES_PACKAGES_H
#define MKROOTFS_PACKAGES_PACKAGES_H

#include "base/error.h"
#include "manifest/manifest.h"

enum package_kind {
	PACKAGE_DPKG,
	PACKAGE_APK,
	PACKAGE_RPM,
};

/* An entry of the manifest that a package owns. */
struct package_file {
	const struct entry *entry;
	const char *listed;   /* as the package lists it, absolute: "/lib/x" for /usr/lib/x */
	const char *checksum; /* as the package has it: MD5 in hex (dpkg), "Q1..." (apk), or NULL */
	const char *owner;    /* apk: what its "a:" line says, or NULL */
	const char *directory_owner; /* apk: the "M:" line of its directory, or NULL */
};

struct package {
	enum package_kind kind;
	const char *name;
	const char *version;
	const char *architecture;
	const char *source; /* the source package that it was built from */
	const char *source_version;
	const char *maintainer;	    /* or NULL */
	const char *license;	    /* an SPDX expression; NULL where it is not certain */
	const char *record;	    /* what the database says of it: lines, without files */
	const char *stored;	    /* a file of the root that every upgrade writes anew, or NULL */
	const char *database;	    /* apk: path of the file that the record is from */
	struct package_file *files; /* in the order of their entries' paths */
	size_t n_files;
	bool alone; /* it owns something that no other package lists */
};

struct packages {
	const struct package *const *items; /* sorted by kind, name and architecture */
	size_t count;
};

/*
 * Finds the owners of all that MANIFEST has from ROOT, and tells each such entry
 * (see manifest.h). *OUT has those packages alone, and belongs to the manifest. To be called
 * once the manifest is filled. Errors after a diagnostic: those of reading; -ENOMEM.
 */
MUST_USE int packages_find(struct manifest *manifest, const struct root *root,
			   const struct diag *diag, struct packages *out);

/* "libc6 2.36-9+deb12u9"; owned by ARENA; NULL when out of memory. */
const char *package_text(struct arena *arena, const struct package *package);

#endif
