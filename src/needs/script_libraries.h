/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The libraries that scripts open by names: the need "ffi". A name that no library has is none of
 * ours; one that has comes as a plugin of the interpreter, with what it needs in turn.
 */
#ifndef MKROOTFS_NEEDS_SCRIPT_LIBRARIES_H
#define MKROOTFS_NEEDS_SCRIPT_LIBRARIES_H

#include "base/table.h"
#include "needs/calls.h"
#include "needs/make.h"
#include "needs/owning.h"

/* A name that a module opens or looks for. */
struct script_library {
	const char *name;
	struct owner module; /* that names it; not identified yet */
	bool looked_for;
};

struct script_libraries {
	struct needs *needs;
	TABLE(struct script_library) names;
	bool by_ldconfig; /* what is looked for is asked ldconfig(8) for */
};

/* Notes CALL of the module at PATH (canonical). Returns 0 or -ENOMEM. */
int script_libraries_note(struct script_libraries *libraries, const struct call *call,
			  const char *path);

/* Adds to NEED those that are there; ASKED: for a FILE's script. Errors: -errno after a diagnostic.
 */
int script_libraries_add(struct script_libraries *libraries, struct need *need, bool asked);

#endif
