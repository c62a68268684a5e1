/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apk's database: one file of paragraphs of one-letter fields, "P:musl". After the package's own
 * fields come its files: "F:" a directory (with "M:" its owner), "R:" a name in it, with "a:" its
 * owner and "Z:" its checksum. See apk-v2(5).
 */
#ifndef MKROOTFS_PACKAGES_APK_FILES_H
#define MKROOTFS_PACKAGES_APK_FILES_H

#include "packages/database.h"

/* The fields of a package's paragraph that are read; empty where it has none. */
struct apk_stanza {
	struct view name, version, architecture, license, maintainer;
	struct view origin;	       /* without a field of its own, it is the name */
	struct view depends, provides; /* "so:libc.musl-x86_64.so.1 busybox>=1.3 !uclibc" */
	struct view head;	       /* the lines before the first file */
	struct view files;	       /* the rest */
};

/* A directory that a package lists, or a name in one. */
struct apk_file {
	struct view directory, directory_owner;
	struct view name; /* empty: it is the directory itself */
	struct view owner, checksum;
};

/* Reads the database of ROOT into ARENA; *PATH is where it is. Returns as database_read. */
int apk_read_database(const struct root *root, const struct diag *diag, struct arena *arena,
		      const char **path, struct view *text);

void apk_read_stanza(struct view paragraph, struct apk_stanza *stanza);

/*
 * Takes the next directory or file off *FILES. *FILE is what the call before set it to, and empty
 * before the first one. False where there is none.
 */
bool apk_take_file(struct view *files, struct apk_file *file);

/* "/usr/bin/x" of FILE, owned by ARENA; NULL when out of memory. */
char *apk_file_path(struct arena *arena, const struct apk_file *file);

#endif
