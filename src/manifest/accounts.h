/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The accounts of a rootfs: minimal /etc/passwd and /etc/group with root, nobody, those that
 * the user asked for and those that its programs name; no shells, and no passwords: nobody can log
 * in by one.
 */
#ifndef MKROOTFS_MANIFEST_ACCOUNTS_H
#define MKROOTFS_MANIFEST_ACCOUNTS_H

#include "manifest/manifest.h"

struct account {
	const char *name;
	uid_t uid;
	gid_t gid;
	const char *home; /* NULL: "/", the one directory that is sure to be there */
};

struct account_group {
	const char *name;
	gid_t gid;
	const char *members; /* names between commas; those that are no accounts are dropped */
};

/* The accounts to write; a requested one replaces one that was found. */
struct accounts {
	const struct account *asked; /* each with a group of its own name */
	size_t n_asked;
	const struct account *found;
	size_t n_found;
	const struct account_group *groups; /* of those found, or named for themselves */
	size_t n_groups;
};

/* The ids that --user has where it names none. */
enum { ACCOUNT_DEFAULT_ID = 10000 };

/*
 * Whether the LENGTH bytes of NAME can be an account's: letters, digits, '_', '.', '-', and '$' at
 * the end; no '-' in front, not digits alone, at most 32. As useradd(8), where it is built to be
 * generous.
 */
bool account_name_is_valid(const char *name, size_t length);

/*
 * Parses NAME[:UID[:GID]] (GID defaults to UID). ACCOUNT's name belongs to ARENA.
 * Returns 0, -EINVAL where it is malformed (ids are below 4294967295), -ENOMEM.
 */
int account_parse(struct arena *arena, const char *text, struct account *account);

/*
 * Puts /etc/passwd and /etc/group into MANIFEST at ENTRY_DEFAULT. "root" or "nobody" among those
 * asked for replaces that line; among those found it is dropped. Errors: as of manifest_put_file.
 */
int accounts_put(struct manifest *manifest, const struct accounts *accounts);

#endif
