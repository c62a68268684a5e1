/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tracer's suite traces: one small act for each thing that processes can do. The
 * first argument names the act, the others are its paths; the status is 0 if all was as it
 * is untraced.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int expect(int condition, int line)
{
	if (!condition)
		fprintf(stderr, "traced.c:%d: not as expected: %s\n", line, strerror(errno));
	return !condition;
}

#define EXPECT(condition) expect(condition, __LINE__)

static void open_close(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
}

static void *open_in_thread(void *path)
{
	open_close(path);
	return NULL;
}

static int threads(char **paths)
{
	pthread_t made[8];
	int n = 0;

	for (; paths[n] && n < 8; n++)
		if (EXPECT(pthread_create(&made[n], NULL, open_in_thread, paths[n]) == 0))
			return 1;
	for (int i = 0; i < n; i++)
		pthread_join(made[i], NULL);
	return 0;
}

static void *execute_in_thread(void *arguments)
{
	execv(((char **)arguments)[0], arguments);
	return NULL;
}

/* A thread that is not the first replaces the program, while others run. */
static int thread_executes(char **arguments)
{
	pthread_t made[2];

	pthread_create(&made[0], NULL, open_in_thread, arguments[0]);
	if (EXPECT(pthread_create(&made[1], NULL, execute_in_thread, arguments) == 0))
		return 1;
	pthread_join(made[1], NULL);
	return 1;
}

static int vfork_executes(char **arguments)
{
	int status;
	pid_t pid = vfork();

	if (pid == 0) {
		execv(arguments[0], arguments);
		_exit(127);
	}
	return EXPECT(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
}

static int at(char **paths)
{
	int directory = open(paths[0], O_PATH | O_DIRECTORY);
	char target[64];
	struct stat status;
	int fd = openat(directory, paths[1], O_RDONLY);
	int bad = EXPECT(fd >= 0 && fstat(fd, &status) == 0);

	bad |= EXPECT(fstatat(directory, paths[2], &status, 0) == 0);
	bad |= EXPECT(readlinkat(directory, paths[3], target, sizeof(target)) > 0);
	bad |= EXPECT(readlinkat(directory, paths[2], target, sizeof(target)) < 0);
	bad |= EXPECT(faccessat(directory, paths[4], F_OK, 0) < 0);
	bad |= EXPECT(openat(fd, paths[4], O_RDONLY) < 0 && errno == ENOTDIR);
	bad |= EXPECT(inotify_add_watch(inotify_init(), paths[0], IN_CREATE) >= 0);
	return bad;
}

static int execute_descriptor(char **arguments)
{
	int fd = open(arguments[0], O_RDONLY | O_CLOEXEC);

	syscall(SYS_execveat, fd, "", arguments, environ, AT_EMPTY_PATH);
	return EXPECT(0);
}

static int bind_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) < sizeof(address.sun_path))
		memcpy(address.sun_path, path, strlen(path));
	return bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof(address));
}

/* In the current directory, which holds "log", "cut", "old", "there/" and "kept". */
static int writes(char **paths)
{
	int bad = EXPECT(open("log", O_WRONLY | O_APPEND) >= 0);

	bad |= EXPECT(open("new", O_WRONLY | O_CREAT, 0600) >= 0);
	bad |= EXPECT(creat("made", 0600) >= 0);
	bad |= EXPECT(open("kept", O_RDWR | O_CREAT | O_EXCL, 0600) < 0);
	bad |= EXPECT(open(".", O_RDWR | O_TMPFILE, 0600) >= 0 || errno == EOPNOTSUPP);
	bad |= EXPECT(mkdir("sub", 0700) == 0);
	bad |= EXPECT(mkdir("there", 0700) < 0);
	bad |= EXPECT(open("sub/inner", O_WRONLY | O_CREAT, 0600) >= 0);
	bad |= EXPECT(rename("new", "renamed") == 0);
	bad |= EXPECT(renameat(AT_FDCWD, "made", open("sub", O_PATH), "moved") == 0);
	bad |= EXPECT(symlink("target", "link") == 0);
	bad |= EXPECT(link("kept", "hard") == 0);
	bad |= EXPECT(unlink("old") == 0);
	bad |= EXPECT(unlink("never") < 0);
	bad |= EXPECT(truncate("cut", 0) == 0);
	bad |= EXPECT(mkfifo("fifo", 0600) == 0);
	bad |= EXPECT(bind_to("socket") == 0);
	bad |= EXPECT(access("sub/moved", F_OK) == 0);
	return bad;
}

static volatile sig_atomic_t seen[65];
static volatile sig_atomic_t sender;

static void see(int signal, siginfo_t *info, void *context)
{
	seen[signal]++;
	sender = info->si_pid;
	if (signal == SIGINT && write(STDOUT_FILENO, "got\n", 4) < 0)
		_exit(99);
}

static void handle(int signal)
{
	struct sigaction action = { .sa_sigaction = see, .sa_flags = SA_SIGINFO };

	sigaction(signal, &action, NULL);
}

/* Its own signals come as they are, SIGTRAP too, and interrupt calls. */
static int signals(char **paths)
{
	int bad = 0;

	handle(SIGUSR1);
	handle(SIGTRAP);
	handle(SIGALRM);
	raise(SIGTRAP);
	raise(SIGUSR1);
	bad |= EXPECT(seen[SIGUSR1] == 1 && seen[SIGTRAP] == 1 && sender == getpid());
	ualarm(50000, 0);
	bad |= EXPECT(open(paths[0], O_RDONLY) < 0 && errno == EINTR && seen[SIGALRM] == 1);
	return bad;
}

