/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same program, in all the worlds that can be had by root, in a container's build, and by
 * users.
 */
#include "proving.h"
#include "proving_worlds.h"

#include <arpa/inet.h>
#include <netinet/in.h>

enum {
	ALONE = PROOF_NO_MOUNTS | PROOF_NO_PIDS | PROOF_NO_NETWORK | PROOF_NO_PROC | PROOF_NO_PORTS,
	BOXED = PROOF_NO_MOUNTS | PROOF_NO_PROC | PROOF_NO_PORTS,
};

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
	{ "root of a user namespace", be_root_of_one, PROOF_ONE_ID, 0, 0 },
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
	if ((worlds[i].enter == be_user || worlds[i].enter == be_root_of_users ||
	     worlds[i].enter == be_root_of_one) &&
	    !may_unshare(CLONE_NEWUSER)) {
		scratch_skip(worlds[i].name, "user namespaces are not permitted here");
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

/* Something answers already; where the network is the program's own, it does not matter. */
static bool busy_port_is_told(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct probe probe = { .kind = PROBE_TCP };
	struct proving proving;
	char words[64];

	if (bind(fd, (struct sockaddr *)&address, size) < 0 || listen(fd, 8) < 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &size) < 0)
		return false;
	probe.port = ntohs(address.sin_port);
	snprintf(words, sizeof(words), "serve %u", probe.port);
	proving = prove_act(words, (struct proof_options){ .probe = &probe, .timeout_seconds = 3 });
	if (proving.result != 0 || proving.proof.end != PROVEN_PROBE || !be_in_a_build())
		return false;
	proving = prove_act(words, (struct proof_options){ .probe = &probe });
	return proving.result == -EADDRINUSE && strstr(proving.said.bytes, "is answered already");
}

TEST(a_port_that_answers_before_is_no_proof)
{
	if (geteuid() == 0)
		apart(busy_port_is_told);
}

SUITE_PROVING(proof_worlds, make_root, tear_down);
