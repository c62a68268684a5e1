/* SPDX-License-Identifier: Apache-2.0 */
#include "proof/proof.h"
#include "base/cleanup.h"
#include "proof/foreign.h"
#include "proof/stage.h"

#include <assert.h>
#include <errno.h>
#include <sys/wait.h>
#include <time.h>

enum {
	USUAL_SECONDS = 10,
};

const char *proof_lacking_text(enum proof_lacking lacking)
{
	static const struct {
		enum proof_lacking bit;
		const char *text;
	} texts[] = {
		{ PROOF_NO_MOUNTS,
		  "its root directory was changed, and no more: there were no mounts" },
		{ PROOF_NO_PIDS, "it was among the machine's processes" },
		{ PROOF_NO_NETWORK, "it had no network of its own, but the machine's" },
		{ PROOF_NO_PROC, "it had no /proc" },
		{ PROOF_NO_DEVICES, "it did not have all of /dev" },
		{ PROOF_NO_IDS, "it ran as the caller, not as its user" },
		{ PROOF_ONE_ID, "there was no user but its own, who owned all files" },
		{ PROOF_NO_PORTS, "ports below 1024 were not free to all" },
		{ PROOF_NO_POWERS, "its root had no capabilities: it could not change its user" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (texts[i].bit == lacking)
			return texts[i].text;
	return "";
}

/* Whether the program ended as one does that is asked to. */
static bool ended_by(int status, int stop_signal)
{
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == stop_signal;
	return WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 128 + stop_signal;
}

static enum proof_end end_of_stopped(const struct stage *stage, int status, int stop_signal)
{
	if (stage->options->probe && !stage->answered)
		return FAILED_PROBE;
	if (ended_by(status, stop_signal))
		return stage->options->probe ? PROVEN_PROBE : PROVEN_TIME;
	return WIFSIGNALED(status) ? FAILED_SIGNAL : FAILED_STATUS;
}

static enum proof_end end_of(const struct stage *stage, const struct trace *trace, int stop_signal)
{
	bool answered = !stage->options->probe || stage->answered;

	if (!trace->executed)
		return FAILED_START;
	if (trace->crowded)
		return FAILED_TASKS;
	if (trace->killed)
		return stage->options->probe && !stage->answered ? FAILED_PROBE : FAILED_STOP;
	if (trace->stopped)
		return end_of_stopped(stage, trace->status, stop_signal);
	if (WIFSIGNALED(trace->status))
		return FAILED_SIGNAL;
	if (WEXITSTATUS(trace->status) != 0)
		return FAILED_STATUS;
	if (!answered)
		return FAILED_PROBE;
	return stage->options->probe ? PROVEN_PROBE : PROVEN_EXIT;
}

/* Runs it on a stage; the signal that interrupted is in OUT->trace. */
static int run(struct arena *arena, const struct proof_options *options, struct proof *out)
{
	struct stage stage;
	unsigned timeout = options->timeout_seconds ? options->timeout_seconds : USUAL_SECONDS;
	const struct trace_host host = {
		.data = &stage,
		.start = stage_start,
		.descriptors = stage_descriptors,
		.ready = stage_ready,
		.ended = stage_ended,
		.stop_signal = options->stop_signal ? options->stop_signal : SIGTERM,
		.grace_seconds = timeout,
		.tasks_max = PROOF_TASKS_MAX,
		.files_max = PROOF_FILES_MAX,
	};
	const struct trace_options trace = {
		.program = options->arguments[0],
		.arguments = options->arguments,
		.timeout_seconds = timeout,
		.diag = options->diag,
		.cancelled = options->cancelled,
		.host = &host,
	};
	int r = stage_open(&stage, options);

	if (r == 0)
		r = trace_run(arena, &trace, &out->trace);
	stage_close(&stage);
	if (r < 0)
		return r;
	if (stage.lost)
		return diag_error(options->diag, EIO, "--check run",
				  "the process that watches the program was killed");
	out->end = end_of(&stage, &out->trace, host.stop_signal);
	out->status = out->trace.status;
	out->error = out->trace.error;
	if (out->end == FAILED_START)
		out->advice =
			foreign_advice(arena, options->root, options->arguments[0], out->error);
	out->answered = stage.status;
	out->lacking = stage.lacking;
	out->last_words = relay_last_words(&stage.relay, arena);
	return out->last_words ? 0 : -ENOMEM;
}

/* Where nobody reads our output any more, that is no reason to end. */
static void take_broken_pipe(const sigset_t *signals)
{
	const struct timespec none = { 0 };

	while (sigtimedwait(signals, NULL, &none) > 0)
		;
}

int proof_run(struct arena *arena, const struct proof_options *options, struct proof *out)
{
	sigset_t signals;
	sigset_t mask;
	int r;

	assert(options->root && options->arguments && options->arguments[0]);
	*out = (struct proof){ 0 };
	sigemptyset(&signals);
	sigaddset(&signals, SIGPIPE);
	r = pthread_sigmask(SIG_BLOCK, &signals, &mask);
	if (r > 0)
		return -r;
	r = run(arena, options, out);
	if (!sigismember(&mask, SIGPIPE))
		take_broken_pipe(&signals);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	if (r == -EINTR && out->trace.signal)
		kill(getpid(), out->trace.signal);
	return r;
}
