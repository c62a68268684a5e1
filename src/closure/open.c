/* SPDX-License-Identifier: Apache-2.0 */
#include "closure/builder.h"

#include <errno.h>
#include <string.h>

/* All of CLOSURE that a process has loaded, by names and files. */
static int lend(struct builder *builder, const struct closure *closure, bool is_program)
{
	bool glibc = closure->loader->kind == LOADER_GLIBC;
	int r = 0;

	for (size_t i = 0; r == 0 && i < closure->n_objects; i++) {
		struct closure_object *object = closure->objects[i];

		if (closure_is_missing(object))
			continue;
		r = builder_add_names(builder, &builder->preloaded, object);
		/* The loader opened neither the program nor itself: it does not know their files.
		 */
		if (r == 0 && !(glibc && (object == closure->interp || (i == 0 && is_program))))
			r = builder_add_identity(builder, &builder->preloaded, object);
	}
	if (r == 0 && closure->interp && !closure_is_missing(closure->interp))
		r = builder_add_names(builder, &builder->preloaded, closure->interp);
	return r;
}

/* The object asked for is the first of the list, be it loaded before or not. */
static int open_first(struct builder *builder, const struct closure_object *caller,
		      const char *name)
{
	struct closure_object *requester = arena_memdup(builder->arena, caller, sizeof(*requester));
	struct closure_edge edge;
	bool is_new;
	int r;

	if (!requester)
		return -ENOMEM;
	r = builder_load(builder, requester, EDGE_NEEDED, name, &edge, &is_new);
	if (r != 0)
		return r;
	builder->closure->opened = edge.location;
	/* What stands in the closure outlives the copy that asked. */
	if (is_new)
		edge.object->loaded.requester = &caller->loaded;
	return is_new ? builder_append(builder, edge.object) : 0;
}

int closure_open(const struct sysroot *sysroot, const struct closure_process *process,
		 const struct closure_object *caller, const char *name,
		 const struct closure_options *options, const struct closure **out)
{
	const struct closure *program = process->program;
	CLEANUP(builder) struct builder builder = {
		.arena = sysroot->arena,
		.closure = arena_alloc(sysroot->arena, sizeof(struct closure)),
		.options = options,
		.libc = program->interp,
		.context = {
			.sysroot = sysroot,
			.loader = program->loader,
			.processor = program->processor,
			.program = &program->objects[0]->loaded,
			.library_path = options->library_path,
		},
	};
	int r;

	if (!builder.closure)
		return -ENOMEM;
	builder.closure->loader = program->loader;
	builder.closure->processor = program->processor;
	r = search_prepare(&builder.context);
	if (r == 0)
		r = lend(&builder, program, true);
	for (size_t i = 0; r == 0 && i < process->n_opened; i++)
		r = lend(&builder, process->opened[i], false);
	if (r == 0)
		r = open_first(&builder, caller, name);
	if (r == 0)
		r = builder_load_all(&builder);
	r = builder_finish(&builder, r);
	if (r < 0)
		return r;
	*out = builder.closure;
	return 0;
}
