/* SPDX-License-Identifier: Apache-2.0 */
/* What a row brings, as its patterns come out in this target. */
#ifndef MKROOTFS_NEEDS_APPLY_H
#define MKROOTFS_NEEDS_APPLY_H

#include "needs/make.h"

/*
 * Fills NEED with what its rule's rows bring, for its one value or none; *SATISFIED is set where
 * there was something for the value. Errors: -errno after a diagnostic.
 */
int need_fill(struct needs *needs, struct need *need, bool *satisfied);

#endif
