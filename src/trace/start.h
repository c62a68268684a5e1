/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts a program as a traced process, behind the filter of its calls.
 */
#ifndef MKROOTFS_TRACE_START_H
#define MKROOTFS_TRACE_START_H

#include "trace/trace.h"

#include <sys/types.h>

struct trace_child {
	pid_t pid;
	int report; /* where it says why it could not execute the program; the caller closes it */
};

/*
 * Starts a process that is traced, with all that it will start, and is about to execute the
 * program; MASK is the signal mask it gets. Returns 0; a negative errno, with a diagnostic.
 */
int trace_start(const struct trace_options *options, const sigset_t *mask,
		struct trace_child *child);

/*
 * For a child that ended without having executed the program: gives the diagnostic of why, and
 * returns a negative errno.
 */
int trace_start_error(const struct trace_options *options, const struct trace_child *child);

#endif
