/* SPDX-License-Identifier: Apache-2.0 */
#include "proof/world.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "proof/devices.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

enum {
	APART = CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS,
	NO_MOUNTS = PROOF_NO_MOUNTS | PROOF_NO_PROC,
	ALONE = NO_MOUNTS | PROOF_NO_PIDS | PROOF_NO_NETWORK,
};

const struct world *world_list(size_t *n)
{
	static const struct world worlds[] = {
		{ .flags = APART | CLONE_NEWNS | CLONE_NEWNET },
		{ .flags = APART | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUSER },
		{ .flags = APART | CLONE_NEWNS, .lacking = PROOF_NO_NETWORK },
		{ .flags = APART | CLONE_NEWNS | CLONE_NEWUSER, .lacking = PROOF_NO_NETWORK },
		/* A security module may forbid mounts alone. */
		{ .flags = APART | CLONE_NEWNET, .lacking = NO_MOUNTS },
		{ .flags = APART | CLONE_NEWNET | CLONE_NEWUSER, .lacking = NO_MOUNTS },
		/* In a container's build. */
		{ .flags = 0, .lacking = ALONE },
	};

	*n = ARRAY_SIZE(worlds);
	return worlds;
}

static int failed(struct building *building, const char *step)
{
	building->step = step;
	return -errno;
}

/* The flags of a mount that a user namespace may not take away. */
static unsigned long flags_of(const char *path)
{
	static const struct {
		unsigned long has;
		unsigned long flag;
	} flags[] = {
		{ ST_RDONLY, MS_RDONLY },     { ST_NOSUID, MS_NOSUID },
		{ ST_NODEV, MS_NODEV },	      { ST_NOEXEC, MS_NOEXEC },
		{ ST_NOATIME, MS_NOATIME },   { ST_NODIRATIME, MS_NODIRATIME },
		{ ST_RELATIME, MS_RELATIME },
	};
	struct statvfs status;
	unsigned long found = 0;

	if (statvfs(path, &status) < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		found |= status.f_flag & flags[i].has ? flags[i].flag : 0;
	return found;
}

/* Binds SOURCE to TARGET, with FLAGS on top of those that it has. */
static int bind_with(const char *source, const char *target, unsigned long flags)
{
	if (mount(source, target, NULL, MS_BIND, NULL) < 0)
		return -1;
	return mount(NULL, target, NULL, MS_REMOUNT | MS_BIND | flags | flags_of(target), NULL);
}

/*
 * Whether NAME, relative to the root, is a directory there; makes it with MODE where there is none.
 * A link would lead to who knows what.
 */
static bool have_directory(const char *name, mode_t mode)
{
	struct stat status;

	if (fstatat(AT_FDCWD, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
		return S_ISDIR(status.st_mode);
	return errno == ENOENT && mkdir(name, mode) == 0;
}

/*
 * The kernel's switches are not the program's, though it be root: they are the machine's. Returns
 * whether all are read-only.
 */
static bool protect_proc(void)
{
	static const char *const switches[] = {
		"proc/sys", "proc/sysrq-trigger", "proc/irq",  "proc/bus",
		"proc/fs",  "proc/acpi",	  "proc/scsi", "proc/driver",
	};

	for (size_t i = 0; i < ARRAY_SIZE(switches); i++)
		if (access(switches[i], F_OK) == 0 &&
		    bind_with(switches[i], switches[i], MS_RDONLY) < 0)
			return false;
	return true;
}

/* In a network of its own, all ports are for all, as in containers. */
static void free_ports(struct building *building)
{
	int fd = open("proc/sys/net/ipv4/ip_unprivileged_port_start", O_WRONLY | O_CLOEXEC);
	bool free = fd >= 0 && building->world->flags & CLONE_NEWNET && write(fd, "0", 1) == 1;

	if (fd >= 0)
		close(fd);
	if (!free)
		building->lacking |= PROOF_NO_PORTS;
}

static void mount_proc(struct building *building)
{
	const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
	bool mounted =
		have_directory("proc", 0555) && mount("proc", "proc", "proc", flags, NULL) == 0;

	if (!mounted)
		building->lacking |= PROOF_NO_PORTS;
	else
		free_ports(building);
	if (mounted && protect_proc())
		return;
	building->lacking |= PROOF_NO_PROC;
	if (mounted)
		umount2("proc", MNT_DETACH);
}

/* Whether the program can write into directory NAME. */
static bool is_writable(const struct proof_options *options, const char *name)
{
	struct stat status;

	if (fstatat(AT_FDCWD, name, &status, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(status.st_mode))
		return false;
	return options->uid == 0 || status.st_mode & S_IWOTH ||
	       (status.st_mode & S_IWUSR && status.st_uid == options->uid);
}

static void make_tmp(const struct building *building, bool mounts)
{
	bool found = is_writable(building->options, "tmp");

	if (found || !have_directory("tmp", 01777) || !mounts)
		return;
	mount("tmpfs", "tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777,size=256m");
}

/* Makes the current directory the root, and forgets the one before where that can be. */
static int change_root(struct building *building)
{
	building->pivoted = syscall(SYS_pivot_root, ".", ".") == 0 && umount2(".", MNT_DETACH) == 0;
	/* In a chroot, and in an initramfs, there is no way but this. */
	if (!building->pivoted && chroot(".") < 0)
		return failed(building, "chroot");
	return chdir("/") < 0 ? failed(building, "chdir") : 0;
}

static int build_mounts(struct building *building)
{
	const char *root = building->options->root;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return failed(building, "mount --make-rprivate");
	if (bind_with(root, root, MS_NOSUID | MS_NODEV) < 0)
		return failed(building, "mount --bind");
	if (chdir(root) < 0)
		return failed(building, "chdir");
	devices_mount(building);
	mount_proc(building);
	make_tmp(building, true);
	return change_root(building);
}

static int build_directories(struct building *building)
{
	if (chdir(building->options->root) < 0)
		return failed(building, "chdir");
	if (chroot(".") < 0)
		return failed(building, "chroot");
	if (chdir("/") < 0)
		return failed(building, "chdir");
	devices_make(building);
	make_tmp(building, false);
	building->lacking |= PROOF_NO_PORTS;
	return 0;
}

static void raise_loopback(void)
{
	CLEANUP(fd) int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = { .ifr_name = "lo" };

	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request) < 0)
		return;
	request.ifr_flags |= IFF_UP;
	ioctl(fd, SIOCSIFFLAGS, &request);
}

int world_build(struct building *building)
{
	static const char name[] = "localhost";
	unsigned long flags = building->world->flags;

	umask(0);
	building->lacking |= building->world->lacking;
	if (flags & CLONE_NEWNET)
		raise_loopback();
	if (flags & CLONE_NEWUTS && sethostname(name, sizeof(name) - 1) < 0)
		return failed(building, "sethostname");
	return flags & CLONE_NEWNS ? build_mounts(building) : build_directories(building);
}
