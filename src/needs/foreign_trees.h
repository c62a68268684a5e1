/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directories of other packages that a program's own data leads to: by a link in its tree, or by a
 * string. Small ones come with it; what is large is told, with its size and the option.
 */
#ifndef MKROOTFS_NEEDS_FOREIGN_TREES_H
#define MKROOTFS_NEEDS_FOREIGN_TREES_H

#include "needs/belongs_private.h"

/*
 * Whether the directory PATH, canonical CANONICAL, comes to the data of FILLING, whose link leads
 * there: it is the subject's own, or not large. Where it is not to come, the need tells of it.
 * Returns 1 or 0; errors: -errno after a diagnostic. As of struct tree_gate, with DATA a struct
 * data_filling.
 */
int foreign_tree_enters(void *data, const char *path, const char *canonical);

/*
 * The same for a directory of a package that the subject's package depends on, and which a string
 * of the subject names: a FILE counts on it, whatever size it has.
 */
int foreign_tree_comes(struct data_filling *filling, const char *path, const char *canonical);

#endif
