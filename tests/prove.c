/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proof as a program, for where no suite can be: in a container's build. Static.
 *
 *	prove ROOT UID SECONDS PROBE PROGRAM [ARG]...
 *
 * PROBE is "-" for none. Its last line says how it ended.
 */
#include "base/number.h"
#include "proof/proof.h"

#include <errno.h>
#include <stdio.h>

static void print(void *data, enum mkrootfs_level level, const char *subject, const char *message,
		  const char *hint)
{
	(void)data;
	(void)level;
	fprintf(stderr, "prove: %s: %s%s%s\n", subject, message, hint ? "; " : "",
		hint ? hint : "");
}

static void report(const struct proof *proof)
{
	static const char *const ends[] = {
		[PROVEN_EXIT] = "exit",	    [PROVEN_PROBE] = "probe",	[PROVEN_TIME] = "time",
		[FAILED_STATUS] = "STATUS", [FAILED_SIGNAL] = "SIGNAL", [FAILED_PROBE] = "PROBE",
		[FAILED_STOP] = "STOP",	    [FAILED_START] = "START",	[FAILED_TASKS] = "TASKS",
	};

	for (size_t i = 0; i < proof->trace.n_files; i++) {
		const struct trace_file *file = &proof->trace.files[i];

		if (file->failed)
			printf("missed %s: %#x last %u%s\n", file->path, file->failed, file->last,
			       file->own ? " own" : "");
	}
	for (unsigned i = 0; i < PROOF_N_LACKING; i++)
		if (proof->lacking >> i & 1)
			printf("lacking: %s\n", proof_lacking_text(1 << i));
	printf("end %s status %#x error %d\n", ends[proof->end], (unsigned)proof->status,
	       proof->error);
}

int main(int argc, char **argv)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct diag diag = { print, NULL };
	struct proof_options options = { .output = STDERR_FILENO, .diag = &diag };
	struct probe probe;
	struct proof proof;
	uint64_t uid;
	uint64_t seconds;
	int r;

	if (argc < 6 || !arena || !number_parse(argv[2], UINT32_MAX, &uid) ||
	    !number_parse(argv[3], 3600, &seconds))
		return 2;
	if (argv[4][0] != '-') {
		if (probe_parse(arena, argv[4], &probe) < 0)
			return 2;
		options.probe = &probe;
	}
	options.root = argv[1];
	options.uid = (uid_t)uid;
	options.gid = (gid_t)uid;
	options.timeout_seconds = (unsigned)seconds;
	options.arguments = (const char *const *)argv + 5;
	r = proof_run(arena, &options, &proof);
	if (r < 0) {
		printf("error %d\n", -r);
		return 1;
	}
	report(&proof);
	return proof_succeeded(proof.end) ? 0 : 1;
}
