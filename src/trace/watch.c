/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/watch.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/xattr.h>

/*
 * The kernel's own numbers for a call that a signal interrupts, ERESTARTSYS to
 * ERESTART_RESTARTBLOCK (include/linux/errno.h): tracers see them, programs do not.
 */
enum {
	RESTART_FIRST = 512,
	RESTART_LAST = 516,
};

/* Where the paths of a call begin. */
struct origin {
	char root[PATH_MAX]; /* "" for the tracer's own */
	char base[PATH_MAX];
};

static void warn_unreadable(struct trace_watch *watch, pid_t pid)
{
	char subject[32];

	if (watch->unreadable)
		return;
	watch->unreadable = true;
	snprintf(subject, sizeof(subject), "process %ld", (long)pid);
	diag_warning(watch->diag, subject,
		     "may not be looked into, as it changed its user: what it uses is not seen; "
		     "run it as that user, or with CAP_SYS_PTRACE");
}

/* Whether the open(2) FLAGS change the file. With O_PATH and O_TMPFILE they do not. */
static bool flags_write(uint64_t flags)
{
	if (flags & O_PATH || (flags & O_TMPFILE) == O_TMPFILE)
		return false;
	return (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC);
}

static void name_effect(struct trace_named *named, uint64_t flags)
{
	static const unsigned uses[] = {
		[TRACE_TEST] = TRACE_TESTED,	   [TRACE_READ_LINK] = TRACE_READLINK,
		[TRACE_OPEN] = TRACE_OPENED,	   [TRACE_CREATE] = TRACE_OPENED,
		[TRACE_EXECUTE] = TRACE_EXECUTED,  [TRACE_WRITE] = 0,
		[TRACE_CONNECT] = TRACE_CONNECTED,
	};

	named->uses = uses[named->effect];
	if (named->effect == TRACE_OPEN && (flags & O_PATH || (flags & O_TMPFILE) == O_TMPFILE))
		named->uses = TRACE_TESTED;
	named->writes = named->effect == TRACE_CREATE || named->effect == TRACE_WRITE ||
			(named->effect == TRACE_OPEN && flags_write(flags));
}

static int read_flags(pid_t pid, struct trace_begun *begun)
{
	const struct trace_flags *flags = &begun->is.call->flags;
	struct open_how how;

	begun->flags = 0;
	if (!flags->argument)
		return 0;
	begun->flags = (uint32_t)begun->is.arguments[flags->argument];
	if (!flags->open_how)
		return 0;
	TRY(tracee_memory_read(pid, begun->is.arguments[flags->argument], &how, sizeof(how)));
	begun->flags = how.flags;
	return 0;
}

/* The path of a socket's address; "" where it has none, or an abstract one. */
static int read_socket(pid_t pid, const struct tracee_call *is, unsigned argument,
		       char path[PATH_MAX])
{
	struct sockaddr_un address = { 0 };
	uint64_t size = is->arguments[argument + 1] & UINT32_MAX;
	int r;

	path[0] = '\0';
	if (size <= offsetof(struct sockaddr_un, sun_path) || size > sizeof(address))
		return 0;
	r = tracee_memory_read(pid, is->arguments[argument], &address, (size_t)size);
	if (r < 0 || address.sun_family != AF_UNIX)
		return r;
	memcpy(path, address.sun_path, sizeof(address.sun_path));
	path[sizeof(address.sun_path)] = '\0';
	return 0;
}

static int read_path(pid_t pid, const struct tracee_call *is, const struct trace_operand *operand,
		     char path[PATH_MAX])
{
	if (operand->location == TRACE_SOCKET)
		return read_socket(pid, is, operand->argument, path);
	return tracee_path_read(pid, is->arguments[operand->argument], path);
}

