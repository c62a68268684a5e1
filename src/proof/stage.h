/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tracer's side of one run: finds a world that can be had, has a supervisor build it and start
 * the program, and takes what comes from both.
 */
#ifndef MKROOTFS_PROOF_STAGE_H
#define MKROOTFS_PROOF_STAGE_H

#include "proof/relay.h"
#include "proof/supervisor.h"
#include "trace/host.h"

struct stage {
	const struct proof_options *options;
	struct relay relay;
	int output;	  /* the program's end of the pipe, until it is started; -1 */
	int channel;	  /* to the supervisor; -1 */
	pid_t supervisor; /* 0: none (any more) */
	unsigned lacking;
	bool lost; /* the supervisor has ended before the program */
	bool answered;
	int status; /* of an http probe */
	struct world const *world;
};

/* Makes a pipe for the output. Returns 0, or a negative errno after a diagnostic. */
int stage_open(struct stage *stage, const struct proof_options *options);

/* As start in struct trace_host. */
int stage_start(void *data, const struct trace_filters *filters, struct trace_child *child);

/* As descriptors, ready and ended in struct trace_host. */
nfds_t stage_descriptors(void *data, struct pollfd *descriptors);
int stage_ready(void *data, const struct pollfd *descriptors, nfds_t n);
int stage_ended(void *data, pid_t pid, int status);

/* Ends the supervisor, takes what is left of the output, and closes all. */
void stage_close(struct stage *stage);

#endif
