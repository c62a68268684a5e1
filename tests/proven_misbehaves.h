/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a hostile program would do. An act that tries what must not succeed has the number of its
 * successes as its status.
 */
#ifndef MKROOTFS_TESTS_PROVEN_MISBEHAVES_H
#define MKROOTFS_TESTS_PROVEN_MISBEHAVES_H

#define HARMLESS SIGWINCH /* a signal that nobody minds */

/* A child that stays. */
static void stay(void)
{
	for (int i = 1; i < NSIG; i++)
		(void)signal(i, SIG_IGN);
	for (;;)
		pause();
}

static int act_forks_twice(char **arguments)
{
	(void)arguments;
	if (fork() == 0) {
		setsid();
		if (fork() == 0)
			stay();
		_exit(0);
	}
	usleep(50000);
	return 0;
}

/* Without the streams that anybody would see it by. */
static int act_closes_all(char **arguments)
{
	for (int fd = 0; fd < 4096; fd++)
		close(fd);
	return act_pause(arguments);
}

static int act_bomb(char **arguments)
{
	(void)arguments;
	for (;;)
		fork();
	return 0;
}

static int paused(void *data)
{
	(void)data;
	for (;;)
		pause();
	return 0;
}

/* Threads, of which all are in one process. */
static int act_thread_bomb(char **arguments)
{
	(void)arguments;
	for (;;) {
		char *stack = malloc(16384);

		if (!stack ||
		    clone(paused, stack + 16384,
			  CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD,
			  NULL) < 0)
			usleep(1000);
	}
	return 0;
}

static int act_floods(char **arguments)
{
	static const char text[] = "all work and no play makes a dull program\n";

	(void)arguments;
	for (int i = 0;; i++)
		(void)!write(1 + i % 2, text, sizeof(text) - 1);
	return 0;
}

/* Into what is the machine's, and not the directory's. "everywhere NAME" */
static int act_writes_everywhere(char **arguments)
{
	static const char *const switches[] = {
		"/proc/sys/kernel/core_pattern",
		"/proc/sysrq-trigger",
		"/proc/sys/kernel/hostname",
		"/proc/sys/vm/drop_caches",
		"/proc/1/mem",
		"/proc/irq/default_smp_affinity",
		"/proc/sys/net/core/somaxconn",
	};
	static const char *const places[] = {
		"/",	 "/tmp/",      "/dev/",		"/dev/shm/",	"/proc/",
		"/etc/", "/../../../", "/proc/1/root/", "/proc/1/cwd/", "/proc/self/root/../"
	};
	int succeeded = 0;
	char path[512];

	for (size_t i = 0; i < sizeof(switches) / sizeof(*switches); i++) {
		int fd = open(switches[i], O_WRONLY);

		if (fd < 0)
			continue;
		dprintf(2, "opened %s\n", switches[i]);
		succeeded++;
		close(fd);
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		snprintf(path, sizeof(path), "%s%s", places[i], arguments[0]);
		close(open(path, O_WRONLY | O_CREAT, 0666));
	}
	return succeeded;
}

static int sees(const char *path)
{
	int found = access(path, F_OK) == 0;

	if (found)
		dprintf(2, "sees %s\n", path);
	return found;
}

/* Out of the root directory, to a file that is outside. "leaves PATH" */
static int act_leaves(char **arguments)
{
	int succeeded = sees(arguments[0]);
	int top = open("/", O_RDONLY);
	char path[4200];

	mkdir("/data/inner", 0777);
	if (chroot("/data/inner") == 0) {
		(void)!fchdir(top);
		for (int i = 0; i < 100; i++)
			(void)!chdir("..");
		succeeded += sees(arguments[0] + 1);
		(void)!chroot(".");
		succeeded += sees(arguments[0]);
	}
	for (int i = 0; i < 3; i++) {
		static const char *const roots[] = { "/proc/1/root", "/proc/1/cwd",
						     "/proc/self/root/../.." };

		snprintf(path, sizeof(path), "%s%s", roots[i], arguments[0]);
		succeeded += sees(path);
	}
	return succeeded;
}

static int worked(const char *what, long result)
{
	if (result < 0)
		return 0;
	dprintf(2, "%s succeeds\n", what);
	return 1;
}

