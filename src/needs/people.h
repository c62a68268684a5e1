/* SPDX-License-Identifier: Apache-2.0 */
/*
 * People: the accounts and groups that the root's own /etc/passwd and /etc/group have, of which
 * those come along that a program names. They are foreign bytes: a line that is none is passed
 * over.
 */
#ifndef MKROOTFS_NEEDS_PEOPLE_H
#define MKROOTFS_NEEDS_PEOPLE_H

#include "manifest/accounts.h"
#include "needs/needs.h"

struct people;

/* The people of NEEDS' root, read once. Errors: -errno after a diagnostic. */
int people_get(struct needs *needs, const struct people **out);

/* The account or group of that name, or of that id; NULL: there is none. */
const struct account *people_account(const struct people *people, const char *name);
const struct account_group *people_group(const struct people *people, const char *name);
const char *people_name(const struct people *people, uid_t uid);
const char *people_group_name(const struct people *people, gid_t gid);

/*
 * Adds to NEED the account or group called NAME, if the root has it and a program may run as it: no
 * account of a person comes. Errors: -ENOMEM.
 */
int people_add(struct needs *needs, struct need *need, const char *name);

/*
 * The same for the account that owns a directory of NEED's, if a string of NEED's object is its
 * NAME (may be NULL). Errors: -errno after a diagnostic.
 */
int people_add_owner(struct needs *needs, struct need *need, const char *name);

/*
 * What of ACCOUNTS is found: the people whom the needs bring, with their groups. Errors: as of
 * people_get.
 */
int people_gather(struct needs *needs, struct accounts *accounts);

/*
 * The ids that a directory of OWNER and GROUP gets (names of the root, or NULL): those of the
 * accounts of that name, where they are among ACCOUNTS; else (uid_t)-1, for the usual owner.
 */
uid_t people_uid(const struct accounts *accounts, const char *owner);
gid_t people_gid(const struct accounts *accounts, const char *group);

#endif
