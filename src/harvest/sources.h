/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What --sbom and --depfile tell of a harvest: the facts are brought together here, and put into
 * words by report/.
 */
#ifndef MKROOTFS_HARVEST_SOURCES_H
#define MKROOTFS_HARVEST_SOURCES_H

#include "harvest/result.h"
#include "report/sbom.h"

/*
 * The bill of HARVEST, whose IMAGE tells its name and time; every file is read. All belongs to
 * HARVEST. Errors after a diagnostic.
 */
int bill_make(struct mkrootfs *harvest, const struct image *image, struct sbom *bill);

/* A dependency file: TARGET depends on all that HARVEST was made of. Errors after a diagnostic. */
int bill_depfile(struct mkrootfs *harvest, const char *target, struct buffer *out);

#endif
