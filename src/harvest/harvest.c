/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/harvest.h"
#include "base/error.h"
#include "base/path.h"
#include "closure/audit.h"
#include "closure/undefined.h"
#include "harvest/explain.h"
#include "harvest/follow.h"
#include "harvest/image_make.h"
#include "harvest/result_cache.h"
#include "harvest/to_manifest.h"
#include "harvest/traced.h"
#include "harvest/verify.h"
#include "packages/records.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

int harvest_cancelled(const struct mkrootfs *harvest)
{
	return harvest->plan->cancelled && *harvest->plan->cancelled ? -EINTR : 0;
}

int harvest_resolve(struct mkrootfs *harvest, struct sysroot *sysroot,
		    const struct closure_program *program, const struct processor *processor,
		    const struct closure **out)
{
	TRY(harvest_cancelled(harvest));
	return closure_resolve(sysroot, program, processor, &harvest->options, out);
}

int harvest_open(struct mkrootfs *harvest, const struct sysroot *sysroot,
		 const struct closure_process *process, const struct closure_object *caller,
		 const char *name, const struct closure **out)
{
	TRY(harvest_cancelled(harvest));
	return closure_open(sysroot, process, caller, name, &harvest->options, out);
}

/* Whether --hwcaps leaves all that PROCESSOR's loader would look for. */
static bool is_wanted(const struct mkrootfs_plan *plan, const struct processor *processor)
{
	if (plan->all_hwcaps || processor->n_hwcaps == 0)
		return plan->all_hwcaps || processor->n_legacy < 3;
	/* The best name decides: "x86-64-v3" means a machine of that level. */
	for (size_t i = 0; i < plan->n_hwcaps; i++)
		if (strcmp(plan->hwcaps[i], processor->hwcaps[0]) == 0)
			return true;
	return false;
}

static int add_closure(struct mkrootfs *harvest, const struct input *input,
		       const struct processor *processor)
{
	const struct closure_program program = input_program(input);
	int r = arena_grow(harvest->arena, &harvest->closures, harvest->n_closures,
			   &harvest->closures_capacity, sizeof(*harvest->closures));

	if (r == 0)
		r = harvest_resolve(harvest, &harvest->sysroot, &program, processor,
				    &harvest->closures[harvest->n_closures]);
	if (r == 0)
		harvest->n_closures++;
	return r;
}

/* The closure on the baseline, and on every other kind of processor where it may differ. */
static int resolve_input(struct mkrootfs *harvest, const struct input *input)
{
	const struct processor *processors;
	struct harvest_program *program;
	size_t count;
	int r;

	r = arena_grow(harvest->arena, &harvest->programs, harvest->n_programs,
		       &harvest->programs_capacity, sizeof(*harvest->programs));
	if (r < 0)
		return r;
	program = &harvest->programs[harvest->n_programs++];
	program->input = input;
	program->first = harvest->n_closures;
	loader_processors(input->loader, &processors, &count);
	r = add_closure(harvest, input, &processors[0]);
	for (size_t i = 1; r == 0 && i < count && harvest->closures[program->first]->cpu_dependent;
	     i++)
		if (is_wanted(harvest->plan, &processors[i]))
			r = add_closure(harvest, input, &processors[i]);
	program->count = harvest->n_closures - program->first;
	return r;
}

static int report_missing(struct mkrootfs *harvest, const struct closure_object *object)
{
	CLEANUP(buffer) struct buffer needed_by = { 0 };
	CLEANUP(buffer) struct buffer hint = { 0 };
	size_t n_needed_by = 0;

	for (size_t i = 0; i < harvest->n_closures; i++) {
		const struct closure *closure = harvest->closures[i];

		for (size_t j = 0; j < closure->n_objects; j++) {
			const struct closure_object *other = closure->objects[j];

			if (!closure_is_missing(other) || !other->loaded.requester ||
			    strcmp(other->loaded.name, object->loaded.name) != 0)
				continue;
			if (needed_by.bytes &&
			    strstr(needed_by.bytes, other->loaded.requester->location.path))
				continue;
			if (n_needed_by++ > 0)
				buffer_add_string(&needed_by, ", ");
			buffer_add_string(&needed_by, other->loaded.requester->location.path);
		}
	}
	/* A loader that is not there: that was told, with the program that asks for it. */
	if (n_needed_by == 0)
		return 0;
	buffer_add_string(&hint, "looked for in ");
	for (size_t i = 0; i < object->n_searched; i++)
		buffer_printf(&hint, "%s%s", i > 0 ? ", " : "", object->searched[i]);
	if (object->n_searched == 0)
		buffer_add_string(&hint, "no directory at all");
	if (buffer_error(&hint) || buffer_error(&needed_by))
		return -ENOMEM;
	if (object->allowed_missing)
		diag_note(&harvest->plan->diag, object->loaded.name,
			  "not found, and allowed to be missing; needed by %s", needed_by.bytes);
	else
		diag_error_hint(&harvest->plan->diag, ENOENT, object->loaded.name, hint.bytes,
				"not found, needed by %s", needed_by.bytes);
	return 0;
}

