/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/verify.h"
#include "base/path.h"

#include <errno.h>
#include <string.h>

static const char *display(const struct closure_object *object)
{
	return closure_is_missing(object) ? object->loaded.name : object->loaded.location.dest;
}

/* The two link maps of one program must be the same files in the same order. */
static bool compare(const struct diag *diag, const char *program, const struct closure *outside,
		    const struct closure *inside)
{
	if (inside->stopped) {
		diag_error(diag, ESTALE, program, "does not load inside the rootfs: %s",
			   inside->stopped);
		return false;
	}
	for (size_t i = 0; i < outside->n_objects; i++) {
		const struct closure_object *wanted = outside->objects[i];
		const struct closure_object *found =
			i < inside->n_objects ? inside->objects[i] : NULL;

		if (found && wanted->loaded.elf == found->loaded.elf)
			continue;
		if (!found || closure_is_missing(found))
			diag_error(diag, ESTALE, program, "%s is not found inside the rootfs",
				   display(wanted));
		else
			diag_error(diag, ESTALE, program,
				   "finds %s inside the rootfs where it should find %s",
				   display(found), display(wanted));
		return false;
	}
	if (inside->n_objects == outside->n_objects)
		return true;
	diag_error(diag, ESTALE, program, "loads %s inside the rootfs and not outside",
		   display(inside->objects[outside->n_objects]));
	return false;
}

/* A running program has the directory of its file, links resolved, as $ORIGIN. */
static int origin_inside(struct mkrootfs *harvest, const struct root *root, const char *dest,
			 struct location *origin)
{
	char *canonical;
	int r = root_walk(root, harvest->arena, dest, true, NULL, NULL, &canonical);

	if (r < 0)
		return r;
	origin->path = origin->dest = path_dirname(harvest->arena, canonical);
	return origin->path ? 0 : -ENOMEM;
}

/* The object at DEST among those of PROCESS and of the COUNT closures opened after it, or NULL. */
static const struct closure_object *find_inside(const struct closure *process,
						const struct closure *const *opened, size_t count,
						const char *dest)
{
	for (size_t i = 0; i <= count; i++) {
		const struct closure *closure = i == 0 ? process : opened[i - 1];

		for (size_t j = 0; j < closure->n_objects; j++) {
			const struct loaded *loaded = &closure->objects[j]->loaded;

			if (loaded->elf && strcmp(loaded->location.dest, dest) == 0)
				return closure->objects[j];
		}
	}
	return NULL;
}

/* What PROCESS opens by itself is opened inside as it was outside. */
static int check_plugins(struct mkrootfs *harvest, const struct root *root, size_t program,
			 size_t variant, const struct closure *process)
{
	const struct closure **opened =
		arena_array(harvest->arena, harvest->n_plugins + 1, sizeof(*opened));
	size_t count = 0;
	int result = 0;

	if (!opened)
		return -ENOMEM;
	for (size_t i = 0; i < harvest->n_plugins; i++) {
		const struct harvest_plugin *plugin = &harvest->plugins[i];
		const struct closure_object *caller;
		int r;

		if (plugin->program != program || plugin->variant != variant)
			continue;
		caller = find_inside(process, opened, count, plugin->caller->loaded.location.dest);
		r = harvest_open(harvest, root, process, opened, plugin->after_others ? count : 0,
				 caller ? caller : process->objects[0], plugin->name,
				 &opened[count]);
		if (r < 0)
			return r;
		if (!compare(&harvest->plan->diag, plugin->name, plugin->closure, opened[count++]))
			result = -ESTALE;
	}
	return result;
}

static int check_program(struct mkrootfs *harvest, const struct root *root, struct inputs *inputs,
			 const struct harvest_program *program)
{
	const struct diag *diag = &harvest->plan->diag;
	const struct input *input = program->input;
	const struct location location = { input->location.dest, input->location.dest };
	const struct loader *loader;
	struct location origin = { 0 };
	int result = 0;
	int r;

	r = inputs_loader(inputs, input->elf, &loader);
	if (r == LOADER_MISSING)
		return diag_error(diag, ESTALE, location.dest, "its loader %s is not in the rootfs",
				  loader->interp);
	if (r == 0 && input->library)
		origin.path = origin.dest = path_dirname(harvest->arena, location.dest);
	else if (r == 0)
		r = origin_inside(harvest, root, location.dest, &origin);
	if (r < 0)
		return diag_error(diag, ESTALE, location.dest, "is not in the rootfs: %s",
				  errno_text(-r));
	for (size_t i = 0; i < program->count; i++) {
		const struct closure *outside = harvest->closures[program->first + i];
		const struct closure *inside;

		r = harvest_resolve(harvest, root, input, loader, location, origin,
				    outside->processor, &inside);
		if (r < 0)
			return r;
		if (!compare(diag, location.dest, outside, inside))
			result = -ESTALE;
		else
			r = check_plugins(harvest, root, (size_t)(program - harvest->programs), i,
					  inside);
		if (r < 0 && r != -ESTALE)
			return r;
		if (r < 0)
			result = r;
	}
	return result;
}

int verify_result(struct mkrootfs *harvest)
{
	CLEANUP(root_close) struct root *root = NULL;
	struct inputs inputs = {
		.arena = harvest->arena,
		.store = harvest->store,
		/* What is wrong with the loader's files was said in the first resolution. */
		.diag = NULL,
		.working_directory = harvest->inputs.working_directory,
	};
	int result;

	result = manifest_root(harvest->manifest, &root);
	if (result < 0)
		return result;
	inputs.root = root;
	for (size_t i = 0; i < harvest->n_programs; i++) {
		int r = check_program(harvest, root, &inputs, &harvest->programs[i]);

		if (r < 0 && r != -ESTALE)
			return r;
		if (r < 0)
			result = r;
	}
	return result;
}
