/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/start.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "trace/calls.h"
#include "trace/host.h"

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

void trace_await(int channel)
{
	ssize_t n;
	char go;

	do
		n = read(channel, &go, 1);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		_exit(CHILD_FAILED);
}

static __attribute__((noreturn)) void child_fail(int channel, enum step step, int error)
{
	struct report report = { .step = step, .error = error };

	(void)send(channel, &report, sizeof(report), MSG_NOSIGNAL);
	_exit(CHILD_FAILED);
}

void trace_execute_fail(int channel, int error)
{
	child_fail(channel, STEP_EXECUTE, error);
}

void trace_execute(const char *program, const char *const *arguments,
		   const char *const *environment, const struct sock_fprog *filter, int channel)
{
	/* seccomp(2): without CAP_SYS_ADMIN, a filter needs no_new_privs. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter) < 0)
		child_fail(channel, STEP_FILTER, errno);
	execve(program, (char *const *)arguments, (char *const *)environment);
	trace_execute_fail(channel, errno);
}

/* Runs in the child, so it makes only calls that are safe after fork(2). */
static __attribute__((noreturn)) void child_run(const struct trace_options *options,
						const sigset_t *mask,
						const struct sock_fprog *filter, int channel)
{
	const struct sigaction usual = { .sa_handler = SIG_DFL };

	trace_await(channel);
	/* mkrootfs may ignore this signal; the program must not inherit that. */
	sigaction(SIGPIPE, &usual, NULL);
	sigprocmask(SIG_SETMASK, mask, NULL);
	trace_execute(options->program, options->arguments, (const char *const *)environ, filter,
		      channel);
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

/* Starts it as a child of this process. */
static int start_child(const struct trace_options *options, const sigset_t *mask,
		       const struct sock_fprog *filter, struct trace_child *child)
{
	CLEANUP(fd) int ours = -1;
	CLEANUP(fd) int theirs = -1;
	int channel[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) < 0)
		return diag_errno(options->diag, errno, options->program);
	ours = channel[0];
	theirs = channel[1];
	*child = (struct trace_child){ .pid = fork(), .report = ours, .root = -1 };
	if (child->pid < 0)
		return diag_errno(options->diag, errno, options->program);
	if (child->pid == 0) {
		close(ours);
		child_run(options, mask, filter, theirs);
	}
	ours = -1; /* NOLINT(clang-analyzer-deadcode.DeadStores): its cleanup reads it */
	return 0;
}

/* A child that could not be traced; a host's is its own to reap. */
static void give_up(const struct trace_options *options, const struct trace_child *child)
{
	kill(child->pid, SIGKILL);
	if (!options->host)
		waitpid(child->pid, NULL, __WALL);
	close(child->report);
	if (child->root >= 0)
		close(child->root);
}

/* Has the host start it. */
static int start_hosted(const struct trace_host *host, struct trace_child *child)
{
	struct trace_filters filters = { 0 };
	CLEANUP(free) struct sock_filter *hosted = NULL;
	CLEANUP(free) struct sock_filter *sharing = NULL;

	hosted = filters.hosted.filter = trace_filter_new(TRACE_FILTER_HOSTED, &filters.hosted.len);
	sharing = filters.sharing.filter =
		trace_filter_new(TRACE_FILTER_SHARING, &filters.sharing.len);
	if (!hosted || !sharing)
		return -ENOMEM;
	return host->start(host->data, &filters, child);
}

static int start_plain(const struct trace_options *options, const sigset_t *mask,
		       struct trace_child *child)
{
	CLEANUP(free) struct sock_filter *instructions = NULL;
	struct sock_fprog filter = { 0 };

	instructions = filter.filter = trace_filter_new(TRACE_FILTER_PLAIN, &filter.len);
	if (!instructions)
		return -ENOMEM;
	return start_child(options, mask, &filter, child);
}

int trace_start(const struct trace_options *options, const sigset_t *mask,
		struct trace_child *child)
{
	int r;

	TRY(check_system(options->diag));
	if (options->host)
		TRY(start_hosted(options->host, child));
	else
		TRY(start_plain(options, mask, child));
	r = attach(options, child);
	if (r < 0)
		give_up(options, child);
	return r;
}

int trace_start_error(const struct trace_options *options, struct trace_child *child)
{
	struct report report;

	ssize_t n;

	n = recv(child->report, &report, sizeof(report), MSG_DONTWAIT);
	if (n != sizeof(report))
		return diag_error(options->diag, EIO, options->program,
				  "ended before it was executed");
	if (report.step == STEP_FILTER)
		return diag_error_hint(options->diag, report.error, options->program,
				       "the kernel needs CONFIG_SECCOMP_FILTER",
				       "cannot be traced: system call filters are not available "
				       "here (%s)",
				       errno_text(report.error));
	if (options->host) {
		child->error = report.error;
		return TRACE_NOT_EXECUTED;
	}
	return diag_error(options->diag, report.error, options->program, "cannot be executed: %s",
			  errno_text(report.error));
}
