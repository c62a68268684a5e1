/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the proof's suites share: a root directory with proven.c in it, and runs in that.
 */
#ifndef MKROOTFS_TESTS_PROVING_H
#define MKROOTFS_TESTS_PROVING_H

#include "proof/proof.h"
#include "traced.h"

#include <dirent.h>
#include <sched.h>
#include <sys/stat.h>

enum {
	WORDS_MAX = 16,
};

/* One proof. */
struct proving {
	struct arena *arena;
	struct buffer said;
	struct proof proof;
	int result;
};

SCRATCH_UNUSED static void proving_end(struct proving *proving)
{
	arena_free(proving->arena);
	buffer_reset(&proving->said);
}

static char root_path[4200];

/* A root directory below the scratch one, with /act in it. */
SCRATCH_UNUSED static void make_root(void)
{
	ck_assert_ptr_nonnull(getenv("PROVEN"));
	set_up();
	free(scratch_run(&scratch, "mkdir -p %s/root/data && cp \"$PROVEN\" %s/root/act && "
				   "chmod 755 %s/root/act"));
	snprintf(root_path, sizeof(root_path), "%s/root", scratch.path);
}

/* Runs as OPTIONS say, in that root. */
SCRATCH_UNUSED static struct proving prove_options(struct proof_options options)
{
	struct proving proving = { .arena = arena_new() };
	struct diag diag = { collect, &proving.said };

	options.root = root_path;
	options.diag = &diag;
	if (!options.output)
		options.output = -1;
	proving.result = proof_run(proving.arena, &options, &proving.proof);
	/* Whatever came of it, nothing is left behind. */
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG | __WALL), -1);
	ck_assert_int_eq(errno, ECHILD);
	return proving;
}

/* WORDS, apart by single spaces, into ARGUMENTS. They point into WORDS. */
SCRATCH_UNUSED static void split(char *words, const char *arguments[WORDS_MAX])
{
	size_t n = 0;

	for (char *word = strtok(words, " "); word && n < WORDS_MAX - 1; word = strtok(NULL, " "))
		arguments[n++] = word;
	arguments[n] = NULL;
}

/* Runs /act with WORDS (apart by spaces), and the rest as OPTIONS say. */
SCRATCH_UNUSED static struct proving prove_act(const char *words, struct proof_options options)
{
	const char *arguments[WORDS_MAX] = { "/act" };
	char copy[1024];

	snprintf(copy, sizeof(copy), "/act %s", words);
	split(copy, arguments);
	options.arguments = arguments;
	return prove_options(options);
}

SCRATCH_UNUSED static void assert_end(const struct proving *proving, enum proof_end end)
{
	ck_assert_msg(proving->result == 0, "%d: %s", proving->result,
		      proving->said.size ? proving->said.bytes : "");
	ck_assert_msg(proving->proof.end == end, "end %d, not %d: status %#x error %d: %s",
		      proving->proof.end, end, proving->proof.status, proving->proof.error,
		      proving->proof.last_words);
}

/* The file of that path, or NULL. */
SCRATCH_UNUSED static const struct trace_file *find_file(const struct proving *proving,
							 const char *path)
{
	for (size_t i = 0; i < proving->proof.trace.n_files; i++)
		if (strcmp(proving->proof.trace.files[i].path, path) == 0)
			return &proving->proof.trace.files[i];
	return NULL;
}

/* Whether namespaces of FLAGS may be had here. */
SCRATCH_UNUSED static bool may_unshare(int flags)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(unshare(flags) == 0 ? 0 : 1);
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

/* As SUITE_TRACED, where the best of worlds can be had, too. */
#define SUITE_PROVING(name, set_up, tear_down)                                                     \
	int main(int argc, char **argv)                                                            \
	{                                                                                          \
		int flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET;                             \
                                                                                                   \
		if (may_trace() && may_unshare(geteuid() == 0 ? flags : flags | CLONE_NEWUSER))    \
			return suite_run(#name, false, set_up, tear_down, argv + 1);               \
		puts("1..0 # SKIP ptrace or namespaces are not permitted here");                   \
		return EXIT_SUCCESS;                                                               \
	}                                                                                          \
	struct suite_needs_semicolon

/* Runs ACT in a process of its own; it returns whether all was well. */
SCRATCH_UNUSED static void apart(bool (*act)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(act() ? 0 : 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(status == 0, "status %#x", status);
}

#endif
