/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stage: one output from its first byte to its place. It is made under a temporary
 * name beside its target and takes the place by rename; until every output of the run
 * has its own, each can be withdrawn, and what was there before is there again.
 */
#ifndef MKROOTFS_OUTPUT_PENDING_H
#define MKROOTFS_OUTPUT_PENDING_H

#include "output/target.h"

#include <limits.h>

enum pending_state {
	PENDING_NOTHING,     /* nothing is made yet */
	PENDING_TEMPORARY,   /* what is made has its temporary name */
	PENDING_IN_LOCATION, /* it has its place, and nothing or an empty directory was there */
	PENDING_EXCHANGED,   /* it has its place; what was there has the temporary name */
	PENDING_ASIDE,	     /* it has its place; what was there has the name ASIDE */
};

struct pending {
	struct target target;
	enum pending_state state;
	int fd; /* between pending_begin and pending_end: what is written to; else -1 */
	char temporary[NAME_MAX + 1];
	char aside[NAME_MAX + 1];
};

/* A stage with no target yet. */
#define PENDING_NONE ((struct pending){ .target = TARGET_NONE, .fd = -1 })

/*
 * Makes the temporary file or directory, or opens the stream, which may wait for a FIFO's
 * reader until CANCELLED. Errors after a diagnostic: as of open(2); -EINTR.
 */
int pending_begin(struct pending *pending, const volatile sig_atomic_t *cancelled);

/* All is written: syncs it and closes FD. A file that replaces another has its mode. */
int pending_end(struct pending *pending);

/* Gives it its place. After an error, and its diagnostic, nothing has changed. */
int pending_publish(struct pending *pending);

/* What pending_publish did is undone. */
void pending_withdraw(struct pending *pending);

/* Removes what is left over: what was replaced, or what never came to its place. */
void pending_close(struct pending *pending);

#endif
