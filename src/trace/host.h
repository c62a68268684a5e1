/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a caller of the tracer does itself, where the program is not to run as the caller does:
 * it starts the process, behind whatever walls, and takes part in the tracer's loop.
 */
#ifndef MKROOTFS_TRACE_HOST_H
#define MKROOTFS_TRACE_HOST_H

#include "trace/start.h"

#include <poll.h>

enum {
	TRACE_HOST_DESCRIPTORS = 4,
};

/* What TRACE_HOST's functions return for the tracer to do. */
enum trace_verdict {
	TRACE_GO_ON,
	TRACE_STOP, /* the program has done what it should: end it by the stop signal */
	TRACE_KILL, /* end all at once */
};

/* The filters that it has the choice of. */
struct trace_filters {
	struct sock_fprog hosted;
	struct sock_fprog
		sharing; /* for who can name the machine's processes: signals its own only */
};

struct trace_host {
	void *data; /* for the functions */
	/*
	 * Starts a process that waits for a byte on its report channel, and then calls
	 * trace_execute with one of FILTERS; sets all of CHILD. Returns 0; a negative errno after a
	 * diagnostic.
	 */
	int (*start)(void *data, const struct trace_filters *filters, struct trace_child *child);
	/* Sets which descriptors are waited for; returns how many. */
	nfds_t (*descriptors)(void *data, struct pollfd descriptors[TRACE_HOST_DESCRIPTORS]);
	/* Takes what has come. Returns a verdict, or a negative errno after a diagnostic. */
	int (*ready)(void *data, const struct pollfd *descriptors, nfds_t n);
	/* A child of the caller has ended that is not traced. Returns as READY. */
	int (*ended)(void *data, pid_t pid, int status);
	int stop_signal;
	unsigned grace_seconds; /* between the stop signal and SIGKILL */
	unsigned tasks_max;	/* processes and threads at once: more, and all are killed */
	size_t files_max;	/* files that are recorded, and the bytes of their names in KiB */
};

#endif
