/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/trace.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/path.h"
#include "trace/host.h"
#include "trace/start.h"
#include "trace/tasks.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>

enum {
	GRACE_SECONDS = 5,
	HOST_GRACE_SECONDS = 30,  /* many may be killed at once, on a busy machine */
	LONGEST_WAIT_SECONDS = 1, /* between looks at whether we are cancelled */
	STATUSES_AT_ONCE = 256,
};

/* How far the end is. */
enum phase {
	PHASE_RUNNING,
	PHASE_ENDING, /* SIGTERM was sent */
	PHASE_KILLED, /* SIGKILL was sent */
	PHASE_GIVEN_UP,
};

struct tracer {
	const struct trace_options *options;
	const struct trace_host *host; /* or NULL */
	int signals;		       /* a signalfd(2) */
	struct trace_child child;
	struct trace_watch watch;
	struct trace_tasks tasks;
	enum phase phase;
	bool more;	  /* something has happened that was not looked at */
	int64_t deadline; /* of the phase, in nanoseconds of the monotonic clock; INT64_MAX: none */
	int error;
	struct trace trace;
};

static const int64_t second = 1000000000;

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * second + time.tv_nsec;
}

/* To the program, or to what it left behind. */
static void signal_program(const struct tracer *tracer, int signal)
{
	if (trace_tasks_find(&tracer->tasks, tracer->child.pid))
		kill(tracer->child.pid, signal);
	else
		trace_tasks_signal(&tracer->tasks, signal);
}

static void enter(struct tracer *tracer, enum phase phase)
{
	unsigned grace = !tracer->host		 ? GRACE_SECONDS
			 : phase == PHASE_ENDING ? tracer->host->grace_seconds
						 : HOST_GRACE_SECONDS;

	tracer->phase = phase;
	tracer->deadline = now() + grace * second;
	if (phase == PHASE_ENDING) {
		tracer->trace.stopped = true;
		signal_program(tracer, tracer->host ? tracer->host->stop_signal : SIGTERM);
		/* A process that was stopped is to see it, too. */
		signal_program(tracer, SIGCONT);
	} else if (phase == PHASE_KILLED) {
		tracer->trace.killed = trace_tasks_find(&tracer->tasks, tracer->child.pid);
		trace_tasks_signal(&tracer->tasks, SIGKILL);
	}
}

/* An error of ours ends everything. */
static void fail(struct tracer *tracer, int error)
{
	if (!tracer->error)
		tracer->error = error;
	if (tracer->phase < PHASE_KILLED)
		enter(tracer, PHASE_KILLED);
}

/* What a host has said, or an error of its. */
static void obey(struct tracer *tracer, int verdict)
{
	if (verdict < 0)
		fail(tracer, verdict);
	else if (verdict == TRACE_KILL && tracer->phase < PHASE_KILLED)
		enter(tracer, PHASE_KILLED);
	else if (verdict == TRACE_STOP && tracer->phase == PHASE_RUNNING)
		enter(tracer, PHASE_ENDING);
}

/* The task PID, made where there is none, unless it is one too many; NULL: all are killed. */
static struct trace_task *add_task(struct tracer *tracer, pid_t pid)
{
	struct trace_task *task = trace_tasks_add(&tracer->tasks, pid);

	if (!task)
		fail(tracer, -ENOMEM);
	if (!task || !tracer->host || HASH_COUNT(tracer->tasks.table) <= tracer->host->tasks_max)
		return task;
	tracer->trace.crowded = true;
	obey(tracer, TRACE_KILL);
	return NULL;
}

/* Lets a stopped task go on, with SIGNAL if that is not 0; up to its call's end if it is in one. */
static void resume(const struct trace_task *task, int signal)
{
	/* An error says that it was killed meanwhile; its end is reported like another. */
	ptrace(task->begun.is.call ? PTRACE_SYSCALL : PTRACE_CONT, task->pid, NULL,
	       (void *)(uintptr_t)signal);
}

static void on_call_end(struct tracer *tracer, struct trace_task *task, int64_t result)
{
	int r = trace_watch_end(&tracer->watch, task->pid, &task->begun, result, &task->directory);

	if (r < 0)
		fail(tracer, r);
}

