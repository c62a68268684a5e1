/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A world for the program: its root directory, what has to be in it, and what keeps it from the
 * machine's. Which of them can be had depends on who we are and where.
 */
#ifndef MKROOTFS_PROOF_WORLD_H
#define MKROOTFS_PROOF_WORLD_H

#include "proof/proof.h"

/* One way to keep the program apart, best first. */
struct world {
	unsigned long flags; /* of clone(2) */
	unsigned lacking;    /* what it never has */
};

/* The worlds to be tried, one after another; *N: how many. */
const struct world *world_list(size_t *n);

/* How far it has come: what is asked, and what is found. */
struct building {
	const struct proof_options *options;
	const struct world *world;
	unsigned lacking;
	bool pivoted;	  /* no other root is left in its namespace */
	const char *step; /* the one that failed */
};

/*
 * Builds the world around this process, and enters it. Returns 0, or a negative errno with the
 * step that failed. Makes only calls that are safe after fork(2).
 */
int world_build(struct building *building);

/* Whether the program's user and group are there for us: in a user namespace, they need not be. */
bool world_has_ids(const struct proof_options *options);

/*
 * Maps the ids of process PID, in a user namespace of its own: all of ours where we may, else
 * those of the program to our own. Returns 0 or a negative errno; *LACKING is added to.
 */
int world_map_ids(const struct proof_options *options, pid_t pid, unsigned *lacking);

#endif
