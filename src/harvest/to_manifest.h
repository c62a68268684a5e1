/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a harvest has found goes into the manifest: inputs, closures and plugins, and what the
 * run-time needs bring.
 */
#ifndef MKROOTFS_HARVEST_TO_MANIFEST_H
#define MKROOTFS_HARVEST_TO_MANIFEST_H

#include "base/error.h"
#include "harvest/follow.h"
#include "manifest/manifest.h"

/* Puts inputs, closures and plugins. Errors: as of manifest_harvest; -EINTR when cancelled. */
MUST_USE int manifest_put_closures(struct manifest *manifest, const struct follower *found);

/* The accounts that PLAN asks for, and those that NEEDS bring. Errors: as of people_gather. */
MUST_USE int gather_accounts(const struct mkrootfs_plan *plan, struct needs *needs,
			     struct accounts *accounts);

/* Puts the files and links that needs bring. Errors: as of manifest_harvest; -EINTR. */
MUST_USE int manifest_put_needs(struct manifest *manifest, const struct follower *found);

#endif
