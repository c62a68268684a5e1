/* SPDX-License-Identifier: Apache-2.0 */
#include "output/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>

enum {
	NAME_TRIES = 100,
	PRIVATE_FILE_MODE = 0600,
};

/* Without O_TMPFILE (NFS, old overlays), use a name and remove it at once. */
static int open_named(int directory)
{
	for (unsigned i = 0; i < NAME_TRIES; i++) {
		char name[sizeof(".mkrootfs-") + 2 * sizeof(uint64_t)];
		uint64_t random;
		int fd;

		if (getrandom(&random, sizeof(random), 0) != sizeof(random))
			return -EIO;
		snprintf(name, sizeof(name), ".mkrootfs-%016llx", (unsigned long long)random);
		fd = openat(directory, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			    PRIVATE_FILE_MODE);
		if (fd < 0 && errno == EEXIST)
			continue;
		if (fd < 0)
			return -errno;
		if (unlinkat(directory, name, 0) == 0)
			return fd;
		close(fd);
		return -EIO;
	}
	return -EEXIST;
}

static int open_in(int directory)
{
	int fd = openat(directory, ".", O_RDWR | O_TMPFILE | O_CLOEXEC, PRIVATE_FILE_MODE);

	if (fd >= 0)
		return fd;
	if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT && errno != EINVAL)
		return -errno;
	return open_named(directory);
}

static int open_path(const char *path)
{
	CLEANUP(fd) int directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return directory < 0 ? -errno : open_in(directory);
}

int spool_open(const struct target *target, const char *temporary)
{
	/* /var/tmp is for large files. */
	static const char *const usual[] = { "/var/tmp", "/tmp", "." };
	int fd = -ENOENT;

	if (target->kind != TARGET_STREAM) {
		fd = open_in(target->parent);
		return fd < 0 ? diag_errno(target->diag, -fd, target->path) : fd;
	}
	if (temporary) {
		fd = open_path(temporary);
		return fd < 0 ? diag_errno(target->diag, -fd, temporary) : fd;
	}
	for (size_t i = 0; fd < 0 && i < ARRAY_SIZE(usual); i++)
		fd = open_path(usual[i]);
	return fd < 0 ? diag_error_hint(target->diag, -fd, "temporary file",
					"name a directory for it with TMPDIR", "%s",
					errno_text(-fd))
		      : fd;
}
