/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program has right below a prefix of its own, such as /opt/x: plugins among the
 * libraries, data in share itself, directories of any name where it names the prefix.
 */
#ifndef MKROOTFS_NEEDS_OWN_PREFIX_H
#define MKROOTFS_NEEDS_OWN_PREFIX_H

#include "needs/make.h"
#include "needs/owning.h"

/*
 * Adds to NEED what of the directory PATH, canonical CANONICAL, that OWNER names is its own
 * although it does not own the directory. Errors: -errno after a diagnostic.
 */
int own_prefix_add(struct needs *needs, struct need *need, const struct owner *owner,
		   const char *path, const char *canonical);

#endif
