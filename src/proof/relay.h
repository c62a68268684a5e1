/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passes on what the program writes, up to a limit, and keeps the end of it.
 */
#ifndef MKROOTFS_PROOF_RELAY_H
#define MKROOTFS_PROOF_RELAY_H

#include "proof/proof.h"

#include <poll.h>

enum {
	RELAY_PIECE =
		4096, /* what a pipe takes at once when poll(2) says that it takes something */
};

struct relay {
	int from; /* a pipe's end, with O_NONBLOCK; -1: it has come to its end */
	int to;	  /* -1: nowhere (any more) */
	size_t shown;
	char pending[RELAY_PIECE]; /* read, and not shown yet */
	size_t n_pending;
	char words[PROOF_WORDS_MAX]; /* the last ones, the oldest at N_WORDS modulo the size */
	size_t n_words;		     /* all that came */
};

/* What the relay waits for: nothing where FD is -1. */
struct pollfd relay_awaits(const struct relay *relay);

/* Does what can be done without waiting. */
void relay_go_on(struct relay *relay);

/* Passes on all that is left, when nobody writes any more. */
void relay_finish(struct relay *relay);

/* The last words, as a string of ARENA's, in which NULs are spaces; NULL when out of memory. */
const char *relay_last_words(const struct relay *relay, struct arena *arena);

#endif
