/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proof: runs a program in a directory that is its whole world, as a container would run it,
 * under the tracer, and tells how it ended and what it looked for in vain. Where the machine
 * gives them, namespaces are its walls: mounts, processes, network, IPC. Elsewhere the root
 * directory is changed and no more; what is lacking is told. Nothing of the program outlives
 * proof_run, and nothing is left mounted.
 *
 * The caller owns the directory, which nobody else uses meanwhile, and removes it afterwards.
 * In it, /dev, /proc and /tmp may be made, and whatever the program writes.
 */
#ifndef MKROOTFS_PROOF_PROOF_H
#define MKROOTFS_PROOF_PROOF_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/probe.h"
#include "trace/trace.h"

#include <signal.h>
#include <sys/types.h>

struct proof_options {
	const char *root; /* the directory, absolute */
	/*
	 * NULL-terminated. The first is the program: with "/" a path in ROOT, relative to WORKDIR;
	 * else looked up in PATH of ENVIRONMENT, or where that has none, in the usual directories.
	 */
	const char *const *arguments;
	const char *const *environment; /* all of it, NULL-terminated; NULL: none */
	uid_t uid;
	gid_t gid;
	const gid_t *groups; /* supplementary ones */
	size_t n_groups;
	const char *workdir;	   /* NULL: "/" */
	int stop_signal;	   /* 0: SIGTERM */
	const struct probe *probe; /* NULL: none */
	/*
	 * How long the program may take to end or to answer, and then how long to end by the stop
	 * signal; 0: 10.
	 */
	unsigned timeout_seconds;
	int output; /* where what the program writes is shown; -1: nowhere */
	const struct diag *diag;
	const volatile sig_atomic_t *cancelled; /* not 0: end all; may be NULL */
};

/* How it ended. Those that say "ended by the stop signal": with status 0, by that signal, or with
 * status 128 + signal. */
enum proof_end {
	PROVEN_EXIT,   /* with status 0 by itself */
	PROVEN_PROBE,  /* answered the probe, and ended by the stop signal */
	PROVEN_TIME,   /* without a probe: still ran after the time, and ended by the stop signal */
	FAILED_STATUS, /* with another status, by itself or at the stop signal */
	FAILED_SIGNAL, /* by a signal of its own */
	FAILED_PROBE,  /* no answer in time, or ended with status 0 before it answered */
	FAILED_STOP,   /* did not end by the stop signal */
	FAILED_START,  /* could not be executed: ERROR */
	FAILED_TASKS,  /* had more than PROOF_TASKS_MAX processes and threads at once */
};

static inline bool proof_succeeded(enum proof_end end)
{
	return end <= PROVEN_TIME;
}

enum {
	PROOF_TASKS_MAX = 512,
	PROOF_WORDS_MAX = 4096,
	PROOF_FILES_MAX = 50000,  /* files whose names it is told for, and KiB of names */
	PROOF_SHOWN_MAX = 1 << 20, /* bytes of output that are shown */
};
#define PROOF_FILE_MAX (UINT64_C(4) << 30) /* bytes of one file that it writes */

/* What could not be had here, and the program had to do without: bits. */
enum proof_lacking {
	PROOF_NO_MOUNTS = 1 << 0,  /* the root was changed and no more */
	PROOF_NO_PIDS = 1 << 1,	   /* it saw the machine's processes */
	PROOF_NO_NETWORK = 1 << 2, /* no network of its own: the machine's */
	PROOF_NO_PROC = 1 << 3,	   /* no /proc */
	PROOF_NO_DEVICES = 1 << 4, /* some of /dev is not there */
	PROOF_NO_IDS = 1 << 5,	   /* it ran as the caller, not as its user */
	PROOF_ONE_ID =
		1 << 6, /* there was no other user or group: all files were the program's own */
	PROOF_NO_PORTS = 1 << 7,  /* ports below 1024 need privilege */
	PROOF_NO_POWERS = 1 << 8, /* its root had no capabilities */
	PROOF_N_LACKING = 9,
};

/* What bit LACKING means to the user: "it had no /proc". */
const char *proof_lacking_text(enum proof_lacking lacking);

struct proof {
	enum proof_end end;
	int status; /* as waitpid(2) has it; FAILED_START: none */
	int error;  /* of FAILED_START: an errno value */
	const char
		*advice; /* of FAILED_START: what to do, where it is for another machine; or NULL */
	int answered;	 /* of an http probe: the last status that came; 0: none */
	const char *last_words; /* the end of what it wrote, at most PROOF_WORDS_MAX bytes, raw */
	unsigned lacking;
	struct trace trace; /* what it and its children looked for, as paths in ROOT */
};

/*
 * Runs the program as said above, until it has ended; then what is left of its children is killed,
 * as when a container's first process ends. Its standard input is /dev/null.
 *
 * While it runs, the calling thread takes SIGCHLD, SIGHUP, SIGINT, SIGQUIT and SIGTERM; one of the
 * latter that is not ignored ends everything, and is raised again before proof_run returns. The
 * caller has no other children meanwhile.
 *
 * ARENA owns what *OUT points to. Returns 0 whatever the program did; -EINTR when cancelled or
 * interrupted; -EPERM after a diagnostic where neither namespaces nor chroot(2) nor ptrace(2) are
 * to be had; -EADDRINUSE after a diagnostic where something answers the probe before the program
 * runs; other errors after a diagnostic; -ENOMEM.
 */
int proof_run(struct arena *arena, const struct proof_options *options, struct proof *out);

#endif
