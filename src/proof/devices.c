/* SPDX-License-Identifier: Apache-2.0 */
#include "proof/devices.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static const struct device {
	const char *name;
	unsigned major;
	unsigned minor;
} devices[] = {
	{ "null", 1, 3 },   { "zero", 1, 5 },	 { "full", 1, 7 },
	{ "random", 1, 8 }, { "urandom", 1, 9 }, { "tty", 5, 0 },
};

static const struct {
	const char *path;
	const char *target;
} links[] = {
	{ "dev/fd", "/proc/self/fd" },
	{ "dev/stdin", "/proc/self/fd/0" },
	{ "dev/stdout", "/proc/self/fd/1" },
	{ "dev/stderr", "/proc/self/fd/2" },
};

enum {
	ALL_MAY_WRITE = 0666,
};

/* A node that cannot be opened is none: the file system may be mounted without devices. */
static bool make_node(const struct device *device, const char *path)
{
	struct stat status;
	int fd;

	if (fstatat(AT_FDCWD, path, &status, AT_SYMLINK_NOFOLLOW) == 0)
		return true;
	if (mknod(path, S_IFCHR | ALL_MAY_WRITE, makedev(device->major, device->minor)) < 0)
		return false;
	fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 && errno != ENXIO) {
		unlink(path);
		return false;
	}
	if (fd >= 0)
		close(fd);
	return true;
}

static bool make_file(const char *path)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, ALL_MAY_WRITE);

	return fd >= 0 && close(fd) == 0;
}

static bool bind_machines(const struct device *device, const char *path)
{
	char machines[32];

	snprintf(machines, sizeof(machines), "/dev/%s", device->name);
	if (access(machines, F_OK) < 0 || !make_file(path))
		return false;
	if (mount(machines, path, NULL, MS_BIND, NULL) == 0)
		return true;
	unlink(path);
	return false;
}

static void make_links(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (symlink(links[i].target, links[i].path) < 0)
			return;
}

static bool is_directory(const char *path)
{
	struct stat status;

	return fstatat(AT_FDCWD, path, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(status.st_mode);
}

static bool have_directory(const char *path)
{
	return is_directory(path) || (errno == ENOENT && mkdir(path, 0755) == 0);
}

void devices_mount(struct building *building)
{
	if (!have_directory("dev") ||
	    mount("tmpfs", "dev", "tmpfs", MS_NOSUID, "mode=0755,size=64k") < 0) {
		building->lacking |= PROOF_NO_DEVICES;
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		char path[32];

		snprintf(path, sizeof(path), "dev/%s", devices[i].name);
		if (!make_node(&devices[i], path) && !bind_machines(&devices[i], path))
			building->lacking |= PROOF_NO_DEVICES;
	}
	make_links();
	if (mkdir("dev/shm", 01777) == 0)
		mount("tmpfs", "dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777,size=256m");
}

void devices_make(struct building *building)
{
	if (!have_directory("dev")) {
		building->lacking |= PROOF_NO_DEVICES;
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		char path[32];

		snprintf(path, sizeof(path), "dev/%s", devices[i].name);
		if (make_node(&devices[i], path))
			continue;
		building->lacking |= PROOF_NO_DEVICES;
		/* An empty file takes what is written to it, and gives nothing: better than none.
		 */
		if (i == 0)
			make_file(path);
	}
	mkdir("dev/shm", 01777);
}
