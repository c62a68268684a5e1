/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ld.so.cache of a result: of what it holds, where its loaders would not find that
 * without one.
 */
#ifndef MKROOTFS_HARVEST_RESULT_CACHE_H
#define MKROOTFS_HARVEST_RESULT_CACHE_H

#include "harvest/follow.h"
#include "manifest/manifest.h"

/*
 * Puts a cache into MANIFEST for each loader of SYSROOT that FOLLOWER's programs, and what they
 * open, need one of: where nothing else leads to a library, and where ldconfig(8) is there to be
 * asked what it has. Errors: as of manifest_put_file.
 */
MUST_USE int result_caches_put(struct manifest *manifest, const struct sysroot *sysroot,
			       const struct follower *follower);

#endif
