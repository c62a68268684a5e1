/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dlopen: closure_open.
 */
#include "base/error.h"
#include "closure/builder.h"
#include "loader/rules.h"

#include <assert.h>
#include <errno.h>

/* Makes all objects of CLOSURE, which a process has loaded, known by names and files. */
static int add_loaded(struct builder *builder, const struct closure *closure, bool is_program)
{
	struct builder_known *known = &builder->preloaded;

	for (size_t i = 0; i < closure->n_objects; i++) {
		struct closure_object *object = closure->objects[i];
		bool own = object == closure->interp || (i == 0 && is_program);

		if (closure_is_missing(object))
			continue;
		TRY(builder_add_names(builder, known, object));
		if (!own || builder->context.rules->knows_own_file)
			TRY(builder_add_identity(builder, known, object));
	}
	if (closure->interp && !closure_is_missing(closure->interp))
		TRY(builder_add_names(builder, known, closure->interp));
	return 0;
}

/* Loads the library asked for, which is the first of the list even if it was loaded before. */
static int open_first(struct builder *builder, const struct closure_object *caller,
		      const char *name)
{
	struct closure_object *requester = arena_memdup(builder->arena, caller, sizeof(*requester));
	struct closure_edge edge;
	bool is_new;

	if (!requester)
		return -ENOMEM;
	TRY_ZERO(builder_load(builder, requester, EDGE_NEEDED, name, &edge, &is_new));
	builder->closure->opened = edge.location;
	if (!is_new)
		return 0;
	/* CALLER lives as long as the closure; its copy does not. */
	edge.object->loaded.requester = &caller->loaded;
	return builder_append(builder, edge.object);
}

static int open_all(struct builder *builder, const struct closure_object *caller, const char *name)
{
	TRY_ZERO(open_first(builder, caller, name));
	return builder_load_all(builder);
}

int closure_open(const struct sysroot *sysroot, const struct closure_process *process,
		 const struct closure_object *caller, const char *name,
		 const struct closure_options *options, const struct closure **out)
{
	const struct closure *program = process->program;
	CLEANUP(builder) struct builder builder = { 0 };
	int r;

	assert(program->n_objects > 0 && caller && name);
	builder.libc = program->interp;
	builder.context.program = &program->objects[0]->loaded;
	TRY(builder_begin(&builder, sysroot, program->loader, program->processor, options));
	TRY(add_loaded(&builder, program, true));
	for (size_t i = 0; i < process->n_opened; i++)
		TRY(add_loaded(&builder, process->opened[i], false));
	r = TRY(open_all(&builder, caller, name));
	TRY(builder_finish(&builder, r));
	*out = builder.closure;
	return 0;
}
