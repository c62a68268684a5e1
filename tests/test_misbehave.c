/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that do what they should not: nothing of them is left, and nothing outside is changed,
 * in the best of worlds and in the poorest, as root and as a user.
 */
#include "proving.h"
#include "proving_worlds.h"

enum {
	WHO_ROOT,
	WHO_USER,
	N_WHO,
};

static const struct act {
	const char *words; /* with the name of a file outside, or the id of a process where it says
			      so */
	enum proof_end end;
	int status; /* of an exit; -1: whatever */
} acts[] = {
	{ "forks-twice", PROVEN_EXIT, 0 },
	{ "closes-all", PROVEN_TIME, -1 },
	{ "bomb", FAILED_TASKS, -1 },
	{ "thread-bomb", FAILED_TASKS, -1 },
	{ "floods", PROVEN_TIME, -1 },
	{ "writes-everywhere NAME", PROVEN_EXIT, 0 },
	{ "leaves OUTSIDE", PROVEN_EXIT, 0 },
	{ "signals PID", PROVEN_EXIT, 0 },
	{ "traces PID", PROVEN_EXIT, 0 },
	{ "stops-itself", PROVEN_TIME, -1 },
	{ "long-names", PROVEN_EXIT, 0 },
	{ "deep", PROVEN_EXIT, 0 },
	{ "stopped-child", PROVEN_EXIT, 0 },
	{ "orphan", PROVEN_EXIT, 0 },
	{ "executes-itself", PROVEN_TIME, -1 },
	{ "huge", FAILED_SIGNAL, -1 },
	{ "devices", PROVEN_EXIT, 0 },
	{ "mounts", PROVEN_EXIT, 0 },
	{ "untraced", PROVEN_EXIT, 0 },
	{ "names", PROVEN_EXIT, 0 },
	{ "replaces-itself", PROVEN_TIME, 0 },
	{ "hides /data/x", PROVEN_EXIT, 0 },
	{ "vforks", FAILED_STOP, -1 },
	{ "busy", PROVEN_TIME, -1 },
	{ "takes-its-output", PROVEN_TIME, -1 },
	{ "deaf", FAILED_STOP, -1 },
};

static bool (*const enters[])(void) = { be_root, be_in_a_build };

/* Somebody outside, of the same user: a byte in his pipe says that he was disturbed. */
struct bystander {
	pid_t pid;
	int ends[2];
};

static int disturbed = -1;

static void on_disturbance(int signal)
{
	(void)signal;
	(void)!write(disturbed, "", 1);
}

static struct bystander bystander_start(uid_t uid)
{
	struct bystander one;
	char ready;

	ck_assert_int_eq(pipe(one.ends), 0);
	one.pid = fork();
	if (one.pid == 0) {
		disturbed = one.ends[1];
		(void)signal(SIGWINCH, on_disturbance);
		/* As any other process of that user, which it could look into. */
		if ((geteuid() == 0 &&
		     (setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0)) ||
		    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0)
			_exit(1);
		(void)!write(disturbed, "", 1);
		for (;;)
			pause();
	}
	ck_assert_int_eq(read(one.ends[0], &ready, 1), 1);
	close(one.ends[1]);
	return one;
}

static void bystander_end(const struct bystander *one)
{
	char byte;

	kill(one->pid, SIGKILL);
	ck_assert_int_eq(waitpid(one->pid, NULL, 0), one->pid);
	ck_assert_msg(read(one->ends[0], &byte, 1) == 0, "a process outside was signalled");
	close(one->ends[0]);
}

/* How many processes execute what FILE is. */
static unsigned count_running(const char *file)
{
	struct stat wanted;
	struct stat status;
	unsigned count = 0;
	DIR *directory = opendir("/proc");

	ck_assert_ptr_nonnull(directory);
	ck_assert_int_eq(stat(file, &wanted), 0);
	for (struct dirent *entry; (entry = readdir(directory));) {
		char path[300];

		snprintf(path, sizeof(path), "/proc/%s/exe", entry->d_name);
		if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9' &&
		    stat(path, &status) == 0 && status.st_dev == wanted.st_dev &&
		    status.st_ino == wanted.st_ino)
			count++;
	}
	closedir(directory);
	return count;
}

static bool is_mounted(const char *path)
{
	char *text = scratch_run(&scratch, "cat /proc/self/mountinfo");
	bool found = text && strstr(text, path);

	free(text);
	return found;
}

static void assert_nothing_is_left(const char *words)
{
	char program[4300];

	snprintf(program, sizeof(program), "%s/act", root_path);
	ck_assert_msg(count_running(program) == 0, "%s: runs still", words);
	ck_assert_msg(!is_mounted(scratch.path), "%s: is mounted still", words);
	free(scratch_run(&scratch, "rm -rf %s/root"));
	ck_assert_msg(access(root_path, F_OK) < 0, "%s: cannot be removed", words);
}

