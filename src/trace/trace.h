/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tracer: runs a program under ptrace(2) and records which files it and its children
 * open, execute, read as links or test for, and which they find. Nothing else here executes
 * a harvested file. A seccomp filter stops the processes at calls that
 * name a file and at no others; no privilege is needed (Linux 4.8, as in a container's
 * build).
 *
 * Two things are not recorded, since no such call shows them: the interpreters that the kernel
 * opens for an execve(2) ("#!" and PT_INTERP), and the calls of a process whose memory the tracer
 * may not read (it changed its user, and the tracer lacks CAP_SYS_PTRACE); a warning says so.
 * io_uring_setup(2) fails with ENOSYS, as it does in containers, since no filter sees the
 * calls of a ring.
 */
#ifndef MKROOTFS_TRACE_TRACE_H
#define MKROOTFS_TRACE_TRACE_H

#include "base/arena.h"
#include "base/diag.h"

#include <signal.h>
#include <stdbool.h>

struct trace_host;

struct trace_options {
	const char *program;	      /* path on this system to execute */
	const char *const *arguments; /* argv, NULL-terminated, [0] included */
	unsigned timeout_seconds;     /* 0: none */
	const struct diag *diag;
	const volatile sig_atomic_t *cancelled; /* not 0: end the program; may be NULL */
	const struct trace_host *host; /* who starts it otherwise (trace/host.h); or NULL */
};

/* How a file was used: bits. */
enum trace_use {
	TRACE_OPENED = 1 << 0,
	TRACE_EXECUTED = 1 << 1,
	TRACE_READLINK = 1 << 2,
	TRACE_TESTED = 1 << 3, /* stat(2), access(2), chdir(2) and their like; opened with O_PATH */
	TRACE_LISTED = 1 << 4, /* a directory, opened as files are */
	TRACE_CONNECTED =
		1 << 5, /* a local socket, connected to; only where trace_host asks for it */
	TRACE_CHANGED = 1 << 6, /* only in FAILED: it was to be made, changed or removed */
};

/*
 * A path that some process named, made absolute by its working directory or the descriptor
 * that the call gave with it; links in it are not resolved. Neither "." nor ".." is left:
 * "link/.." leads to the parent of what the link points to, and has "link" as a file of its own.
 */
struct trace_file {
	const char *path;
	unsigned uses; /* of the calls that found it; of all, where none did; 0 for only written */
	bool found;    /* some call found or made it */
	bool written;  /* made, changed or removed: opened for writing, truncated, renamed, ... */
	bool created;  /* was not there, nor a directory it is in, before the traced processes */
	unsigned failed; /* uses of the calls that did not find it: ENOENT, ENOTDIR; ECONNREFUSED */
	unsigned denied; /* uses of the calls that were not allowed: EACCES, EPERM */
	unsigned last;	 /* the number of the last of those calls: 1 is the first of all; 0: none */
	bool own;	 /* that call was the program's, not a child's */
};

struct trace {
	const struct trace_file *files; /* sorted by path (bytes), each path once */
	size_t n_files;
	int status; /* of the program, as waitpid(2) has it */
	int signal; /* the last one that came for the caller and was the program's; 0: none */
	bool timed_out;
	bool executed; /* the program was */
	bool stopped;  /* the stop signal was sent, after the timeout or by the host's verdict */
	bool killed;   /* the program did not end by it, and was killed */
	bool crowded;  /* there were too many tasks: all were killed */
	int error;     /* of a host's program that could not be executed: errno; 0: none */
};

/*
 * Runs the program with this process's environment, working directory, standard streams and
 * process group, until it and all its descendants have ended. After the timeout the program
 * gets SIGTERM, and 5 seconds later all processes that are left get SIGKILL; the same where
 * *CANCELLED is set. Where the program itself has ended, its descendants get both signals. If the
 * caller ends meanwhile, so do they all.
 *
 * While it runs, the calling thread takes SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1 and
 * SIGUSR2 and passes them on (not those of the terminal, which the program gets by itself);
 * no handler of the caller's is called for them. The caller has no other children
 * meanwhile. Afterwards signals are as they were.
 *
 * With a host, that starts the program, and its signal, grace and limits stand for those above;
 * where the program ends, what it left is killed at once. The signals that end a program (but for
 * SIGUSR1 and SIGUSR2, and those that are ignored) are not passed on: they end all, the last
 * is OUT->signal, and the result is -EINTR. That the program cannot be executed is no error
 * then, but OUT->error.
 *
 * ARENA owns what *OUT points to; with -EINTR, OUT has no files. How the program ended is no error.
 * Returns 0; -EINTR when cancelled; -EPERM, -ENOSYS and others, with a diagnostic, where tracing is
 * not possible or the program cannot be started; -ENOMEM.
 */
int trace_run(struct arena *arena, const struct trace_options *options, struct trace *out);

#endif