/* Whether an object of that name was reported as missing before the one at (CLOSURE, INDEX). */
static bool was_reported(const struct mkrootfs *harvest, size_t closure, size_t index)
{
	const char *name = harvest->closures[closure]->objects[index]->loaded.name;

	for (size_t i = 0; i <= closure; i++) {
		const struct closure *other = harvest->closures[i];

		for (size_t j = 0; j < (i == closure ? index : other->n_objects); j++)
			if (closure_is_missing(other->objects[j]) &&
			    strcmp(other->objects[j]->loaded.name, name) == 0)
				return true;
	}
	return false;
}

/* Says all that keeps CLOSURE from loading. Returns 0 or -ENOEXEC, -ENOMEM. */
static int report_faults(struct mkrootfs *harvest, size_t index)
{
	const struct closure *closure = harvest->closures[index];
	const char *program = closure->objects[0]->loaded.location.path;
	int r;

	if (closure->stopped)
		return diag_error(&harvest->plan->diag, ENOEXEC, program, "%s", closure->stopped);
	for (size_t i = 0; i < closure->n_objects; i++) {
		const struct closure_object *object = closure->objects[i];

		if (!closure_is_missing(object))
			continue;
		harvest->incomplete |= !object->allowed_missing;
		if (was_reported(harvest, index, i))
			continue;
		r = report_missing(harvest, object);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < closure->n_faults; i++) {
		harvest->incomplete = true;
		diag_error(&harvest->plan->diag, ENOENT, closure->faults[i].subject, "%s",
			   closure->faults[i].text);
	}
	return 0;
}

/* What the result may rely on: the closure's own processor, or better ones if --hwcaps says so. */
static unsigned isa_level_for(const struct mkrootfs_plan *plan, const struct closure *closure)
{
	const struct processor *processors;
	unsigned level = closure->processor->isa_level;
	size_t count;

	loader_processors(closure->loader, &processors, &count);
	for (size_t i = 0; i < count && !plan->all_hwcaps; i++)
		if (processors[i].n_hwcaps > 0 && is_wanted(plan, &processors[i]))
			level |= processors[i].isa_level;
	return level;
}

/* --check symbols */
static int check_symbols(struct mkrootfs *harvest, const struct closure *closure)
{
	const struct mkrootfs_plan *plan = harvest->plan;
	const struct closure_fault *faults;
	size_t count;
	int r;

	r = symbols_check(&harvest->sysroot, closure, isa_level_for(plan, closure), &faults,
			  &count);
	for (size_t i = 0; r == 0 && i < count; i++) {
		harvest->incomplete = true;
		diag_error(&plan->diag, ENOENT, faults[i].subject, "%s", faults[i].text);
	}
	return r;
}

/* The program's auditing libraries become inputs: each has a link map of its own. */
static int add_audits(struct mkrootfs *harvest, const struct closure *closure)
{
	struct location *locations;
	size_t count;
	int r;

	r = audit_find(&harvest->sysroot, closure, &harvest->options, &locations, &count);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = inputs_add_library(&harvest->inputs, locations[i], "auditing library");
	return r;
}

int harvest_resolve_inputs(struct mkrootfs *harvest, size_t first_input)
{
	/* Inputs may be found on the way: their number and place change. */
	for (size_t i = first_input; i < harvest->inputs.count; i++) {
		const struct input *input =
			arena_memdup(harvest->arena, &harvest->inputs.items[i], sizeof(*input));
		size_t first = harvest->n_closures;
		int r;

		if (!input)
			return -ENOMEM;
		if (input->script)
			continue;
		if (input->loader_missing) {
			harvest->incomplete = true;
			diag_error(&harvest->plan->diag, ENOENT, input->loader->interp,
				   "loader not found, needed by %s", input->location.path);
		}
		r = resolve_input(harvest, input);
		for (size_t j = first; r == 0 && j < harvest->n_closures; j++)
			r = report_faults(harvest, j);
		for (size_t j = first;
		     r == 0 && harvest->plan->check_symbols && j < harvest->n_closures; j++)
			r = check_symbols(harvest, harvest->closures[j]);
		if (r == 0 && !input->library)
			r = add_audits(harvest, harvest->closures[first]);
		if (r < 0)
			return r;
	}
	return 0;
}

