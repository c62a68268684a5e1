/* SPDX-License-Identifier: Apache-2.0 */
/* What --depfile tells of a result: all that it was made of, by its names on this system. */
#ifndef MKROOTFS_HARVEST_COLLECT_DEPFILE_H
#define MKROOTFS_HARVEST_COLLECT_DEPFILE_H

#include "base/texts.h"
#include "harvest/result.h"

/*
 * Collects into *SOURCES, sorted, each once, the paths that the result depends on; PACKAGES are
 * those that own entries. All belongs to ARENA. Errors after a diagnostic.
 */
int depfile_collect(const struct mkrootfs *harvest, struct arena *arena,
		    const struct packages *packages, struct texts *sources);

#endif
