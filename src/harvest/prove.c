/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/prove.h"
#include "base/path.h"
#include "harvest/layout.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* The first FILE, where it is something that can be started. */
static const struct input *first_program(const struct inputs *inputs)
{
	for (size_t i = 0; i < inputs->all.count; i++)
		if (inputs->all.items[i]->asked)
			return inputs->all.items[i]->library ? NULL : inputs->all.items[i];
	return NULL;
}

static int add_words(struct arena *arena, struct texts *out, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		TRY(texts_add(arena, out, words[i]));
	return 0;
}

/*
 * Arguments of the run, with a NULL behind: FILE and the ARGs that the user gave for it, or what
 * the image would run.
 */
static int find_arguments(const struct prove_input *input, const struct image *image,
			  struct texts *out)
{
	const struct mkrootfs_plan *plan = input->source.plan;
	const struct input *program = first_program(input->source.inputs);
	bool given = plan->arguments.count > 0;

	/* A name that is not UTF-8 is no entrypoint of an image, and runs all the same. */
	if (program && (given || (image->entrypoint.count == 0 && !plan->image.has_entrypoint)))
		TRY(texts_add(plan->arena, out, program->location.dest));
	else
		TRY(add_words(plan->arena, out, image->entrypoint.items, image->entrypoint.count));
	if (given)
		TRY(add_words(plan->arena, out, plan->arguments.items, plan->arguments.count));
	else
		TRY(add_words(plan->arena, out, image->cmd.items, image->cmd.count));
	if (out->count == 0 || !*out->items[0])
		return diag_error_hint(&plan->diag, ENOENT, "--check run",
				       "name a program, or give an --entrypoint or a --cmd",
				       "there is nothing to run");
	return table_add(plan->arena, &out->items, &out->count, &out->capacity, sizeof(*out->items))
		       ? 0
		       : -ENOMEM;
}

/* KEY=VALUE of each variable, with a NULL behind. */
static const char **make_environment(struct arena *arena, const struct image_pairs *pairs)
{
	const char **out = arena_array(arena, pairs->count + 1, sizeof(*out));

	for (size_t i = 0; out && i < pairs->count; i++) {
		out[i] = arena_printf(arena, "%s=%s", pairs->items[i].key, pairs->items[i].value);
		if (!out[i])
			return NULL;
	}
	return out;
}

static bool asks_for_locale(const struct image_pairs *environment)
{
	for (size_t i = 0; i < environment->count; i++)
		if (strncmp(environment->items[i].key, "LC_", 3) == 0 ||
		    strcmp(environment->items[i].key, "LANG") == 0)
			return true;
	return false;
}

/* A FILE:DEST that is another place, or NULL. */
static const struct plan_file *find_moved(const struct inputs *inputs, struct plan_file *out)
{
	const struct input *program = first_program(inputs);

	if (!program || strcmp(program->location.path, program->location.dest) == 0)
		return NULL;
	*out = (struct plan_file){ program->location.path, program->location.dest };
	return out;
}

static int run(const struct prove_input *input, const struct image *image,
	       const struct texts *arguments, const struct layout *layout, struct proof *proof)
{
	const struct mkrootfs_plan *plan = input->source.plan;
	const struct proof_options options = {
		.root = layout->path,
		.arguments = arguments->items,
		.environment = make_environment(plan->arena, &image->environment),
		.uid = plan->user ? plan->user->uid : 0,
		.gid = plan->user ? plan->user->gid : 0,
		.workdir = image->workdir,
		.stop_signal = plan->image.stop_number,
		.probe = plan->run.probed ? &plan->run.probe : NULL,
		.timeout_seconds = plan->run.timeout,
		.output = STDERR_FILENO,
		.diag = &plan->diag,
		.cancelled = plan->cancelled,
	};

	return options.environment ? proof_run(plan->arena, &options, proof) : -ENOMEM;
}

/* How it ended, in a word. */
static const char *end_name(enum proof_end end)
{
	static const char *const names[] = {
		[PROVEN_EXIT] = "exit",	     [PROVEN_PROBE] = "probe",
		[PROVEN_TIME] = "time",	     [FAILED_STATUS] = "status",
		[FAILED_SIGNAL] = "signal",  [FAILED_PROBE] = "no answer",
		[FAILED_STOP] = "goes on",   [FAILED_START] = "no start",
		[FAILED_TASKS] = "too many",
	};

	return names[end];
}

static int judge(const struct prove_input *input, const struct image *image, struct proving *out)
{
	const struct mkrootfs_plan *plan = input->source.plan;
	struct plan_file moved;
	const struct lookups_of lookups = {
		.found = input->found,
		.manifest = input->manifest,
		.trace = &out->proof.trace,
		.failed = !proof_succeeded(out->proof.end),
		.last_words = out->proof.last_words ? out->proof.last_words : "",
		.locales = asks_for_locale(&image->environment),
		.moved = find_moved(input->source.inputs, &moved),
	};

	return lookups_judge(plan->arena, &lookups, &out->lookups);
}

int prove(const struct prove_input *input, struct proving *out)
{
	CLEANUP(layout) struct layout layout = LAYOUT_NONE;
	const struct mkrootfs_plan *plan = input->source.plan;
	struct texts arguments = { 0 };
	struct image image;

	TRY(image_make(&input->source, plan->arena, &image));
	TRY(find_arguments(input, &image, &arguments));
	TRY(layout_make(&layout, plan->arena, plan, input->manifest));
	TRY(run(input, &image, &arguments, &layout, &out->proof));
	assert(arguments.items);
	out->ran = true;
	out->program = arguments.items[0];
	TRY(judge(input, &image, out));
	out->report = (struct report_run){
		.proven = proof_succeeded(out->proof.end),
		.end = end_name(out->proof.end),
		.has_status = out->proof.end != FAILED_START,
		.status = out->proof.status,
		.rounds = 1,
		.lookups = out->lookups.all.items,
		.n_lookups = out->lookups.all.count,
	};
	return out->report.proven ? 0 : HARVEST_UNPROVEN;
}
