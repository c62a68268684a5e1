/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packages that are installed in a root, as needs look at them: which one owns a path, which
 * paths a package lists, and which packages belong together because they were built from one
 * source. The databases of dpkg, apk and rpm are read, each only when something asks for it:
 * to open costs one file of paragraphs; a package's paths are one file more; only the question
 * who else lists a path reads all lists, once for all paths that are asked for together.
 *
 * The databases are foreign bytes: what makes no sense in them is passed over, and where there is
 * none there are no packages.
 */
#ifndef MKROOTFS_PACKAGES_INSTALLED_H
#define MKROOTFS_PACKAGES_INSTALLED_H

#include "base/diag.h"
#include "base/view.h"
#include "root/root.h"

struct installed;

struct installed_package {
	const char *name;
	const char *source;	       /* the source package that it was built from */
	const char *architecture;      /* or "" */
	const char *const *depends;    /* names that it depends on or recommends, ended by NULL */
	size_t n_required;	       /* of them, those in front that it depends on */
	const char *const *recommends; /* of these, what it only recommends; or NULL */
};

/*
 * Reads which packages ROOT has. *OUT belongs to ARENA; installed_free frees what does not.
 * Errors after a diagnostic: those of reading; -ENOMEM.
 */
int installed_open(struct arena *arena, const struct root *root, const struct diag *diag,
		   struct installed **out);
void installed_free(struct installed *installed);
DEFINE_CLEANUP(struct installed *, installed_free);

/* How many packages there are: 0 where no database is; the one at INDEX below that. */
size_t installed_count(const struct installed *installed);
const struct installed_package *installed_at(const struct installed *installed, size_t index);

/*
 * The package that lists the file at canonical PATH, as far as a few lists tell: those of packages
 * that the file's name suggests, or CALLED, the path by which it was found, and of NEAR (may be
 * NULL) and what that depends on. *OUT is NULL where that
 * is none of them: installed_look_up tells for certain. Errors as of installed_open.
 */
int installed_guess_owner(struct installed *installed, const char *path, const char *called,
			  const struct installed_package *near,
			  const struct installed_package **out);

/*
 * Calls VISIT with every path that PACKAGE lists, files and directories, as it lists them
 * (absolute, "/lib/x" where /lib is a link to usr/lib; no NUL behind it). Errors: as of
 * installed_open; a return other than 0 of VISIT ends it.
 */
typedef int installed_path_fn(void *data, struct view path);
int installed_visit_paths(struct installed *installed, const struct installed_package *package,
			  installed_path_fn *visit, void *data);

/*
 * PACKAGE and all packages of the same source that it depends on or recommends, and those that
 * these depend on, in turn; ended by NULL. Errors: -ENOMEM.
 */
int installed_family(struct installed *installed, const struct installed_package *package,
		     const struct installed_package *const **out);

/*
 * The installed package of that name, or one that provides what is called so: "so:libz.so.1" of
 * apk, "libz.so.1()(64bit)" of rpm. Of several, the first. NULL: none.
 */
const struct installed_package *installed_find(const struct installed *installed, const char *name);

/* Who lists a path. */
struct installed_listing {
	const char *path; /* canonical; set by the caller */
	const struct installed_package *const *packages;
	size_t n_packages;
	size_t n_sources; /* of how many different sources they are */
};

/*
 * Finds out who lists each of the COUNT paths of LISTINGS, in one pass over all packages that
 * lasts as long for many paths as for one. Errors as of installed_open.
 */
int installed_look_up(struct installed *installed, struct installed_listing *listings,
		      size_t count);

#endif
