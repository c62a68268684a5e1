/* SPDX-License-Identifier: Apache-2.0 */
#include "traced.h"

#include <grp.h>
#include <pty.h>

enum {
	NOBODY = 65534,
};

TEST(the_status_is_the_programs)
{
	struct run run = run_shell("exit 42", 0);

	assert_exited(&run, 42);
	ck_assert(!run.trace.timed_out && run.trace.signal == 0);
	run_end(&run);
	run = run_shell("kill -SEGV $$", 0);
	ck_assert_int_eq(run.result, 0);
	ck_assert(WIFSIGNALED(run.trace.status) && WTERMSIG(run.trace.status) == SIGSEGV);
	run_end(&run);
	/* The program's status, not that of what it leaves. */
	run = run_shell("(sleep 0.2; exit 3) & exit 2", 0);
	assert_exited(&run, 2);
	run_end(&run);
}

TEST(signals_reach_the_program)
{
	struct run run;

	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	run = run_act("signals", "fifo", NULL, NULL);
	assert_exited(&run, 0);
	run_end(&run);
}

/* The program is not to know what the tracer does with signals. */
TEST(the_program_has_the_callers_signals)
{
	sigset_t before;
	sigset_t after;
	struct run run;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	sigemptyset(&before);
	sigemptyset(&after);
	sigprocmask(SIG_SETMASK, NULL, &before);
	run = run_shell("kill -PIPE $$", 0);
	ck_assert(WIFSIGNALED(run.trace.status) && WTERMSIG(run.trace.status) == SIGPIPE);
	run_end(&run);
	run = run_shell("grep -q '^SigBlk:.*[1-9a-f]$' /proc/self/status", 0);
	assert_exited(&run, 1);
	run_end(&run);
	sigprocmask(SIG_SETMASK, NULL, &after);
	for (int number = 1; number < NSIG; number++)
		ck_assert_int_eq(sigismember(&before, number), sigismember(&after, number));
	ck_assert_ptr_eq(signal(SIGCHLD, SIG_DFL), SIG_IGN);
}

TEST(stops_do_not_last)
{
	struct run run;

	scratch_text(&scratch, "one", "");
	run = run_act("stops", "one", NULL, NULL);
	assert_exited(&run, 0);
	assert_scratch(&run, &scratch, "one", "f:O");
	run_end(&run);
}

/* What the tracer gets is the program's, which here is also who sends it. */
TEST(what_the_tracer_gets_is_forwarded)
{
	static const struct {
		const char *name;
		int signal;
	} cases[] = { { "HUP", SIGHUP },   { "INT", SIGINT },	{ "QUIT", SIGQUIT },
		      { "TERM", SIGTERM }, { "USR1", SIGUSR1 }, { "USR2", SIGUSR2 } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char script[200];
		struct run run;

		/* A shell cannot trap what it was started to ignore, by nohup(1) for one. */
		signal(cases[i].signal, SIG_DFL);
		snprintf(script, sizeof(script),
			 "trap 'exit 7' %s; kill -%s $PPID; while :; do sleep 0.01; done",
			 cases[i].name, cases[i].name);
		run = run_shell(script, 50);
		assert_exited(&run, 7);
		ck_assert_int_eq(run.trace.signal, cases[i].signal);
		ck_assert(!run.trace.timed_out);
		run_end(&run);
	}
}

/* Waits for TEXT from the terminal's other side. */
static void await(int terminal, const char *text)
{
	char got[4096];
	size_t size = 0;

	do {
		ssize_t n = read(terminal, got + size, sizeof(got) - 1 - size);

		ck_assert_int_gt(n, 0);
		size += (size_t)n;
		got[size] = '\0';
	} while (!strstr(got, text));
}

/* The terminal interrupts tracer and program alike: once is enough. */
TEST(a_terminal_interrupts_once)
{
	int terminal;
	int status;
	pid_t pid = forkpty(&terminal, NULL, NULL, NULL);

	if (pid < 0) {
		scratch_skip("a terminal's signals", "there is no terminal to be had");
		return;
	}
	if (pid == 0) {
		struct run run = run_act("interrupted", NULL, NULL, NULL);

		_exit(run.result == 0 && WIFEXITED(run.trace.status) && run.trace.signal == SIGTERM
			      ? WEXITSTATUS(run.trace.status)
			      : 99);
	}
	await(terminal, "ready");
	ck_assert_int_eq(write(terminal, "\003", 1), 1);
	await(terminal, "got");
	kill(pid, SIGTERM);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 1, "status %#x", status);
}

TEST(a_timeout_ends_the_program)
{
	const char *arguments[] = { "/bin/sleep", "1000", NULL };
	struct run run = run_program(arguments, 1);

	ck_assert_int_eq(run.result, 0);
	ck_assert(run.trace.timed_out);
	ck_assert(WIFSIGNALED(run.trace.status) && WTERMSIG(run.trace.status) == SIGTERM);
	run_end(&run);
	/* One that is stopped, too. */
	run = run_shell("kill -STOP $$", 1);
	ck_assert(run.trace.timed_out);
	ck_assert(WIFSIGNALED(run.trace.status) && WTERMSIG(run.trace.status) == SIGTERM);
	run_end(&run);
}

TEST(a_timeout_ends_a_program_that_ignores_it)
{
	const char *arguments[] = { getenv("TRACED"), "deaf", NULL };
	struct run run = run_program(arguments, 1);

	ck_assert_int_eq(run.result, 0);
	ck_assert(run.trace.timed_out);
	ck_assert(WIFSIGNALED(run.trace.status) && WTERMSIG(run.trace.status) == SIGKILL);
	run_end(&run);
}

