/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Places: the directories below /var and /run that a FILE's strings and its package name and that
 * the root has. They come empty, with their mode, and owned as there where the owner comes along.
 */
#ifndef MKROOTFS_NEEDS_STATE_PLACES_H
#define MKROOTFS_NEEDS_STATE_PLACES_H

#include "needs/needs.h"
#include "packages/installed.h"

/*
 * Adds to NEED the directories that PACKAGES (ended by NULL; may be NULL) list below /var, and
 * those that their tmpfiles.d(5) and services have made when the system starts, be they there or
 * not.
 */
int places_add_listed(struct needs *needs, struct need *need, struct installed *installed,
		      const struct installed_package *const *packages);

/* Whether what stands at PATH is variable: below /var or /run, and not everybody's. */
bool places_is_written(const char *path);

/*
 * Add to NEED the directory PATH, or the one that it is in: 1 where the root has it and it is such
 * a place, 0 where not; -errno.
 */
MUST_USE int places_add(struct needs *needs, struct need *need, const char *path);
MUST_USE int places_add_parent(struct needs *needs, struct need *need, const char *path);

/*
 * Adds to NEED the directory TEMPLATE (its path, mode, owner and group), if it is such a place;
 * where the root has it, as it is there. Errors: -errno.
 */
MUST_USE int places_make(struct needs *needs, struct need *need, const struct need_item *template);

#endif
