/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the run-time needs bring: libraries are opened as their programs would open them, programs
 * become inputs, and all that they lead to is looked at for needs in turn, until nothing new
 * comes.
 */
#ifndef MKROOTFS_HARVEST_FOLLOW_H
#define MKROOTFS_HARVEST_FOLLOW_H

#include "harvest/harvest.h"

/*
 * Finds and follows the needs of all programs; asked again, what has become new since. What is
 * required and not found is told, and makes the harvest incomplete. Errors: -errno after a
 * diagnostic.
 */
int bring_needs(struct mkrootfs *harvest);

#endif
