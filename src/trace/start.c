/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/start.h"
#include "base/cleanup.h"
#include "trace/calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/wait.h>

/* The step that failed in a child: it reports that to its parent. */
enum step {
	STEP_FILTER,
	STEP_EXECUTE,
};

struct report {
	enum step step;
	int error;
};

enum {
	CHILD_FAILED = 127, /* the status of shells for what cannot be started */
	OPTIONS = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		  PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP |
		  PTRACE_O_EXITKILL,
};

/*
 * Runs in the child, so it makes only calls that are safe after fork(2). It waits until the parent
 * traces it.
 */
static __attribute__((noreturn)) void child_run(const struct trace_options *options,
						const sigset_t *mask,
						const struct sock_fprog *filter, int channel)
{
	const struct sigaction usual = { .sa_handler = SIG_DFL };
	struct report report = { .step = STEP_FILTER };
	ssize_t n;
	char go;

	do
		n = read(channel, &go, 1);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		_exit(CHILD_FAILED);
	/* mkrootfs may ignore this signal; the program must not inherit that. */
	sigaction(SIGPIPE, &usual, NULL);
	sigprocmask(SIG_SETMASK, mask, NULL);
	/* seccomp(2): without CAP_SYS_ADMIN, a filter needs no_new_privs. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter) == 0) {
		report.step = STEP_EXECUTE;
		execv(options->program, (char *const *)options->arguments);
	}
	report.error = errno;
	(void)send(channel, &report, sizeof(report), MSG_NOSIGNAL);
	_exit(CHILD_FAILED);
}

static int forbidden(const struct trace_options *options, int error)
{
	if (error != EPERM && error != EACCES && error != ENOSYS)
		return diag_errno(options->diag, error, options->program);
	return diag_error_hint(
		options->diag, error, options->program,
		"run the container with --cap-add SYS_PTRACE, or the build step with "
		"--security=insecure; elsewhere kernel.yama.ptrace_scope has to be 0 or 1",
		"cannot be traced: ptrace is not permitted here");
}

/* Begins to trace the waiting child, and tells it to go on. */
static int attach(const struct trace_options *options, const struct trace_child *child)
{
	if (ptrace(PTRACE_SEIZE, child->pid, NULL, (void *)(uintptr_t)OPTIONS) < 0)
		return forbidden(options, errno);
	if (send(child->report, "", 1, MSG_NOSIGNAL) != 1)
		return diag_errno(options->diag, errno, options->program);
	return 0;
}

/*
 * ptrace(2): before Linux 4.8 the stop of a filter precedes that of the call, and the usual
 * profiles of containers forbid ptrace there.
 */
static int check_system(const struct diag *diag)
{
	struct utsname system;
	unsigned major = 0;
	unsigned minor = 0;

	if (!trace_calls_known())
		return diag_error(diag, ENOSYS, "trace",
				  "this processor's system calls are not known");
	/* NOLINTNEXTLINE(cert-err34-c): a kernel's release fits */
	if (uname(&system) == 0 && sscanf(system.release, "%u.%u", &major, &minor) == 2 &&
	    (major < 4 || (major == 4 && minor < 8)))
		return diag_error(diag, ENOSYS, "trace", "needs Linux 4.8 or newer, this is %s",
				  system.release);
	if (access("/proc/self/fd", F_OK) < 0)
		return diag_error_hint(diag, errno, "/proc", "mount it: mount -t proc proc /proc",
				       "is not there, and tells the directories of processes");
	return 0;
}

int trace_start(const struct trace_options *options, const sigset_t *mask,
		struct trace_child *child)
{
	CLEANUP(free) struct sock_filter *instructions = NULL;
	CLEANUP(fd) int ours = -1;
	CLEANUP(fd) int theirs = -1;
	struct sock_fprog filter = { 0 };
	int channel[2];
	int r = check_system(options->diag);

	if (r < 0)
		return r;
	instructions = filter.filter = trace_filter_new(&filter.len);
	if (!instructions)
		return -ENOMEM;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) < 0)
		return diag_errno(options->diag, errno, options->program);
	ours = channel[0];
	theirs = channel[1];
	*child = (struct trace_child){ .pid = fork(), .report = ours };
	if (child->pid < 0)
		return diag_errno(options->diag, errno, options->program);
	if (child->pid == 0) {
		close(ours);
		child_run(options, mask, &filter, theirs);
	}
	r = attach(options, child);
	if (r < 0) {
		kill(child->pid, SIGKILL);
		waitpid(child->pid, NULL, __WALL);
		return r;
	}
	ours = -1; /* NOLINT(clang-analyzer-deadcode.DeadStores): its cleanup reads it */
	return 0;
}

int trace_start_error(const struct trace_options *options, const struct trace_child *child)
{
	struct report report;

	if (recv(child->report, &report, sizeof(report), MSG_DONTWAIT) != sizeof(report))
		return diag_error(options->diag, EIO, options->program,
				  "ended before it was executed");
	if (report.step == STEP_FILTER)
		return diag_error_hint(options->diag, report.error, options->program,
				       "the kernel needs CONFIG_SECCOMP_FILTER",
				       "cannot be traced: system call filters are not available "
				       "here (%s)",
				       errno_text(report.error));
	return diag_error(options->diag, report.error, options->program, "cannot be executed: %s",
			  errno_text(report.error));
}
