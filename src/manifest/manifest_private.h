/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the manifest is kept: for manifest/ alone.
 */
#ifndef MKROOTFS_MANIFEST_MANIFEST_PRIVATE_H
#define MKROOTFS_MANIFEST_MANIFEST_PRIVATE_H

#include "base/hash.h"
#include "manifest/manifest.h"

/* An entry and its place in the table; ENTRY comes first, so that one leads to the other. */
struct slot {
	struct entry entry;
	struct stat stat; /* as the manifest's root shows it; set by manifest_seal */
	UT_hash_handle hh;
};

struct manifest {
	struct manifest_policy policy;
	struct diag diag;
	struct arena *arena;
	struct slot *slots;
	const struct entry **entries;
	size_t n_entries;
	size_t capacity;
	ino_t next_inode; /* of generated files */
	bool sealed;
};

/*
 * Puts ENTRY, whose strings stay valid, at its path by rank (see enum entry_rank). Its
 * directories are not looked at. Errors: -EEXIST after a diagnostic, -ENOMEM.
 */
int manifest_put(struct manifest *manifest, const struct entry *entry);

/* The latest time; what mkrootfs makes has it. */
int64_t manifest_newest(const struct manifest_policy *policy);

/* The slot at canonical PATH, or NULL. */
struct slot *manifest_slot(const struct manifest *manifest, const char *path);

/* ENTRY as a diagnostic names it: "a link to usr/lib (--symlink)". */
const char *entry_describe(struct arena *arena, const struct entry *entry);

/* The time that an entry of source time SECONDS gets by the policy. */
int64_t manifest_time(const struct manifest *manifest, int64_t seconds);

/* Makes the directories above PATH that are not there yet (0755, ENTRY_PARENT). */
int manifest_put_parents(struct manifest *manifest, const char *path, const char *why);

#endif
