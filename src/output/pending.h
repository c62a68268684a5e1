/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pending output: a file or directory that is written under a temporary name beside its target
 * and published by rename. Until every output of a run is published, each can be withdrawn, which
 * puts the old file or directory back. Streams are written straight into. What a run that was
 * killed left of its temporary files for the same target, the next one removes.
 */
#ifndef MKROOTFS_OUTPUT_PENDING_H
#define MKROOTFS_OUTPUT_PENDING_H

#include "output/target.h"

#include <limits.h>

enum pending_state {
	PENDING_NOTHING,   /* nothing is made yet, or nothing is left to do */
	PENDING_TEMPORARY, /* the new one has its temporary name */
	/* The target's name is the new one's: */
	PENDING_PUBLISHED, /* it was free, or an empty directory's */
	PENDING_EXCHANGED, /* the old one has the temporary name */
	PENDING_ASIDE,	   /* the old one has the name ASIDE */
};

struct pending {
	struct target target;
	enum pending_state state;
	int fd;	  /* to write to, between pending_begin and pending_end; else -1 */
	int lock; /* holds the lock of TEMPORARY; or -1 */
	char temporary[NAME_MAX + 1];
	char aside[NAME_MAX + 1];
};

/* Without a target yet. */
#define PENDING_NONE ((struct pending){ .target = TARGET_NONE, .fd = -1, .lock = -1 })

/*
 * Makes the temporary file or directory, or opens the stream, which may wait for a FIFO's
 * reader until CANCELLED. Errors after a diagnostic: as of open(2); -EINTR.
 */
int pending_begin(struct pending *pending, const volatile sig_atomic_t *cancelled);

/*
 * Syncs what was written and closes FD. A file that replaces another gets that one's owner, where
 * the user may give it away, and mode. Errors after a diagnostic: as of fsync(2).
 */
int pending_end(struct pending *pending);

/* Gives the new file or directory the target's name. After an error and its diagnostic, nothing has
 * changed. */
int pending_publish(struct pending *pending);

/* Undoes pending_publish. Where that fails, a diagnostic says where the old one is. */
void pending_withdraw(struct pending *pending);

/* Removes what nobody needs any more: the old one, or a new one that was not published. */
void pending_close(struct pending *pending);

#endif
