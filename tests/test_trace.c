/* SPDX-License-Identifier: Apache-2.0 */
#include "base/path.h"
#include "traced.h"

#include <ctype.h>

enum {
	MOST_ARGUMENTS = 8,
};

/* A world for one shell script, and all that is to be known of it. */
static void trace_script(void)
{
	struct run run;

	scratch_text(&scratch, "work/data", "data");
	scratch_text(&scratch, "side/data", "data");
	scratch_link(&scratch, "link", "side");
	scratch_text(&scratch, "work/script", "#!/bin/sh\nexit 4\n");
	ck_assert_int_eq(chmod("work/script", 0755), 0);
	run = run_shell("cd work; cat ./data ..//side/data nothing ../link/../link/data >/dev/null "
			"2>&1; ls .. >/dev/null; test -e ../link; ./script",
			0);
	assert_exited(&run, 4);
	assert_file(&run, "/bin/sh", "f:E");
	assert_scratch(&run, &scratch, "work", "f:T");
	assert_scratch(&run, &scratch, "work/data", "f:O");
	assert_scratch(&run, &scratch, "work/script", "f:OE");
	assert_scratch(&run, &scratch, "work/nothing", ":O");
	assert_scratch(&run, &scratch, "side/data", "f:O");
	assert_scratch(&run, &scratch, "link", "f:T");
	assert_scratch(&run, &scratch, "link/data", "f:O");
	ck_assert_ptr_nonnull(strchr(describe(&run, scratch.path), 'L'));
	ck_assert_uint_eq(run.said.size, 0);
	run_end(&run);
}

TEST(files_of_a_script_are_told)
{
	trace_script();
}

/* Kernels before 5.3 do not tell a call's arguments; some containers forbid this way to memory. */
TEST(older_kernels_tell_the_same)
{
#if !defined(__x86_64__) && !defined(__aarch64__)
	scratch_skip("old kernels", "this processor's registers are not read");
	return;
#endif
	forbid(SYS_ptrace, GET_SYSCALL_INFO, EIO);
	trace_script();
	forbid(SYS_process_vm_readv, 0, EPERM);
	scratch_close(&scratch);
	set_up();
	trace_script();
}

TEST(files_are_sorted)
{
	struct run run = run_shell("cat b a a/b a.b b >/dev/null 2>&1", 0);

	assert_exited(&run, 1);
	ck_assert_uint_gt(run.trace.n_files, 4);
	for (size_t i = 1; i < run.trace.n_files; i++)
		ck_assert_int_lt(strcmp(run.trace.files[i - 1].path, run.trace.files[i].path), 0);
	run_end(&run);
}

/* A path up through a link leads to where that points, and needs it. */
TEST(a_path_up_through_a_link_needs_it)
{
	struct run run;

	scratch_text(&scratch, "far/away/data", "");
	scratch_text(&scratch, "far/data", "");
	scratch_link(&scratch, "near", "far/away");
	run = run_shell("cat near/../data near/./../away/../data /../../etc/../none 2>/dev/null",
			0);
	assert_exited(&run, 1);
	assert_scratch(&run, &scratch, "near", "f:T");
	assert_scratch(&run, &scratch, "far/away", "f:T");
	assert_scratch(&run, &scratch, "far/data", "f:O");
	assert_scratch(&run, &scratch, "data", "none");
	assert_file(&run, "/etc", "f:T");
	assert_file(&run, "/none", ":O");
	run_end(&run);
}

TEST(threads_are_traced)
{
	struct run run;

	scratch_text(&scratch, "one", "");
	scratch_text(&scratch, "two", "");
	run = run_act("threads", "one", "two", "three");
	assert_exited(&run, 0);
	assert_scratch(&run, &scratch, "one", "f:O");
	assert_scratch(&run, &scratch, "two", "f:O");
	assert_scratch(&run, &scratch, "three", ":O");
	run_end(&run);
}

TEST(a_thread_may_execute)
{
	struct run run;

	scratch_text(&scratch, "one", "");
	run = run_act("thread-executes", "/bin/cat", "one", NULL);
	assert_exited(&run, 0);
	ck_assert_ptr_nonnull(strchr(describe(&run, "/bin/cat"), 'E'));
	assert_scratch(&run, &scratch, "one", "f:O");
	run_end(&run);
}

TEST(vfork_is_traced)
{
	struct run run;

	scratch_text(&scratch, "one", "");
	run = run_act("vfork", "/bin/cat", "one", NULL);
	assert_exited(&run, 0);
	assert_file(&run, "/bin/cat", "f:E");
	assert_scratch(&run, &scratch, "one", "f:O");
	run_end(&run);
}

