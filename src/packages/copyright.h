/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The licences that Debian's copyright files name, where they are machine-readable (DEP-5).
 */
#ifndef MKROOTFS_PACKAGES_COPYRIGHT_H
#define MKROOTFS_PACKAGES_COPYRIGHT_H

#include "packages/database.h"

/*
 * All licences that TEXT names, joined by AND to an SPDX expression; NULL where TEXT is not
 * machine-readable, or where one of its names is not certain. Owned by ARENA. Returns 0 or -ENOMEM.
 */
int copyright_parse(struct arena *arena, struct view text, const char **out);

/* The same of package NAME's file, /usr/share/doc/NAME/copyright. Errors after a diagnostic. */
int copyright_read(const struct root *root, const struct diag *diag, struct arena *arena,
		   const char *name, const char **out);

#endif