/* A child that stops is seen to stop, and to go on. */
static int stops(char **paths)
{
	int status;
	int bad;
	pid_t pid = fork();

	if (pid == 0) {
		raise(SIGSTOP);
		open_close(paths[0]);
		_exit(5);
	}
	bad = EXPECT(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status) &&
		     WSTOPSIG(status) == SIGSTOP);
	kill(pid, SIGCONT);
	bad |= EXPECT(waitpid(pid, &status, WCONTINUED) == pid && WIFCONTINUED(status));
	bad |= EXPECT(waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
		      WEXITSTATUS(status) == 5);
	return bad;
}

static int deaf(char **paths)
{
	signal(SIGTERM, SIG_IGN);
	while (pause() < 0)
		;
	return 1;
}

/* Leaves a process behind that is in a session of its own and does not end. */
static int leaves_daemon(char **paths)
{
	int ready[2];
	char byte;

	if (pipe(ready) < 0 || fork() == 0) {
		setsid();
		close(ready[0]);
		open_close(paths[0]);
		close(ready[1]);
		for (;;)
			pause();
	}
	close(ready[1]);
	return read(ready[0], &byte, 1) != 0;
}

/* Says when it is interrupted, until it is terminated; ends with how often it was. */
static int interrupted(char **paths)
{
	handle(SIGINT);
	handle(SIGTERM);
	if (write(STDOUT_FILENO, "ready\n", 6) < 0)
		return 99;
	while (!seen[SIGTERM])
		usleep(1000);
	return seen[SIGINT];
}

/* Drops its user, then opens a path and executes a program. */
static int drops_user(char **arguments)
{
	if (EXPECT(setresgid(65534, 65534, 65534) == 0 && setresuid(65534, 65534, 65534) == 0))
		return 1;
	open_close(arguments[0]);
	if (arguments[1])
		execv(arguments[1], arguments + 1);
	return 0;
}

static int makes_ring(char **paths)
{
	char parameters[256] = { 0 };

	return EXPECT(syscall(425, 1, parameters) < 0 && errno == ENOSYS);
}

/* A path that ends where memory ends, one that never ends, one that is longer than any may be. */
static int odd_memory(char **paths)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t length = strlen(paths[0]);
	char *memory =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *path = memory + page - length - 1;
	int bad = EXPECT(memory != MAP_FAILED && mprotect(memory + page, page, PROT_NONE) == 0);

	if (bad)
		return 1;
	memcpy(path, paths[0], length + 1);
	bad |= EXPECT(syscall(SYS_openat, AT_FDCWD, path, O_RDONLY) >= 0);
	memset(memory, '/', page);
	bad |= EXPECT(syscall(SYS_openat, AT_FDCWD, memory + page - 8, O_RDONLY) < 0 &&
		      errno == EFAULT);
	bad |= EXPECT(syscall(SYS_openat, AT_FDCWD, NULL, O_RDONLY) < 0 && errno == EFAULT);
	mprotect(memory + page, page, PROT_READ | PROT_WRITE);
	memset(memory, '/', 2 * page - 1);
	bad |= EXPECT(syscall(SYS_openat, AT_FDCWD, memory, O_RDONLY) < 0 && errno == ENAMETOOLONG);
	return bad;
}

/* Goes into a root directory of its own. */
static int changes_root(char **paths)
{
	if (EXPECT(chroot(paths[0]) == 0 && chdir("/") == 0))
		return 1;
	open_close(paths[1]);
	open_close(paths[2]);
	return 0;
}

#if defined(__x86_64__) && !defined(__ILP32__)

/* By the calls of i386. */
static int calls_i386(char **paths)
{
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long result = 5; /* open */

	if (EXPECT(low != MAP_FAILED))
		return 1;
	snprintf(low, 4096, "%s", paths[0]);
	__asm__ volatile("int $0x80"
			 : "+a"(result)
			 : "b"(low), "c"(O_RDONLY), "d"(0)
			 : "memory", "cc", "r8", "r9", "r10", "r11");
	/* A kernel without them is for the suite to tell. */
	if (result == -ENOSYS)
		return 77;
	snprintf(low, 4096, "%s", paths[1]);
	result = 33; /* access */
	__asm__ volatile("int $0x80"
			 : "+a"(result)
			 : "b"(low), "c"(F_OK), "d"(0)
			 : "memory", "cc", "r8", "r9", "r10", "r11");
	return EXPECT(result == -ENOENT);
}

/* By those of x32; most kernels have none, and find nothing. */
static int calls_x32(char **paths)
{
	syscall(0x40000000L | SYS_open, paths[0], O_RDONLY);
	return 0;
}

#endif

int main(int count, char **arguments)
{
	static const struct {
		const char *name;
		int (*run)(char **arguments);
	} acts[] = {
		{ "threads", threads },
		{ "thread-executes", thread_executes },
		{ "vfork", vfork_executes },
		{ "at", at },
		{ "execute-descriptor", execute_descriptor },
		{ "writes", writes },
		{ "signals", signals },
		{ "stops", stops },
		{ "deaf", deaf },
		{ "daemon", leaves_daemon },
		{ "interrupted", interrupted },
		{ "drops-user", drops_user },
		{ "ring", makes_ring },
		{ "odd-memory", odd_memory },
		{ "root", changes_root },
#if defined(__x86_64__) && !defined(__ILP32__)
		{ "i386", calls_i386 },
		{ "x32", calls_x32 },
#endif
	};

	for (size_t i = 0; count > 1 && i < sizeof(acts) / sizeof(acts[0]); i++)
		if (strcmp(arguments[1], acts[i].name) == 0)
			return acts[i].run(arguments + 2);
	return 77;
}