TEST(paths_below_descriptors_are_told)
{
	const char *arguments[] = { getenv("TRACED"), "at",   "directory", "opened",
				    "tested",	      "link", "absent",	   NULL };
	struct run run;

	scratch_text(&scratch, "directory/opened", "");
	scratch_text(&scratch, "directory/tested", "");
	scratch_link(&scratch, "directory/link", "opened");
	run = run_program(arguments, 0);
	assert_exited(&run, 0);
	assert_scratch(&run, &scratch, "directory", "f:T");
	assert_scratch(&run, &scratch, "directory/opened", "f:O");
	assert_scratch(&run, &scratch, "directory/tested", "f:T");
	assert_scratch(&run, &scratch, "directory/link", "f:R");
	assert_scratch(&run, &scratch, "directory/absent", ":T");
	assert_scratch(&run, &scratch, "directory/opened/absent", ":O");
	run_end(&run);
}

TEST(a_descriptor_may_be_executed)
{
	struct run run = run_act("execute-descriptor", "/usr/bin/env", "true", NULL);

	assert_exited(&run, 0);
	ck_assert_ptr_nonnull(strchr(describe(&run, "/usr/bin/env"), 'E'));
	run_end(&run);
}

TEST(paths_in_odd_memory_are_read)
{
	struct run run;

	scratch_text(&scratch, "one", "");
	run = run_act("odd-memory", "one", NULL, NULL);
	assert_exited(&run, 0);
	assert_scratch(&run, &scratch, "one", "f:O");
	run_end(&run);
}

TEST(what_is_written_is_told_from_what_was_there)
{
	static const struct {
		const char *path, *is;
	} expected[] = {
		{ "log", "fw:O" },	  { "new", "fwc:O" },	 { "made", "fwc:O" },
		{ "kept", "f:T" },	  { "sub", "fwc:T" },	 { "there", "f:T" },
		{ "sub/inner", "fwc:O" }, { "renamed", "fwc:" }, { "sub/moved", "fwc:T" },
		{ "link", "fwc:" },	  { "hard", "fwc:" },	 { "old", "fw:" },
		{ "never", ":T" },	  { "cut", "fw:" },	 { "fifo", "fwc:" },
		{ "socket", "fwc:" },	  { "target", "none" },	 { "", "f:T" },
	};
	struct run run;

	scratch_text(&scratch, "log", "text");
	scratch_text(&scratch, "cut", "text");
	scratch_text(&scratch, "old", "text");
	scratch_text(&scratch, "kept", "text");
	scratch_directory(&scratch, "there");
	run = run_act("writes", NULL, NULL, NULL);
	assert_exited(&run, 0);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		if (*expected[i].path)
			assert_scratch(&run, &scratch, expected[i].path, expected[i].is);
		else
			assert_file(&run, scratch.path, expected[i].is);
	run_end(&run);
}

/* What lies in a directory that the program made, or brought there, came with it. */
TEST(what_lies_in_a_made_directory_was_made)
{
	struct run run;

	scratch_text(&scratch, "old/file", "");
	run = run_shell("mkdir -p made/in; cd made/in; >file; cat file; cd ../..; mv old moved; "
			"cat moved/file",
			0);
	assert_exited(&run, 0);
	assert_scratch(&run, &scratch, "made/in/file", "fwc:O");
	ck_assert_int_eq(strncmp(describe(&run, "made"), "none", 4), 0);
	assert_scratch(&run, &scratch, "moved/file", "fwc:O");
	run_end(&run);
}

TEST(calls_through_a_ring_are_not_to_be_had)
{
	struct run run = run_act("ring", NULL, NULL, NULL);

	assert_exited(&run, 0);
	run_end(&run);
}

#if defined(__x86_64__) && !defined(__ILP32__)

static void trace_other_abis(void)
{
	struct run run = run_act("x32", "one", NULL, NULL);

	assert_exited(&run, 0);
	/* Most kernels have no x32, and fail its calls: what they name is seen all the same. */
	ck_assert_ptr_nonnull(strstr(describe_scratch(&run, &scratch, "one"), ":O"));
	run_end(&run);
	run = run_act("i386", "one", "absent", NULL);
	ck_assert_int_eq(run.result, 0);
	if (WEXITSTATUS(run.trace.status) == 77) {
		scratch_skip("i386", "the kernel has none of its calls");
	} else {
		assert_exited(&run, 0);
		assert_scratch(&run, &scratch, "one", "f:O");
		assert_scratch(&run, &scratch, "absent", ":T");
	}
	run_end(&run);
}

#endif

TEST(calls_of_other_abis_are_told)
{
#if defined(__x86_64__) && !defined(__ILP32__)
	scratch_text(&scratch, "one", "");
	trace_other_abis();
	forbid(SYS_ptrace, GET_SYSCALL_INFO, EIO);
	trace_other_abis();
#else
	scratch_skip("other ABIs", "this processor's have no calls of traced.c");
#endif
}

