/* SPDX-License-Identifier: Apache-2.0 */
#include "proof/stage.h"
#include "base/cleanup.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum {
	ANOTHER_WORLD = 1, /* what cannot be had here may be had with less */
	LEAVE_MILLISECONDS = 1000,
};

int stage_open(struct stage *stage, const struct proof_options *options)
{
	int ends[2];

	*stage = (struct stage){ .options = options,
				 .relay = { .from = -1, .to = options->output },
				 .output = -1,
				 .channel = -1 };
	if (pipe2(ends, O_CLOEXEC) < 0)
		return diag_errno(options->diag, errno, "--check run");
	stage->relay.from = ends[0];
	stage->output = ends[1];
	/* The program may open its end for reading (/proc/self/fd/1) and take what we wait for. */
	if (fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0)
		return diag_errno(options->diag, errno, "--check run");
	return 0;
}

/*
 * The first process of a PID namespace ends after all others, and those that we trace end when we
 * have taken note: so whoever comes is taken.
 */
static void reap(struct stage *stage)
{
	int status;
	pid_t pid = waitpid(-1, &status, __WALL);

	if (pid == stage->supervisor || (pid < 0 && errno != EINTR))
		stage->supervisor = 0;
	else if (pid > 0 && WIFSTOPPED(status))
		kill(pid, SIGKILL);
}

/* Waits for the supervisor's end; kills it where it takes too long. */
static void end_supervisor(struct stage *stage, int patience)
{
	struct pollfd channel = { stage->channel, 0, 0 };

	if (stage->channel >= 0) {
		shutdown(stage->channel, SHUT_WR);
		poll(&channel, 1, patience);
		close(stage->channel);
	}
	stage->channel = -1;
	if (stage->supervisor > 0)
		kill(stage->supervisor, SIGKILL);
	while (stage->supervisor > 0)
		reap(stage);
}

/* Takes a message, with a descriptor where one comes with it. Returns 0, or -EPIPE at the end. */
static int hear(int channel, struct message *message, int *fd, int flags)
{
	struct iovec bytes = { message, sizeof(*message) };
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct msghdr header = { .msg_iov = &bytes,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = sizeof(control.bytes) };
	const struct cmsghdr *with;
	ssize_t n;

	do
		n = recvmsg(channel, &header, flags | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (n != (ssize_t)sizeof(*message))
		return -EPIPE;
	message->step[sizeof(message->step) - 1] = '\0';
	with = CMSG_FIRSTHDR(&header);
	if (fd && with && with->cmsg_level == SOL_SOCKET && with->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(with), sizeof(*fd));
	return 0;
}

/* Who writes the first byte is the program: the kernel tells its id as we see it. */
static int hear_program(int report, pid_t *pid)
{
	char byte;
	struct iovec bytes = { &byte, 1 };
	union {
		char bytes[CMSG_SPACE(sizeof(struct ucred))];
		struct cmsghdr align;
	} control = { 0 };
	struct msghdr header = { .msg_iov = &bytes,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = sizeof(control.bytes) };
	const struct cmsghdr *with;
	struct ucred credentials;
	ssize_t n;

	do
		n = recvmsg(report, &header, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	with = n == 1 ? CMSG_FIRSTHDR(&header) : NULL;
	if (!with || with->cmsg_level != SOL_SOCKET || with->cmsg_type != SCM_CREDENTIALS)
		return -EPIPE;
	memcpy(&credentials, CMSG_DATA(with), sizeof(credentials));
	*pid = credentials.pid;
	return 0;
}

/* Has the supervisor build its world. Returns 0 with CHILD's root; ANOTHER_WORLD; or an error. */
static int build(struct stage *stage, struct trace_child *child)
{
	const struct proof_options *options = stage->options;
	struct message message = { .kind = MESSAGE_GO };
	int r = 0;

	if (stage->world->flags & CLONE_NEWUSER)
		r = world_map_ids(options, stage->supervisor, &message.lacking);
	else if (!world_has_ids(options))
		message.lacking |= PROOF_NO_IDS;
	if (r < 0 || send(stage->channel, &message, sizeof(message), MSG_NOSIGNAL) < 0 ||
	    hear(stage->channel, &message, &child->root, 0) < 0)
		return ANOTHER_WORLD;
	if (message.kind == MESSAGE_BUSY)
		return diag_error_hint(options->diag, EADDRINUSE, "--check-probe",
				       "end what listens there, or use another port",
				       "is answered already, before the program runs: it has no "
				       "network of its own here");
	if (message.kind != MESSAGE_READY || child->root < 0)
		return ANOTHER_WORLD;
	stage->lacking = message.lacking;
	return 0;
}

/* Tries one world; as build. */
static int try_world(struct stage *stage, const struct trace_filters *filters,
		     struct trace_child *child)
{
	struct supervisor_ends ends = { .output = stage->output };
	const int on = 1;
	int channel[2];
	int report[2];
	int r = ANOTHER_WORLD;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) < 0)
		return diag_errno(stage->options->diag, errno, "--check run");
	stage->channel = channel[0];
	ends.channel = channel[1];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, report) < 0) {
		close(ends.channel);
		return diag_errno(stage->options->diag, errno, "--check run");
	}
	ends.report = report[1];
	*child = (struct trace_child){ .report = report[0], .root = -1 };
	setsockopt(child->report, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
	stage->supervisor = process_clone(stage->world->flags);
	if (stage->supervisor == 0)
		supervisor_run(stage->options, stage->world,
			       stage->world->flags & CLONE_NEWPID ? &filters->hosted
								  : &filters->sharing,
			       &ends);
	close(ends.channel);
	close(ends.report);
	if (stage->supervisor > 0)
		r = build(stage, child);
	if (r == 0 && hear_program(child->report, &child->pid) < 0)
		r = ANOTHER_WORLD;
	if (r == 0)
		return 0;
	close(child->report);
	if (child->root >= 0)
		close(child->root);
	end_supervisor(stage, 0);
	return r;
}

