/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/traced.h"
#include "base/error.h"
#include "base/path.h"
#include "needs/make.h"
#include "trace/trace.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>

static const struct need_rule trace_rule = {
	.name = "trace",
	.found_by = FOUND_BY_TRACE,
	.level = NEED_REQUIRED,
	.each = true,
	.quiet = true,
	.why = "found by the program when it was traced",
};

/* The files of loaders are mkrootfs's affair: a cache of this system would be wrong there. */
static bool is_of_loader(const struct mkrootfs *harvest, const char *path)
{
	for (size_t i = 0; i < harvest->sysroot.n_loaders; i++) {
		const char *cache = harvest->sysroot.loaders[i]->cache_path;

		if (cache && strcmp(cache, path) == 0)
			return true;
	}
	/* So is that of character sets, whose modules have a configuration of their own. */
	return strcmp(path, "/etc/ld.so.preload") == 0 ||
	       strcmp(path_basename(path), "gconv-modules.cache") == 0;
}

/* Whether it is there, or is the program that was run, which may have moved. */
static bool is_inside(const struct mkrootfs *harvest, const struct root *inside, const char *path)
{
	const char *program = harvest->inputs.all.items[0]->given;
	char *canonical;
	char *its;

	if (root_walk(inside, harvest->arena, path, true, NULL, NULL, &canonical) == 0)
		return true;
	return root_walk(harvest->root, harvest->arena, path, true, NULL, NULL, &canonical) == 0 &&
	       root_walk(harvest->root, harvest->arena, program, true, NULL, NULL, &its) == 0 &&
	       strcmp(canonical, its) == 0;
}

/* Whether FILE, found while it ran, is something that the result is to have; -errno. */
static int is_wanted(struct mkrootfs *harvest, const struct root *inside,
		     const struct trace_file *file)
{
	struct stat stat;

	/* What was there before and is only written to, a database, is its own to begin with. */
	if (file->created || path_is_kernel(file->path) || is_of_loader(harvest, file->path) ||
	    is_inside(harvest, inside, file->path))
		return 0;
	/* It may be gone by now; sockets and devices are the runtime's to give. */
	return TRY(needs_exists(harvest->needs, file->path, &stat)) &&
	       (S_ISREG(stat.st_mode) || S_ISDIR(stat.st_mode));
}

static int add_files(struct mkrootfs *harvest, struct need *need, const struct trace *trace)
{
	CLEANUP(root_close) struct root *inside = NULL;

	TRY(manifest_root(harvest->manifest, &inside));
	for (size_t i = 0; i < trace->n_files; i++) {
		const struct need_item item = {
			.kind = NEED_PATH,
			.path = trace->files[i].path,
		};

		if (!trace->files[i].found)
			diag_note(&harvest->plan->diag, item.path,
				  "was looked for in vain while the program was traced");
		else if (TRY(is_wanted(harvest, inside, &trace->files[i])))
			TRY(need_add(harvest->needs, need, &item));
	}
	return 0;
}

static void report_end(const struct mkrootfs *harvest, const char *program,
		       const struct trace *trace)
{
	const struct diag *diag = &harvest->plan->diag;

	if (trace->timed_out)
		diag_note(diag, program, "was ended after --trace-timeout");
	else if (WIFSIGNALED(trace->status))
		diag_warning(diag, program,
			     "was killed by signal %d while it was traced: what it "
			     "would have used after that is not known",
			     WTERMSIG(trace->status));
	else if (WEXITSTATUS(trace->status) != 0)
		diag_warning(diag, program, "exited with status %d while it was traced",
			     WEXITSTATUS(trace->status));
	else
		diag_note(diag, program, "exited with status 0 while it was traced");
}

/* What no rule knew of is how the rules grow. */
static void report_found(const struct mkrootfs *harvest, const struct need *need)
{
	const struct diag *diag = &harvest->plan->diag;

	for (size_t i = 0; i < need->n_items; i++) {
		const struct need_item *item = &need->items[i];

		if (item->brought)
			diag_warning(diag, item->path,
				     "was found by the trace alone, and is added");
		else
			diag_warning(diag, item->path, "was found by the trace, and left out: %s",
				     item->refused ? item->refused : "it is of no use here");
	}
}

/* A need that has as its sign that PROGRAM, the first FILE, ran. */
static int put_need(const struct mkrootfs *harvest, const char *program, struct need **out)
{
	const struct closure *process = harvest->programs.all.items[0]->closures.items[0];
	const struct need need = {
		.rule = &trace_rule,
		.sign = arena_printf(harvest->arena, "%s was traced", program),
		.program = 0,
		.process = process,
		.object = process->objects[0],
		.followed = true,
	};

	return needs_put(harvest->needs, &need, out);
}

/* Runs PROGRAM with the plan's arguments. */
static int run(const struct mkrootfs *harvest, const char *program, struct trace *trace)
{
	const struct mkrootfs_plan *plan = harvest->plan;
	const struct plan_list *list = &plan->arguments;
	const char **arguments = arena_array(harvest->arena, list->count + 2, sizeof(*arguments));
	const struct trace_options options = {
		.program = program,
		.arguments = arguments,
		.timeout_seconds = plan->trace_timeout,
		.diag = &plan->diag,
		.cancelled = plan->cancelled,
	};

	if (!arguments)
		return -ENOMEM;
	arguments[0] = program;
	if (list->count > 0)
		memcpy(arguments + 1, list->items, list->count * sizeof(*arguments));
	return trace_run(harvest->arena, &options, trace);
}

int traced_harvest(struct mkrootfs *harvest)
{
	const struct input_list *inputs = &harvest->inputs.all;
	const char *program;
	struct need *need;
	int incomplete;

	if (inputs->count == 0 || !inputs->items[0]->asked || harvest->programs.all.count == 0)
		return diag_error(&harvest->plan->diag, ENOENT, "--trace",
				  "there is no FILE to run");
	program = inputs->items[0]->given;
	TRY(run(harvest, program, &harvest->trace));
	harvest->traced = true;
	TRY(put_need(harvest, program, &need));
	TRY(add_files(harvest, need, &harvest->trace));
	incomplete = TRY(follow_needs(&harvest->follower));
	report_found(harvest, need);
	report_end(harvest, program, &harvest->trace);
	return incomplete;
}
