/*
 * A stage: one output from its first byte to its place. It is made under a temporary
 * name beside its target and takes the place by rename; until every output of the run
 * has its own, each can be withdrawn, and what was there before is there again.
 */
#ifndef MKROOTFS_OUTPUT_STAGE_H
#define MKROOTFS_OUTPUT_STAGE_H

#include "output/target.h"

#include <limits.h>

enum stage_state {
	STAGE_NOTHING,	 /* nothing is made yet */
	STAGE_TEMPORARY, /* what is made has its temporary name */
	STAGE_IN_PLACE,	 /* it has its place, and nothing or an empty directory was there */
	STAGE_EXCHANGED, /* it has its place; what was there has the temporary name */
	STAGE_ASIDE,	 /* it has its place; what was there has the name ASIDE */
};

struct stage {
	struct target target;
	enum stage_state state;
	int fd; /* between stage_begin and stage_end: what is written to; else -1 */
	char temporary[NAME_MAX + 1];
	char aside[NAME_MAX + 1];
};

/* A stage with no target yet. */
#define STAGE_NONE ((struct stage){ .target = TARGET_NONE, .fd = -1 })

/*
 * Makes the temporary file or directory, or opens the stream, which may wait for a FIFO's
 * reader until CANCELLED. Errors after a diagnostic: as of open(2); -EINTR.
 */
int stage_begin(struct stage *stage, const volatile sig_atomic_t *cancelled);

/* All is written: syncs it and closes FD. A file that replaces another has its mode. */
int stage_end(struct stage *stage);

/* Gives it its place. After an error, and its diagnostic, nothing has changed. */
int stage_publish(struct stage *stage);

/* What stage_publish did is undone. */
void stage_withdraw(struct stage *stage);

/* Removes what is left over: what was replaced, or what never came to its place. */
void stage_close(struct stage *stage);

#endif
