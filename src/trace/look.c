/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/look.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "trace/numbers.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The kernel's name for what FD is open on. */
static int read_name(int fd, char name[PATH_MAX])
{
	char link[64];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, name, PATH_MAX - 1);
	if (length < 0)
		return -errno;
	name[length] = '\0';
	return 0;
}

int trace_look_from(struct trace_look *look, int root)
{
	look->inside = true;
	look->root = root;
	TRY(read_name(root, look->prefix));
	if (strcmp(look->prefix, "/") == 0)
		look->prefix[0] = '\0';
	return 0;
}

static int open_with(const struct trace_look *look, const char *path, int flags)
{
	const struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	long fd = syscall(__NR_openat2, look->root, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

/* Opens PATH in the root, for its name and status alone: nothing happens to a FIFO or a device. */
static int open_inside(const struct trace_look *look, const char *path, bool follow)
{
	return open_with(look, path, O_PATH | (follow ? 0 : O_NOFOLLOW));
}

int trace_look_open(const struct trace_look *look, const char *path)
{
	struct stat status;
	int fd;

	TRY(trace_look_stat(look, path, true, &status));
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	if (look->inside)
		return open_with(look, path, O_RDONLY | O_NOCTTY | O_NONBLOCK);
	fd = open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int trace_look_stat(const struct trace_look *look, const char *path, bool follow, struct stat *out)
{
	CLEANUP(fd) int fd = -1;

	if (!look->inside)
		return (follow ? stat(path, out) : lstat(path, out)) < 0 ? -errno : 0;
	fd = TRY(open_inside(look, path, follow));
	return fstat(fd, out) < 0 ? -errno : 0;
}

int trace_look_real(const struct trace_look *look, const char *path, char real[PATH_MAX])
{
	CLEANUP(fd) int fd = -1;

	if (!look->inside)
		return realpath(path, real) ? 0 : -errno;
	fd = TRY(open_inside(look, path, true));
	TRY(read_name(fd, real));
	trace_look_strip(look, real);
	return 0;
}

void trace_look_strip(const struct trace_look *look, char path[PATH_MAX])
{
	size_t length = look->inside ? strlen(look->prefix) : 0;

	if (length == 0 || strncmp(path, look->prefix, length) != 0)
		return;
	if (path[length] == '/')
		memmove(path, path + length, strlen(path + length) + 1);
	else if (path[length] == '\0')
		strcpy(path, "/");
}
