/* SPDX-License-Identifier: Apache-2.0 */
/* What --sbom tells of a result: collected here, and put into words by report/sbom.h. */
#ifndef MKROOTFS_HARVEST_COLLECT_SBOM_H
#define MKROOTFS_HARVEST_COLLECT_SBOM_H

#include "harvest/result.h"
#include "manifest/image.h"
#include "report/sbom.h"

/*
 * Collects *SBOM; IMAGE tells its name and time, PACKAGES are those that own entries. Every file
 * is read. *SBOM belongs to ARENA and to its sources. Errors after a diagnostic.
 */
int sbom_collect(const struct mkrootfs *harvest, struct arena *arena, const struct image *image,
		 const struct packages *packages, struct sbom *sbom);

#endif
