/* SPDX-License-Identifier: Apache-2.0 */
#include "proof/program.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "proof/capabilities.h"
#include "trace/start.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum {
	REPORT = 3, /* where the report's end is put: all descriptors above it are closed */
	USUAL_MASK = 022,
};

/* Where a program is looked up where the environment has no PATH, as container engines do. */
static const char usual_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/* What container engines give root, but for what makes devices and packets. */
#define BIT(capability) (UINT64_C(1) << (capability))
static const uint64_t of_root = BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FOWNER) |
				BIT(CAP_FSETID) | BIT(CAP_KILL) | BIT(CAP_SETGID) |
				BIT(CAP_SETUID) | BIT(CAP_SETPCAP) | BIT(CAP_NET_BIND_SERVICE);

void close_from(int first)
{
	struct rlimit limit = { 0 };
	unsigned long last;

#ifdef SYS_close_range
	if (syscall(SYS_close_range, (unsigned)first, ~0U, 0U) == 0)
		return;
#endif
	getrlimit(RLIMIT_NOFILE, &limit);
	last = limit.rlim_cur < 1 << 20 ? limit.rlim_cur : 1 << 20;
	for (unsigned long fd = (unsigned)first; fd < last; fd++)
		close((int)fd);
}

void reset_signals(void)
{
	const struct sigaction usual = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int signal = 1; signal < NSIG; signal++)
		sigaction(signal, &usual, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static bool has_namespaces(const struct building *building)
{
	return building->world->flags & CLONE_NEWNS;
}

/* A process that may not become the program's user stays who it is. */
static bool may_change(const struct building *building)
{
	const struct proof_options *options = building->options;

	return !(building->lacking & PROOF_NO_IDS) && capability_held(CAP_SETUID) &&
	       capability_held(CAP_SETGID) &&
	       (options->uid != geteuid() || options->gid != getegid() || options->n_groups > 0 ||
		geteuid() == 0);
}

void program_lacks(struct building *building)
{
	const struct proof_options *options = building->options;

	if (options->uid == 0 && !has_namespaces(building))
		building->lacking |= PROOF_NO_POWERS;
	if ((options->uid != geteuid() || options->gid != getegid()) && !may_change(building))
		building->lacking |= PROOF_NO_IDS;
	/* Root may bind any port of a network of its own. */
	if (options->uid == 0 && has_namespaces(building))
		building->lacking &= ~(unsigned)PROOF_NO_PORTS;
}

static int become_user(const struct building *building)
{
	const struct proof_options *options = building->options;
	uint64_t keep = options->uid == 0 && has_namespaces(building) ? of_root : 0;

	/* Where no other root is left, there is nothing that it could change back to. */
	if (keep && building->pivoted)
		keep |= BIT(CAP_SYS_CHROOT);
	if (may_change(building)) {
		/* There are user namespaces in which nobody changes groups. */
		if (setgroups(options->n_groups, options->groups) < 0 && errno != EPERM)
			return -errno;
		if (setresgid(options->gid, options->gid, options->gid) < 0 ||
		    setresuid(options->uid, options->uid, options->uid) < 0)
			return -errno;
	}
	TRY(capabilities_keep(keep));
	/*
	 * A tracer without CAP_SYS_PTRACE, as in a container's build, is to read what is executed.
	 * From there on the program's memory is its own.
	 */
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0 ? -errno : 0;
}

static void set_limits(void)
{
	/* core(5): 0 is for files alone, and 1 for a pipe's program, too. */
	const struct rlimit none = { 1, 1 };
	const struct rlimit file = { PROOF_FILE_MAX, PROOF_FILE_MAX };

	setrlimit(RLIMIT_CORE, &none);
	setrlimit(RLIMIT_FSIZE, &file);
}

static bool is_program(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

static const char *find_variable(const char *const *environment, const char *name)
{
	size_t length = strlen(name);

	for (; environment && *environment; environment++)
		if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
			return *environment + length + 1;
	return NULL;
}

/* Looks NAME up, before anybody traces us: a directory without it is nothing that was missed. */
static const char *find_program(const struct proof_options *options, char path[PATH_MAX])
{
	const char *name = options->arguments[0];
	const char *list = find_variable(options->environment, "PATH");

	if (strchr(name, '/'))
		return name;
	for (list = list ? list : usual_path;; list++) {
		size_t length = strcspn(list, ":");

		if (length > 0 && length + strlen(name) + 2 <= PATH_MAX) {
			snprintf(path, PATH_MAX, "%.*s/%s", (int)length, list, name);
			if (is_program(path))
				return path;
		}
		list += length;
		if (!*list)
			return NULL;
	}
}

/* Moves the standard streams and the report to where they belong. */
static int place_descriptors(const struct supervisor_ends *ends)
{
	int report = fcntl(ends->report, F_DUPFD, REPORT + 2);
	int output = fcntl(ends->output, F_DUPFD, REPORT + 2);
	int input;

	if (report < 0 || output < 0)
		return -errno;
	close(STDIN_FILENO);
	input = open("/dev/null", O_RDONLY);
	/* Where there is no such device: what reads finds the end. */
	if (input < 0) {
		int ends_of_pipe[2];

		if (pipe(ends_of_pipe) < 0)
			return -errno;
		input = ends_of_pipe[0];
	}
	if (dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
	    dup2(output, STDERR_FILENO) < 0 || dup2(report, REPORT) < 0)
		return -errno;
	close_from(REPORT + 1);
	return fcntl(REPORT, F_SETFD, FD_CLOEXEC) < 0 ? -errno : 0;
}

/* The tracer's end passes the kernel's word for who wrote: our id, as the tracer sees it. */
static void await_tracer(int report)
{
	/* What we copied from the supervisor may not be looked into. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	if (send(report, "", 1, MSG_NOSIGNAL) == 1)
		trace_await(report);
}

static int prepare(const struct building *building)
{
	const struct proof_options *options = building->options;

	setsid();
	reset_signals();
	umask(USUAL_MASK);
	set_limits();
	TRY(become_user(building));
	if (chdir(options->workdir ? options->workdir : "/") < 0) {
		int error = errno;

		dprintf(STDERR_FILENO, "%s: is the working directory, and cannot be entered\n",
			options->workdir);
		return -error;
	}
	return 0;
}

void program_run(const struct building *building, const struct sock_fprog *filter,
		 const struct supervisor_ends *ends)
{
	static const char *const none[] = { NULL };
	const struct proof_options *options = building->options;
	char path[PATH_MAX];
	const char *program;
	int r;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	await_tracer(ends->report);
	r = place_descriptors(ends);
	if (r < 0)
		trace_execute_fail(ends->report, -r);
	r = prepare(building);
	if (r < 0)
		trace_execute_fail(REPORT, -r);
	program = find_program(options, path);
	if (!program)
		trace_execute_fail(REPORT, ENOENT);
	trace_execute(program, options->arguments,
		      options->environment ? options->environment : none, filter, REPORT);
}
