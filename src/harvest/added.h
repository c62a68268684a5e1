/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the user hands over by --add: it goes into the manifest, and its programs and libraries
 * become inputs. A file that is named itself has to work; what lies in a directory comes as it is
 * where it would not load here either, with a warning.
 */
#ifndef MKROOTFS_HARVEST_ADDED_H
#define MKROOTFS_HARVEST_ADDED_H

#include "harvest/result.h"

/* Adds it all. Errors: -errno after a diagnostic. */
MUST_USE int added_harvest(struct mkrootfs *harvest);

#endif
