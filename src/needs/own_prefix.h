/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program has right below a prefix of its own, such as /opt/x: plugins among the
 * libraries, data in share itself, directories of any name where it names the prefix.
 */
#ifndef MKROOTFS_NEEDS_OWN_PREFIX_H
#define MKROOTFS_NEEDS_OWN_PREFIX_H

#include "needs/belongs_private.h"

/*
 * Adds what of the directory PATH, canonical CANONICAL, that the subject names is its own
 * although it does not own the directory. Errors: -errno after a diagnostic.
 */
int own_prefix_add(struct data_filling *filling, const char *path, const char *canonical);

#endif
