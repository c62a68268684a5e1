/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of dpkg's database: /var/lib/dpkg/status has a paragraph a package, info/ its lists;
 * distroless bases have status.d/ with a file a package instead. See dpkg(1), deb822(5).
 */
#ifndef MKROOTFS_PACKAGES_DPKG_FILES_H
#define MKROOTFS_PACKAGES_DPKG_FILES_H

#include "packages/database.h"

#define DPKG "/var/lib/dpkg"

enum { DPKG_MD5_DIGITS = 32 };

/* The fields of a package's paragraph that are read; empty where it has none. */
struct dpkg_stanza {
	struct view package, version, architecture, source, maintainer, status, multi_arch;
	struct view source_version;				/* empty: the package's own */
	struct view depends, pre_depends, recommends, provides; /* with their other lines */
};

/*
 * Reads PARAGRAPH. False where it is no package that is installed, or where its names could not be
 * names of files.
 */
bool dpkg_read_stanza(struct view paragraph, struct dpkg_stanza *stanza);

/*
 * Reads info/NAME.SUFFIX of the package of STANZA, or info/NAME:ARCHITECTURE.SUFFIX, which those
 * have that may be installed for several architectures at once. *PATH, its name, and *TEXT belong
 * to ARENA. Returns as database_read.
 */
int dpkg_read_info(const struct root *root, const struct diag *diag, struct arena *arena,
		   const struct dpkg_stanza *stanza, const char *suffix, const char **path,
		   struct view *text);

/*
 * Takes the next path off *TEXT, a .list, which has one a line; what is not absolute is none, and
 * "/." is the root itself. False where there is none.
 */
bool dpkg_take_path(struct view *text, struct view *path);

/*
 * Takes the next line "MD5  usr/bin/x" off *TEXT; PATH has no slash in front. False where there
 * is none.
 */
bool dpkg_take_md5sum(struct view *text, struct view *md5, struct view *path);

/* The names of the packages in status.d, sorted; all belong to ARENA. Returns as database_read. */
int dpkg_list_status_d(const struct root *root, const struct diag *diag, struct arena *arena,
		       struct texts *names);

#endif
