/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the user hands over by --add: it goes into the manifest, and its programs and libraries
 * become inputs. A file that is named itself has to work; what lies in a directory comes as it is
 * where it would not load here either, with a warning.
 */
#ifndef MKROOTFS_HARVEST_ADDED_H
#define MKROOTFS_HARVEST_ADDED_H

#include "harvest/resolve.h"
#include "manifest/accounts.h"
#include "manifest/manifest.h"
#include "needs/needs.h"

/* Puts ADDS, each a struct plan_file, into MANIFEST and INPUTS; NEEDS is told of all files. Errors:
 * -errno after a diagnostic.
 */
MUST_USE int added_harvest(const struct plan_list *adds, const struct resolver *resolver,
			   struct inputs *inputs, struct needs *needs, struct manifest *manifest);

/*
 * Of what was added, what others may not read or look into keeps its owner and group, by their
 * names, where they are among ACCOUNTS: else nobody but root could use it. Errors as of
 * added_harvest.
 */
MUST_USE int added_keep_owners(struct manifest *manifest, struct needs *needs,
			       const struct accounts *accounts);

#endif
