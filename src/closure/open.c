/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dlopen: closure_open.
 */
#include "base/error.h"
#include "closure/builder.h"
#include "loader/rules.h"

#include <assert.h>
#include <errno.h>

/* Makes what PROCESS has loaded known. */
static int add_loaded(struct builder *builder, const struct closure_process *process)
{
	struct arena *arena = builder->arena;

	builder->preloaded = arena_array(arena, process->n_opened + 1, sizeof(*builder->preloaded));
	if (!builder->preloaded)
		return -ENOMEM;
	for (size_t i = 0; i <= process->n_opened; i++) {
		const struct closure *closure = i == 0 ? process->program : process->opened[i - 1];

		builder->preloaded[i] =
			known_objects_of(arena, closure, i == 0, builder->context.rules);
		if (!builder->preloaded[i])
			return -ENOMEM;
	}
	builder->n_preloaded = process->n_opened + 1;
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
	TRY(add_loaded(&builder, process));
	r = TRY(open_all(&builder, caller, name));
	TRY(builder_finish(&builder, r));
	*out = builder.closure;
	return 0;
}
