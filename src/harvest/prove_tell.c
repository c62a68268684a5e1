/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/prove_tell.h"
#include "base/path.h"
#include "harvest/advice.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>

enum {
	CAUSES_MAX = 4, /* that are named in one line */
	OPTIONS_MAX = 12,
	WORDS_MAX = 400, /* bytes of the program's last line */
};

static const char *probe_text(struct arena *arena, const struct probe *probe)
{
	switch (probe->kind) {
	case PROBE_TCP:
		return arena_printf(arena, "tcp:%u", probe->port);
	case PROBE_UNIX:
		return arena_printf(arena, "unix:%s", probe->path);
	case PROBE_HTTP:
		return arena_printf(arena, "http:%u%s", probe->port, probe->path);
	}
	return "";
}

/* With status 0 it is a failure only where a probe was to be answered before. */
static const char *unanswered_text(struct arena *arena, const struct mkrootfs_plan *plan,
				   const struct proof *proof)
{
	const char *probe = probe_text(arena, &plan->run.probe);

	if (!probe)
		return NULL;
	if (WIFEXITED(proof->status))
		return arena_printf(arena, "exited with status %d before it answered %s",
				    WEXITSTATUS(proof->status), probe);
	if (proof->answered > 0)
		return arena_printf(arena, "answered %s with status %d only, for %u seconds", probe,
				    proof->answered, plan->run.timeout);
	return arena_printf(arena, "did not answer %s within %u seconds", probe, plan->run.timeout);
}

const char *prove_end_text(struct arena *arena, const struct mkrootfs_plan *plan,
			   const struct proof *proof)
{
	int signal = plan->image.stop_number ? plan->image.stop_number : SIGTERM;
	const char *probe;

	switch (proof->end) {
	case PROVEN_EXIT:
		return "exited with status 0";
	case PROVEN_PROBE:
		probe = probe_text(arena, &plan->run.probe);
		return probe ? arena_printf(arena, "answered %s, and ended by signal %d", probe,
					    signal)
			     : NULL;
	case PROVEN_TIME:
		return arena_printf(arena, "ran for %u seconds, and ended by signal %d",
				    plan->run.timeout, signal);
	case FAILED_STATUS:
		return arena_printf(arena, "exited with status %d", WEXITSTATUS(proof->status));
	case FAILED_SIGNAL:
		return arena_printf(arena, "was killed by signal %d (%s)", WTERMSIG(proof->status),
				    strsignal(WTERMSIG(proof->status)));
	case FAILED_PROBE:
		return unanswered_text(arena, plan, proof);
	case FAILED_STOP:
		return arena_printf(arena, "did not end within %u seconds of signal %d",
				    plan->run.timeout, signal);
	case FAILED_START:
		return arena_printf(arena, "could not be started: %s", errno_text(proof->error));
	case FAILED_TASKS:
		return arena_printf(arena, "had more than %d processes and threads",
				    PROOF_TASKS_MAX);
	}
	return "";
}

/* Lookups that one message is about. */
struct causes {
	const struct lookup *items[CAUSES_MAX];
	size_t count;
};

/*
 * Those that are worth the first line: what its last words name; else the last before its end, the
 * programs or the libraries, whichever of them there are.
 */
static void find_causes(const struct proving *proving, struct causes *causes)
{
	const struct lookup *all = proving->lookups.all.items;

	for (size_t i = 0; i < proving->lookups.all.count && causes->count < CAUSES_MAX; i++)
		if (all[i].rank == all[0].rank && all[i].rank <= LOOKUP_LAST)
			causes->items[causes->count++] = &all[i];
}

/* Whether LOOKUP is told already, or comes by the same option. */
static bool is_cause(const struct causes *causes, const struct lookup *lookup)
{
	for (size_t i = 0; i < causes->count; i++) {
		const struct lookup *cause = causes->items[i];

		if (cause == lookup ||
		    (cause->option && lookup->option && strcmp(cause->option, lookup->option) == 0))
			return true;
	}
	return false;
}

