/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/traced.h"
#include "base/error.h"
#include "base/path.h"
#include "harvest/advice.h"
#include "harvest/to_manifest.h"
#include "needs/make.h"
#include "needs/private.h"
#include "packages/installed.h"
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

/* What a run has used, and the result that may lack it. */
struct usage {
	struct follower *follower;
	const struct sysroot *sysroot;
	const struct diag *diag;
	const char *program; /* the first FILE, which was run */
	struct manifest *manifest;
	const struct root *inside; /* MANIFEST, as far as it is filled */
	const struct trace *trace;
};

/* The files of loaders are mkrootfs's affair: a cache of this system would be wrong there. */
static bool is_of_loader(const struct sysroot *sysroot, const char *path)
{
	for (size_t i = 0; i < sysroot->n_loaders; i++) {
		const char *cache = sysroot->loaders[i]->cache_path;

		if (cache && strcmp(cache, path) == 0)
			return true;
	}
	/* So is that of character sets, whose modules have a configuration of their own. */
	return strcmp(path, "/etc/ld.so.preload") == 0 || strstr(path, "/gconv-modules");
}

/*
 * Whether PATH is in the result, or is the program that was run, which may have moved: 1 or 0;
 * -errno after a diagnostic.
 */
static int is_inside(const struct usage *usage, const char *path)
{
	struct needs *needs = usage->follower->needs;
	int r = root_walk(usage->inside, usage->sysroot->arena, path, true, NULL, NULL, NULL);
	struct stat stat;
	char *canonical;
	char *its;

	if (r < 0 && !root_is_absence(r))
		return diag_errno(usage->diag, -r, path);
	if (r >= 0)
		return 1;
	return TRY(needs_resolve(needs, path, &stat, &canonical)) &&
	       TRY(needs_resolve(needs, usage->program, &stat, &its)) &&
	       strcmp(canonical, its) == 0;
}

/* Whether PATH is what Python has compiled of a module that the result has: 1, 0 or -errno. */
static int is_compiled_copy(const struct usage *usage, const char *path)
{
	static const char directory[] = "/__pycache__/";
	struct arena *arena = usage->sysroot->arena;
	const char *cache = strstr(path, directory);
	const char *source;
	const char *name;

	if (!cache)
		return 0;
	name = cache + strlen(directory);
	source = arena_printf(arena, "%.*s/%.*s.py", (int)(cache - path), path,
			      (int)strcspn(name, "."), name);
	return source ? is_inside(usage, source) : -ENOMEM;
}

/* Whether FILE is something that the result may lack: *STAT is what it leads to; -errno. */
static int is_wanted(const struct usage *usage, const struct trace_file *file, struct stat *stat)
{
	/* What was there before and is only written to, a database, is its own to begin with. */
	if (file->created || path_is_kernel(file->path) ||
	    is_of_loader(usage->sysroot, file->path) || TRY(is_inside(usage, file->path)) ||
	    TRY(is_compiled_copy(usage, file->path)))
		return false;
	/* It may be gone by now; sockets and devices are the runtime's to give. */
	if (TRY(needs_exists(usage->follower->needs, file->path, stat)) == 0)
		return false;
	return S_ISREG(stat->st_mode) || S_ISDIR(stat->st_mode);
}

/* A directory comes empty: where a program keeps what it makes, its name is no secret. */
static bool is_place(const char *path, const struct stat *stat)
{
	return S_ISDIR(stat->st_mode) &&
	       (path_is_below(path, "/run") || path_is_below(path, "/var"));
}

/* What was looked for in vain: it is not there, or those who ran the program may not read it. */
static int add_unfound(const struct usage *usage, struct need *need, const struct trace_file *file)
{
	struct need_item item = {
		.kind = NEED_PATH,
		.path = file->path,
		.private = true,
		.refused = "others may not read it",
	};
	struct stat stat;

	diag_note(usage->diag, item.path, "was looked for in vain while the program was traced");
	if (file->written || path_is_kernel(file->path) ||
	    TRY(needs_exists(usage->follower->needs, file->path, &stat)) == 0)
		return 0;
	return S_ISREG(stat.st_mode) && !(stat.st_mode & S_IROTH)
		       ? need_add(usage->follower->needs, need, &item)
		       : 0;
}

