/* SPDX-License-Identifier: Apache-2.0 */
#include "output/pending.h"
#include "base/error.h"
#include "output/left_over.h"
#include "output/remove_tree.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/xattr.h>
#include <time.h>

enum {
	NAME_TRIES = 100,
	NEW_FILE_MODE = 0666, /* less the umask, as any program's */
	/* A file that replaces another gets that one's mode in pending_end; until then nobody else
	 * may read it. */
	PRIVATE_FILE_MODE = 0600,
	PRIVATE_DIRECTORY_MODE = 0700,
	DIRECTORY_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
};

static int make_file(struct pending *pending)
{
	pending->fd = openat(pending->target.parent, pending->temporary,
			     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			     pending->target.exists ? PRIVATE_FILE_MODE : NEW_FILE_MODE);
	return pending->fd < 0 ? -errno : 0;
}

static int make_directory(struct pending *pending)
{
	int parent = pending->target.parent;

	if (mkdirat(parent, pending->temporary, PRIVATE_DIRECTORY_MODE) < 0)
		return -errno;
	pending->fd = openat(parent, pending->temporary, DIRECTORY_FLAGS);
	/* A umask may have closed it to us, too. */
	if (pending->fd < 0 && errno == EACCES &&
	    fchmodat(parent, pending->temporary, PRIVATE_DIRECTORY_MODE, 0) == 0)
		pending->fd = openat(parent, pending->temporary, DIRECTORY_FLAGS);
	return pending->fd < 0 ? -errno : 0;
}

/* Makes it under a name that nobody has, and locks it. -EEXIST, -EAGAIN: another name may do. */
static int try_temporary(struct pending *pending)
{
	const struct target *target = &pending->target;

	TRY(left_over_name(target->name, "", pending->temporary, sizeof(pending->temporary)));
	TRY(target->kind == TARGET_FILE ? make_file(pending) : make_directory(pending));
	pending->state = PENDING_TEMPORARY;
	/* The lock lives as long as the last copy of the descriptor. */
	pending->lock = fcntl(pending->fd, F_DUPFD_CLOEXEC, 0);
	if (pending->lock < 0)
		return -errno;
	return left_over_lock(pending->fd, target->parent, pending->temporary);
}

static void forget_temporary(struct pending *pending)
{
	if (pending->fd >= 0)
		close(pending->fd);
	if (pending->lock >= 0)
		close(pending->lock);
	pending->fd = pending->lock = -1;
	pending->state = PENDING_NOTHING;
}

static int make_temporary(struct pending *pending)
{
	for (unsigned i = 0; i < NAME_TRIES; i++) {
		int r = try_temporary(pending);

		if (r != -EEXIST && r != -EAGAIN)
			return r;
		forget_temporary(pending);
	}
	return -EEXIST;
}

/* The umask and the parent's set-group-id bit and ACL must not reach into a rootfs. */
static int close_to_others(struct pending *pending)
{
	fremovexattr(pending->fd, "system.posix_acl_default");
	fremovexattr(pending->fd, "system.posix_acl_access");
	/* So that its content gets our group, with and without the mount option "grpid". */
	(void)!fchown(pending->fd, (uid_t)-1, getegid());
	return fchmod(pending->fd, PRIVATE_DIRECTORY_MODE) < 0 ? -errno : 0;
}

/*
 * Opens a FIFO without waiting for its reader, again and again: a signal that comes just before an
 * open that waits would not end it.
 */
static int open_fifo(const char *path, const volatile sig_atomic_t *cancelled)
{
	static const struct timespec step = { .tv_nsec = 20L * 1000 * 1000 };

	for (;;) {
		int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);

		if (fd >= 0 && fcntl(fd, F_SETFL, 0) == 0)
			return fd;
		if (fd >= 0)
			close(fd);
		/* ENXIO: there is no reader yet. */
		if (errno != ENXIO && errno != EINTR)
			return -errno;
		if (cancelled && *cancelled)
			return -EINTR;
		nanosleep(&step, NULL);
	}
}

