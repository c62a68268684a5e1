/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chains of reasons: who asked for whom, from the first object of a closure to another one. Objects
 * may need each other in circles, and the ways through a graph are more than anyone could read.
 * So each object that asks for another is named once, by the shortest chain that leads to it: the
 * work and the number of chains grow with the edges, not with the ways.
 */
#ifndef MKROOTFS_REPORT_CHAINS_H
#define MKROOTFS_REPORT_CHAINS_H

#include "closure/closure.h"

enum {
	CHAIN_LINKS_MAX = 256, /* a longer chain is left out: only hostile files make one */
};

/* One step of a chain: an object, and how the step before it asks for it. */
struct chain_link {
	const struct closure_object *object;
	const char *name;
	enum found_by found_by;
};

struct why_chain {
	/* From the closure's first object, or from the interpreter, on; no object twice. */
	struct chain_link links[CHAIN_LINKS_MAX];
	size_t count;
	/* The last link is not the object asked about: an earlier chain goes on from there to it.
	 */
	bool joins;
};

/* Takes one chain. A negative number ends the search. */
typedef int chain_take(void *data, const struct why_chain *chain);

enum { CHAINS_LEFT_OUT = 1 };

/*
 * Calls TAKE for the chains of CLOSURE that lead to SUBJECT, an object of it that was found: first
 * those of the objects that ask for SUBJECT itself, then those by which another way leads to an
 * object of a chain before. Returns 0; CHAINS_LEFT_OUT where some were too long; -ENOMEM; or the
 * negative number that TAKE returned.
 */
int chains_find(const struct closure *closure, const struct closure_object *subject,
		chain_take *take, void *data);

#endif
