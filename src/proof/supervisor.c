/* SPDX-License-Identifier: Apache-2.0 */
#include "proof/supervisor.h"
#include "base/cleanup.h"
#include "proof/prober.h"
#include "proof/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum {
	PROBE_MILLISECONDS = 50, /* between two questions */
};

pid_t process_clone(unsigned long flags)
{
#if defined(__s390x__)
	return (pid_t)syscall(SYS_clone, 0UL, flags | SIGCHLD, 0UL, 0UL, 0UL);
#else
	return (pid_t)syscall(SYS_clone, flags | SIGCHLD, 0UL, 0UL, 0UL, 0UL);
#endif
}

/* Says MESSAGE, with descriptor FD where that is not -1. Nobody to hear it: the end. */
static void say(int channel, const struct message *message, int fd)
{
	struct iovec bytes = { (void *)message, sizeof(*message) };
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct msghdr header = { .msg_iov = &bytes, .msg_iovlen = 1 };

	if (fd >= 0) {
		header.msg_control = control.bytes;
		header.msg_controllen = sizeof(control.bytes);
		*CMSG_FIRSTHDR(&header) = (struct cmsghdr){ .cmsg_level = SOL_SOCKET,
							    .cmsg_type = SCM_RIGHTS,
							    .cmsg_len = CMSG_LEN(sizeof(int)) };
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&header)), &fd, sizeof(fd));
	}
	if (sendmsg(channel, &header, MSG_NOSIGNAL) < 0)
		_exit(1);
}

static __attribute__((noreturn)) void fail(int channel, const char *step, int error)
{
	struct message message = { .kind = MESSAGE_FAILED, .error = error };

	snprintf(message.step, sizeof(message.step), "%s", step);
	say(channel, &message, -1);
	_exit(1);
}

/* Keeps the ends alone, from the first descriptor behind the standard streams on. */
static void keep_ends(struct supervisor_ends *ends)
{
	int *all[] = { &ends->channel, &ends->report, &ends->output };
	const int first = STDERR_FILENO + 1;
	const int n = (int)ARRAY_SIZE(all);

	/* First out of the way of each other, then to their places. */
	for (int i = 0; i < n; i++)
		*all[i] = fcntl(*all[i], F_DUPFD_CLOEXEC, first + n);
	for (int i = 0; i < n; i++)
		*all[i] = dup3(*all[i], first + i, O_CLOEXEC);
	close_from(first + n);
	for (int i = 0; i < first; i++)
		close(i);
}

static void settle(void)
{
	setsid();
	reset_signals();
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

static void await_go(int channel, unsigned *lacking)
{
	struct message message;

	if (recv(channel, &message, sizeof(message), 0) != sizeof(message))
		_exit(1);
	*lacking = message.lacking;
	/* From here on nobody looks into us who may not see all. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static void reap(void)
{
	while (waitpid(-1, NULL, WNOHANG | __WALL) > 0)
		;
}

/* Asks the probe once more; returns whether it is to be asked again. */
static bool probe_again(const struct probe *probe, int channel)
{
	struct message message = { .kind = MESSAGE_ANSWERED };

	message.done = probe_ask(probe, &message.status);
	if (message.done || message.status)
		say(channel, &message, -1);
	return !message.done;
}

/* Until the tracer goes, which wants all that ended to be reaped. */
static __attribute__((noreturn)) void watch(const struct probe *probe, int channel)
{
	struct pollfd descriptors[] = { { channel, POLLIN, 0 }, { -1, POLLIN, 0 } };
	struct signalfd_siginfo info;
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	descriptors[1].fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	while (!descriptors[0].revents) {
		reap();
		if (probe && !probe_again(probe, channel))
			probe = NULL;
		if (poll(descriptors, ARRAY_SIZE(descriptors), probe ? PROBE_MILLISECONDS : -1) >
			    0 &&
		    descriptors[1].revents)
			(void)!read(descriptors[1].fd, &info, sizeof(info));
	}
	reap();
	_exit(0);
}

static void check_free(const struct building *building, int channel)
{
	struct message message = { .kind = MESSAGE_BUSY };

	if (building->world->flags & CLONE_NEWNET || !building->options->probe ||
	    building->options->probe->kind == PROBE_UNIX ||
	    !probe_ask(building->options->probe, &message.status))
		return;
	say(channel, &message, -1);
	_exit(1);
}

static void say_ready(const struct building *building, int channel)
{
	const struct message message = { .kind = MESSAGE_READY, .lacking = building->lacking };
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		fail(channel, "open", errno);
	say(channel, &message, root);
	close(root);
}

void supervisor_run(const struct proof_options *options, const struct world *world,
		    const struct sock_fprog *filter, const struct supervisor_ends *given)
{
	struct building building = { .options = options, .world = world };
	struct supervisor_ends ends = *given;
	pid_t pid;
	int r;

	keep_ends(&ends);
	settle();
	await_go(ends.channel, &building.lacking);
	r = world_build(&building);
	if (r < 0)
		fail(ends.channel, building.step, -r);
	check_free(&building, ends.channel);
	program_lacks(&building);
	say_ready(&building, ends.channel);
	pid = process_clone(0);
	if (pid < 0)
		fail(ends.channel, "clone", errno);
	if (pid == 0) {
		close(ends.channel);
		program_run(&building, filter, &ends);
	}
	close(ends.report);
	close(ends.output);
	watch(options->probe, ends.channel);
}