/* A descriptor of TARGET's stream, or -errno. */
static int open_target(const struct target *target, const volatile sig_atomic_t *cancelled)
{
	int fd;

	if (target->standard)
		fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
	else if (S_ISFIFO(target->root.st_mode))
		return open_fifo(target->path, cancelled);
	else
		fd = open(target->path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int open_stream(struct pending *pending, const volatile sig_atomic_t *cancelled)
{
	const struct target *target = &pending->target;
	struct stat stat;

	pending->fd = TRY(open_target(target, cancelled));
	if (fstat(pending->fd, &stat) < 0)
		return -errno;
	/* What was judged is what is written to. */
	return stat.st_dev == target->root.st_dev && stat.st_ino == target->root.st_ino ? 0
											: -ESTALE;
}

static int begin(struct pending *pending, const volatile sig_atomic_t *cancelled)
{
	if (pending->target.kind == TARGET_STREAM)
		return open_stream(pending, cancelled);
	left_overs_remove(pending->target.parent, pending->target.name, pending->target.diag,
			  pending->target.path);
	TRY(make_temporary(pending));
	return pending->target.kind == TARGET_DIRECTORY ? close_to_others(pending) : 0;
}

int pending_begin(struct pending *pending, const volatile sig_atomic_t *cancelled)
{
	int r;

	assert(pending->state == PENDING_NOTHING && pending->fd < 0);
	r = begin(pending, cancelled);
	if (r < 0 && r != -EINTR)
		return diag_errno(pending->target.diag, -r, pending->target.path);
	return r;
}

/* The new file gets the owner and mode that writing into the old one would have left. */
static int take_over_mode(const struct pending *pending)
{
	const struct stat *old = &pending->target.old;

	if (!pending->target.exists)
		return 0;
	if (fchown(pending->fd, old->st_uid, old->st_gid) < 0 && errno != EPERM)
		return -errno;
	return fchmod(pending->fd, old->st_mode & 0777) < 0 ? -errno : 0;
}

static int sync_pending(const struct pending *pending)
{
	int r = 0;

	switch (pending->target.kind) {
	case TARGET_STREAM:
		/* Without a sync, a disk that cannot be written would never say so. */
		if (S_ISBLK(pending->target.root.st_mode))
			r = fsync(pending->fd);
		break;
	case TARGET_FILE:
		r = fsync(pending->fd);
		break;
	case TARGET_DIRECTORY:
		/* One call for all files: single ones would each wait for the journal. */
		r = syncfs(pending->fd);
		break;
	}
	return r < 0 ? -errno : 0;
}

static int finish(const struct pending *pending)
{
	if (pending->target.kind == TARGET_FILE)
		TRY(take_over_mode(pending));
	return sync_pending(pending);
}

int pending_end(struct pending *pending)
{
	int r;

	assert(pending->fd >= 0);
	r = finish(pending);
	if (close(pending->fd) < 0 && errno != EINTR && r >= 0)
		r = -errno;
	pending->fd = -1;
	return r < 0 ? diag_errno(pending->target.diag, -r, pending->target.path) : 0;
}

static int rename_in(const struct pending *pending, const char *from, const char *to)
{
	int parent = pending->target.parent;

	return renameat(parent, from, parent, to) < 0 ? -errno : 0;
}

static int exchange(const struct pending *pending)
{
	int parent = pending->target.parent;

	return renameat2(parent, pending->temporary, parent, pending->target.name,
			 RENAME_EXCHANGE) < 0
		       ? -errno
		       : 0;
}

/* Where two names cannot be exchanged, the old one gets another name before the new one takes its.
 */
static int put_aside(struct pending *pending)
{
	int parent = pending->target.parent;
	const char *name = pending->target.name;
	int r;

	/* A later run must not take it for left over: for a moment it is the old one's only name.
	 */
	TRY(left_over_name(name, "old-", pending->aside, sizeof(pending->aside)));
	/* A file can have both names, so that there is one at the target at any time. */
	if (pending->target.kind != TARGET_FILE ||
	    linkat(parent, name, parent, pending->aside, 0) < 0)
		TRY(rename_in(pending, name, pending->aside));
	pending->state = PENDING_ASIDE;
	r = rename_in(pending, pending->temporary, name);
	if (r < 0)
		pending_withdraw(pending);
	return r;
}

static int replace(struct pending *pending)
{
	int r = exchange(pending);

	/* NFS, FAT, an overlay's lower layer */
	if (r == -EINVAL || r == -ENOSYS || r == -EXDEV || r == -EOPNOTSUPP)
		return put_aside(pending);
	if (r < 0)
		return r;
	pending->state = PENDING_EXCHANGED;
	return 0;
}

static int publish(struct pending *pending)
{
	if (pending->target.exists && !pending->target.empty)
		return replace(pending);
	TRY(rename_in(pending, pending->temporary, pending->target.name));
	pending->state = PENDING_PUBLISHED;
	return 0;
}

int pending_publish(struct pending *pending)
{
	int r;

	if (pending->target.kind == TARGET_STREAM)
		return 0;
	assert(pending->state == PENDING_TEMPORARY && pending->fd < 0);
	r = publish(pending);
	return r < 0 ? diag_errno(pending->target.diag, -r, pending->target.path) : 0;
}

/* Makes the empty directory again that a rename has replaced. */
static void restore_empty(const struct pending *pending)
{
	const struct target *target = &pending->target;

	if (mkdirat(target->parent, target->name, PRIVATE_DIRECTORY_MODE) < 0 ||
	    fchownat(target->parent, target->name, target->old.st_uid, target->old.st_gid,
		     AT_SYMLINK_NOFOLLOW) < 0 ||
	    fchmodat(target->parent, target->name, target->old.st_mode & 07777, 0) < 0)
		diag_warning(target->diag, target->path,
			     "was an empty directory, which cannot be restored");
}

/* The old one has the name ASIDE; the new one has the target's name, or not yet. */
static int put_back(const struct pending *pending)
{
	const char *name = pending->target.name;

	if (pending->target.kind == TARGET_DIRECTORY) {
		rename_in(pending, name, pending->temporary);
		return rename_in(pending, pending->aside, name);
	}
	TRY(rename_in(pending, pending->aside, name));
	/* rename(2) does nothing if both names are of one file. */
	unlinkat(pending->target.parent, pending->aside, 0);
	return 0;
}

static int undo(const struct pending *pending)
{
	switch (pending->state) {
	case PENDING_NOTHING:
	case PENDING_TEMPORARY:
		return 0;
	case PENDING_PUBLISHED:
		TRY(rename_in(pending, pending->target.name, pending->temporary));
		if (pending->target.empty)
			restore_empty(pending);
		return 0;
	case PENDING_EXCHANGED:
		return exchange(pending);
	case PENDING_ASIDE:
		return put_back(pending);
	}
	return -EINVAL;
}

void pending_withdraw(struct pending *pending)
{
	int r;

	if (pending->state == PENDING_NOTHING)
		return;
	r = undo(pending);
	if (r == 0) {
		pending->state = PENDING_TEMPORARY;
		return;
	}
	/* The file left over may be the old output: pending_close must not remove it. */
	diag_error(pending->target.diag, -r, pending->target.path,
		   "cannot be restored (its content is in %s beside it): %s",
		   pending->state == PENDING_ASIDE ? pending->aside : pending->temporary,
		   errno_text(-r));
	pending->state = PENDING_NOTHING;
}

static void remove_left_over(const struct pending *pending, const char *name)
{
	int parent = pending->target.parent;
	int r;

	if (pending->target.kind == TARGET_DIRECTORY)
		r = tree_remove(parent, name);
	else
		r = unlinkat(parent, name, 0) < 0 && errno != ENOENT ? -errno : 0;
	if (r < 0)
		diag_warning(pending->target.diag, pending->target.path,
			     "%s is left over beside it and cannot be removed: %s", name,
			     errno_text(-r));
}

void pending_close(struct pending *pending)
{
	if (pending->fd >= 0)
		close(pending->fd);
	pending->fd = -1;
	if (pending->state == PENDING_TEMPORARY || pending->state == PENDING_EXCHANGED)
		remove_left_over(pending, pending->temporary);
	else if (pending->state == PENDING_ASIDE)
		remove_left_over(pending, pending->aside);
	if (pending->lock >= 0)
		close(pending->lock);
	pending->lock = -1;
	pending->state = PENDING_NOTHING;
	target_close(&pending->target);
}
