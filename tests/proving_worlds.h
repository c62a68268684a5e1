/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes that may do less than this one: functions that give up what others do not have. They
 * return whether they could.
 */
#ifndef MKROOTFS_TESTS_PROVING_WORLDS_H
#define MKROOTFS_TESTS_PROVING_WORLDS_H

#include "traced.h"

#include <grp.h>
#include <linux/capability.h>
#include <sched.h>

enum {
	USER = 65534,
};

/* A process that gives up CAPABILITY, for good. */
SCRATCH_UNUSED static bool drop(unsigned capability)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[2] = { 0 };
	uint32_t bit = 1U << capability % 32;

	if (prctl(PR_CAPBSET_DROP, (unsigned long)capability, 0, 0, 0) < 0 ||
	    syscall(SYS_capget, &header, sets) < 0)
		return false;
	sets[capability / 32].effective &= ~bit;
	sets[capability / 32].permitted &= ~bit;
	sets[capability / 32].inheritable &= ~bit;
	return syscall(SYS_capset, &header, sets) == 0;
}

/* As machines do that do not allow it. */
SCRATCH_UNUSED static bool forbid_user_namespaces(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_NEWUSER, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(filter), filter };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

SCRATCH_UNUSED static bool be_root(void)
{
	return true;
}

SCRATCH_UNUSED static bool be_root_of_users(void)
{
	return drop(CAP_SYS_ADMIN);
}

SCRATCH_UNUSED static bool be_in_a_build(void)
{
	/* What buildah leaves to a step of a build, without privileges. */
	return drop(CAP_SYS_ADMIN) && drop(CAP_SYS_PTRACE) && drop(CAP_NET_ADMIN) &&
	       forbid_user_namespaces();
}

SCRATCH_UNUSED static bool be_in_a_poor_build(void)
{
	return drop(CAP_MKNOD) && be_in_a_build();
}

SCRATCH_UNUSED static bool be_without_mounts(void)
{
	forbid(SYS_mount, 0, EACCES);
	return true;
}

SCRATCH_UNUSED static bool be_without_pivot(void)
{
	forbid(SYS_pivot_root, 0, EINVAL);
	return true;
}

SCRATCH_UNUSED static bool be_user(void)
{
	/* What changed its user may not be traced, unless it says so. */
	return setgroups(0, NULL) == 0 && setresgid(USER, USER, USER) == 0 &&
	       setresuid(USER, USER, USER) == 0 && prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0;
}

/* As in a container of a user's, in which there is root and nobody else. */
SCRATCH_UNUSED static bool be_root_of_one(void)
{
	static const char *const files[][2] = { { "/proc/self/setgroups", "deny" },
						{ "/proc/self/uid_map", "0 0 1" },
						{ "/proc/self/gid_map", "0 0 1" } };
	bool done = unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		int fd = open(files[i][0], O_WRONLY);

		done = done && fd >= 0 && write(fd, files[i][1], strlen(files[i][1])) > 0;
		close(fd);
	}
	return done;
}

SCRATCH_UNUSED static bool be_user_alone(void)
{
	return be_user() && forbid_user_namespaces();
}

#endif
