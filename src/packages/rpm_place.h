/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where rpm keeps its database, and what to say where nothing can read it: a root of a Fedora
 * without known packages looks like one that was built from source.
 */
#ifndef MKROOTFS_PACKAGES_RPM_PLACE_H
#define MKROOTFS_PACKAGES_RPM_PLACE_H

#include "base/diag.h"
#include "root/root.h"

/*
 * The canonical directory of ROOT's database, in ARENA, or NULL where there is none: librpm would
 * follow a link out of the root. What may not be looked at is a warning. Errors: -errno after a
 * diagnostic.
 */
MUST_USE int rpm_find_database(const struct root *root, const struct diag *diag,
			       struct arena *arena, const char **out);

/* Warns that the packages of the database in DIRECTORY are not known, and why. */
void rpm_warn_unknown(const struct diag *diag, const char *directory, const char *why);

#endif
