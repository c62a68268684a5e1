/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How glibc's loader looks a name up in its cache (elf/dl-cache.c).
 */
#ifndef MKROOTFS_LOADER_CACHE_LOOKUP_H
#define MKROOTFS_LOADER_CACHE_LOOKUP_H

#include "loader/search.h"

/*
 * The path of NAME in the cache of CONTEXT's loader, the best for its processor; NULL: none.
 */
const char *cache_lookup(struct search_context *context, const char *name);

#endif
