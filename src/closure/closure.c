/* SPDX-License-Identifier: Apache-2.0 */
#include "closure/closure.h"
#include "base/error.h"
#include "closure/builder.h"
#include "loader/rules.h"

#include <assert.h>
#include <errno.h>

static int add_program(struct builder *builder, const struct closure_program *given)
{
	struct closure_object *program;

	program = builder_new_object(builder, given->location.path, given->location, given->elf,
				     NULL, FOUND_BY_PROGRAM);
	if (!program)
		return -ENOMEM;
	program->loaded.origin = given->origin;
	program->loaded.secure = given->secure;
	builder->context.program = &program->loaded;
	TRY(builder_append(builder, program));
	if (!builder->context.rules->knows_all_names)
		return 0;
	/*
	 * The loader calls the program "", for the kernel names it no other. It did not open the
	 * file, and so does not recognize it by device and inode.
	 */
	TRY(builder_add_name(builder, &builder->mine, "", program));
	return builder_add_soname(builder, &builder->mine, program);
}

/* PT_INTERP counts as loaded, by that path and by its DT_SONAME (elf/rtld.c). */
static int add_interp(struct builder *builder)
{
	const struct loader *loader = builder->closure->loader;
	struct closure_object *interp;
	const char *named;

	if (!loader->interp)
		return 0;
	/* A library that names a loader which is not there calls its own so, and knows it as both.
	 */
	named = builder->closure->objects[0]->loaded.elf->interp;
	interp =
		builder_new_object(builder, named && loader->elf ? named : loader->interp,
				   location_of(loader->interp), loader->elf, NULL, FOUND_BY_INTERP);
	if (!interp)
		return -ENOMEM;
	builder->closure->interp = interp;
	if (!loader->elf)
		return 0;
	TRY(builder_set_origin(builder, interp));
	if (builder->context.rules->knows_own_file)
		TRY(builder_add_identity(builder, &builder->mine, interp));
	return builder_add_names(builder, &builder->mine, interp);
}

/*
 * Preloads NAMES into the program, which has room for their edges. Where OPTIONAL, the loader goes
 * on without a library that is absent or bad.
 */
static int add_preloads(struct builder *builder, const char *const *names, size_t count,
			bool optional)
{
	struct closure_object *program = builder->closure->objects[0];

	for (size_t i = 0; i < count; i++) {
		struct closure_edge *edge = &program->preloads[program->n_preloads];
		bool is_new;
		int r;

		if (loader_is_vdso(builder->closure->loader, names[i]))
			continue;
		r = TRY(builder_load(builder, program, EDGE_PRELOAD, names[i], edge, &is_new));
		if (r == SEARCH_STOPPED && optional) {
			builder->closure->stopped = NULL;
			continue;
		}
		if (r != 0)
			return r;
		program->n_preloads++;
		edge->object->allowed_missing |= optional;
		if (is_new)
			TRY(builder_append(builder, edge->object));
	}
	return 0;
}

/* Loads all that the program starts with. Returns as builder_load. */
static int load(struct builder *builder)
{
	const struct closure_options *options = builder->options;
	const struct loader *loader = builder->closure->loader;
	struct closure_object *program = builder->closure->objects[0];

	if (loader->kind == LOADER_NONE)
		return 0;
	program->preloads = arena_array(builder->arena, options->n_preload + loader->n_preload + 1,
					sizeof(*program->preloads));
	if (!program->preloads)
		return -ENOMEM;
	/* The user asked for --preload: those libraries are not optional. */
	TRY_ZERO(add_preloads(builder, options->preload, options->n_preload, false));
	TRY_ZERO(add_preloads(builder, loader->preload, loader->n_preload, true));
	return builder_load_all(builder);
}

int closure_resolve(struct sysroot *sysroot, const struct closure_program *program,
		    const struct processor *processor, const struct closure_options *options,
		    const struct closure **out)
{
	CLEANUP(builder) struct builder builder = { 0 };
	const struct loader *loader;
	int loaded;

	assert(program->elf && program->elf->state == ELF_OBJECT_VALID);
	assert(program->location.path && program->location.dest);
	TRY(sysroot_loader(sysroot, program->elf, &loader));
	TRY(sysroot_loader_in(sysroot, loader, program->origin.path, &loader));
	TRY(builder_begin(&builder, sysroot, loader, processor, options));
	TRY(add_program(&builder, program));
	TRY(add_interp(&builder));
	loaded = TRY(load(&builder));
	TRY(builder_finish(&builder, loaded));
	*out = builder.closure;
	return 0;
}
