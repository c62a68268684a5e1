/* SPDX-License-Identifier: Apache-2.0 */
/* What --depfile tells of a result: all that it was made of, by its names on this system. */
#ifndef MKROOTFS_HARVEST_COLLECT_DEPFILE_H
#define MKROOTFS_HARVEST_COLLECT_DEPFILE_H

#include "base/texts.h"
#include "harvest/resolve.h"
#include "manifest/manifest.h"
#include "packages/packages.h"

/* What a result was made of. */
struct depfile_parts {
	const struct mkrootfs_plan *plan;
	const struct sysroot *sysroot;
	const struct manifest *manifest;
	const struct packages *packages; /* those that own entries */
};

/*
 * Collects into *SOURCES, sorted, each once, the paths that a result of PARTS depends on. All
 * belongs to ARENA. Errors after a diagnostic.
 */
MUST_USE int depfile_collect(const struct depfile_parts *parts, struct arena *arena,
			     struct texts *sources);

#endif