/* --add: what is programs and libraries in it is resolved like everything else. */
static int put_adds(struct mkrootfs *harvest)
{
	const struct mkrootfs_plan *plan = harvest->plan;
	const struct plan_file *adds = plan->adds.items;
	int r = 0;

	for (size_t i = 0; r == 0 && i < plan->adds.count; i++) {
		const char *path = path_normalize(harvest->arena,
						  harvest->sysroot.working_directory, adds[i].path);

		if (!path)
			return -ENOMEM;
		r = manifest_add_tree(harvest->manifest, harvest->root, path,
				      adds[i].dest ? adds[i].dest : path, ENTRY_USER, "--add");
	}
	return r;
}

static int add_inputs_of_adds(struct mkrootfs *harvest)
{
	const struct entry *const *entries;
	size_t count;

	entries = manifest_entries(harvest->manifest, &count);
	for (size_t i = 0; i < count; i++) {
		int r;

		if (entries[i]->rank != ENTRY_USER || entries[i]->type != ENTRY_FILE ||
		    !entries[i]->source)
			continue;
		r = inputs_add_path(&harvest->inputs, entries[i]->source, entries[i]->path,
				    "--add");
		if (r < 0)
			return r;
		harvest->incomplete |= r == INPUT_INTERPRETER_MISSING;
	}
	return 0;
}

static int put_extras(struct mkrootfs *harvest)
{
	const struct mkrootfs_plan *plan = harvest->plan;
	const struct plan_symlink *symlinks = plan->symlinks.items;
	const struct plan_directory *mkdirs = plan->mkdirs.items;
	int r = 0;

	for (size_t i = 0; r == 0 && i < plan->mkdirs.count; i++)
		r = manifest_put_directory(harvest->manifest, mkdirs[i].path, mkdirs[i].mode,
					   mkdirs[i].uid, mkdirs[i].gid, ENTRY_USER, "--mkdir");
	for (size_t i = 0; r == 0 && i < plan->symlinks.count; i++)
		r = manifest_put_symlink(harvest->manifest, symlinks[i].link, symlinks[i].target,
					 ENTRY_USER, "--symlink");
	if (r == 0 && !plan->bare)
		r = accounts_put(harvest->manifest, plan->user);
	return r < 0 ? r : image_put_directories(harvest);
}

static int add_files(struct mkrootfs *harvest)
{
	const struct plan_file *files = harvest->plan->files.items;

	for (size_t i = 0; i < harvest->plan->files.count; i++) {
		int r = inputs_add_file(&harvest->inputs, &files[i]);

		if (r < 0)
			return r;
		harvest->incomplete |= r == INPUT_INTERPRETER_MISSING;
	}
	return 0;
}

/* What a trace finds that is not there yet is filled in as the rest was. */
static int traced_fill(struct mkrootfs *harvest)
{
	int r = traced_harvest(harvest);

	if (r == 0)
		r = fill_closures(harvest);
	return r == 0 ? fill_needs(harvest) : r;
}

int harvest_packages(struct mkrootfs *harvest)
{
	int r;

	if (harvest->packaged)
		return 0;
	r = packages_find(harvest->manifest, harvest->root, &harvest->plan->diag,
			  &harvest->packages);
	harvest->packaged = r == 0;
	return r;
}

static int put_package_metadata(struct mkrootfs *harvest)
{
	int r = package_records_put_os_release(harvest->manifest, harvest->root);

	if (r == 0)
		r = harvest_packages(harvest);
	if (r < 0)
		return r;
	if (harvest->packages.count == 0)
		diag_warning(&harvest->plan->diag, "--package-metadata",
			     "no package is known to own any of the files");
	return package_records_put(harvest->manifest, &harvest->packages, &harvest->plan->diag);
}

