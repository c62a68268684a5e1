/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was found goes into the manifest: inputs, closures and plugins, and what the run-time needs
 * bring.
 */
#ifndef MKROOTFS_HARVEST_TO_MANIFEST_H
#define MKROOTFS_HARVEST_TO_MANIFEST_H

#include "base/error.h"
#include "harvest/result.h"

/* Puts inputs, closures and plugins. Errors: as of manifest_harvest; -EINTR when cancelled. */
MUST_USE int result_put_closures(const struct mkrootfs *harvest);

/* The accounts that the user asked for, and those that needs bring. Errors: as of people_gather. */
int result_find_accounts(const struct mkrootfs *harvest, struct accounts *accounts);

/* Puts the files and links that needs bring. Errors: as of manifest_harvest; -EINTR. */
MUST_USE int result_put_needs(const struct mkrootfs *harvest);

#endif
