/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tracer's suites share: runs of it in a scratch directory, and what they recorded.
 */
#ifndef MKROOTFS_TESTS_TRACED_H
#define MKROOTFS_TESTS_TRACED_H

#include "base/buffer.h"
#include "base/cleanup.h"
#include "scratch.h"
#include "trace/trace.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum {
	GET_SYSCALL_INFO = 0x420e,
};

/* What the tracer said: a line for each, "LEVEL SUBJECT: MESSAGE". */
SCRATCH_UNUSED static void collect(void *data, enum mkrootfs_level level, const char *subject,
				   const char *message, const char *hint)
{
	buffer_printf(data, "%d %s: %s%s%s\n", (int)level, subject, message, hint ? "; " : "",
		      hint ? hint : "");
}

/* One run of the tracer. */
struct run {
	struct arena *arena;
	struct buffer said;
	struct trace trace;
	int result;
};

SCRATCH_UNUSED static void run_end(struct run *run)
{
	arena_free(run->arena);
	buffer_reset(&run->said);
}

SCRATCH_UNUSED static struct run run_options(struct trace_options options)
{
	struct run run = { .arena = arena_new() };
	struct diag diag = { collect, &run.said };

	options.diag = &diag;
	run.result = trace_run(run.arena, &options, &run.trace);
	/* Whatever came of it, nothing is left behind. */
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG | __WALL), -1);
	ck_assert_int_eq(errno, ECHILD);
	return run;
}

SCRATCH_UNUSED static struct run run_program(const char *const *arguments, unsigned timeout)
{
	return run_options((struct trace_options){
		.program = arguments[0], .arguments = arguments, .timeout_seconds = timeout });
}

/* Runs an act of traced.c. */
SCRATCH_UNUSED static struct run run_act(const char *act, const char *first, const char *second,
					 const char *third)
{
	const char *arguments[] = { getenv("TRACED"), act, first, second, third, NULL };

	ck_assert_ptr_nonnull(arguments[0]);
	return run_program(arguments, 0);
}

SCRATCH_UNUSED static struct run run_shell(const char *script, unsigned timeout)
{
	const char *arguments[] = { "/bin/sh", "-c", script, NULL };

	return run_program(arguments, timeout);
}

SCRATCH_UNUSED static void assert_exited(const struct run *run, int status)
{
	ck_assert_msg(run->result == 0, "%d: %s", run->result,
		      run->said.size ? run->said.bytes : "");
	ck_assert_msg(WIFEXITED(run->trace.status) && WEXITSTATUS(run->trace.status) == status,
		      "status %#x", run->trace.status);
}

/* "found written created: OPENED EXECUTED READLINK TESTED LISTED", by their first letters. */
SCRATCH_UNUSED static const char *describe(const struct run *run, const char *path)
{
	static char text[16];
	char *end = text;

	for (size_t i = 0; i < run->trace.n_files; i++) {
		const struct trace_file *file = &run->trace.files[i];

		if (strcmp(file->path, path) != 0)
			continue;
		for (unsigned bit = 0; bit < 3; bit++)
			if ((const bool[]){ file->found, file->written, file->created }[bit])
				*end++ = "fwc"[bit];
		*end++ = ':';
		for (unsigned bit = 0; bit < 5; bit++)
			if (file->uses >> bit & 1)
				*end++ = "OERTL"[bit];
		*end = '\0';
		return text;
	}
	return "none";
}

SCRATCH_UNUSED static void assert_file(const struct run *run, const char *path,
				       const char *expected)
{
	const char *is = describe(run, path);

	ck_assert_msg(strcmp(is, expected) == 0, "%s is \"%s\", not \"%s\"", path, is, expected);
}

/* As describe and assert_file, below the scratch directory. */
SCRATCH_UNUSED static const char *describe_scratch(const struct run *run,
						   const struct scratch *scratch, const char *path)
{
	char *whole = scratch_path(scratch, path);
	const char *is = describe(run, whole);

	free(whole);
	return is;
}

SCRATCH_UNUSED static void assert_scratch(const struct run *run, const struct scratch *scratch,
					  const char *path, const char *expected)
{
	char *whole = scratch_path(scratch, path);

	assert_file(run, whole, expected);
	free(whole);
}

/* Each test has a process of its own, so a filter or another user is its own affair. */
static struct scratch scratch;

SCRATCH_UNUSED static void set_up(void)
{
	/* A sanitizer's look for leaks needs ptrace for itself. */
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	scratch_open(&scratch);
	ck_assert_int_eq(chmod(scratch.path, 0755), 0);
	ck_assert_int_eq(chdir(scratch.path), 0);
	ck_assert_ptr_nonnull(getcwd(scratch.path, sizeof(scratch.path)));
}

SCRATCH_UNUSED static void tear_down(void)
{
	scratch_close(&scratch);
}

/* Makes calls of NUMBER fail with ERROR, if their first argument is FIRST or that is 0. */
SCRATCH_UNUSED static void forbid(uint32_t number, uint32_t first, uint32_t error)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, first, 0, first ? 1 : 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(filter), filter };

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

/* Whether processes may be traced here at all. */
SCRATCH_UNUSED static bool may_trace(void)
{
	const char *arguments[] = { "/bin/sh", "-c", ":", NULL };
	struct arena *arena = arena_new();
	struct trace trace;
	int r = trace_run(
		arena, &(struct trace_options){ .program = arguments[0], .arguments = arguments },
		&trace);

	arena_free(arena);
	return r == 0;
}

/* As SUITE, for tests that cannot be where nothing may be traced. */
#define SUITE_TRACED(name, set_up, tear_down)                                                      \
	int main(int argc, char **argv)                                                            \
	{                                                                                          \
		if (may_trace())                                                                   \
			return suite_run(#name, false, set_up, tear_down, argv + 1);               \
		puts("1..0 # SKIP ptrace is not permitted here");                                  \
		return EXIT_SUCCESS;                                                               \
	}                                                                                          \
	struct suite_needs_semicolon

#endif
