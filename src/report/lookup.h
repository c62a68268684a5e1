/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a checked run looked for in the result in vain, and would have found outside: plain facts,
 * which the harvest finds and reports tell. The strings belong to the plan.
 */
#ifndef MKROOTFS_REPORT_LOOKUP_H
#define MKROOTFS_REPORT_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>

/* How likely it is that its absence is why the program failed, the likeliest first. */
enum lookup_rank {
	LOOKUP_NAMED,	/* the program's last words name it */
	LOOKUP_LAST,	/* one of the last before the end */
	LOOKUP_PROGRAM, /* it was to be executed */
	LOOKUP_LIBRARY,
	LOOKUP_OTHER,
	LOOKUP_LIBC, /* of libc, which does without it */
};

/* What stands there outside, and what would help. */
enum lookup_kind {
	LOOKUP_FILE,
	LOOKUP_TREE,	/* a directory whose names were asked for */
	LOOKUP_PLACE,	/* a directory to be in, or to write in */
	LOOKUP_SOCKET,	/* a service of the machine: no option brings that */
	LOOKUP_ACCOUNT, /* PATH is its name: /etc/passwd lacks it */
	LOOKUP_DENIED,	/* it is in the result, and the program's user may not use it so */
};

struct lookup {
	const char *path;
	const char *source; /* where it is outside; NULL: at PATH, or nowhere */
	enum lookup_kind kind;
	enum lookup_rank rank;
	const char *const *uses; /* "open", "exec", ...; NULL ends them */
	const char *need;	 /* a run-time need that was left out and has it, or NULL */
	const char *exact;	 /* what brings it and nothing else, in the same form; or NULL */
	const char *option;	 /* what brings it, as a shell takes it; or NULL */
	const char *refused;	 /* why --fix does not bring it; or NULL */
	bool brought;		 /* by --fix */
	bool whole;		 /* and the whole need with it */
	unsigned last;		 /* the number of the last call that looked for it */
};

/* "named", "last", "program", "library", "other", "libc"; "file", "tree", "place", "socket", ... */
const char *lookup_rank_name(enum lookup_rank rank);
const char *lookup_kind_name(enum lookup_kind kind);

#endif
