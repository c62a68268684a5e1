#include "output/stage.h"
#include "output/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/xattr.h>
#include <time.h>

enum {
	NAME_TRIES = 100,
	NEW_FILE_MODE = 0666, /* less the umask, as any program's */
	/* What replaces a file gets that one's mode in the end; until then it is nobody else's. */
	PRIVATE_FILE_MODE = 0600,
	PRIVATE_DIRECTORY_MODE = 0700,
	DIRECTORY_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
};

/* ".NAME.mkrootfs-XXXXXX", with as much of NAME as there is room for. */
static int make_name(const struct stage *stage, char *out, size_t size)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
	unsigned char random[6];
	char suffix[sizeof(random) + 1] = "";

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return -EIO;
	for (size_t i = 0; i < sizeof(random); i++)
		suffix[i] = letters[random[i] % (sizeof(letters) - 1)];
	snprintf(out, size, ".%.200s.mkrootfs-%s", stage->target.name, suffix);
	return 0;
}

static int make_file(struct stage *stage)
{
	stage->fd = openat(stage->target.parent, stage->temporary,
			   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			   stage->target.exists ? PRIVATE_FILE_MODE : NEW_FILE_MODE);
	return stage->fd < 0 ? -errno : 0;
}

static int make_directory(struct stage *stage)
{
	return mkdirat(stage->target.parent, stage->temporary, PRIVATE_DIRECTORY_MODE) < 0 ? -errno
											   : 0;
}

static int make_temporary(struct stage *stage)
{
	for (unsigned i = 0; i < NAME_TRIES; i++) {
		int r = make_name(stage, stage->temporary, sizeof(stage->temporary));

		if (r == 0)
			r = stage->target.kind == TARGET_FILE ? make_file(stage)
							      : make_directory(stage);
		if (r == 0)
			stage->state = STAGE_TEMPORARY;
		if (r != -EEXIST)
			return r;
	}
	return -EEXIST;
}

/* Neither the umask nor a set-group-id bit or ACL of the parent reaches into a rootfs. */
static int open_directory(struct stage *stage)
{
	int parent = stage->target.parent;

	stage->fd = openat(parent, stage->temporary, DIRECTORY_FLAGS);
	if (stage->fd < 0 && errno == EACCES &&
	    fchmodat(parent, stage->temporary, PRIVATE_DIRECTORY_MODE, 0) == 0)
		stage->fd = openat(parent, stage->temporary, DIRECTORY_FLAGS);
	if (stage->fd < 0)
		return -errno;
	fremovexattr(stage->fd, "system.posix_acl_default");
	fremovexattr(stage->fd, "system.posix_acl_access");
	/* What is made in it has our group then, with and without the mount option "grpid". */
	(void)!fchown(stage->fd, (uid_t)-1, getegid());
	return fchmod(stage->fd, PRIVATE_DIRECTORY_MODE) < 0 ? -errno : 0;
}

/*
 * A FIFO is waited for in steps: a signal that comes just before an open that waits would not
 * end it.
 */
