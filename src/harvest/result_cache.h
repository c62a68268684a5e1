/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ld.so.cache of a result: of what it holds, where its loaders would not find that
 * without one.
 */
#ifndef MKROOTFS_HARVEST_RESULT_CACHE_H
#define MKROOTFS_HARVEST_RESULT_CACHE_H

#include "harvest/result.h"

/* Puts a cache into the manifest for each loader that needs one. Errors: as of manifest_put_file.
 */
int result_caches_put(struct mkrootfs *harvest);

#endif
