/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which package a script or a module is of, and what packages may count on: a package works with
 * what it depends on or recommends, and in turn. What its modules import besides is there for other
 * packages' sake, or for a function that whoever wants it installs by itself.
 *
 * The packages' lists are read once a run, when the first script asks.
 */
#ifndef MKROOTFS_NEEDS_MODULE_PACKAGES_H
#define MKROOTFS_NEEDS_MODULE_PACKAGES_H

#include "needs/make.h"
#include "packages/installed.h"

/* Frees what was learnt for NEEDS (may be NULL) that is not in the arena; to be called before
 * needs_free. */
void module_packages_free(struct needs *needs);

/*
 * The package of the command at PATH (canonical, in a directory of commands), or of the module
 * NAME, of the top level, of Python. NULL where no package lists it, or where several do. Errors:
 * -errno after a diagnostic.
 */
int module_packages_of_command(struct needs *needs, const char *path,
			       const struct installed_package **out);
int module_packages_of_python(struct needs *needs, const char *name,
			      const struct installed_package **out);

/* Whether PACKAGE may count on OTHER: 1, 0; -ENOMEM. */
int module_packages_may_count_on(struct needs *needs, const struct installed_package *package,
				 const struct installed_package *other);

#endif
