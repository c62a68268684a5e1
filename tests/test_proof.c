/* SPDX-License-Identifier: Apache-2.0 */
#include "proving.h"

static const struct probe tcp = { PROBE_TCP, 7777, NULL };
static const struct probe local = { PROBE_UNIX, 0, "/data/socket" };
static const struct probe http = { PROBE_HTTP, 7777, "/ready" };

static const struct {
	const char *words;
	const struct probe *probe;
	int stop_signal;
	enum proof_end end;
} ends[] = {
	{ "status 0", NULL, 0, PROVEN_EXIT },
	{ "status 3", NULL, 0, FAILED_STATUS },
	{ "signal 11", NULL, 0, FAILED_SIGNAL },
	{ "pause", NULL, 0, PROVEN_TIME },
	{ "deaf", NULL, 0, FAILED_STOP },
	{ "stops 15 0", NULL, 0, PROVEN_TIME },
	{ "stops 15 143", NULL, 0, PROVEN_TIME },
	{ "stops 15 1", NULL, 0, FAILED_STATUS },
	{ "stops 3 0", NULL, SIGQUIT, PROVEN_TIME },
	{ "stops 3 131", NULL, SIGQUIT, PROVEN_TIME },
	{ "serve 7777", &tcp, 0, PROVEN_PROBE },
	{ "serve6 7777", &tcp, 0, PROVEN_PROBE },
	{ "serve 7778", &tcp, 0, FAILED_PROBE },
	{ "status 0", &tcp, 0, FAILED_PROBE },
	{ "status 4", &tcp, 0, FAILED_STATUS },
	{ "deaf", &tcp, 0, FAILED_PROBE },
	{ "local /data/socket", &local, 0, PROVEN_PROBE },
	{ "serve 7777 HTTP/1.1_200_OK", &http, 0, PROVEN_PROBE },
	{ "serve 7777 HTTP/1.0_302_Found", &http, 0, PROVEN_PROBE },
	{ "serve 7777 HTTP/1.1_503_Later", &http, 0, FAILED_PROBE },
	{ "serve 7777 SSH-2.0-OpenSSH", &http, 0, FAILED_PROBE },
	{ "serve 7777", &http, 0, FAILED_PROBE },
	{ "local /data/other", &local, 0, FAILED_PROBE },
};

TEST_EACH(the_end_is_told, ARRAY_SIZE(ends))
{
	struct proving proving =
		prove_act(ends[_i].words, (struct proof_options){
						  .probe = ends[_i].probe,
						  .stop_signal = ends[_i].stop_signal,
						  .timeout_seconds = 1,
					  });

	assert_end(&proving, ends[_i].end);
	ck_assert_uint_eq(proving.said.size, 0);
	proving_end(&proving);
}

static struct proving prove_world(uid_t uid, gid_t gid)
{
	static const gid_t groups[] = { 77, 78 };
	static const char *const environment[] = { "ONE=1", "TWO=2", NULL };

	return prove_act("world", (struct proof_options){
					  .uid = uid,
					  .gid = gid,
					  .groups = groups,
					  .n_groups = 2,
					  .environment = environment,
					  .workdir = "/data",
				  });
}

TEST(the_world_is_that_of_a_container)
{
	struct proving proving;

	if (geteuid() != 0) {
		scratch_skip("the world of a container", "needs root");
		return;
	}
	setenv("SECRET", "of the build", 1);
	(void)signal(SIGHUP, SIG_IGN);
	proving = prove_world(1234, 5678);
	assert_end(&proving, PROVEN_EXIT);
	ck_assert_str_eq(proving.proof.last_words,
			 "uid 1234 1234 gid 5678 5678 groups 77 78 cwd /data\n"
			 "/dev/null: 1,3\n/dev/zero: 1,5\n/dev/full: 1,7\n"
			 "/dev/random: 1,8\n/dev/urandom: 1,9\n/dev/tty: 5,0\n"
			 "/tmp: 41777\n/proc/self/status: 100444\n"
			 "env ONE=1\nenv TWO=2\nfd 0\nfd 1\nfd 2\n"
			 "signals blocked 0 ignored 0, core 0, umask 22\n");
	ck_assert_uint_eq(proving.proof.lacking, 0);
	proving_end(&proving);
}

TEST(no_user_has_capabilities)
{
	struct proving proving =
		prove_act("capabilities", (struct proof_options){ .uid = 1234, .gid = 1234 });

	assert_end(&proving, PROVEN_EXIT);
	ck_assert_str_eq(proving.proof.last_words,
			 "effective 0000000000000000 permitted 0000000000000000\n");
	proving_end(&proving);
}

SUITE_TRACED(proof, make_root, tear_down);