static int no_world(const struct proof_options *options)
{
	return diag_error_hint(
		options->diag, EPERM, "--check run",
		"allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, "
		"kernel.apparmor_restrict_unprivileged_userns=0), or run mkrootfs as "
		"root, or in a container's build",
		"the program cannot be run in the result: neither namespaces nor a "
		"change of the root directory are permitted here");
}

int stage_start(void *data, const struct trace_filters *filters, struct trace_child *child)
{
	struct stage *stage = data;
	size_t n;
	const struct world *worlds = world_list(&n);

	for (size_t i = 0; i < n; i++) {
		int r;

		/* Who is not there may be in a user namespace; at the last, it runs as we do. */
		if (i < n - 1 && !(worlds[i].flags & CLONE_NEWUSER) &&
		    !world_has_ids(stage->options))
			continue;
		stage->world = &worlds[i];
		r = TRY(try_world(stage, filters, child));
		if (r == ANOTHER_WORLD)
			continue;
		close(stage->output);
		stage->output = -1;
		child->directory = stage->options->workdir ? stage->options->workdir : "/";
		return 0;
	}
	return no_world(stage->options);
}

nfds_t stage_descriptors(void *data, struct pollfd *descriptors)
{
	struct stage *stage = data;

	descriptors[0] = (struct pollfd){ stage->channel, POLLIN, 0 };
	descriptors[1] = relay_awaits(&stage->relay);
	return 2;
}

/* What the supervisor has said; its end is told by its parent's signal. */
static void hear_all(struct stage *stage)
{
	struct message message;
	int r;

	while ((r = hear(stage->channel, &message, NULL, MSG_DONTWAIT)) == 0) {
		if (message.kind != MESSAGE_ANSWERED)
			continue;
		stage->answered |= message.done;
		stage->status = message.status;
	}
	if (r == -EAGAIN)
		return;
	close(stage->channel);
	stage->channel = -1;
}

int stage_ready(void *data, const struct pollfd *descriptors, nfds_t n)
{
	struct stage *stage = data;

	(void)n;
	if (descriptors[1].revents)
		relay_go_on(&stage->relay);
	if (descriptors[0].revents)
		hear_all(stage);
	return stage->answered ? TRACE_STOP : TRACE_GO_ON;
}

int stage_ended(void *data, pid_t pid, int status)
{
	struct stage *stage = data;

	(void)status;
	if (pid != stage->supervisor)
		return TRACE_GO_ON;
	stage->supervisor = 0;
	stage->lost = true;
	return TRACE_KILL;
}

void stage_close(struct stage *stage)
{
	if (stage->channel >= 0)
		hear_all(stage);
	end_supervisor(stage, LEAVE_MILLISECONDS);
	if (stage->output >= 0)
		close(stage->output);
	relay_finish(&stage->relay);
	if (stage->relay.from >= 0)
		close(stage->relay.from);
}
