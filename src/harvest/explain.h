/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the user is told of run-time needs: which were followed, and what the programs may want
 * that the result does not have.
 */
#ifndef MKROOTFS_HARVEST_EXPLAIN_H
#define MKROOTFS_HARVEST_EXPLAIN_H

#include "harvest/follow.h"
#include "manifest/manifest.h"

/*
 * Tells of the needs that were FOUND, whose result is the sealed MANIFEST: notes on every need,
 * warnings on what cannot be known, which a program that was TRACED has shown. Errors: as of
 * root_walk, after a diagnostic.
 */
MUST_USE int explain_needs(const struct manifest *manifest, struct follower *found, bool traced);

#endif
