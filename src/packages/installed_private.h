/* SPDX-License-Identifier: Apache-2.0 */
/* What installed.c shares with the readers of the three databases. For packages/ alone. */
#ifndef MKROOTFS_PACKAGES_INSTALLED_PRIVATE_H
#define MKROOTFS_PACKAGES_INSTALLED_PRIVATE_H

#include "base/view.h"
#include "packages/database.h"
#include "packages/installed.h"

enum {
	INSTALLED_DEPENDS_MAX = 4096,
};

struct installed_record;

/* Calls VISIT with the paths that RECORD lists; SCRATCH is for what is read on the way. */
typedef int installed_lister_fn(struct installed *installed, const struct installed_record *record,
				struct arena *scratch, installed_path_fn *visit, void *data);

struct installed_record {
	struct installed_package package; /* first: one leads to the other */
	installed_lister_fn *visit_paths;
	struct view text;	     /* apk: the lines of its files */
	const char *const *paths;    /* rpm: ended by NULL */
	const char *const *provides; /* what others may depend on, ended by NULL; or NULL */
	bool multi_arch;	     /* dpkg: "Multi-Arch: same" */
};

/* An index without packages, of ARENA. Returns 0, -ENOMEM. */
int installed_new(struct arena *arena, const struct root *root, const struct diag *diag,
		  struct installed **out);

/*
 * Adds RECORD, a copy; strings belong to the index's arena. Returns 0, -ENOMEM.
 */
int installed_add(struct installed *installed, const struct installed_record *record);

struct arena *installed_arena(const struct installed *installed);
const struct root *installed_root(const struct installed *installed);
const struct diag *installed_diag(const struct installed *installed);

/* Reads the file at PATH into ARENA. Returns as database_read. */
int installed_read(struct installed *installed, struct arena *arena, const char *path, size_t limit,
		   struct view *text);

/*
 * The names in COUNT lists of dependencies of dpkg, "libc6 (>= 2.36), a | b:any", ended by NULL;
 * *N_REQUIRED are of the first N_LISTS of them. Returns NULL when out of memory.
 */
const char *const *installed_names(struct arena *arena, const struct view *lists, size_t count,
				   size_t n_lists, size_t *n_required);

int installed_read_dpkg(struct installed *installed);
int installed_read_apk(struct installed *installed);
int installed_read_rpm(struct installed *installed);

/* The name by which a package may list canonical PATH besides its own: "/lib/x" of "/usr/lib/x". */
const char *installed_alias(const struct installed *installed, const char *path);

/*
 * What the first pass over all lists has seen: a key of each path, package by package. Later passes
 * read the lists of those alone of whose keys one is asked for.
 */
struct listed_keys {
	uint32_t *keys;
	size_t count;
	size_t capacity;
	size_t *ends; /* where the keys of each record end; NULL before the first pass is done */
};

struct listed_keys *installed_listed(struct installed *installed);

#endif
