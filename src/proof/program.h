/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last steps before the program is executed: all that a process inherits is made what a
 * container's first process has.
 */
#ifndef MKROOTFS_PROOF_PROGRAM_H
#define MKROOTFS_PROOF_PROGRAM_H

#include "proof/supervisor.h"

/*
 * Runs in a child of the supervisor, in the world that BUILDING has come to; makes only calls that
 * are safe after fork(2). Tells the tracer who it is, awaits it, and executes the program.
 */
__attribute__((noreturn)) void program_run(const struct building *building,
					   const struct sock_fprog *filter,
					   const struct supervisor_ends *ends);

/* Closes all descriptors from FIRST on. */
void close_from(int first);

/* All signals as they are by default, and none blocked. */
void reset_signals(void);

/* Adds what the program's user will lack. */
void program_lacks(struct building *building);

#endif