static int add_file(const struct usage *usage, struct need *need, const struct trace_file *file)
{
	struct need_item item = { .kind = NEED_PATH, .path = file->path };
	struct stat stat;

	if (!file->found)
		return add_unfound(usage, need, file);
	if (TRY(is_wanted(usage, file, &stat)) == 0)
		return 0;
	if (!is_place(item.path, &stat))
		item.private = TRY(needs_is_private(usage->follower->needs, item.path, false,
						    &item.refused)) > 0;
	/* That a home is there, programs look for without a need of it; logs are theirs to make. */
	return item.private && (S_ISDIR(stat.st_mode) || file->written)
		       ? 0
		       : need_add(usage->follower->needs, need, &item);
}

/* Data that a package lists may come from where else it would be the machine's own. */
static int admit_listed(const struct usage *usage, struct need *need)
{
	CLEANUP(installed_free) struct installed *installed = NULL;
	struct installed_listing *listings =
		arena_array(usage->sysroot->arena, need->n_items + 1, sizeof(*listings));
	size_t count = 0;

	if (!listings)
		return -ENOMEM;
	for (size_t i = 0; i < need->n_items; i++) {
		const struct need_item *item = &need->items[i];
		struct stat stat;
		char *canonical;

		if (!item->private)
			continue;
		if (TRY(needs_resolve(usage->follower->needs, item->path, &stat, &canonical)))
			listings[count++].path = canonical;
		else
			listings[count++].path = item->path;
	}
	if (count == 0)
		return 0;
	TRY(installed_open(usage->sysroot->arena, usage->sysroot->root, usage->diag, &installed));
	TRY(installed_look_up(installed, listings, count));
	for (size_t i = 0, at = 0; i < need->n_items && at < count; i++) {
		struct need_item *item = &need->items[i];

		if (item->private)
			item->private = TRY(needs_is_private(usage->follower->needs, item->path,
							     listings[at++].n_packages > 0,
							     &item->refused)) > 0;
	}
	return 0;
}

/* Adds the programs that were EXECUTED, or all else. */
static int add_files(struct usage *usage, struct need *need, bool executed)
{
	CLEANUP(root_close) struct root *inside = NULL;

	TRY(manifest_root(usage->manifest, &inside));
	usage->inside = inside;
	for (size_t i = 0; i < usage->trace->n_files; i++) {
		const struct trace_file *file = &usage->trace->files[i];

		if (executed == ((file->uses & TRACE_EXECUTED) && file->found))
			TRY(add_file(usage, need, file));
	}
	return admit_listed(usage, need);
}

/* Whether another need makes something of its own at PATH: that wins, and nobody needs to know. */
static bool is_made(const struct needs *all, const char *path)
{
	size_t count;
	struct need *const *needs = needs_list(all, &count);

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < needs[i]->n_items; j++) {
			const struct need_item *item = &needs[i]->items[j];

			if (item->brought && (item->kind == NEED_FILE || item->kind == NEED_LINK) &&
			    strcmp(item->path, path) == 0)
				return true;
		}
	return false;
}

/* What the run has led to may have needs that make files: those are not harvested. */
static void drop_made(const struct needs *needs, struct need *need)
{
	size_t count = 0;

	for (size_t i = 0; i < need->n_items; i++)
		if (!is_made(needs, need->items[i].path))
			need->items[count++] = need->items[i];
	need->n_items = count;
}

