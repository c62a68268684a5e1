/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts a program as a traced process, behind the filter of its calls.
 */
#ifndef MKROOTFS_TRACE_START_H
#define MKROOTFS_TRACE_START_H

#include "trace/trace.h"

#include <linux/filter.h>
#include <sys/types.h>

struct trace_child {
	pid_t pid;
	int report; /* where it says why it could not execute the program; the caller closes it */
	int root;   /* its root directory, where that is not ours: the caller closes it; else -1 */
	int error;  /* of trace_start_error */
	const char *directory; /* its working directory, where it has a root of its own */
};

/*
 * The end of a child's way, after fork(2): waits for the byte on CHANNEL that says that it is
 * traced.
 */
void trace_await(int channel);

/*
 * Executes PROGRAM behind FILTER, or says on CHANNEL why not. Makes only calls that are safe after
 * fork(2).
 */
__attribute__((noreturn)) void trace_execute(const char *program, const char *const *arguments,
					     const char *const *environment,
					     const struct sock_fprog *filter, int channel);

/* Says on CHANNEL that the program cannot be executed, because of ERROR (an errno value). */
__attribute__((noreturn)) void trace_execute_fail(int channel, int error);

/*
 * Starts a process that is traced, with all that it will start, and is about to execute the
 * program; MASK is the signal mask it gets. Returns 0; a negative errno, with a diagnostic.
 */
int trace_start(const struct trace_options *options, const sigset_t *mask,
		struct trace_child *child);

enum {
	TRACE_NOT_EXECUTED = 1,
};

/*
 * For a child that ended without having executed the program: gives the diagnostic of why, and
 * returns a negative errno. What is wrong with a host's program is the host's to tell:
 * TRACE_NOT_EXECUTED, and CHILD->error.
 */
int trace_start_error(const struct trace_options *options, struct trace_child *child);

#endif
