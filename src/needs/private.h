/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nothing private comes by itself: the one rule of what a trace, a string, a package or a
 * configuration may lead to and the result must not have unless the user names it with --add.
 * Rows of the tables are not asked: they name what they bring.
 */
#ifndef MKROOTFS_NEEDS_PRIVATE_H
#define MKROOTFS_NEEDS_PRIVATE_H

#include "base/arena.h"
#include "root/root.h"

/*
 * Whether PATH (absolute) of ROOT, or what its links lead to or through, is private: what others
 * may not read; the homes of people and the data of servers; below /var and /run all that no
 * package lists, and logs in any case; sockets and devices; credentials, keys and histories by
 * their names; a private key by its content. LISTED says that a package lists PATH itself. What
 * may not be looked at is private; what is not there is not.
 *
 * *REASON (may be NULL) becomes the reason in words that follow "left out: ", of ARENA or static.
 * Returns 1 or 0; -errno, without a diagnostic, where this system fails: see needs_is_private.
 */
MUST_USE int private_path(const struct root *root, struct arena *arena, const char *path,
			  bool listed, const char **reason);

#endif