/* The act in its world; WORDS with what they stand for. */
static int misbehave(const struct act *act, const char *words, bool (*enter)(void), uid_t uid)
{
	struct proof_options options = { .uid = uid, .gid = uid, .timeout_seconds = 1 };
	struct proving proving;
	int status = 0;

	if (!enter())
		return 1;
	/* These have to come to an end by themselves, on any machine. */
	if (act->end != PROVEN_TIME && act->end != FAILED_STOP)
		options.timeout_seconds = 40;
	proving = prove_act(words, options);
	if (proving.result != 0 || proving.proof.end != act->end)
		status = 2;
	else if (act->status >= 0 && (!WIFEXITED(proving.proof.status) ||
				      WEXITSTATUS(proving.proof.status) != act->status))
		status = 3;
	else if (strlen(proving.proof.last_words) > PROOF_WORDS_MAX ||
		 proving.proof.trace.n_files > PROOF_FILES_MAX)
		status = 4;
	if (status)
		fprintf(stderr, "# %s: %d end %d status %#x: %s; %s\n", words, proving.result,
			proving.proof.end, proving.proof.status,
			proving.proof.last_words ? proving.proof.last_words : "",
			proving.said.size ? proving.said.bytes : "");
	proving_end(&proving);
	return status;
}

static const char *fill(const struct act *act, const struct bystander *one, char words[512])
{
	size_t size = strcspn(act->words, " ");
	const char *what = act->words + size;

	if (strcmp(what, " PID") == 0)
		snprintf(words, 512, "%.*s %d", (int)size, act->words, (int)one->pid);
	else if (strcmp(what, " OUTSIDE") == 0)
		snprintf(words, 512, "%.*s %s/outside", (int)size, act->words, scratch.path);
	else if (strcmp(what, " NAME") == 0)
		snprintf(words, 512, "%.*s mkrootfs-misbehaves-%d", (int)size, act->words,
			 (int)getpid());
	else
		snprintf(words, 512, "%s", act->words);
	return words;
}

TEST_EACH(nothing_is_left_of_a_program_that, ARRAY_SIZE(acts) * ARRAY_SIZE(enters) * N_WHO)
{
	const struct act *act = &acts[(size_t)_i / (ARRAY_SIZE(enters) * N_WHO)];
	bool (*enter)(void) = enters[_i / N_WHO % ARRAY_SIZE(enters)];
	uid_t uid = _i % N_WHO == WHO_ROOT ? 0 : 1234;
	struct bystander one;
	char words[512];
	char name[64];
	int status;
	pid_t pid;

	if (geteuid() != 0 && enter != be_root) {
		scratch_skip(act->words, "needs root");
		return;
	}
	one = bystander_start(uid);
	scratch_text(&scratch, "outside", "");
	free(scratch_run(&scratch, "chmod 777 %s/root/data %s/root"));
	fill(act, &one, words);
	pid = fork();
	if (pid == 0)
		_exit(misbehave(act, words, enter, uid));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	bystander_end(&one);
	ck_assert_msg(status == 0, "%s: status %#x", words, status);
	assert_nothing_is_left(words);
	snprintf(name, sizeof(name), "/tmp/mkrootfs-misbehaves-%d", (int)getpid());
	ck_assert_msg(access(name, F_OK) < 0, "%s: has written outside", words);
}

/* What is running then: a deaf program with a deaf child. */
static void prove_in_child(void)
{
	struct proving proving =
		prove_act("replaces-itself", (struct proof_options){ .timeout_seconds = 1000 });

	_exit(proving.result == -EINTR ? 0 : 1);
}

static void await_running(const char *program, bool running)
{
	for (int tries = 0; tries < 1000; tries++) {
		if ((count_running(program) > 0) == running)
			return;
		usleep(10000);
	}
	ck_abort_msg("%s is %s", program, running ? "not running" : "running still");
}

static volatile sig_atomic_t caught;

static void on_signal(int signal)
{
	caught = signal;
}

static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGKILL };

TEST_EACH(a_signal_ends_all, ARRAY_SIZE(ending) * ARRAY_SIZE(enters))
{
	int number = ending[(size_t)_i / ARRAY_SIZE(enters)];
	char program[4300];
	int status;
	pid_t pid;

	if (geteuid() != 0 && (size_t)_i % ARRAY_SIZE(enters) != 0) {
		scratch_skip("a signal", "needs root");
		return;
	}
	snprintf(program, sizeof(program), "%s/act", root_path);
	pid = fork();
	if (pid == 0) {
		(void)signal(number, on_signal);
		if (!enters[(size_t)_i % ARRAY_SIZE(enters)]())
			_exit(2);
		prove_in_child();
	}
	await_running(program, true);
	kill(pid, number);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	if (number == SIGKILL)
		ck_assert_int_eq(WTERMSIG(status), SIGKILL);
	else
		ck_assert_int_eq(status, 0);
	await_running(program, false);
	assert_nothing_is_left("interrupted");
}

SUITE_PROVING(misbehave, make_root, tear_down);
