/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call of a traced process, from the stop before it to the stop at its end: which files
 * it names, and what it does to them.
 */
#ifndef MKROOTFS_TRACE_WATCH_H
#define MKROOTFS_TRACE_WATCH_H

#include "trace/files.h"
#include "trace/tracee.h"

/* What outlives a call. */
struct trace_watch {
	struct trace_files files;
	struct trace_look look;
	const struct diag *diag;
	pid_t program;
	unsigned n_failures;
	bool rooted;	 /* some process changed its root directory */
	bool unreadable; /* some process could not be looked into, and that has been said */
};

/* A file that a call names. */
struct trace_named {
	struct trace_record *record; /* NULL: none */
	enum trace_effect effect;
	unsigned uses; /* if the call succeeds */
	bool writes;
	bool existed; /* if it writes: before the call */
};

/* A call that has begun. */
struct trace_begun {
	struct tracee_call is; /* .call is NULL when none has begun */
	struct trace_named named[TRACE_N_OPERANDS];
	uint64_t flags;	    /* those of open(2) or execveat(2) */
	bool names_process; /* it is about PROCESS, as for kill(2), and about no file */
	pid_t process;
};

/*
 * Begins the call that PID is stopped at; *DIRECTORY is its working directory as far as that
 * is known, for when the kernel does not tell it (NULL: unknown). Returns 0, with BEGUN->is.call
 * NULL where its end is of no interest, or it names a process; -ENOMEM; -ENOSYS, with a diagnostic,
 * where calls cannot be read at all.
 */
int trace_watch_begin(struct trace_watch *watch, pid_t pid, const char *directory,
		      struct trace_begun *begun);

/*
 * Ends a call of PID that returned RESULT. Sets *DIRECTORY (the caller frees it) where the call
 * changed the working directory. Returns 0 or -ENOMEM.
 */
int trace_watch_end(struct trace_watch *watch, pid_t pid, struct trace_begun *begun, int64_t result,
		    char **directory);

#endif
