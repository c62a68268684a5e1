/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accounts that a program looked for in /etc/passwd or /etc/group in vain: the file is there, and
 * its last words alone tell which line is not.
 */
#ifndef MKROOTFS_HARVEST_LOOKUPS_ACCOUNTS_H
#define MKROOTFS_HARVEST_LOOKUPS_ACCOUNTS_H

#include "harvest/lookups.h"

/* Adds them to OUT, for a RUN whose result is INSIDE. Errors: -errno after a diagnostic. */
MUST_USE int lookups_find_accounts(struct arena *arena, const struct lookups_of *run,
				   const struct root *inside, struct lookup_list *out);

#endif
