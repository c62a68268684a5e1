/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program of the proof's suites: static, so that it is all that a root directory needs. The
 * first argument names what it does, the others say with what.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int number(const char *text)
{
	return (int)strtol(text, NULL, 10);
}

/* "status N" */
static int act_status(char **arguments)
{
	return number(arguments[0]);
}

/* "signal N" */
static int act_signal(char **arguments)
{
	raise(number(arguments[0]));
	return 0;
}

static int act_pause(char **arguments)
{
	(void)arguments;
	for (;;)
		pause();
	return 0;
}

static int act_deaf(char **arguments)
{
	(void)signal(SIGTERM, SIG_IGN);
	return act_pause(arguments);
}

static volatile sig_atomic_t asked;

static void note(int signal)
{
	asked = signal;
}

/* "stops SIGNAL STATUS": ends with STATUS at SIGNAL. */
static int act_stops(char **arguments)
{
	(void)signal(number(arguments[0]), note);
	while (!asked)
		usleep(1000);
	return number(arguments[1]);
}

/* "say TEXT..." on standard output and error by turns */
static int act_say(char **arguments)
{
	for (int i = 0; arguments[i]; i++)
		dprintf(1 + i % 2, "%s\n", arguments[i]);
	return 0;
}

/* "look PATH...": opens each */
static int act_look(char **arguments)
{
	for (; *arguments; arguments++) {
		int fd = open(*arguments, O_RDONLY);

		if (fd >= 0)
			close(fd);
	}
	return 0;
}

/* "execute PATH", "test PATH", "link PATH", "make PATH" */
static int act_execute(char **arguments)
{
	execl(arguments[0], arguments[0], NULL);
	return 3;
}

static int act_test(char **arguments)
{
	return access(arguments[0], R_OK) < 0 ? 3 : 0;
}

static int act_link(char **arguments)
{
	char target[256];

	return readlink(arguments[0], target, sizeof(target)) < 0 ? 3 : 0;
}

static int act_make(char **arguments)
{
	return open(arguments[0], O_WRONLY | O_CREAT, 0644) < 0 ? 3 : 0;
}

/* "miss PATH": opens what is not there, and ends badly of it */
static int act_miss(char **arguments)
{
	act_look(arguments);
	return 3;
}

/* "child ACT...": does the rest in a child, and ends as that */
static int act_child(char **arguments);

/* "connect PATH": to a local socket */
static int act_connect(char **arguments)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strncpy(address.sun_path, arguments[0], sizeof(address.sun_path) - 1);
	return connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 ? 0 : errno;
}

static int accept_all(int fd, const char *reply)
{
	(void)signal(SIGPIPE, SIG_IGN);
	while (!asked) {
		int one = accept(fd, NULL, NULL);

		if (one < 0)
			continue;
		if (reply) {
			char request[1024];

			/* Words of the suite have no spaces. */
			(void)!read(one, request, sizeof(request));
			for (const char *at = reply; *at; at++)
				(void)!write(one, *at == '_' ? " " : at, 1);
		}
		close(one);
	}
	return 0;
}

/* "serve PORT [REPLY]" */
static int act_serve(char **arguments)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons((uint16_t)number(arguments[0])),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 8) < 0)
		return 90;
	return accept_all(fd, arguments[1]);
}

/* "serve6 PORT" */
static int act_serve6(char **arguments)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6,
					.sin6_port = htons((uint16_t)number(arguments[0])),
					.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 8) < 0)
		return 90;
	return accept_all(fd, NULL);
}

/* "local PATH" */
static int act_local(char **arguments)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strncpy(address.sun_path, arguments[0], sizeof(address.sun_path) - 1);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 8) < 0)
		return 90;
	return accept_all(fd, NULL);
}

static void print_ids(void)
{
	gid_t groups[32];
	int n = getgroups(32, groups);
	char cwd[256] = "?";

	printf("uid %d %d gid %d %d groups", (int)getuid(), (int)geteuid(), (int)getgid(),
	       (int)getegid());
	for (int i = 0; i < n; i++)
		printf(" %d", (int)groups[i]);
	printf(" cwd %s\n", getcwd(cwd, sizeof(cwd)) ? cwd : "?");
}

/* Prints what kind of thing PATH is. */
static void print_device(const char *path)
{
	struct stat status;

	if (stat(path, &status) < 0)
		printf("%s: %s\n", path, strerror(errno));
	else if (S_ISCHR(status.st_mode))
		printf("%s: %u,%u\n", path, major(status.st_rdev), minor(status.st_rdev));
	else
		printf("%s: %o\n", path, status.st_mode);
}

/* "world": all that it inherits, a line each */
static int act_world(char **arguments)
{
	static const char *const paths[] = { "/dev/null",   "/dev/zero",	"/dev/full",
					     "/dev/random", "/dev/urandom",	"/dev/tty",
					     "/tmp",	    "/proc/self/status" };
	struct rlimit core;
	sigset_t mask;
	int n_blocked = 0;
	int n_ignored = 0;

	(void)arguments;
	print_ids();
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		print_device(paths[i]);
	for (char **variable = environ; *variable; variable++)
		printf("env %s\n", *variable);
	for (int fd = 0; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf("fd %d\n", fd);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (int i = 1; i < NSIG; i++) {
		struct sigaction action;

		n_blocked += sigismember(&mask, i) == 1;
		n_ignored += sigaction(i, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
	}
	getrlimit(RLIMIT_CORE, &core);
	printf("signals blocked %d ignored %d, core %lu, umask %o\n", n_blocked, n_ignored,
	       (unsigned long)core.rlim_cur, umask(0));
	(void)fflush(stdout);
	return 0;
}

/* "capabilities" */
static int act_capabilities(char **arguments)
{
	unsigned header[2] = { 0x20080522, 0 };
	unsigned data[6] = { 0 };

	(void)arguments;
	syscall(SYS_capget, header, data);
	printf("effective %08x%08x permitted %08x%08x\n", data[3], data[0], data[4], data[1]);
	return 0;
}

#include "proven_misbehaves.h"

static const struct {
	const char *name;
	int (*act)(char **arguments);
} acts[] = { { "status", act_status },
	     { "signal", act_signal },
	     { "pause", act_pause },
	     { "deaf", act_deaf },
	     { "stops", act_stops },
	     { "say", act_say },
	     { "look", act_look },
	     { "miss", act_miss },
	     { "execute", act_execute },
	     { "test", act_test },
	     { "link", act_link },
	     { "make", act_make },
	     { "child", act_child },
	     { "connect", act_connect },
	     { "serve", act_serve },
	     { "serve6", act_serve6 },
	     { "local", act_local },
	     { "world", act_world },
	     { "capabilities", act_capabilities },
	     MISBEHAVES };

static int act(char **arguments)
{
	for (size_t i = 0; arguments[0] && i < sizeof(acts) / sizeof(*acts); i++)
		if (strcmp(acts[i].name, arguments[0]) == 0)
			return acts[i].act(arguments + 1);
	fprintf(stderr, "proven: no such act: %s\n", arguments[0] ? arguments[0] : "none");
	return 99;
}

static int act_child(char **arguments)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(act(arguments));
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

int main(int argc, char **argv)
{
	int status;

	(void)argc;
	status = act(argv + 1);
	(void)fflush(stdout);
	return status;
}