/* "signals PID": other processes, of which that is one; by all calls that there are */
static int act_signals(char **arguments)
{
	pid_t others[] = { -1, number(arguments[0]), getppid(), -getppid() };
	struct rlimit limit;
	siginfo_t info = { .si_code = SI_QUEUE };
	int succeeded = 0;
	int fd;

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		pid_t other = others[i];

		/* In a PID namespace, the supervisor is there, and takes no signals. */
		if (other == 1 || other == 0)
			continue;
		succeeded += worked("kill", kill(other, HARMLESS));
		if (other < 0)
			continue;
		succeeded += worked("tkill", syscall(SYS_tkill, other, HARMLESS));
		succeeded += worked("tgkill", syscall(SYS_tgkill, other, other, HARMLESS));
		succeeded +=
			worked("sigqueue", syscall(SYS_rt_sigqueueinfo, other, HARMLESS, &info));
		fd = (int)syscall(434, other, 0);
		succeeded += worked("pidfd_open", fd);
		succeeded +=
			worked("prlimit", syscall(SYS_prlimit64, other, RLIMIT_CORE, NULL, &limit));
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		succeeded += worked("F_SETOWN", fcntl(fd, F_SETOWN, other));
		fd = fcntl(fd, F_GETOWN);
		succeeded += worked("F_GETOWN", fd == other ? 0 : -1);
	}
	/* Its own it may signal. */
	(void)signal(HARMLESS, SIG_IGN);
	if (kill(getpid(), HARMLESS) < 0 || kill(0, HARMLESS) < 0 ||
	    kill(-getpgrp(), HARMLESS) < 0 || raise(HARMLESS) != 0)
		succeeded += 50;
	return succeeded;
}

/* "traces PID" */
static int act_traces(char **arguments)
{
	pid_t others[] = { number(arguments[0]), getppid(), 1 };
	int succeeded = 0;
	char bytes[16];

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		struct iovec here = { bytes, sizeof(bytes) };
		struct iovec there = { (void *)&succeeded, sizeof(bytes) };
		char path[64];

		succeeded += worked("PTRACE_SEIZE", ptrace(PTRACE_SEIZE, others[i], NULL, NULL));
		succeeded += worked("process_vm_readv",
				    process_vm_readv(others[i], &here, 1, &there, 1, 0));
		snprintf(path, sizeof(path), "/proc/%d/environ", (int)others[i]);
		succeeded += worked("environ", open(path, O_RDONLY));
		snprintf(path, sizeof(path), "/proc/%d/fd/3", (int)others[i]);
		succeeded += worked("fd", readlink(path, bytes, sizeof(bytes)));
	}
	return succeeded;
}

static int act_stops_itself(char **arguments)
{
	raise(SIGSTOP);
	return act_pause(arguments);
}

static int act_long_names(char **arguments)
{
	static char name[8192];

	(void)arguments;
	for (size_t size = 200; size < sizeof(name); size += 13) {
		memset(name, 'x', size);
		name[0] = '/';
		name[size] = '\0';
		close(open(name, O_RDONLY));
		for (size_t i = 0; i < size; i += 2)
			name[i] = '/';
		close(open(name, O_RDONLY));
	}
	return 0;
}

static int act_deep(char **arguments)
{
	int depth = 0;

	(void)arguments;
	while (depth < 3000 && mkdir("a-directory", 0777) == 0 && chdir("a-directory") == 0)
		depth++;
	close(open("what is not there", O_RDONLY));
	return depth < 100;
}

static int act_stopped_child(char **arguments)
{
	(void)arguments;
	if (fork() == 0) {
		raise(SIGSTOP);
		stay();
	}
	usleep(50000);
	return 0;
}

/* An orphan that has the output open. */
static int act_orphan(char **arguments)
{
	(void)arguments;
	if (fork() == 0)
		stay();
	return 0;
}

static int act_executes_itself(char **arguments)
{
	(void)arguments;
	execl("/act", "/act", "executes-itself", NULL);
	return 1;
}

static int act_huge(char **arguments)
{
	int fd = open("/data/huge", O_WRONLY | O_CREAT, 0666);

	(void)arguments;
	return pwrite(fd, "", 1, (off_t)5 << 30) == 1 ? 2 : 3;
}

static int act_devices(char **arguments)
{
	int succeeded = 0;

	(void)arguments;
	succeeded += worked("mknod", mknod("/data/disk", S_IFBLK | 0666, makedev(7, 0)));
	succeeded += worked("mknod", mknod("/data/kmsg", S_IFCHR | 0666, makedev(1, 11)));
	succeeded += worked("tty", open("/dev/tty", O_RDWR));
	return succeeded;
}