static void on_call_stop(struct tracer *tracer, struct trace_task *task)
{
	int64_t result;

	if (!task->begun.is.call)
		return;
	if (tracee_result_read(task->pid, &task->begun.is, &result) < 0)
		task->begun.is.call = NULL;
	else
		on_call_end(tracer, task, result);
}

static void on_call(struct tracer *tracer, struct trace_task *task)
{
	int r = trace_watch_begin(&tracer->watch, task->pid, task->directory, &task->begun);

	if (r < 0)
		fail(tracer, r);
	if (!task->begun.names_process || trace_tasks_own(&tracer->tasks, task->begun.process))
		return;
	/* A process of others is not there. Where this cannot be had, all ends. */
	if (tracee_call_refuse(task->pid) == -ENOSYS)
		obey(tracer, TRACE_KILL);
}

static void on_child(struct tracer *tracer, const struct trace_task *parent)
{
	unsigned long pid = 0;
	struct trace_task *child;

	if (ptrace(PTRACE_GETEVENTMSG, parent->pid, NULL, &pid) < 0)
		return;
	child = add_task(tracer, (pid_t)pid);
	if (!child || child->directory || !parent->directory)
		return;
	child->directory = strdup(parent->directory);
	if (!child->directory)
		fail(tracer, -ENOMEM);
}

/*
 * The program was replaced: all other threads are gone, and the one that did it has the
 * process's id now (ptrace(2), "execve(2) under ptrace").
 */
static void on_execute(struct tracer *tracer, struct trace_task *task)
{
	unsigned long before = 0;
	struct trace_task *thread;

	if (ptrace(PTRACE_GETEVENTMSG, task->pid, NULL, &before) < 0)
		return;
	thread = trace_tasks_find(&tracer->tasks, (pid_t)before);
	if (thread && thread != task) {
		task->begun = thread->begun;
		trace_tasks_remove(&tracer->tasks, thread->pid);
	}
	tracer->trace.executed = true;
	if (task->begun.is.call)
		on_call_end(tracer, task, 0);
}

/* PTRACE_EVENT_STOP: a child's first stop, the end of a group-stop, or one that begins. */
static bool begins_group_stop(int status)
{
	switch (WSTOPSIG(status)) {
	case SIGSTOP:
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
		return true;
	default:
		return false;
	}
}

static void on_stop(struct tracer *tracer, struct trace_task *task, int status)
{
	switch (status >> 16) {
	case 0:
		if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
			resume(task, WSTOPSIG(status));
			return;
		}
		on_call_stop(tracer, task);
		break;
	case PTRACE_EVENT_SECCOMP:
		on_call(tracer, task);
		break;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		on_child(tracer, task);
		break;
	case PTRACE_EVENT_EXEC:
		on_execute(tracer, task);
		break;
	case PTRACE_EVENT_STOP:
		if (begins_group_stop(status)) {
			/* Stopped as it would be untraced, until SIGCONT. */
			ptrace(PTRACE_LISTEN, task->pid, NULL, NULL);
			return;
		}
		break;
	default:
		break;
	}
	resume(task, 0);
}

/* With the first process of its world, all others of a host's program end. */
static void on_end(struct tracer *tracer, pid_t pid, int status)
{
	const struct trace_host *host = tracer->host;
	bool traced = trace_tasks_find(&tracer->tasks, pid);

	trace_tasks_remove(&tracer->tasks, pid);
	if (pid == tracer->child.pid)
		tracer->trace.status = status;
	if (!host)
		return;
	if (!traced)
		obey(tracer, host->ended(host->data, pid, status));
	else if (pid == tracer->child.pid)
		obey(tracer, TRACE_KILL);
}

static void on_status(struct tracer *tracer, pid_t pid, int status)
{
	struct trace_task *task;

	if (!WIFSTOPPED(status)) {
		on_end(tracer, pid, status);
		return;
	}
	/* A child's first stop can come before its parent's event. */
	task = add_task(tracer, pid);
	if (!task || tracer->phase == PHASE_KILLED) {
		kill(pid, SIGKILL);
		return;
	}
	on_stop(tracer, task, status);
}

