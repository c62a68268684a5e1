/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions to a process or thread that is stopped under ptrace(2): its call's arguments and
 * result, its memory, its directories. Nothing here changes the process but tracee_call_refuse.
 * Every function returns -ESRCH where it was killed meanwhile.
 */
#ifndef MKROOTFS_TRACE_TRACEE_H
#define MKROOTFS_TRACE_TRACEE_H

#include "trace/calls.h"

#include <limits.h>
#include <sys/types.h>

/* A call at which a process was stopped. */
struct tracee_call {
	const struct trace_call *call;
	enum trace_abi abi;
	uint64_t arguments[TRACE_N_ARGUMENTS];
};

/*
 * Reads the call of a PTRACE_EVENT_SECCOMP stop. Returns 0; -EINVAL where it is none of our
 * filter's; -ENOSYS where neither the kernel (before Linux 5.3) nor this code can tell the
 * arguments.
 */
int tracee_call_read(pid_t pid, struct tracee_call *out);

/* Reads the result of CALL (a negative errno where it failed) at the stop at its end. */
int tracee_result_read(pid_t pid, const struct tracee_call *call, int64_t *result);

/*
 * At the stop before a call: has it fail with ESRCH, the one change that is made here. Returns 0;
 * -ENOSYS where it is not known how.
 */
int tracee_call_refuse(pid_t pid);

/*
 * Copies SIZE bytes of its memory. Returns 0; -EFAULT; -EPERM where its memory may not be
 * read at all.
 */
int tracee_memory_read(pid_t pid, uint64_t address, void *bytes, size_t size);

/* Copies a string of its memory with its NUL; as above, or -ENAMETOOLONG. */
int tracee_path_read(pid_t pid, uint64_t address, char path[PATH_MAX]);

/*
 * The directory that relative paths begin at: the process's working directory for AT_FDCWD, else
 * the one that its descriptor FD is open on. Returns 0; -ENOENT where that has no path (any more);
 * -EPERM where the tracer may not look into the process.
 */
int tracee_directory(pid_t pid, int fd, char path[PATH_MAX]);

/* Its root directory, as tracee_directory. */
int tracee_root(pid_t pid, char path[PATH_MAX]);

#endif