/* The sentence of the design: inputs, closures, manifest, check. */
static int harvest_run(struct mkrootfs *harvest)
{
	size_t n_inputs;
	int r;

	r = add_files(harvest);
	if (r == 0)
		r = harvest_resolve_inputs(harvest, 0);
	n_inputs = harvest->inputs.count;
	if (r == 0)
		r = put_adds(harvest);
	if (r == 0)
		r = add_inputs_of_adds(harvest);
	if (r == 0)
		r = harvest_resolve_inputs(harvest, n_inputs);
	if (r == 0)
		r = bring_needs(harvest);
	if (r == 0)
		r = fill_closures(harvest);
	if (r == 0)
		r = fill_needs(harvest);
	if (r == 0)
		r = put_extras(harvest);
	/* What cannot be written need not be run. */
	if (r == 0 && harvest->plan->trace && !harvest->incomplete)
		r = traced_fill(harvest);
	if (r == 0)
		r = result_caches_put(harvest);
	if (r == 0 && harvest->plan->package_metadata)
		r = put_package_metadata(harvest);
	if (r == 0 && harvest->plan->packages)
		r = harvest_packages(harvest);
	if (r == 0)
		r = manifest_seal(harvest->manifest);
	if (r < 0)
		return r;
	if (harvest->incomplete)
		return MKROOTFS_INCOMPLETE;
	tell_needs(harvest);
	return verify_result(harvest);
}

static int set_working_directory(struct mkrootfs *harvest)
{
	char *directory;

	harvest->sysroot.working_directory = "/";
	if (harvest->plan->sysroot)
		return 0;
	directory = getcwd(NULL, 0);
	if (!directory)
		return diag_error(&harvest->plan->diag, errno, "current directory", "%s",
				  errno_text(errno));
	harvest->sysroot.working_directory = arena_strdup(harvest->arena, directory);
	free(directory);
	return harvest->sysroot.working_directory ? 0 : -ENOMEM;
}

static int harvest_prepare(struct mkrootfs *harvest, const struct mkrootfs_plan *plan)
{
	const char *sysroot = plan->sysroot ? plan->sysroot : "/";
	struct needs_options needs;
	int r;

	harvest->plan = plan;
	harvest->arena = arena_new();
	harvest->store = elf_store_new();
	harvest->manifest = manifest_new(&plan->policy, &plan->diag);
	if (!harvest->arena || !harvest->store || !harvest->manifest)
		return -ENOMEM;
	r = root_disk_open(&harvest->root, sysroot);
	if (r < 0)
		return diag_errno(&plan->diag, -r, sysroot);
	r = set_working_directory(harvest);
	if (r < 0)
		return r;
	harvest->sysroot.arena = harvest->arena;
	harvest->sysroot.root = harvest->root;
	harvest->sysroot.store = harvest->store;
	harvest->sysroot.diag = &plan->diag;
	harvest->inputs.sysroot = &harvest->sysroot;
	harvest->inputs.search_path = plan->search_path;
	harvest->options = (struct closure_options){
		.library_path = plan->library_path,
		.preload = plan->preloads.items,
		.n_preload = plan->preloads.count,
		.allow_missing = plan->allow_missing.items,
		.n_allow_missing = plan->allow_missing.count,
	};
	needs = plan->needs;
	/* The closure alone, and what it aborts without. */
	if (plan->bare && !plan->level_set)
		needs.level = NEED_REQUIRED;
	harvest->level = needs.level;
	needs.with = plan->with.items;
	needs.n_with = plan->with.count;
	needs.without = plan->without.items;
	needs.n_without = plan->without.count;
	harvest->needs = needs_new(&harvest->sysroot, &needs);
	return harvest->needs ? 0 : -ENOMEM;
}

int mkrootfs_harvest(struct mkrootfs_plan *plan, struct mkrootfs **rootfs)
{
	CLEANUP(mkrootfs_free) struct mkrootfs *harvest = calloc(1, sizeof(*harvest));
	int r;

	if (!harvest)
		return -ENOMEM;
	r = harvest_prepare(harvest, plan);
	if (r == 0)
		r = harvest_run(harvest);
	if (r >= 0)
		*rootfs = STEAL(harvest);
	return r;
}

void mkrootfs_free(struct mkrootfs *rootfs)
{
	if (!rootfs)
		return;
	needs_free(rootfs->needs);
	manifest_free(rootfs->manifest);
	elf_store_free(rootfs->store);
	root_close(rootfs->root);
	arena_free(rootfs->arena);
	free(rootfs);
}
