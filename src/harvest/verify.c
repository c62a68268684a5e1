/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/verify.h"
#include "base/error.h"
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

/* Where PROGRAM is in the sysroot INSIDE, which has only the result. Returns 0 or -errno. */
static int move_inside(const struct sysroot *inside, const struct input *input,
		       struct closure_program *program)
{
	const char *dest = input->location.dest;
	char *canonical;

	*program = input_program(input);
	program->location.path = dest;
	/* A running program has the directory of its file, links resolved, as $ORIGIN. */
	if (!input->library) {
		TRY(root_walk(inside->root, inside->arena, dest, true, NULL, NULL, &canonical));
		dest = canonical;
	}
	program->origin.path = program->origin.dest = path_dirname(inside->arena, dest);
	return program->origin.path ? 0 : -ENOMEM;
}

/* The object of PROCESS that is the file ELF, or NULL. */
static const struct closure_object *find_inside(const struct closure_process *process,
						const struct elf_object *elf)
{
	for (size_t i = 0; i <= process->n_opened; i++) {
		const struct closure *closure = i == 0 ? process->program : process->opened[i - 1];

		for (size_t j = 0; j < closure->n_objects; j++)
			if (closure->objects[j]->loaded.elf == elf)
				return closure->objects[j];
	}
	return NULL;
}

/* What PROGRAM's variant VARIANT, inside CLOSURE, opens by itself is opened as it was outside. */
static int check_plugins(const struct resolver *inside, const struct plugins *plugins,
			 const struct program *program, size_t variant,
			 const struct closure *closure)
{
	const struct closure **opened =
		arena_array(inside->sysroot->arena, plugins->count + 1, sizeof(*opened));
	struct closure_process process = { .program = closure, .opened = opened };
	int result = 0;

	if (!opened)
		return -ENOMEM;
	for (size_t i = 0; i < plugins->count; i++) {
		const struct plugin *plugin = &plugins->items[i];
		struct closure_process before = process;
		const struct closure_object *caller;
		const struct closure *found;

		if (plugin->program != program || plugin->variant != variant)
			continue;
		caller = find_inside(&process, plugin->caller->loaded.elf);
		if (!caller) {
			result = diag_error(inside->sysroot->diag, ESTALE, plugin->name,
					    "%s, which opens it, is not loaded inside the rootfs",
					    plugin->caller->loaded.location.dest);
			continue;
		}
		if (!plugin->after_others)
			before.n_opened = 0;
		TRY(resolve_opened(inside, &before, caller, plugin->name, &found));
		opened[process.n_opened++] = found;
		if (!compare(inside->sysroot->diag, plugin->name, plugin->closure, found))
			result = -ESTALE;
	}
	return result;
}

/* What keeps DEST from being found where the result should have it. */
static int report_not_inside(const struct diag *diag, const char *dest, int error)
{
	if (error == -ENOMEM)
		return error;
	return diag_error(diag, ESTALE, dest, "is not in the rootfs: %s", errno_text(-error));
}

/* One difference is found, another may follow: only other errors end the check. */
static int check_program(const struct resolver *inside, const struct plugins *plugins,
			 const struct program *program)
{
	const struct diag *diag = inside->sysroot->diag;
	const char *dest = program->input->location.dest;
	struct closure_program moved;
	const struct loader *loader;
	int result = 0;
	int r;

	r = sysroot_loader(inside->sysroot, program->input->elf, &loader);
	if (r == LOADER_MISSING)
		return diag_error(diag, ESTALE, dest, "its loader %s is not in the rootfs",
				  loader->interp);
	if (r < 0)
		return report_not_inside(diag, dest, r);
	r = move_inside(inside->sysroot, program->input, &moved);
	if (r < 0)
		return report_not_inside(diag, dest, r);
	for (size_t i = 0; i < program->closures.count; i++) {
		const struct closure *outside = program->closures.items[i];
		const struct closure *found;

		/* The very call that made OUTSIDE, on another sysroot. */
		TRY(resolve_process(inside, &moved, outside->processor, &found));
		r = compare(diag, dest, outside, found)
			    ? check_plugins(inside, plugins, program, i, found)
			    : -ESTALE;
		if (r < 0 && r != -ESTALE)
			return r;
		if (r < 0)
			result = r;
	}
	return result;
}

/* What the loaders' files deserve a warning for was said when they were read outside. */
static void emit_errors(void *data, enum mkrootfs_level level, const char *subject,
			const char *message, const char *hint)
{
	const struct diag *diag = data;

	if (level == MKROOTFS_ERROR && diag->emit)
		diag->emit(diag->data, level, subject, message, hint);
}

int verify_manifest(const struct manifest *manifest, const struct resolver *outside,
		    const struct programs *programs, const struct plugins *plugins)
{
	CLEANUP(root_close) struct root *root = NULL;
	struct diag errors = { .emit = emit_errors, .data = (void *)outside->sysroot->diag };
	struct sysroot sysroot = {
		.arena = outside->sysroot->arena,
		.store = outside->sysroot->store,
		.diag = &errors,
		.working_directory = outside->sysroot->working_directory,
	};
	struct resolver inside = *outside;
	int result = 0;

	TRY(manifest_root(manifest, &root));
	sysroot.root = root;
	inside.sysroot = &sysroot;
	for (size_t i = 0; i < programs->all.count; i++) {
		int r = check_program(&inside, plugins, programs->all.items[i]);

		if (r < 0 && r != -ESTALE)
			return r;
		if (r < 0)
			result = r;
	}
	return result;
}