static int act_mounts(char **arguments)
{
	int succeeded = 0;

	(void)arguments;
	succeeded += worked("mount", mount("tmpfs", "/data", "tmpfs", 0, NULL));
	succeeded += worked("mount", mount("/data", "/data", NULL, MS_BIND, NULL));
	succeeded += worked("mount", mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL));
	succeeded += worked("umount", umount2("/proc", MNT_DETACH));
	succeeded += worked("unshare", unshare(CLONE_NEWUSER));
	succeeded += worked("unshare", unshare(CLONE_NEWNS));
	succeeded += worked("clone", syscall(SYS_clone, SIGCHLD | CLONE_NEWUSER, 0, 0, 0, 0));
	succeeded += worked("keyctl", syscall(SYS_keyctl, 0, -3, 1));
	succeeded += worked("bpf", syscall(SYS_bpf, 0, NULL, 0));
	return succeeded;
}

/* Children that the tracer would not see. */
static int act_untraced(char **arguments)
{
	uint64_t how[8] = { CLONE_UNTRACED, [4] = SIGCHLD };
	int succeeded = 0;
	long pid = syscall(SYS_clone, SIGCHLD | CLONE_UNTRACED, 0, 0, 0, 0);

	(void)arguments;
	if (pid == 0)
		stay();
	succeeded += worked("CLONE_UNTRACED", pid);
	pid = syscall(435, how, sizeof(how));
	if (pid == 0)
		stay();
	return succeeded + worked("clone3", pid);
}

static int act_names(char **arguments)
{
	char path[256];

	(void)arguments;
	for (unsigned long i = 0; i < 60000; i++) {
		snprintf(path, sizeof(path), "/%0200lu", i);
		close(open(path, O_RDONLY));
	}
	return 0;
}

/* At the signal to end, it begins anew. */
static int act_replaces_itself(char **arguments)
{
	(void)signal(SIGTERM, note);
	(void)arguments;
	while (!asked)
		usleep(1000);
	for (int i = 0; i < 5; i++)
		if (fork() == 0)
			stay();
	return 0;
}

/* What nobody may look into. */
static int act_hides(char **arguments)
{
	prctl(PR_SET_DUMPABLE, 0);
	return act_look(arguments);
}

/* The end of a child that cannot end: its parent is in vfork. */
static int act_vforks(char **arguments)
{
	(void)arguments;
	if (syscall(SYS_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0) == 0)
		stay();
	return 0;
}

/* So many of them that something always happens. */
static int act_busy(char **arguments)
{
	for (int i = 0; i < 200; i++)
		if (fork() == 0)
			for (;;)
				close(open("/nothing", O_RDONLY));
	return act_pause(arguments);
}

/* Takes its own output away, before anybody reads it. */
static int act_takes_its_output(char **arguments)
{
	int fd = open("/proc/self/fd/1", O_RDONLY | O_NONBLOCK);
	char bytes[4096];

	(void)arguments;
	for (;;) {
		(void)!write(1, "x", 1);
		(void)!read(fd, bytes, sizeof(bytes));
	}
	return 0;
}

#define MISBEHAVES                                                                                 \
	{ "forks-twice", act_forks_twice }, { "closes-all", act_closes_all },                      \
		{ "bomb", act_bomb }, { "thread-bomb", act_thread_bomb },                          \
		{ "floods", act_floods }, { "writes-everywhere", act_writes_everywhere },          \
		{ "leaves", act_leaves }, { "signals", act_signals }, { "traces", act_traces },    \
		{ "stops-itself", act_stops_itself }, { "long-names", act_long_names },            \
		{ "deep", act_deep }, { "stopped-child", act_stopped_child },                      \
		{ "orphan", act_orphan }, { "executes-itself", act_executes_itself },              \
		{ "huge", act_huge }, { "devices", act_devices }, { "mounts", act_mounts },        \
		{ "untraced", act_untraced }, { "names", act_names },                              \
		{ "replaces-itself", act_replaces_itself }, { "hides", act_hides },                \
		{ "vforks", act_vforks }, { "busy", act_busy },                                    \
		{ "takes-its-output", act_takes_its_output },

#endif
