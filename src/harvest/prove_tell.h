/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the user is told of a checked run: how it ended, the probable cause first, and the options
 * that bring what it looked for in vain.
 */
#ifndef MKROOTFS_HARVEST_PROVE_TELL_H
#define MKROOTFS_HARVEST_PROVE_TELL_H

#include "harvest/prove.h"

/* Tells all of it, as errors where it was not PROVEN. Returns 0 or -ENOMEM. */
MUST_USE int prove_tell(const struct mkrootfs_plan *plan, const struct proving *proving);

/* How the program ended, in words that follow its name; in ARENA. NULL when out of memory. */
const char *prove_end_text(struct arena *arena, const struct mkrootfs_plan *plan,
			   const struct proof *proof);

#endif
