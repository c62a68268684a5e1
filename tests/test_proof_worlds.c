/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same program, in all the worlds that can be had by root, in a container's build, and by
 * users.
 */
#include "proving.h"

#include <grp.h>
#include <linux/capability.h>
#include <sched.h>

enum {
	USER = 65534,
	ALONE = PROOF_NO_MOUNTS | PROOF_NO_PIDS | PROOF_NO_NETWORK | PROOF_NO_PROC | PROOF_NO_PORTS,
	BOXED = PROOF_NO_MOUNTS | PROOF_NO_PROC | PROOF_NO_PORTS,
};

/* A process that gives up CAPABILITY, for good. */
static bool drop(unsigned capability)
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
static bool forbid_user_namespaces(void)
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

static bool be_root(void)
{
	return true;
}

static bool be_root_of_users(void)
{
	return drop(CAP_SYS_ADMIN);
}

static bool be_in_a_build(void)
{
	/* What buildah leaves to a step of a build, without privileges. */
	return drop(CAP_SYS_ADMIN) && drop(CAP_SYS_PTRACE) && drop(CAP_NET_ADMIN) &&
	       forbid_user_namespaces();
}

static bool be_in_a_poor_build(void)
{
	return drop(CAP_MKNOD) && be_in_a_build();
}

static bool be_without_mounts(void)
{
	forbid(SYS_mount, 0, EACCES);
	return true;
}

static bool be_without_pivot(void)
{
	forbid(SYS_pivot_root, 0, EINVAL);
	return true;
}

static bool be_user(void)
{
	/* What changed its user may not be traced, unless it says so. */
	return setgroups(0, NULL) == 0 && setresgid(USER, USER, USER) == 0 &&
	       setresuid(USER, USER, USER) == 0 && prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0;
}

static bool be_user_alone(void)
{
	return be_user() && forbid_user_namespaces();
}

static const struct {
	const char *name;
	bool (*enter)(void);
	unsigned lacking; /* by a user */
	unsigned root_lacking;
	int result;
} worlds[] = {
	{ "root", be_root, 0, 0, 0 },
	{ "root without pivot_root", be_without_pivot, 0, 0, 0 },
	{ "root without CAP_SYS_ADMIN", be_root_of_users, 0, 0, 0 },
	{ "root without mounts", be_without_mounts, BOXED, BOXED | PROOF_NO_POWERS, 0 },
	{ "a container's build", be_in_a_build, ALONE, ALONE | PROOF_NO_POWERS, 0 },
	{ "a poor container's build", be_in_a_poor_build, ALONE | PROOF_NO_DEVICES,
	  ALONE | PROOF_NO_POWERS | PROOF_NO_DEVICES, 0 },
	{ "a user", be_user, PROOF_ONE_ID, PROOF_ONE_ID, 0 },
	{ "a user alone", be_user_alone, 0, 0, -EPERM },
};

/* One test, in world I. */
struct trial {
	const char *words;
	struct proof_options options;
	enum proof_end end;
	const char *said; /* the last words have it */
};

static void give_root_away(void)
{
	free(scratch_run(&scratch, "chown -R 65534:65534 %s/root; chmod 755 %s"));
}

static int try(int i, const struct trial *trial)
{
	struct proving proving;
	unsigned lacking = trial->options.uid == 0 ? worlds[i].root_lacking : worlds[i].lacking;
	int status = 0;

	if (!worlds[i].enter())
		return 1;
	proving = prove_act(trial->words, trial->options);
	if (proving.result != worlds[i].result)
		return 2;
	if (proving.result < 0)
		status = proving.said.size && strstr(proving.said.bytes, "user namespaces") ? 0 : 3;
	else if (proving.proof.end != trial->end)
		status = 4;
	else if (proving.proof.lacking != lacking)
		status = 5;
	else if (trial->said && !strstr(proving.proof.last_words, trial->said))
		status = 6;
	else if (strcmp(trial->words, "miss missing") == 0 &&
		 (!find_file(&proving, "/data/missing") ||
		  find_file(&proving, "/data/missing")->failed != TRACE_OPENED))
		status = 7;
	else if (proving.said.size)
		status = 8;
	if (status != 0)
		fprintf(stderr, "# %s: %s: %d end %d lacking %#x: %s; %s\n", worlds[i].name,
			trial->words, proving.result, proving.proof.end, proving.proof.lacking,
			proving.proof.last_words ? proving.proof.last_words : "",
			proving.said.size ? proving.said.bytes : "");
	proving_end(&proving);
	return status;
}

/* In a process of its own, since nobody gets back what he gave up. */
static void assert_trial(int i, struct trial trial)
{
	int status;
	pid_t pid;

	if (geteuid() != 0) {
		scratch_skip(worlds[i].name, "needs root");
		return;
	}
	if (worlds[i].enter == be_user || worlds[i].enter == be_user_alone)
		give_root_away();
	trial.options.timeout_seconds = 3;
	pid = fork();
	if (pid == 0)
		_exit(try(i, &trial));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(status == 0, "%s: %s: status %#x", worlds[i].name, trial.words, status);
}

#define IN_EACH_WORLD(name) TEST_EACH(name, ARRAY_SIZE(worlds))

IN_EACH_WORLD(a_program_is_its_user)
{
	assert_trial(_i, (struct trial){ "world",
					 { .uid = 1234, .gid = 5678, .workdir = "/data" },
					 PROVEN_EXIT,
					 "uid 1234 1234 gid 5678 5678 groups" });
}

IN_EACH_WORLD(a_program_is_root)
{
	assert_trial(_i, (struct trial){ "world",
					 { .uid = 0, .gid = 0 },
					 PROVEN_EXIT,
					 "uid 0 0 gid 0 0 groups cwd /" });
}

IN_EACH_WORLD(users_have_no_capabilities)
{
	assert_trial(_i, (struct trial){ "capabilities",
					 { .uid = 1234, .gid = 1234 },
					 PROVEN_EXIT,
					 "effective 0000000000000000 permitted 0000000000000000" });
}

IN_EACH_WORLD(what_is_missed_is_seen)
{
	assert_trial(_i, (struct trial){ "miss missing",
					 { .uid = 1234, .gid = 1234, .workdir = "/data" },
					 FAILED_STATUS,
					 NULL });
}

IN_EACH_WORLD(what_is_missed_is_seen_of_root)
{
	assert_trial(_i,
		     (struct trial){ "miss missing", { .workdir = "/data" }, FAILED_STATUS, NULL });
}

IN_EACH_WORLD(servers_are_probed)
{
	static const struct probe probe = { PROBE_TCP, 7777, NULL };

	assert_trial(_i, (struct trial){ "serve 7777",
					 { .uid = 1234, .gid = 1234, .probe = &probe },
					 PROVEN_PROBE,
					 NULL });
}

SUITE_TRACED(proof_worlds, make_root, tear_down);