static void report_end(const struct diag *diag, const char *program, const struct trace *trace)
{
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

/* One line names all private files; with -v, each has a line. */
static int report_private(const struct usage *usage, const struct need *need)
{
	CLEANUP(buffer) struct buffer text = { 0 };
	struct arena *arena = usage->sysroot->arena;
	const struct diag *diag = usage->diag;
	struct texts paths = { 0 };

	for (size_t i = 0; i < need->n_items; i++) {
		if (!need->items[i].private)
			continue;
		diag_note(diag, need->items[i].path, "was found by the trace, and left out: %s",
			  need->items[i].refused);
		TRY(texts_add(arena, &paths, need->items[i].path));
	}
	if (paths.count == 0)
		return 0;
	buffer_add_string(&text, "left out what is private (");
	advice_add_count(&text, paths.count, "file");
	buffer_add_string(&text, "); to bring it:");
	TRY(advice_add_paths(arena, &text, &paths));
	TRY(buffer_error(&text));
	diag_warning(diag, "--trace", "%s", text.bytes);
	return 0;
}

/* Tells of ITEM in a line of its own: where there are MANY, to those who ask. */
static void report_one(const struct diag *diag, const struct need_item *item, bool many)
{
	if (!item->brought)
		diag_warning(diag, item->path, "was found by the trace, and left out: %s",
			     item->refused ? item->refused : "it is of no use here");
	else
		(many ? diag_note : diag_warning)(diag, item->path,
						  "was found by the trace alone, and is added");
}

/* What no rule knew of is how the rules grow. */
static int report_found(const struct usage *usage, const struct need *need)
{
	enum { ALONE_MAX = 8 };
	CLEANUP(buffer) struct buffer text = { 0 };
	struct arena *arena = usage->sysroot->arena;
	struct texts paths = { 0 };
	size_t count;

	for (size_t i = 0; i < need->n_items; i++)
		if (need->items[i].brought)
			TRY(texts_add(arena, &paths, need->items[i].path));
	count = paths.count;
	for (size_t i = 0; i < need->n_items; i++)
		if (!need->items[i].private)
			report_one(usage->diag, &need->items[i], count > ALONE_MAX);
	if (count <= ALONE_MAX)
		return 0;
	advice_add_count(&text, count, "path");
	buffer_add_string(&text, " that only the trace has found came with it, among them");
	TRY(advice_name_paths(arena, &text, "", &paths));
	TRY(buffer_error(&text));
	diag_warning(usage->diag, "--trace", "%s", text.bytes);
	return 0;
}

/* A need whose sign is that the program ran. */
static int put_need(const struct usage *usage, struct need **out)
{
	const struct follower *follower = usage->follower;
	const struct closure *process = follower->programs->all.items[0]->closures.items[0];
	const struct need need = {
		.rule = &trace_rule,
		.sign = arena_printf(usage->sysroot->arena, "%s was traced", usage->program),
		.program = 0,
		.process = process,
		.object = process->objects[0],
		.followed = true,
	};

	return needs_put(follower->needs, &need, out);
}

/* Runs PROGRAM with the plan's arguments. */
static int run(const struct mkrootfs_plan *plan, struct arena *arena, const char *program,
	       struct trace *trace)
{
	const struct plan_list *list = &plan->arguments;
	const char **arguments = arena_array(arena, list->count + 2, sizeof(*arguments));
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
	return trace_run(arena, &options, trace);
}

/*
 * Brings the programs that were EXECUTED, or all else that was found, with what they lead to.
 * Returns 0 or HARVEST_INCOMPLETE.
 */
static int bring(struct usage *usage, bool executed)
{
	struct follower *follower = usage->follower;
	struct need *need;
	int incomplete;

	TRY(put_need(usage, &need));
	TRY(add_files(usage, need, executed));
	incomplete = TRY(follow_needs(follower));
	drop_made(follower->needs, need);
	TRY(report_found(usage, need));
	TRY(report_private(usage, need));
	TRY(manifest_put_closures(usage->manifest, follower));
	TRY(manifest_put_needs(usage->manifest, follower));
	return incomplete;
}

int traced_harvest(struct follower *follower, struct manifest *manifest, struct trace *trace)
{
	const struct mkrootfs_plan *plan = follower->resolver->plan;
	const struct input_list *inputs = &follower->inputs->all;
	struct usage usage = {
		.follower = follower,
		.sysroot = follower->resolver->sysroot,
		.diag = &plan->diag,
		.manifest = manifest,
		.trace = trace,
	};
	int incomplete;

	if (inputs->count == 0 || !inputs->items[0]->asked || follower->programs->all.count == 0)
		return diag_error(&plan->diag, ENOENT, "--trace", "there is no FILE to run");
	usage.program = inputs->items[0]->given;
	TRY(run(plan, usage.sysroot->arena, usage.program, trace));
	/* What a helper loads and reads of itself comes with it, for its own reasons. */
	incomplete = TRY(bring(&usage, true));
	incomplete |= TRY(bring(&usage, false));
	report_end(usage.diag, usage.program, trace);
	return incomplete;
}