TEST(another_root_directory_is_known)
{
	struct run run;

	if (geteuid() != 0) {
		scratch_skip("another root directory", "needs root");
		return;
	}
	scratch_text(&scratch, "root/etc/data", "");
	run = run_act("root", "root", "/etc/data", "/../etc/none");
	assert_exited(&run, 0);
	assert_scratch(&run, &scratch, "root", "f:T");
	assert_scratch(&run, &scratch, "root/etc/data", "f:O");
	assert_scratch(&run, &scratch, "root/etc/none", ":O");
	assert_file(&run, "/etc/data", "none");
	run_end(&run);
}

/* Real programs, and what strace(1) sees of them. */
static const char *const programs[][MOST_ARGUMENTS] = {
	{ "/bin/sh", "-c", "ls -lR /etc/apt | sort | wc; cat /etc/hosts /nonexistent" },
	{ "/usr/bin/git", "--version" },
	{ "/usr/bin/git", "status" },
	{ "/usr/bin/git", "log", "--stat" },
	{ "/usr/bin/python3", "-c", "import ssl, json, sqlite3, ctypes, encodings.idna" },
	{ "/usr/bin/python3", "-c",
	  "import threading\nfor n in range(9): threading.Thread(target=open, "
	  "args=['/etc/hosts']).start()" },
	{ "/usr/bin/perl", "-MPOSIX", "-MSocket", "-e", "opendir D, '/etc'; print readdir D" },
	{ "/usr/sbin/nginx", "-t" },
	{ "/usr/bin/redis-server", "--version" },
	{ "/usr/bin/find", "/etc/apt", "-name", "*.list" },
	{ "/usr/bin/gcc", "-pipe", "-c", "source.c", "-o", "source.o" },
	{ "/usr/bin/getent", "hosts", "localhost" },
	{ "/usr/bin/openssl", "version", "-a" },
};

static void compare_with_strace(const char *oracle, const struct run *run)
{
	CLEANUP(buffer) struct buffer ours = { 0 };

	for (size_t i = 0; i < run->trace.n_files; i++)
		/* A process's own number is another in each run. */
		if (strncmp(run->trace.files[i].path, "/proc/", 6) != 0 ||
		    !isdigit((unsigned char)run->trace.files[i].path[6]))
			buffer_printf(&ours, "%s %s\n",
				      run->trace.files[i].found ? "found" : "missing",
				      run->trace.files[i].path);
	if (strcmp(oracle, ours.bytes) != 0) {
		scratch_text(&scratch, "strace", oracle);
		scratch_text(&scratch, "ours", ours.bytes);
		ck_abort_msg("%s", scratch_run(&scratch, "cd %s; diff strace ours | tr '\\n' ' '"));
	}
}

TEST_EACH(a_real_program_opens_what_strace_says, ARRAY_SIZE(programs))
{
	const char *const *arguments = programs[_i];
	char command[2000];
	size_t length;
	char *oracle;
	struct run run;

	if (access(arguments[0], X_OK) < 0 || access("/usr/bin/strace", X_OK) < 0) {
		scratch_skip(arguments[0], "it or strace is not on this machine");
		return;
	}
	setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
	setenv("LC_ALL", "C", 1);
	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOME", scratch.path, 1);
	setenv("PWD", scratch.path, 1);
	scratch_text(&scratch, "source.c", "#include <stdio.h>\n#include <sys/stat.h>\n");
	/* What was changed in the second of its index, git reads anew once, and not again. */
	free(scratch_run(&scratch, "touch -d @1000000000 source.c && "
				   "git init -q . && git add source.c && "
				   "git -c user.name=n -c user.email=e commit -qm m"));
	length = (size_t)snprintf(command, sizeof(command), "python3 '%s/tests/strace_files.py'",
				  getenv("SOURCE"));
	for (unsigned i = 0; i < MOST_ARGUMENTS && arguments[i]; i++)
		length += (size_t)snprintf(command + length, sizeof(command) - length, " \"%s\"",
					   arguments[i]);
	/* Once before: what it makes is there for both. */
	free(scratch_run(&scratch, command));
	FILE *pipe = popen(command, "r");
	ck_assert_ptr_nonnull(pipe);
	length = 0;
	oracle = scratch_read_stream(pipe, &length);
	ck_assert_int_eq(pclose(pipe), 0);
	ck_assert_ptr_nonnull(strstr(oracle, "found "));

	int null = open("/dev/null", O_RDWR);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	run = run_program(arguments, 50);
	ck_assert_int_eq(run.result, 0);
	compare_with_strace(oracle, &run);
	free(oracle);
	run_end(&run);
}

SUITE_TRACED(trace, set_up, tear_down);