/* "/a, /b and /c": those of KIND, where that is told apart, or the others. */
static void add_names(struct buffer *out, const struct causes *causes, enum lookup_kind apart,
		      bool of_kind)
{
	size_t count = 0;
	size_t added = 0;

	for (size_t i = 0; i < causes->count; i++)
		count += (causes->items[i]->kind == apart) == of_kind;
	for (size_t i = 0; i < causes->count; i++) {
		if ((causes->items[i]->kind == apart) != of_kind)
			continue;
		if (added > 0)
			buffer_add_string(out, added + 1 == count ? " and " : ", ");
		if (causes->items[i]->kind == LOOKUP_ACCOUNT)
			buffer_add_string(out, "the account ");
		buffer_add_string(out, causes->items[i]->path);
		added++;
	}
}

static bool has_kind(const struct causes *causes, enum lookup_kind kind, bool of_kind)
{
	for (size_t i = 0; i < causes->count; i++)
		if ((causes->items[i]->kind == kind) == of_kind)
			return true;
	return false;
}

/* What follows how it ended: ", where it lacks /a". */
static void add_causes(struct buffer *out, const struct causes *causes)
{
	if (causes->count == 0)
		return;
	if (has_kind(causes, LOOKUP_DENIED, false)) {
		buffer_add_string(out, causes->items[0]->rank == LOOKUP_NAMED
					       ? ", where it lacks "
					       : "; the last that it looked for in vain: ");
		add_names(out, causes, LOOKUP_DENIED, false);
	}
	if (has_kind(causes, LOOKUP_DENIED, true)) {
		buffer_add_string(out, "; its user may not use ");
		add_names(out, causes, LOOKUP_DENIED, true);
	}
}

/* Whether one of the COUNT others is a directory that brings what LOOKUP is. */
static bool comes_with(const struct lookup *lookup, const struct lookup *const *others,
		       size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (others[i] != lookup && others[i]->kind == LOOKUP_TREE &&
		    lookup->kind != LOOKUP_ACCOUNT && path_is_below(lookup->path, others[i]->path))
			return true;
	return false;
}

/* The options that bring the COUNT LOOKUPS, each once, as words to paste. */
static int add_options(struct arena *arena, struct buffer *out, const struct lookup *const *lookups,
		       size_t count)
{
	struct texts options = { 0 };

	for (size_t i = 0; i < count; i++)
		if (lookups[i]->option && !texts_have(&options, lookups[i]->option) &&
		    !comes_with(lookups[i], lookups, count))
			TRY(texts_add(arena, &options, lookups[i]->option));
	for (size_t i = 0; i < options.count && i < OPTIONS_MAX; i++)
		buffer_printf(out, " %s", options.items[i]);
	if (options.count > OPTIONS_MAX)
		buffer_printf(out, " and %zu more that -v names", options.count - OPTIONS_MAX);
	return 0;
}

/* The cause first, and the options; what else is to be known follows. */
static int tell_failure(const struct mkrootfs_plan *plan, const struct proving *proving,
			const struct causes *causes)
{
	CLEANUP(buffer) struct buffer text = { 0 };
	CLEANUP(buffer) struct buffer hint = { 0 };
	const char *end = prove_end_text(plan->arena, plan, &proving->proof);

	if (!end)
		return -ENOMEM;
	buffer_printf(&text, "%s in the result", end);
	add_causes(&text, causes);
	buffer_add_string(&hint, "to bring it:");
	TRY(add_options(plan->arena, &hint, causes->items, causes->count));
	if (strcmp(hint.bytes ? hint.bytes : "", "to bring it:") == 0) {
		buffer_reset(&hint);
		if (proving->proof.end == FAILED_START && proving->proof.error == ENOEXEC)
			buffer_add_string(&hint, "programs of another machine run where the kernel "
						 "has them in binfmt_misc, with flag F");
		else if (proving->lookups.all.count == 0)
			buffer_add_string(&hint, "it looked for nothing that is on this system and "
						 "not in the result");
	}
	TRY(buffer_error(&text));
	TRY(buffer_error(&hint));
	/* The number is for whoever forwards errors, which this is not: it is an outcome. */
	(void)diag_error_hint(&plan->diag, EPERM, proving->program, hint.bytes, "%s", text.bytes);
	return 0;
}

/* A line of what the program wrote: LENGTH bytes. */
struct line {
	const char *start;
	size_t length;
};

static bool names_cause(struct arena *arena, const struct line *line, const struct causes *causes)
{
	const char *text = arena_strndup(arena, line->start, line->length);

	for (size_t i = 0; text && i < causes->count; i++)
		if (strstr(text, path_basename(causes->items[i]->path)))
			return true;
	return false;
}

