/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directories that every program may count on to be there and empty.
 */
#ifndef MKROOTFS_MANIFEST_PLACES_H
#define MKROOTFS_MANIFEST_PLACES_H

#include "manifest/manifest.h"

/*
 * Puts /tmp and /var/tmp (1777), /run and /var/run into MANIFEST at ENTRY_DEFAULT, with the links
 * that ROOT has on the way to them: /var/run is what it is there, or a link to /run. To be
 * called before anything is put below them. Errors: as of manifest_harvest.
 */
int places_put(struct manifest *manifest, const struct root *root);

#endif