static int open_fifo(const char *path, const volatile sig_atomic_t *cancelled)
{
	static const struct timespec step = { .tv_nsec = 20 * 1000 * 1000 };

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

static int open_stream(struct stage *stage, const volatile sig_atomic_t *cancelled)
{
	const struct target *target = &stage->target;

	if (S_ISFIFO(target->root.st_mode) && !target->standard) {
		stage->fd = open_fifo(target->path, cancelled);
		return stage->fd < 0 ? stage->fd : 0;
	}
	if (target->standard)
		stage->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
	else
		stage->fd = open(target->path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	return stage->fd < 0 ? -errno : 0;
}

int stage_begin(struct stage *stage, const volatile sig_atomic_t *cancelled)
{
	int r;

	if (stage->target.kind == TARGET_STREAM)
		r = open_stream(stage, cancelled);
	else
		r = make_temporary(stage);
	if (r == 0 && stage->target.kind == TARGET_DIRECTORY)
		r = open_directory(stage);
	return r == 0 || r == -EINTR ? r : diag_errno(stage->target.diag, -r, stage->target.path);
}

/* As it would be if the old file had been written into. */
static int take_over_mode(const struct stage *stage)
{
	const struct stat *old = &stage->target.old;

	if (!stage->target.exists)
		return 0;
	if (fchown(stage->fd, old->st_uid, old->st_gid) < 0 && errno != EPERM)
		return -errno;
	return fchmod(stage->fd, old->st_mode & 0777) < 0 ? -errno : 0;
}

static int sync_stage(const struct stage *stage)
{
	int r = 0;

	switch (stage->target.kind) {
	case TARGET_STREAM:
		/* A disk says now that it could not be written, or never. */
		if (S_ISBLK(stage->target.root.st_mode))
			r = fsync(stage->fd);
		break;
	case TARGET_FILE:
		r = fsync(stage->fd);
		break;
	case TARGET_DIRECTORY:
		/* One call for all files: one by one, each would wait for the journal. */
		r = syncfs(stage->fd);
		break;
	}
	return r < 0 ? -errno : 0;
}

int stage_end(struct stage *stage)
{
	int r = stage->target.kind == TARGET_FILE ? take_over_mode(stage) : 0;

	if (r == 0)
		r = sync_stage(stage);
	if (close(stage->fd) < 0 && errno != EINTR && r == 0)
		r = -errno;
	stage->fd = -1;
	return r < 0 ? diag_errno(stage->target.diag, -r, stage->target.path) : 0;
}

static int rename_in(const struct stage *stage, const char *from, const char *to)
{
	int parent = stage->target.parent;

	return renameat(parent, from, parent, to) < 0 ? -errno : 0;
}

static int exchange(const struct stage *stage)
{
	int parent = stage->target.parent;

	return renameat2(parent, stage->temporary, parent, stage->target.name, RENAME_EXCHANGE) < 0
		       ? -errno
		       : 0;
}

/* Where two names cannot be exchanged: the old one gets another name, then the new one its place.
 */
static int put_aside(struct stage *stage)
{
	int parent = stage->target.parent;
	const char *name = stage->target.name;
	int r = make_name(stage, stage->aside, sizeof(stage->aside));

	if (r < 0)
		return r;
	/* A file can have both names, so that its place is never empty. */
	if (stage->target.kind != TARGET_FILE || linkat(parent, name, parent, stage->aside, 0) < 0)
		r = rename_in(stage, name, stage->aside);
	if (r < 0)
		return r;
	stage->state = STAGE_ASIDE;
	r = rename_in(stage, stage->temporary, name);
	if (r < 0)
		stage_withdraw(stage);
	return r;
}

static int replace(struct stage *stage)
{
	int r = exchange(stage);

	if (r == 0)
		stage->state = STAGE_EXCHANGED;
	/* NFS, FAT, an overlay's lower layer */
	if (r == -EINVAL || r == -ENOSYS || r == -EXDEV || r == -EOPNOTSUPP)
		r = put_aside(stage);
	return r;
}

int stage_publish(struct stage *stage)
{
	int r;

	if (stage->target.kind == TARGET_STREAM)
		return 0;
	if (stage->target.exists && !stage->target.empty) {
		r = replace(stage);
	} else {
		r = rename_in(stage, stage->temporary, stage->target.name);
		if (r == 0)
			stage->state = STAGE_IN_PLACE;
	}
	return r < 0 ? diag_errno(stage->target.diag, -r, stage->target.path) : 0;
}

static void restore_empty(const struct stage *stage)
{
	const struct target *target = &stage->target;

	if (mkdirat(target->parent, target->name, PRIVATE_DIRECTORY_MODE) < 0 ||
	    fchownat(target->parent, target->name, target->old.st_uid, target->old.st_gid,
		     AT_SYMLINK_NOFOLLOW) < 0 ||
	    fchmodat(target->parent, target->name, target->old.st_mode & 07777, 0) < 0)
		diag_warning(target->diag, target->path, "was empty, and cannot be made again");
}

void stage_withdraw(struct stage *stage)
{
	const char *name = stage->target.name;
	int r = 0;

	switch (stage->state) {
	case STAGE_NOTHING:
	case STAGE_TEMPORARY:
		return;
	case STAGE_IN_PLACE:
		r = rename_in(stage, name, stage->temporary);
		if (r == 0 && stage->target.empty)
			restore_empty(stage);
		break;
	case STAGE_EXCHANGED:
		r = exchange(stage);
		break;
	case STAGE_ASIDE:
		/* Of two names of one file, rename leaves both. */
		if (stage->target.kind == TARGET_DIRECTORY)
			rename_in(stage, name, stage->temporary);
		r = rename_in(stage, stage->aside, name);
		if (stage->target.kind == TARGET_FILE)
			unlinkat(stage->target.parent, stage->aside, 0);
		break;
	}
	if (r == 0) {
		stage->state = STAGE_TEMPORARY;
		return;
	}
	/* The temporary name may be that of what was there: better left over than lost. */
	diag_error(stage->target.diag, -r, stage->target.path,
		   "cannot be put back as it was (look for %s beside it): %s",
		   stage->state == STAGE_ASIDE ? stage->aside : stage->temporary, errno_text(-r));
	stage->state = STAGE_NOTHING;
}

static void remove_left_over(const struct stage *stage, const char *name)
{
	int parent = stage->target.parent;
	int r;

	if (stage->target.kind == TARGET_DIRECTORY)
		r = tree_remove(parent, name);
	else
		r = unlinkat(parent, name, 0) < 0 && errno != ENOENT ? -errno : 0;
	if (r < 0)
		diag_warning(stage->target.diag, stage->target.path,
			     "%s beside it is left over and cannot be removed: %s", name,
			     errno_text(-r));
}

void stage_close(struct stage *stage)
{
	if (stage->fd >= 0)
		close(stage->fd);
	stage->fd = -1;
	if (stage->state == STAGE_TEMPORARY || stage->state == STAGE_EXCHANGED)
		remove_left_over(stage, stage->temporary);
	else if (stage->state == STAGE_ASIDE)
		remove_left_over(stage, stage->aside);
	stage->state = STAGE_NOTHING;
	target_close(&stage->target);
}
