/* SPDX-License-Identifier: Apache-2.0 */
/* What --sbom tells of a result: collected here, and put into words by report/sbom.h. */
#ifndef MKROOTFS_HARVEST_COLLECT_SBOM_H
#define MKROOTFS_HARVEST_COLLECT_SBOM_H

#include "manifest/image.h"
#include "plan/plan.h"
#include "report/sbom.h"

/* What a bill is made of. */
struct sbom_parts {
	const struct mkrootfs_plan *plan;
	const struct root *root; /* which the result is made of */
	const struct manifest *manifest;
	const struct image *image;	 /* tells the bill's name and time */
	const struct packages *packages; /* those that own entries */
};

/*
 * Collects *SBOM of PARTS; every file is read. *SBOM belongs to ARENA and to PARTS. Errors after
 * a diagnostic.
 */
MUST_USE int sbom_collect(const struct sbom_parts *parts, struct arena *arena, struct sbom *sbom);

#endif
