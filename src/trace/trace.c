/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/trace.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/path.h"
#include "trace/start.h"
#include "trace/tasks.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

enum {
	GRACE_SECONDS = 5,
	LONGEST_WAIT_SECONDS = 1, /* between looks at whether we are cancelled */
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
	struct trace_child child;
	struct trace_watch watch;
	struct trace_tasks tasks;
	bool executed; /* the program has been */
	enum phase phase;
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
	tracer->phase = phase;
	tracer->deadline = now() + GRACE_SECONDS * second;
	if (phase == PHASE_ENDING) {
		signal_program(tracer, SIGTERM);
		/* A process that was stopped is to see it, too. */
		signal_program(tracer, SIGCONT);
	} else if (phase == PHASE_KILLED) {
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

/* Lets a stopped task go on, with SIGNAL if that is not 0; up to its call's end if it is in one. */
static void resume(const struct trace_task *task, int signal)
{
	/* An error says that it was killed meanwhile; its end is reported like another. */
	ptrace(task->begun.is.call ? PTRACE_SYSCALL : PTRACE_CONT, task->pid, NULL,
	       (void *)(uintptr_t)signal);
}

static void on_call_end(struct tracer *tracer, struct trace_task *task, int64_t result)
{
	int r = trace_watch_end(&tracer->watch, &task->begun, result, &task->directory);

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
}

static void on_child(struct tracer *tracer, const struct trace_task *parent)
{
	unsigned long pid = 0;
	struct trace_task *child;

	if (ptrace(PTRACE_GETEVENTMSG, parent->pid, NULL, &pid) < 0)
		return;
	child = trace_tasks_add(&tracer->tasks, (pid_t)pid);
	if (child && !child->directory && parent->directory)
		child->directory = strdup(parent->directory);
	if (!child || (parent->directory && !child->directory))
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
	tracer->executed = true;
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

static void on_status(struct tracer *tracer, pid_t pid, int status)
{
	struct trace_task *task;

	if (!WIFSTOPPED(status)) {
		if (pid == tracer->child.pid)
			tracer->trace.status = status;
		trace_tasks_remove(&tracer->tasks, pid);
		return;
	}
	/* A child's first stop can come before its parent's event. */
	task = trace_tasks_add(&tracer->tasks, pid);
	if (!task)
		fail(tracer, -ENOMEM);
	if (!task || tracer->phase == PHASE_KILLED) {
		kill(pid, SIGKILL);
		return;
	}
	on_stop(tracer, task, status);
}

/* All that has happened. Returns whether anything is left to happen. */
static bool collect(struct tracer *tracer)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL | WNOHANG)) > 0)
		on_status(tracer, pid, status);
	return tracer->tasks.table && (pid == 0 || errno == EINTR);
}

/*
 * The terminal's signals (SI_KERNEL) go to the whole process group, and so to the program
 * while it is in ours.
 */
static void on_signal(struct tracer *tracer, const siginfo_t *info)
{
	if (info->si_signo == SIGCHLD)
		return;
	tracer->trace.signal = info->si_signo;
	if (info->si_code != SI_KERNEL || getpgid(tracer->child.pid) != getpgrp())
		signal_program(tracer, info->si_signo);
}

/* Waits for a signal: SIGCHLD says that something happened. */
static void wait_signal(struct tracer *tracer, const sigset_t *signals)
{
	int64_t longest = LONGEST_WAIT_SECONDS * second;
	int64_t left = tracer->deadline - now();
	struct timespec time;
	siginfo_t info;

	if (left > longest)
		left = longest;
	if (left < 0)
		left = 0;
	time = (struct timespec){ .tv_sec = left / second, .tv_nsec = left % second };
	if (sigtimedwait(signals, &info, &time) > 0)
		on_signal(tracer, &info);
}

static void check_end(struct tracer *tracer)
{
	const volatile sig_atomic_t *cancelled = tracer->options->cancelled;

	if (cancelled && *cancelled && !tracer->error) {
		tracer->error = -EINTR;
		if (tracer->phase == PHASE_RUNNING)
			enter(tracer, PHASE_ENDING);
	}
	if (now() < tracer->deadline)
		return;
	tracer->trace.timed_out |= tracer->phase == PHASE_RUNNING;
	enter(tracer, tracer->phase + 1);
}

static int begin(struct tracer *tracer, const sigset_t *mask)
{
	const struct trace_options *options = tracer->options;
	struct trace_task *task;
	char directory[PATH_MAX];
	int r = trace_start(options, mask, &tracer->child);

	if (r < 0)
		return r;
	tracer->deadline =
		options->timeout_seconds ? now() + options->timeout_seconds * second : INT64_MAX;
	task = trace_tasks_add(&tracer->tasks, tracer->child.pid);
	if (!task) {
		/* Its end is waited for as for any other. */
		kill(tracer->child.pid, SIGKILL);
		waitpid(tracer->child.pid, NULL, __WALL);
		close(tracer->child.report);
		return -ENOMEM;
	}
	if (getcwd(directory, sizeof(directory)))
		task->directory = strdup(directory);
	return 0;
}

/* Traces from the start of the program to the end of all processes. */
static int trace_processes(struct tracer *tracer, const sigset_t *signals, const sigset_t *mask)
{
	int r = begin(tracer, mask);

	if (r < 0)
		return r;
	while (collect(tracer) && tracer->phase != PHASE_GIVEN_UP) {
		wait_signal(tracer, signals);
		check_end(tracer);
	}
	if (tracer->tasks.table && tracer->phase == PHASE_GIVEN_UP)
		diag_warning(tracer->options->diag, tracer->options->program,
			     "left processes that cannot be killed now; they end with this one");
	if (!tracer->error && !tracer->executed)
		tracer->error = trace_start_error(tracer->options, &tracer->child);
	close(tracer->child.report);
	return tracer->error;
}

/* Traces with the signals blocked that wait_signal takes, and without the caller's SIGCHLD handler.
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
		sigaddset(&signals, taken[i]);
	r = pthread_sigmask(SIG_BLOCK, &signals, &mask);
	if (r > 0)
		return -r;
	sigaction(SIGCHLD, &usual, &before);
	r = trace_processes(tracer, &signals, &mask);
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
		.watch = { .files = { .arena = arena }, .diag = options->diag },
	};
	int r;

	assert(options->program && options->arguments && options->arguments[0]);
	r = trace_to_list(&tracer);
	trace_tasks_clear(&tracer.tasks);
	trace_files_close(&tracer.watch.files);
	if (r < 0)
		return r;
	*out = tracer.trace;
	return 0;
}
