/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a manifest is filled with: closures and inputs, and what the run-time needs bring.
 */
#ifndef MKROOTFS_HARVEST_TO_MANIFEST_H
#define MKROOTFS_HARVEST_TO_MANIFEST_H

#include "harvest/harvest.h"

/* Puts inputs, closures and plugins. Errors: as of manifest_harvest. */
int fill_closures(struct mkrootfs *harvest);

/* Puts the files and links of the needs that are brought. Errors: as of manifest_harvest. */
int fill_needs(struct mkrootfs *harvest);

#endif
