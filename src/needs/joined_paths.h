/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a path ends that other text is joined to (needs/joined_texts.h): the files of the target
 * say so.
 */
#ifndef MKROOTFS_NEEDS_JOINED_PATHS_H
#define MKROOTFS_NEEDS_JOINED_PATHS_H

#include "needs/needs.h"
#include "needs/path_texts.h"

/*
 * Calls VISIT with the longest path that TEXT begins with and that is there; and where the name at
 * its end may be longer than was meant, with its directory. Nothing of one component is meant.
 * Errors: as of VISIT; -errno after a diagnostic.
 */
int joined_path_find(struct needs *needs, const char *text, path_text_fn *visit, void *data);

#endif