/*
 * Asks each task in turn, since waitpid(2) for any tells of the youngest first: where those are
 * busy, the eldest, which is the program, would not be heard.
 */
static void collect_in_turn(struct tracer *tracer)
{
	pid_t pids[STATUSES_AT_ONCE * 4];
	size_t n = 0;
	int status;

	for (const struct trace_task *task = tracer->tasks.table; task && n < ARRAY_SIZE(pids);
	     task = task->hh.next)
		pids[n++] = task->pid;
	for (size_t i = 0; i < n; i++)
		if (waitpid(pids[i], &status, __WALL | WNOHANG) == pids[i])
			on_status(tracer, pids[i], status);
}

/*
 * What has happened, up to a limit: busy processes must not keep us from looking at the clock.
 * Returns whether anything is left to happen.
 */
static bool collect(struct tracer *tracer)
{
	int status;
	pid_t pid = 0;

	tracer->more = true;
	for (unsigned n = 0; n < STATUSES_AT_ONCE; n++) {
		pid = waitpid(-1, &status, __WALL | WNOHANG);
		tracer->more = pid > 0;
		if (pid <= 0)
			break;
		on_status(tracer, pid, status);
	}
	if (tracer->more)
		collect_in_turn(tracer);
	return tracer->tasks.table && (pid >= 0 || errno == EINTR);
}