/* A daemon is traced on when the program has ended, and ends with the timeout. */
TEST(a_daemon_is_traced_until_the_timeout)
{
	const char *arguments[] = { getenv("TRACED"), "daemon", "one", NULL };
	struct run run;

	scratch_text(&scratch, "one", "");
	run = run_program(arguments, 1);
	assert_exited(&run, 0);
	ck_assert(run.trace.timed_out);
	assert_scratch(&run, &scratch, "one", "f:O");
	run_end(&run);
}

/* A tracer that is killed takes all with it: nobody is left that holds the pipe open. */
TEST(a_killed_tracer_takes_all_with_it)
{
	int ends[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		run_shell("trap '' TERM; (trap '' TERM; echo x; sleep 1000) & sleep 1000", 0);
		_exit(1);
	}
	close(ends[1]);
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	while (read(ends[0], &byte, 1) > 0)
		;
	close(ends[0]);
}

TEST(a_cancelled_trace_ends)
{
	const char *arguments[] = { "/bin/sleep", "1000", NULL };
	volatile sig_atomic_t cancelled = SIGINT;
	struct run run = run_options((struct trace_options){
		.program = arguments[0], .arguments = arguments, .cancelled = &cancelled });

	ck_assert_int_eq(run.result, -EINTR);
	ck_assert_uint_eq(run.said.size, 0);
	run_end(&run);
}

TEST(what_cannot_be_executed_is_an_error)
{
	static const struct {
		const char *path;
		int error;
		const char *said;
	} cases[] = {
		{ "absent", ENOENT, "0 absent: cannot be executed: No such file or directory\n" },
		{ "data", EACCES, "0 data: cannot be executed: Permission denied\n" },
		{ "empty", ENOEXEC, "0 empty: cannot be executed: Exec format error\n" },
	};

	scratch_text(&scratch, "data", "");
	scratch_text(&scratch, "empty", "text");
	ck_assert_int_eq(chmod("empty", 0755), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *arguments[] = { cases[i].path, NULL };
		struct run run = run_program(arguments, 0);

		ck_assert_int_eq(run.result, -cases[i].error);
		ck_assert_str_eq(run.said.bytes, cases[i].said);
		run_end(&run);
	}
}

/* Runs ACT in a process that ends with it, and does without what the suite itself needs. */
static void apart(bool (*act)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(act() ? 0 : 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

static bool is_forbidden(void)
{
	struct run run;

	forbid(SYS_ptrace, 0, EPERM);
	run = run_shell("exit 0", 0);
	return run.result == -EPERM &&
	       strstr(run.said.bytes, "0 /bin/sh: cannot be traced: ptrace is not permitted here; "
				      "run the container with ");
}

TEST(a_forbidden_trace_is_an_error)
{
	apart(is_forbidden);
}

TEST(a_kernel_without_filters_is_told)
{
	struct run run;

	forbid(SYS_prctl, PR_SET_SECCOMP, EINVAL);
	run = run_shell("exit 0", 0);
	ck_assert_int_eq(run.result, -EINVAL);
	ck_assert_ptr_nonnull(strstr(run.said.bytes, "0 /bin/sh: cannot be traced: system call "
						     "filters are not available here ("));
	run_end(&run);
}

/* As in a container: root, but not with all capabilities. */
static bool drop_ptrace_capability(void)
{
	struct {
		uint32_t version;
		int pid;
	} header = { 0x20080522, 0 };
	struct {
		uint32_t effective, permitted, inheritable;
	} sets[2] = { 0 };
	const uint32_t bit = 1U << 19;

	if (geteuid() != 0 || prctl(PR_CAPBSET_DROP, 19, 0, 0, 0) < 0 ||
	    syscall(SYS_capget, &header, sets) < 0)
		return false;
	sets[0].effective &= ~bit;
	sets[0].permitted &= ~bit;
	sets[0].inheritable &= ~bit;
	return syscall(SYS_capset, &header, sets) == 0;
}

TEST(a_program_may_drop_its_user)
{
	struct run run;

	if (!drop_ptrace_capability()) {
		scratch_skip("a program that drops its user", "needs root");
		return;
	}
	scratch_text(&scratch, "one", "");
	scratch_text(&scratch, "two", "");
	run = run_act("drops-user", "one", "/bin/cat", "two");
	assert_exited(&run, 0);
	/* Its memory may not be read until it executes a program; from then on it may. */
	assert_scratch(&run, &scratch, "one", "none");
	assert_scratch(&run, &scratch, "two", "f:O");
	ck_assert_ptr_nonnull(strstr(run.said.bytes, ": may not be looked into, as it changed its "
						     "user: "));
	ck_assert_ptr_eq(strchr(run.said.bytes, '\n'), run.said.bytes + run.said.size - 1);
	run_end(&run);
}

/* The warning is given once. */
static bool warns_of_set_id(void)
{
	char expected[400];
	struct run run;

	/* What changed its user may not be traced, unless it says so. */
	if (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
	    setresuid(NOBODY, NOBODY, NOBODY) < 0 || prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0)
		return false;
	run = run_shell("./set-id; ./set-id", 0);
	snprintf(expected, sizeof(expected), "1 %s/set-id: ran without the privilege that ",
		 scratch.path);
	return run.result == 0 && run.trace.status == 0 && run.said.size > 0 &&
	       strncmp(run.said.bytes, expected, strlen(expected)) == 0 &&
	       strchr(run.said.bytes, '\n') == run.said.bytes + run.said.size - 1;
}

TEST(set_id_programs_are_warned_of)
{
	if (geteuid() != 0) {
		scratch_skip("a set-user-ID program", "needs root");
		return;
	}
	free(scratch_run(&scratch, "cp /bin/true %s/set-id && chmod 4755 %s/set-id"));
	apart(warns_of_set_id);
}

SUITE_TRACED(trace_process, set_up, tear_down);
