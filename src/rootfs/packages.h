/*
 * The packages that own files of a root, as its package manager's database tells: dpkg's,
 * also in the form that images without dpkg have it in (status.d), apk's, and rpm's where
 * librpm is there at build time. Paths are looked
 * up as they are when all links are resolved, whatever alias of a directory the database has.
 */
#ifndef MKROOTFS_ROOTFS_PACKAGES_H
#define MKROOTFS_ROOTFS_PACKAGES_H

#include "base/diag.h"
#include "rootfs/manifest.h"

enum package_kind {
	PACKAGE_DEB,
	PACKAGE_APK,
	PACKAGE_RPM,
};

/* One installed package. Strings are NULL where the database says nothing. */
struct package {
	enum package_kind kind;
	const char *name;
	const char *version;
	const char *epoch; /* rpm's, where it is not 0 */
	const char *architecture;
	const char *source; /* the package that it was built from, and that one's version */
	const char *source_version;
	const char *maintainer;
	const char *homepage;
	const char *license; /* apk: as the database has it */
	const char *record;  /* the stanza as it stands in the database */
	size_t record_size;
	bool owns; /* a file that was asked for */
};

/* A file that was asked for, and that a package owns. */
struct package_file {
	const struct package *package;
	const char *path; /* as asked for */
	const char *md5;  /* in hexadecimal digits, dpkg's; or NULL */
};

struct packages {
	/* Of /etc/os-release: "debian", "12"; NULL where there is none. */
	const char *distribution;
	const char *release;
	/* Those that own something, sorted by name and architecture. */
	const struct package **items;
	size_t count;
	struct package_owner *owners;
	struct package_alias *aliases;
	size_t n_aliases;
};

/*
 * Reads ROOT's databases for the owners of the COUNT canonical PATHS. What is damaged in
 * one is left out, with a warning. *OUT belongs to ARENA; free it with packages_free before.
 * Errors: -errno after a diagnostic.
 */
int packages_read(struct arena *arena, const struct root *root, const char *const *paths,
		  size_t count, const struct diag *diag, struct packages **out);
void packages_free(struct packages *packages);
DEFINE_CLEANUP(struct packages *, packages_free);

/* Who owns the file at PATH, one of those asked for; NULL: nobody. */
const struct package_file *packages_find(const struct packages *packages, const char *path);

/*
 * Puts the records that scanners read into MANIFEST, each limited to the files that are there:
 * dpkg's status.d as images without dpkg have it, apk's database, and os-release.
 * Errors: as of manifest_put_file; -ENOTSUP after a diagnostic for packages of rpm.
 */
int packages_put(const struct packages *packages, const struct root *root,
		 struct manifest *manifest, const struct diag *diag);

#endif
