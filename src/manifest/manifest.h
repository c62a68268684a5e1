/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifest: every entry of the result, in memory, and why it is there. Harvesting
 * fills it; after manifest_seal nothing changes any more, and outputs and reports read
 * it in path order. It is also a root (manifest_root), so that the loader's model can
 * be run over what will be written before it is written.
 */
#ifndef MKROOTFS_MANIFEST_MANIFEST_H
#define MKROOTFS_MANIFEST_MANIFEST_H

#include "base/diag.h"
#include "base/error.h"
#include "root/root.h"

#include <stdint.h>

enum entry_type {
	ENTRY_DIRECTORY,
	ENTRY_FILE,
	ENTRY_SYMLINK,
};

/* Who wants an entry. At one path, a later one of this list replaces an earlier one. */
enum entry_rank {
	ENTRY_PARENT,  /* a directory that something else needs on its way */
	ENTRY_SOFT,    /* what belongs to a program though no rule says so */
	ENTRY_DEFAULT, /* accounts, /tmp, generated files */
	ENTRY_RULE,    /* a need behind DT_NEEDED */
	ENTRY_CLOSURE, /* a program, a library, a link on the way to one */
	ENTRY_USER,    /* --add, --symlink, --mkdir */
};

struct package;

struct entry_xattr {
	const char *name;
	const void *value;
	size_t size;
};

struct entry {
	const char *path; /* canonical and absolute; "/" itself is always there */
	enum entry_type type;
	enum entry_rank rank;
	mode_t mode; /* permission bits with set-id and sticky: 07777 */
	uid_t uid;
	gid_t gid;
	int64_t mtime;	 /* seconds since 1970 */
	const char *why; /* a short reason for people: "needed by /usr/bin/x", "accounts" */

	const char *target; /* a link's text */

	/* A file's bytes: CONTENT (SIZE bytes in memory), or SOURCE in ROOT. */
	const void *content;
	const struct root *root;
	const char *source;	       /* canonical path in ROOT; of a link, its own */
	const struct package *package; /* that owns SOURCE; NULL: none, or nobody asked */
	struct stat identity; /* of SOURCE when it was harvested: dev, ino, size, mtime, ctime */
	uint64_t size;	      /* of a file in bytes, of a link's text; 0 for directories */
	const struct entry_xattr *xattrs; /* sorted by name */
	size_t n_xattrs;
	/* After manifest_seal: the entry earlier in order that is the same inode, or NULL. */
	const struct entry *hardlink;
};

struct manifest;

/* How every entry is changed on its way in. */
struct manifest_policy {
	uid_t uid; /* --chown: of every entry but those with an owner of their own */
	gid_t gid;
	bool keep_mtime;      /* --mtime keep */
	int64_t source_epoch; /* no time is later than this; generated files have it */
};

/*
 * The earliest time of an entry that is not kept as it was (seconds since 1970): some servers
 * take 0 for a file that was never written.
 */
enum { MANIFEST_TIME_MIN = 1 };

/* An empty manifest with "/" (0755) in it; the entries live as long as it. NULL: no memory. */
struct manifest *manifest_new(const struct manifest_policy *policy, const struct diag *diag);
void manifest_free(struct manifest *manifest);
DEFINE_CLEANUP(struct manifest *, manifest_free);

/* The arena that entries' strings may be made in. */
struct arena *manifest_arena(struct manifest *manifest);

/*
 * Puts the file, link or directory at PATH of ROOT into the manifest at DEST, with
 * every link and directory crossed on the way to both, and the file that a link at the
 * end leads to. Where DEST equals PATH the way is kept as it is; where it differs, what
 * PATH leads to stands at DEST itself. WHY belongs to the caller (see manifest_arena).
 * Errors after a diagnostic: as of stat(2); -EEXIST where something else of the same
 * rank is at that path; -EINVAL for sockets and the like; -ENOMEM.
 */
MUST_USE int manifest_harvest(struct manifest *manifest, const struct root *root, const char *path,
			      const char *dest, enum entry_rank rank, const char *why);

/*
 * As manifest_harvest for --add: a link at the end is kept as a link, without what it
 * leads to, unless that is the SRC itself; a directory comes with all that is in it.
 */
MUST_USE int manifest_add_tree(struct manifest *manifest, const struct root *root, const char *path,
			       const char *dest, enum entry_rank rank, const char *why);

/* Generated entries; parents are made as needed (0755). Errors: as of manifest_harvest. */
MUST_USE int manifest_put_file(struct manifest *manifest, const char *path, mode_t mode,
			       const void *content, size_t size, enum entry_rank rank,
			       const char *why);
MUST_USE int manifest_put_symlink(struct manifest *manifest, const char *path, const char *target,
				  enum entry_rank rank, const char *why);
/* UID and GID (uid_t)-1: the policy's. */
MUST_USE int manifest_put_directory(struct manifest *manifest, const char *path, mode_t mode,
				    uid_t uid, gid_t gid, enum entry_rank rank, const char *why);

/*
 * Ends the filling: sorts by path, ties hard links together (also two paths harvested
 * from one inode), and checks that no entry stands below a link or a file.
 * Errors after a diagnostic: -EEXIST, -ENOMEM.
 */
MUST_USE int manifest_seal(struct manifest *manifest);

/* The entry at canonical PATH, or NULL. */
const struct entry *manifest_find(const struct manifest *manifest, const char *path);

/* All entries; after manifest_seal in path order (bytes), parents before children. */
const struct entry *const *manifest_entries(const struct manifest *manifest, size_t *count);

/* Gives ENTRY, which is in MANIFEST, an owner of its own. */
void manifest_set_ids(struct manifest *manifest, const struct entry *entry, uid_t uid, gid_t gid);

/* Says which package owns the source of ENTRY, which is in MANIFEST. */
void manifest_set_owner(struct manifest *manifest, const struct entry *entry,
			const struct package *package);

/* Bytes of all files, each inode once. */
uint64_t manifest_size(const struct manifest *manifest);

/*
 * The manifest as a root; valid while the manifest is. Files have the identity (device
 * and inode) of their sources, so that an ELF store knows them; generated ones have
 * device 0 and an inode of their own.
 */
MUST_USE int manifest_root(const struct manifest *manifest, struct root **out);

/*
 * Opens the bytes of a file entry. -ESTALE after a diagnostic where the source is not the
 * file that was harvested any more (inode, size, mtime or ctime changed).
 */
MUST_USE int entry_open(const struct entry *entry, const struct diag *diag, struct root_file *file);

/* After the last byte: 0 where FILE is still what it was when it was harvested, else as entry_open.
 */
MUST_USE int entry_verify(const struct entry *entry, const struct diag *diag,
			  struct root_file *file);

#endif
