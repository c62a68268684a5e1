/* SPDX-License-Identifier: Apache-2.0 */
/* The libraries that were not found, each told once with all that need it. */
#ifndef MKROOTFS_HARVEST_MISSING_H
#define MKROOTFS_HARVEST_MISSING_H

#include "harvest/resolve.h"

/*
 * Tells each library that PROGRAMS miss: an error, or a note where it is allowed to be missing.
 * To be called once all programs are resolved. Returns 0 or -ENOMEM.
 */
int missing_report(const struct programs *programs, const struct diag *diag);

#endif
