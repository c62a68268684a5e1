/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The auditing libraries of a program (DT_AUDIT, DT_DEPAUDIT; rtld-audit(7)): the loader
 * loads each into a link map of its own, found by the program's paths.
 */
#ifndef MKROOTFS_CLOSURE_AUDIT_H
#define MKROOTFS_CLOSURE_AUDIT_H

#include "closure/closure.h"

/*
 * Finds the libraries that the program of CLOSURE names for auditing. *LOCATIONS belongs to
 * SYSROOT's arena. One that is not found is a warning: the program runs without it. Errors: -errno
 * after a diagnostic.
 */
int audit_find(const struct sysroot *sysroot, const struct closure *closure,
	       const struct closure_options *options, struct location **locations, size_t *count);

#endif
