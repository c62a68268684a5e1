/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What --fix brings: paths that a checked run of an earlier round has missed come as one more need,
 * which fails nothing and overrides nothing.
 */
#ifndef MKROOTFS_HARVEST_BROUGHT_H
#define MKROOTFS_HARVEST_BROUGHT_H

#include "harvest/follow.h"
#include "manifest/manifest.h"

/*
 * Brings what the plan says that was missed, with what it leads to, into MANIFEST, which is filled
 * as far as rules know. Returns 0 or HARVEST_INCOMPLETE; errors as of follow_needs.
 */
MUST_USE int brought_harvest(struct follower *follower, struct manifest *manifest);

#endif