/* DIRECTORY, the last that is known, stands in where the kernel does not tell. */
static int find_base(const struct trace_look *look, pid_t pid, const struct tracee_call *is,
		     const struct trace_operand *operand, const char *directory,
		     char base[PATH_MAX])
{
	int fd = operand->location == TRACE_PATH_AT ? (int)is->arguments[operand->argument - 1]
						    : AT_FDCWD;
	int r = tracee_directory(pid, fd, base);

	if (r == -EPERM && fd == AT_FDCWD && directory && strlen(directory) < PATH_MAX) {
		strcpy(base, directory);
		return 0;
	}
	if (r == 0)
		trace_look_strip(look, base);
	return r;
}

/* The origin of PATH, as far as it depends on one. */
static int find_origin(struct trace_watch *watch, pid_t pid, const struct tracee_call *is,
		       const struct trace_operand *operand, const char *directory, const char *path,
		       struct origin *origin)
{
	origin->root[0] = origin->base[0] = '\0';
	if (path[0] != '/')
		return find_base(&watch->look, pid, is, operand, directory, origin->base);
	if (!watch->rooted)
		return 0;
	TRY(tracee_root(pid, origin->root));
	trace_look_strip(&watch->look, origin->root);
	if (strcmp(origin->root, "/") == 0)
		origin->root[0] = '\0';
	return 0;
}

/*
 * The record of an operand's path. An empty one names the descriptor itself: that matters to
 * execveat(2) alone, all others know of that file by its own call.
 */
static int find_record(struct trace_watch *watch, pid_t pid, const char *directory,
		       const struct tracee_call *is, const struct trace_operand *operand,
		       struct trace_record **out)
{
	char path[PATH_MAX];
	struct origin origin;

	TRY(read_path(pid, is, operand, path));
	if (!path[0] && operand->effect != TRACE_EXECUTE)
		return -ENOENT;
	TRY(find_origin(watch, pid, is, operand, directory, path, &origin));
	return trace_files_find(&watch->files, origin.root, origin.base, path, out);
}

static int begin_operand(struct trace_watch *watch, pid_t pid, const char *directory,
			 const struct trace_begun *begun, const struct trace_operand *operand,
			 struct trace_named *named)
{
	struct stat status;
	int r;

	*named = (struct trace_named){ .effect = operand->effect };
	if (operand->effect == TRACE_NOTHING)
		return 0;
	r = find_record(watch, pid, directory, &begun->is, operand, &named->record);
	if (r == -EPERM)
		warn_unreadable(watch, pid);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	name_effect(named, begun->flags);
	named->existed = named->writes && trace_look_stat(&watch->look, named->record->file.path,
							  false, &status) == 0;
	return 0;
}

int trace_watch_begin(struct trace_watch *watch, pid_t pid, const char *directory,
		      struct trace_begun *begun)
{
	bool interesting;
	int r;

	*begun = (struct trace_begun){ 0 };
	r = tracee_call_read(pid, &begun->is);
	if (r == -ENOSYS)
		diag_error_hint(watch->diag, ENOSYS, "trace", "use Linux 5.3 or newer",
				"the kernel does not tell the calls of this processor");
	if (r < 0)
		begun->is.call = NULL;
	if (r < 0)
		return r == -ENOSYS ? r : 0;
	if (begun->is.call->change == TRACE_NAMES_PROCESS) {
		begun->names_process = true;
		begun->process = (pid_t)begun->is.arguments[begun->is.call->process];
		begun->is.call = NULL;
		return 0;
	}
	interesting = begun->is.call->change != TRACE_CHANGES_NOTHING;
	r = read_flags(pid, begun);
	for (unsigned i = 0; r == 0 && i < TRACE_N_OPERANDS; i++) {
		r = begin_operand(watch, pid, directory, begun, &begun->is.call->operands[i],
				  &begun->named[i]);
		interesting |= r == 0 && begun->named[i].record;
	}
	if (r < 0 || !interesting)
		begun->is.call = NULL;
	return r == -ENOMEM ? r : 0;
}

