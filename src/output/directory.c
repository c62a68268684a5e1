/* SPDX-License-Identifier: Apache-2.0 */
#include "output/directory.h"
#include "base/error.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/xattr.h>

enum {
	/* A directory gets its own mode after its content, which its maker has to write. */
	OPEN_MODE = 0700,
	NEW_FILE_MODE = 0600,
	PATH_FLAGS = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
};

struct writer {
	struct transfer *transfer;
	const char *subject;
	int top;
	uid_t uid; /* of what is made */
	gid_t gid;
	bool owners_lost; /* some owner could not be set, and the user knows */
	/* The directory that was written to last: most entries stand where the one before does. */
	int parent;
	const char *parent_path; /* its first PARENT_LENGTH bytes */
	size_t parent_length;
};

static void writer_cleanup(struct writer *writer)
{
	if (writer->parent >= 0)
		close(writer->parent);
}

static int failed(const struct writer *writer, const struct entry *entry, int errnum)
{
	return diag_error(writer->transfer->diag, errnum, writer->subject, "%s: %s", entry->path,
			  errno_text(errnum));
}

/* Opens the directory below TOP that the first LENGTH bytes of PATH name, following no link. */
static int open_below(int top, const char *path, size_t length)
{
	int fd = openat(top, ".", PATH_FLAGS);
	size_t at = 0;

	while (fd >= 0 && at < length) {
		char name[NAME_MAX + 1];
		size_t size = strcspn(path + ++at, "/");
		int next;

		if (size > NAME_MAX) {
			close(fd);
			return -ENAMETOOLONG;
		}
		memcpy(name, path + at, size);
		name[size] = '\0';
		next = openat(fd, name, PATH_FLAGS);
		if (next < 0) {
			int error = errno;

			close(fd);
			return -error;
		}
		close(fd);
		fd = next;
		at += size;
	}
	return fd < 0 ? -errno : fd;
}

static size_t parent_length(const char *path)
{
	return (size_t)(strrchr(path, '/') - path);
}

/* Sets PARENT to the directory that ENTRY stands in. */
static int enter_parent(struct writer *writer, const struct entry *entry)
{
	size_t length = parent_length(entry->path);
	int fd;

	if (writer->parent >= 0 && length == writer->parent_length &&
	    memcmp(entry->path, writer->parent_path, length) == 0)
		return 0;
	fd = open_below(writer->top, entry->path, length);
	if (fd < 0)
		return failed(writer, entry, -fd);
	if (writer->parent >= 0)
		close(writer->parent);
	writer->parent = fd;
	writer->parent_path = entry->path;
	writer->parent_length = length;
	return 0;
}

/* Sets the owner of NAME in DIRECTORY, or of DIRECTORY itself where NAME is "". */
static int set_owner(struct writer *writer, const struct entry *entry, int directory,
		     const char *name)
{
	if (entry->uid == writer->uid && entry->gid == writer->gid)
		return 0;
	if (fchownat(directory, name, entry->uid, entry->gid,
		     AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) == 0)
		return 0;
	if (geteuid() == 0 || errno != EPERM)
		return failed(writer, entry, errno);
	if (!writer->owners_lost)
		diag_warning(writer->transfer->diag, writer->subject,
			     "belongs to you, not to %u:%u: only root can give files away; "
			     "use COPY --chown=%u:%u later",
			     (unsigned)entry->uid, (unsigned)entry->gid, (unsigned)entry->uid,
			     (unsigned)entry->gid);
	writer->owners_lost = true;
	return 0;
}

static void set_times(struct timespec times[2], const struct entry *entry)
{
	times[0] = times[1] = (struct timespec){ .tv_sec = (time_t)entry->mtime };
}

static int set_xattrs(struct writer *writer, const struct entry *entry, int fd)
{
	for (size_t i = 0; i < entry->n_xattrs; i++) {
		const struct entry_xattr *xattr = &entry->xattrs[i];
		bool needed = strncmp(xattr->name, "security.", strlen("security.")) == 0 &&
			      geteuid() == 0;

		if (fsetxattr(fd, xattr->name, xattr->value, xattr->size, 0) == 0)
			continue;
		if (needed)
			return diag_error(writer->transfer->diag, errno, writer->subject,
					  "%s: %s cannot be set: %s", entry->path, xattr->name,
					  errno_text(errno));
		diag_warning(writer->transfer->diag, writer->subject, "%s loses %s: %s",
			     entry->path, xattr->name, errno_text(errno));
	}
	return 0;
}

