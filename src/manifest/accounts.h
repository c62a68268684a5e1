/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The accounts of a rootfs: minimal /etc/passwd and /etc/group with root, nobody and
 * the user asked for; no shells. And /tmp.
 */
#ifndef MKROOTFS_MANIFEST_ACCOUNTS_H
#define MKROOTFS_MANIFEST_ACCOUNTS_H

#include "manifest/manifest.h"

struct account {
	const char *name; /* NULL: no account of its own */
	uid_t uid;
	gid_t gid;
};

/* The ids that --user has where it names none. */
enum { ACCOUNT_DEFAULT_ID = 10000 };

/*
 * Parses NAME[:UID[:GID]] (GID defaults to UID). ACCOUNT's name belongs to ARENA.
 * Returns 0, -EINVAL where it is malformed (a name of [a-z_][a-z0-9_-]*, at most 32
 * characters; ids below 4294967295), -ENOMEM.
 */
int account_parse(struct arena *arena, const char *text, struct account *account);

/*
 * Puts /etc/passwd, /etc/group and /tmp (1777) into MANIFEST at ENTRY_DEFAULT. USER may be
 * NULL. "root" or "nobody" as USER replaces that line. Errors: as of manifest_put_file.
 */
int accounts_put(struct manifest *manifest, const struct account *user);

#endif
