/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Symbol versions: every version that an object asks of a library is one that the
 * library defines (elf/dl-version.c of glibc).
 */
#ifndef MKROOTFS_CLOSURE_VERSION_CHECK_H
#define MKROOTFS_CLOSURE_VERSION_CHECK_H

#include "closure/closure.h"

/* The loaded object that answers to NAME, or NULL. */
typedef const struct closure_object *versions_find_fn(void *data, const char *name);

/*
 * Checks the version needs of all objects of CLOSURE and of its interpreter and sets its
 * faults, in the loader's order and words, and stopped where the loader would abort. Returns 0 or
 * -ENOMEM.
 */
int versions_check(struct arena *arena, struct closure *closure, versions_find_fn *find,
		   void *data);

#endif