/* The last line that names a cause, or the last that is not empty. */
static struct line choose_line(struct arena *arena, const char *words, const struct causes *causes)
{
	struct line chosen = { words, 0 };
	bool named = false;

	for (const char *at = words; *at; at += strspn(at, "\r\n")) {
		struct line line = { at, strcspn(at, "\r\n") };
		bool names = names_cause(arena, &line, causes);

		at += line.length;
		if (strspn(line.start, " \t") >= line.length || (named && !names))
			continue;
		chosen = line;
		named = names;
	}
	return chosen;
}

static int tell_last_words(const struct mkrootfs_plan *plan, const struct proving *proving,
			   const struct causes *causes)
{
	const char *words = proving->proof.last_words ? proving->proof.last_words : "";
	const struct line line = choose_line(plan->arena, words, causes);
	const char *text;

	if (line.length == 0)
		return 0;
	text = arena_strndup(plan->arena, line.start,
			     line.length < WORDS_MAX ? line.length : WORDS_MAX);
	if (!text)
		return -ENOMEM;
	diag_warning(&plan->diag, proving->program, "its last words: %s", text);
	return 0;
}

/* All that is not among CAUSES: programs and libraries in one line, the rest to those who ask. */
static int tell_others(const struct mkrootfs_plan *plan, const struct proving *proving,
		       const struct causes *causes)
{
	CLEANUP(buffer) struct buffer text = { 0 };
	const struct lookup *all = proving->lookups.all.items;
	const size_t count = proving->lookups.all.count;
	const struct lookup **likely = arena_array(plan->arena, count + 1, sizeof(*likely));
	size_t n_likely = 0;
	size_t n_rest = 0;

	if (!likely)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		diag_note(&plan->diag, all[i].path, "%s%s%s%s",
			  all[i].kind == LOOKUP_DENIED ? "may not be used by the program's user"
						       : "was looked for in vain",
			  all[i].option ? "; to bring it: " : "",
			  all[i].option ? all[i].option : "",
			  all[i].refused ? arena_printf(plan->arena, " (%s)", all[i].refused) : "");
		if (is_cause(causes, &all[i]))
			continue;
		if (all[i].rank <= LOOKUP_LIBRARY && all[i].option)
			likely[n_likely++] = &all[i];
		else
			n_rest++;
	}
	if (n_likely > 0) {
		buffer_printf(&text, "looked in vain for %zu more; to bring %s:", n_likely,
			      n_likely == 1 ? "it" : "them");
		TRY(add_options(plan->arena, &text, likely, n_likely));
		TRY(buffer_error(&text));
		diag_warning(&plan->diag, proving->program, "%s", text.bytes);
	}
	if (n_rest > 0 && !proving->report.proven)
		diag_warning(&plan->diag, proving->program,
			     "looked in vain for %zu other path%s that %s here: -v names them",
			     n_rest, n_rest == 1 ? "" : "s", n_rest == 1 ? "is" : "are");
	return 0;
}

/* What the machine did not give the run, in one line. */
static int tell_lacking(const struct mkrootfs_plan *plan, const struct proof *proof)
{
	CLEANUP(buffer) struct buffer text = { 0 };

	for (unsigned bit = 0; bit < PROOF_N_LACKING; bit++)
		if (proof->lacking & (1U << bit))
			buffer_printf(&text, "%s%s", text.size > 0 ? "; " : "",
				      proof_lacking_text((enum proof_lacking)(1U << bit)));
	TRY(buffer_error(&text));
	if (text.size > 0)
		diag_warning(&plan->diag, "--check run", "not all was to be had here: %s",
			     text.bytes);
	return 0;
}

int prove_tell(const struct mkrootfs_plan *plan, const struct proving *proving)
{
	struct causes causes = { .count = 0 };

	if (proving->report.proven) {
		const char *end = prove_end_text(plan->arena, plan, &proving->proof);

		if (!end)
			return -ENOMEM;
		diag_note(&plan->diag, proving->program, "works in the result: it %s", end);
	} else {
		find_causes(proving, &causes);
		TRY(tell_failure(plan, proving, &causes));
		TRY(tell_last_words(plan, proving, &causes));
	}
	TRY(tell_others(plan, proving, &causes));
	return tell_lacking(plan, &proving->proof);
}
