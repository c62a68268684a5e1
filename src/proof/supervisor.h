/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The supervisor: a copy of this process that executes nothing. It builds the program's world
 * around itself, starts the program in it, reaps what the program leaves, and probes. In a PID
 * namespace it is the first process: with it, all end.
 */
#ifndef MKROOTFS_PROOF_SUPERVISOR_H
#define MKROOTFS_PROOF_SUPERVISOR_H

#include "proof/world.h"

#include <linux/filter.h>

/* What tracer and supervisor say to each other, over a SOCK_SEQPACKET. */
enum message_kind {
	MESSAGE_GO,	  /* to it: its ids are mapped */
	MESSAGE_READY,	  /* from it: the program waits; with it comes the root's descriptor */
	MESSAGE_FAILED,	  /* from it: this world cannot be built: STEP, ERROR */
	MESSAGE_BUSY,	  /* from it: something answers the probe already */
	MESSAGE_ANSWERED, /* from it: the probe is answered, or by http with STATUS */
};

struct message {
	enum message_kind kind;
	int error; /* an errno value */
	int status;
	bool done;	  /* of ANSWERED: it is the answer that was waited for */
	unsigned lacking; /* of READY */
	char step[32];	  /* of FAILED */
};

/* What the supervisor keeps of our descriptors. */
struct supervisor_ends {
	int channel; /* to the tracer */
	int report;  /* of the program, until it is executed */
	int output;  /* of the program */
};

/* Runs in the supervisor; makes only calls that are safe after fork(2). */
__attribute__((noreturn)) void supervisor_run(const struct proof_options *options,
					      const struct world *world,
					      const struct sock_fprog *filter,
					      const struct supervisor_ends *given);

/* As fork(2), with CLONE_NEW... FLAGS, and without what the C library would do in it. */
pid_t process_clone(unsigned long flags);

#endif
