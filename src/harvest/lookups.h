/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a checked run looked for in vain, judged: which of its failed lookups would have found
 * something outside, what brings that, and how likely its absence is why the program failed.
 */
#ifndef MKROOTFS_HARVEST_LOOKUPS_H
#define MKROOTFS_HARVEST_LOOKUPS_H

#include "harvest/follow.h"
#include "manifest/manifest.h"
#include "report/lookup.h"
#include "trace/trace.h"

/* A run, and the result that it was in. */
struct lookups_of {
	const struct follower *found; /* has the root outside, and the needs that were left out */
	const struct manifest *manifest; /* sealed */
	const struct trace *trace;
	bool failed;		       /* the program did not work: what may be why is told first */
	const char *last_words;	       /* of the program */
	bool locales;		       /* some locale is asked for: what belongs to it counts */
	const struct plan_file *moved; /* a FILE:DEST, from whose place others are found; or NULL */
};

struct lookup_list {
	TABLE(struct lookup) all; /* the likeliest cause first */
};

/*
 * Finds them: *OUT and what it points to belong to ARENA. Left out are the kernel's files, the
 * loader's own, what a runtime gives (hosts, resolv.conf), locales unless LOCALES, and what the
 * program made itself. Errors: -errno after a diagnostic.
 */
MUST_USE int lookups_judge(struct arena *arena, const struct lookups_of *run,
			   struct lookup_list *out);

#endif
