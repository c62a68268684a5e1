/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the readers of all package databases share. The databases are foreign bytes.
 */
#ifndef MKROOTFS_PACKAGES_DATABASE_H
#define MKROOTFS_PACKAGES_DATABASE_H

#include "base/diag.h"
#include "base/view.h"
#include "root/root.h"

enum {
	DATABASE_SIZE_MAX = 256 * 1024 * 1024,
	LIST_SIZE_MAX = 64 * 1024 * 1024,
};

enum { DATABASE_ABSENT = 1 };

/*
 * Reads the regular file at PATH of ROOT into ARENA. Returns 0; DATABASE_ABSENT where there is
 * none; errors after a diagnostic: those of reading, -EFBIG above LIMIT bytes, -ENOMEM.
 */
int database_read(const struct root *root, const struct diag *diag, struct arena *arena,
		  const char *path, size_t limit, struct view *text);

/*
 * Whether NAME can be a part of a file's name: letters, digits and "+-._~", beginning with a
 * letter, a digit or "_".
 */
bool package_name_is_sane(struct view name);

#endif
