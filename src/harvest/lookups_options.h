/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options that bring what a checked run looked for in vain, in words that a user can paste, and
 * what of it nothing but an option may bring.
 */
#ifndef MKROOTFS_HARVEST_LOOKUPS_OPTIONS_H
#define MKROOTFS_HARVEST_LOOKUPS_OPTIONS_H

#include "harvest/follow.h"
#include "report/lookup.h"

/*
 * Whether PATH is the configuration of character sets, which says where each one's module is; and
 * whether the need that makes one was left out: only then is it missed.
 */
bool lookups_are_of_gconv(const char *path);
bool lookups_lack_gconv(const struct needs *needs);

/*
 * Sets the need, the option and the reason to refuse of each of the COUNT LOOKUPS, by what FOUND
 * knows of the root outside; ARENA owns the texts. Errors: -errno after a diagnostic.
 */
MUST_USE int lookups_find_options(struct arena *arena, const struct follower *found,
				  struct lookup *lookups, size_t count);

#endif
