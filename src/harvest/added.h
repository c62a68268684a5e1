/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the user hands over by --add: it goes into the manifest, and its programs and libraries
 * become inputs. A file that is named itself has to work; what lies in a directory comes as it is
 * where it would not load here either, with a warning.
 */
#ifndef MKROOTFS_HARVEST_ADDED_H
#define MKROOTFS_HARVEST_ADDED_H

#include "harvest/resolve.h"
#include "manifest/manifest.h"
#include "needs/needs.h"

/* Puts ADDS, each a struct plan_file, into MANIFEST and INPUTS; NEEDS is told of all files. Errors:
 * -errno after a diagnostic.
 */
MUST_USE int added_harvest(const struct plan_list *adds, const struct resolver *resolver,
			   struct inputs *inputs, struct needs *needs, struct manifest *manifest);

#endif