/* A host's program is no affair of who interrupts us: it ends. */
static void on_interruption(struct tracer *tracer, int signal)
{
	struct sigaction action;

	if (sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
		return;
	tracer->trace.signal = signal;
	fail(tracer, -EINTR);
}

/*
 * The terminal's signals (SI_KERNEL) go to the whole process group, and so to the program
 * while it is in ours.
 */
static void on_signal(struct tracer *tracer, int signal, int code)
{
	if (signal == SIGCHLD)
		return;
	if (tracer->host) {
		on_interruption(tracer, signal);
		return;
	}
	tracer->trace.signal = signal;
	if (code != SI_KERNEL || getpgid(tracer->child.pid) != getpgrp())
		signal_program(tracer, signal);
}

static void read_signals(struct tracer *tracer)
{
	struct signalfd_siginfo info;

	while (read(tracer->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		on_signal(tracer, (int)info.ssi_signo, info.ssi_code);
}

/* Waits for a signal, of which SIGCHLD says that something happened, and for what a host awaits. */
static void wait_event(struct tracer *tracer)
{
	const struct trace_host *host = tracer->host;
	struct pollfd descriptors[1 + TRACE_HOST_DESCRIPTORS] = { { tracer->signals, POLLIN, 0 } };
	int64_t longest = LONGEST_WAIT_SECONDS * second;
	int64_t left = tracer->deadline - now();
	nfds_t n = host ? host->descriptors(host->data, descriptors + 1) : 0;
	struct timespec time;

	if (left > longest)
		left = longest;
	if (left < 0 || tracer->more)
		left = 0;
	time = (struct timespec){ .tv_sec = left / second, .tv_nsec = left % second };
	if (ppoll(descriptors, n + 1, &time, NULL) <= 0)
		return;
	if (descriptors[0].revents)
		read_signals(tracer);
	if (n > 0)
		obey(tracer, host->ready(host->data, descriptors + 1, n));
}

static void check_end(struct tracer *tracer)
{
	const volatile sig_atomic_t *cancelled = tracer->options->cancelled;

	if (cancelled && *cancelled && !tracer->error) {
		tracer->error = -EINTR;
		if (tracer->host)
			obey(tracer, TRACE_KILL);
		else if (tracer->phase == PHASE_RUNNING)
			enter(tracer, PHASE_ENDING);
	}
	if (now() < tracer->deadline)
		return;
	tracer->trace.timed_out |= tracer->phase == PHASE_RUNNING;
	enter(tracer, tracer->phase + 1);
}

static void close_child(const struct tracer *tracer)
{
	close(tracer->child.report);
	if (tracer->child.root >= 0)
		close(tracer->child.root);
}

static int begin(struct tracer *tracer, const sigset_t *mask)
{
	const struct trace_options *options = tracer->options;
	struct trace_task *task;
	char directory[PATH_MAX];
	int r;

	TRY(trace_start(options, mask, &tracer->child));
	tracer->watch.program = tracer->child.pid;
	tracer->deadline =
		options->timeout_seconds ? now() + options->timeout_seconds * second : INT64_MAX;
	task = trace_tasks_add(&tracer->tasks, tracer->child.pid);
	if (!task) {
		/* Its end is waited for as for any other. */
		kill(tracer->child.pid, SIGKILL);
		waitpid(tracer->child.pid, NULL, __WALL);
		close_child(tracer);
		return -ENOMEM;
	}
	if (tracer->child.root >= 0) {
		task->directory = strdup(tracer->child.directory);
		r = trace_look_from(&tracer->watch.look, tracer->child.root);
		if (r < 0)
			fail(tracer, r);
		return 0;
	}
	if (getcwd(directory, sizeof(directory)))
		task->directory = strdup(directory);
	return 0;
}

/* Why the program was not executed: an error, but for a host's program. */
static void find_start_error(struct tracer *tracer)
{
	int r = trace_start_error(tracer->options, &tracer->child);

	if (r == TRACE_NOT_EXECUTED)
		tracer->trace.error = tracer->child.error;
	else
		tracer->error = r;
}

/* Traces from the start of the program to the end of all processes. */
static int trace_processes(struct tracer *tracer, const sigset_t *mask)
{
	TRY(begin(tracer, mask));
	while (collect(tracer) && tracer->phase != PHASE_GIVEN_UP) {
		wait_event(tracer);
		check_end(tracer);
	}
	if (tracer->tasks.table && tracer->phase == PHASE_GIVEN_UP)
		diag_warning(tracer->options->diag, tracer->options->program,
			     "left processes that cannot be killed now; they end with this one");
	if (!tracer->error && !tracer->trace.executed)
		find_start_error(tracer);
	if (tracer->watch.files.full)
		diag_warning(tracer->options->diag, tracer->options->program,
			     "names more files than are remembered: some are not told");
	close_child(tracer);
	return tracer->error;
}

static int trace_with_descriptor(struct tracer *tracer, const sigset_t *signals,
				 const sigset_t *mask)
{
	CLEANUP(fd) int fd = signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);

	if (fd < 0)
		return diag_errno(tracer->options->diag, errno, tracer->options->program);
	tracer->signals = fd;
	return trace_processes(tracer, mask);
}

/* Traces with the signals blocked that wait_event takes, and without the caller's SIGCHLD handler.
 */
static int trace_with_signals(struct tracer *tracer)
{
	static const int taken[] = { SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2 };
	const struct sigaction usual = { .sa_handler = SIG_DFL };
	struct sigaction before;
	sigset_t signals;
	sigset_t mask;
	int r;

	sigemptyset(&signals);
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++)
		if (!tracer->host || (taken[i] != SIGUSR1 && taken[i] != SIGUSR2))
			sigaddset(&signals, taken[i]);
	r = pthread_sigmask(SIG_BLOCK, &signals, &mask);
	if (r > 0)
		return -r;
	sigaction(SIGCHLD, &usual, &before);
	r = trace_with_descriptor(tracer, &signals, &mask);
	sigaction(SIGCHLD, &before, NULL);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	return r;
}

static int trace_to_list(struct tracer *tracer)
{
	TRY(trace_with_signals(tracer));
	return trace_files_list(&tracer->watch.files, &tracer->trace.files, &tracer->trace.n_files);
}

int trace_run(struct arena *arena, const struct trace_options *options, struct trace *out)
{
	struct tracer tracer = {
		.options = options,
		.host = options->host,
		.watch = { .files = { .arena = arena }, .diag = options->diag },
	};
	int r;

	assert(options->program && options->arguments && options->arguments[0]);
	tracer.watch.files.look = &tracer.watch.look;
	tracer.watch.files.most = options->host ? options->host->files_max : 0;
	r = trace_to_list(&tracer);
	trace_tasks_clear(&tracer.tasks);
	trace_files_close(&tracer.watch.files);
	if (r < 0 && r != -EINTR)
		return r;
	*out = tracer.trace;
	return r;
}
