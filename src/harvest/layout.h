/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A result laid out for a run: a copy of it in a private directory that nobody publishes, since the
 * program may write into it. Bytes are shared with their sources where the file system can, and
 * copied elsewhere; never by hard links, through which the program could write into them.
 */
#ifndef MKROOTFS_HARVEST_LAYOUT_H
#define MKROOTFS_HARVEST_LAYOUT_H

#include "manifest/manifest.h"
#include "plan/plan.h"

struct layout {
	int parent;	  /* the directory that it was made in; -1: none is made */
	const char *name; /* in PARENT: only its owner may look into it */
	const char *path; /* of the result in it, absolute */
	const struct diag *diag;
};

#define LAYOUT_NONE ((struct layout){ .parent = -1 })

/*
 * Lays MANIFEST, sealed, out below PLAN's directory for temporary files. Errors after a
 * diagnostic: -errno of the file system; -ESTALE where a source changed; -EINTR. Strings are made
 * in ARENA.
 */
MUST_USE int layout_make(struct layout *layout, struct arena *arena,
			 const struct mkrootfs_plan *plan, const struct manifest *manifest);

/* Removes all of it; what cannot be removed, a warning names. */
void layout_remove(struct layout *layout);

static inline void layout_cleanup(struct layout *layout)
{
	layout_remove(layout);
}

#endif