/* The owner first: chown(2) clears set-id bits and capabilities. */
static int set_file_facts(struct writer *writer, const struct entry *entry, int fd)
{
	struct timespec times[2];

	TRY(set_owner(writer, entry, fd, ""));
	TRY(set_xattrs(writer, entry, fd));
	set_times(times, entry);
	if (fchmod(fd, entry->mode) < 0 || futimens(fd, times) < 0)
		return failed(writer, entry, errno);
	return 0;
}

static int write_file(struct writer *writer, const struct entry *entry, const char *name)
{
	CLEANUP(fd)
	int fd = openat(writer->parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			NEW_FILE_MODE);

	if (fd < 0)
		return failed(writer, entry, errno);
	TRY(transfer_copy(writer->transfer, entry, fd, writer->subject));
	return set_file_facts(writer, entry, fd);
}

static int write_link(struct writer *writer, const struct entry *entry, const char *name)
{
	struct timespec times[2];

	if (symlinkat(entry->target, writer->parent, name) < 0)
		return failed(writer, entry, errno);
	TRY(set_owner(writer, entry, writer->parent, name));
	set_times(times, entry);
	if (utimensat(writer->parent, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return failed(writer, entry, errno);
	return 0;
}

static int write_hard_link(struct writer *writer, const struct entry *entry, const char *name)
{
	const char *first = entry->hardlink->path;
	CLEANUP(fd) int directory = open_below(writer->top, first, parent_length(first));

	if (directory < 0)
		return failed(writer, entry, -directory);
	if (linkat(directory, path_basename(first), writer->parent, name, 0) == 0)
		return 0;
	/* FAT and the like have no hard links, and every file system limits their number. */
	if (errno == EPERM || errno == EMLINK || errno == EOPNOTSUPP)
		return write_file(writer, entry, name);
	return failed(writer, entry, errno);
}

static int make_directory(struct writer *writer, const struct entry *entry, const char *name)
{
	if (mkdirat(writer->parent, name, OPEN_MODE) < 0)
		return failed(writer, entry, errno);
	/* An odd umask closes a directory even to its maker. */
	if (fchmodat(writer->parent, name, OPEN_MODE, 0) < 0)
		return failed(writer, entry, errno);
	return 0;
}

static int write_entry(struct writer *writer, const struct entry *entry)
{
	const char *name = path_basename(entry->path);

	TRY(transfer_cancelled(writer->transfer));
	TRY(enter_parent(writer, entry));
	if (entry->hardlink)
		return write_hard_link(writer, entry, name);
	switch (entry->type) {
	case ENTRY_DIRECTORY:
		return make_directory(writer, entry, name);
	case ENTRY_SYMLINK:
		return write_link(writer, entry, name);
	case ENTRY_FILE:
		return write_file(writer, entry, name);
	}
	return -EINVAL;
}

/* Called after the directory's content is written: that changes its time, and its mode may forbid
 * it. */
static int finish_directory(struct writer *writer, const struct entry *entry)
{
	CLEANUP(fd)
	int fd = open_below(writer->top, entry->path, entry->path[1] ? strlen(entry->path) : 0);
	struct timespec times[2];

	if (fd < 0)
		return failed(writer, entry, -fd);
	TRY(set_owner(writer, entry, fd, ""));
	set_times(times, entry);
	/* A descriptor of O_PATH cannot be changed itself, but "." below it can. */
	if (utimensat(fd, ".", times, 0) < 0 || fchmodat(fd, ".", entry->mode, 0) < 0)
		return failed(writer, entry, errno);
	return 0;
}

int directory_write(struct transfer *transfer, const struct manifest *manifest, int top,
		    const char *subject)
{
	CLEANUP(writer)
	struct writer writer = {
		.transfer = transfer,
		.subject = subject,
		.top = top,
		.parent = -1,
	};
	const struct entry *const *entries;
	struct stat stat;
	size_t count;

	if (fstat(top, &stat) < 0)
		return diag_errno(transfer->diag, errno, subject);
	writer.uid = stat.st_uid;
	writer.gid = stat.st_gid;
	entries = manifest_entries(manifest, &count);
	for (size_t i = 0; i < count; i++)
		if (entries[i]->path[1])
			TRY(write_entry(&writer, entries[i]));
	/* From the end: a directory's content follows it in the order. */
	for (size_t i = count; i-- > 0;)
		if (entries[i]->type == ENTRY_DIRECTORY)
			TRY(finish_directory(&writer, entries[i]));
	return 0;
}