/* Whether a failed call shows all the same that the file is there. */
static bool error_finds(const struct trace_named *named, int64_t error, uint64_t flags)
{
	switch (-error) {
	case EEXIST:
	case EISDIR:
	case ENOEXEC:
	case ENOTEMPTY:
	case ENXIO:
	case EROFS:
	case ETXTBSY:
		return true;
	case EINVAL: /* readlink(2) of what is no link: to look where a path leads */
		return named->effect == TRACE_READ_LINK;
	case ECONNREFUSED:
	case EPROTOTYPE:
	case EAGAIN:
	case EINPROGRESS:
		return named->effect == TRACE_CONNECT;
	case ELOOP:
		return named->effect == TRACE_OPEN && flags & O_NOFOLLOW;
	default:
		return false;
	}
}

/* A program that the kernel would have given more than the caller has. */
static void warn_of_privilege(const struct trace_watch *watch, const char *path)
{
	struct stat status;
	bool loses;

	if (watch->look.inside || stat(path, &status) < 0 || geteuid() == 0)
		return;
	loses = (status.st_mode & S_ISUID && status.st_uid != geteuid()) ||
		(status.st_mode & S_ISGID && status.st_mode & S_IXGRP &&
		 status.st_gid != getegid()) ||
		getxattr(path, "security.capability", NULL, 0) > 0;
	if (loses)
		diag_warning(watch->diag, path,
			     "ran without the privilege that its set-ID bits or capabilities give: "
			     "a traced program gains none");
}

static bool is_directory(const struct trace_look *look, const char *path)
{
	struct stat status;

	return trace_look_stat(look, path, true, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Whether PID is the program or one of its threads. */
static bool is_program(const struct trace_watch *watch, pid_t pid)
{
	return syscall(SYS_tgkill, (long)watch->program, (long)pid, 0L) == 0 || errno != ESRCH;
}

static void end_operand(struct trace_watch *watch, pid_t pid, const struct trace_begun *begun,
			const struct trace_named *named, int64_t result)
{
	struct trace_record *record = named->record;
	const char *path = record->file.path;
	unsigned uses = named->uses;

	if (result < 0) {
		bool found = error_finds(named, result, begun->flags);

		trace_record_failure(record, uses | (named->writes ? TRACE_CHANGED : 0),
				     (int)-result, ++watch->n_failures, is_program(watch, pid));
		/* Found, but not as what it was looked for. */
		trace_record_use(record, found || !uses ? TRACE_TESTED : uses, found);
		return;
	}
	if (named->effect == TRACE_EXECUTE && !(record->file.uses & TRACE_EXECUTED))
		warn_of_privilege(watch, path);
	if (named->effect == TRACE_OPEN && uses & TRACE_OPENED && is_directory(&watch->look, path))
		uses |= TRACE_LISTED;
	trace_record_use(record, uses, true);
	if (named->writes)
		trace_record_write(record, named->existed);
}

int trace_watch_end(struct trace_watch *watch, pid_t pid, struct trace_begun *begun, int64_t result,
		    char **directory)
{
	enum trace_change change = begun->is.call->change;
	const struct trace_record *first = begun->named[0].record;

	begun->is.call = NULL;
	/* Interrupted: it begins again, or ends in EINTR. */
	if (-result >= RESTART_FIRST && -result <= RESTART_LAST)
		return 0;
	for (unsigned i = 0; i < TRACE_N_OPERANDS; i++)
		if (begun->named[i].record)
			end_operand(watch, pid, begun, &begun->named[i], result);
	if (result < 0)
		return 0;
	watch->rooted |= change == TRACE_CHANGES_ROOT;
	if (change != TRACE_CHANGES_DIRECTORY && change != TRACE_FORGETS_DIRECTORY)
		return 0;
	free(*directory);
	*directory = NULL;
	if (change == TRACE_CHANGES_DIRECTORY && first) {
		*directory = strdup(first->file.path);
		return *directory ? 0 : -ENOMEM;
	}
	return 0;
}
