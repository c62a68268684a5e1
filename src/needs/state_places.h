/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Places: the directories below /var and /run that a FILE's strings and its package name and that
 * the root has. They come empty, with their mode, and owned as there where the owner comes along.
 */
#ifndef MKROOTFS_NEEDS_STATE_PLACES_H
#define MKROOTFS_NEEDS_STATE_PLACES_H

#include "needs/needs.h"
#include "packages/installed.h"

/* Adds to NEED the directories that PACKAGES (ended by NULL; may be NULL) list below /var. */
int places_add_listed(struct needs *needs, struct need *need, struct installed *installed,
		      const struct installed_package *const *packages);

#endif
