/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/path.h"
#include "closure/builder.h"
#include "closure/version_check.h"
#include "loader/glibc.h"
#include "loader/musl.h"
#include "loader/tokens.h"

#include <assert.h>
#include <errno.h>
#include <fnmatch.h>
#include <string.h>

void builder_cleanup(struct builder *builder)
{
	search_finish(&builder->context);
	HASH_CLEAR(hh, builder->mine.names);
	HASH_CLEAR(hh, builder->mine.identities);
	HASH_CLEAR(hh, builder->preloaded.names);
	HASH_CLEAR(hh, builder->preloaded.identities);
}

/* The object that came first keeps a name: the loader looks through its list from the front. */
static int add_name(struct builder *builder, struct builder_known *known, const char *name,
		    struct closure_object *object)
{
	struct builder_named *named;

	if (!name)
		return 0;
	HASH_FIND_STR(known->names, name, named);
	if (named)
		return 0;
	named = arena_alloc(builder->arena, sizeof(*named));
	if (!named)
		return -ENOMEM;
	named->name = name;
	named->object = object;
	HASH_ADD_KEYPTR(hh, known->names, named->name, strlen(named->name), named);
	return HASH_HAS(named) ? 0 : -ENOMEM;
}

static struct closure_object *find_name(const struct builder_known *known, const char *name)
{
	struct builder_named *named;

	HASH_FIND_STR(known->names, name, named);
	return named ? named->object : NULL;
}

static struct closure_object *find_identity(const struct builder_known *known,
					    const struct elf_object *elf)
{
	struct builder_identity identity;
	struct builder_identified *found;

	memset(&identity, 0, sizeof(identity));
	identity.dev = elf->dev;
	identity.ino = elf->ino;
	HASH_FIND(hh, known->identities, &identity, sizeof(identity), found);
	return found ? found->object : NULL;
}

int builder_add_identity(struct builder *builder, struct builder_known *known,
			 struct closure_object *object)
{
	struct builder_identified *identified;

	if (!object->loaded.elf || find_identity(known, object->loaded.elf))
		return 0;
	identified = arena_alloc(builder->arena, sizeof(*identified));
	if (!identified)
		return -ENOMEM;
	identified->identity.dev = object->loaded.elf->dev;
	identified->identity.ino = object->loaded.elf->ino;
	identified->object = object;
	HASH_ADD(hh, known->identities, identity, sizeof(identified->identity), identified);
	return HASH_HAS(identified) ? 0 : -ENOMEM;
}

/* musl matches short names of libraries that it searched for, never a DT_SONAME. */
int builder_add_names(struct builder *builder, struct builder_known *known,
		      struct closure_object *object)
{
	const struct loaded *loaded = &object->loaded;
	int r;

	if (builder->closure->loader->kind == LOADER_MUSL)
		return add_name(builder, known, loaded->name, object);
	r = add_name(builder, known, loaded->name, object);
	if (r == 0)
		r = add_name(builder, known, loaded->location.path, object);
	if (r == 0 && loaded->elf)
		r = add_name(builder, known, loaded->elf->soname, object);
	return r;
}

static struct closure_object *new_object(struct builder *builder, const char *name,
					 struct location location, const struct elf_object *elf,
					 const struct loaded *requester, enum found_by found_by)
{
	struct closure_object *object = arena_alloc(builder->arena, sizeof(*object));

	if (!object)
		return NULL;
	object->loaded = (struct loaded){
		.name = name,
		.location = location,
		.elf = elf,
		.requester = requester,
	};
	object->found_by = found_by;
	return object;
}

/* A library's $ORIGIN is the directory of the path it was found by, links and all. */
static int set_origin(struct builder *builder, struct closure_object *object)
{
	struct loaded *loaded = &object->loaded;
	const char *path = sysroot_absolute(builder->context.sysroot, loaded->location.path);
	const char *dest = sysroot_absolute(builder->context.sysroot, loaded->location.dest);

	if (!path || !dest)
		return -ENOMEM;
	loaded->origin.path = path_dirname(builder->arena, path);
	loaded->origin.dest = path_dirname(builder->arena, dest);
	return loaded->origin.path && loaded->origin.dest ? 0 : -ENOMEM;
}

/* Puts OBJECT into the list before POSITION. */
static int insert(struct builder *builder, struct closure_object *object, size_t position)
{
	struct closure *closure = builder->closure;
	int r;

	r = arena_grow(builder->arena, &closure->objects, closure->n_objects, &builder->capacity,
		       sizeof(*closure->objects));
	if (r < 0)
		return r;
	memmove(closure->objects + position + 1, closure->objects + position,
		(closure->n_objects - position) * sizeof(*closure->objects));
	closure->objects[position] = object;
	closure->n_objects++;
	return 0;
}

int builder_append(struct builder *builder, struct closure_object *object)
{
	return insert(builder, object, builder->closure->n_objects);
}

/*
 * What the process has loaded already comes into the list as it is, without its needs: those
 * are met.
 */
static int borrow(struct builder *builder, struct closure_object **object)
{
	struct closure_object *copy = arena_memdup(builder->arena, *object, sizeof(*copy));
	int r;

	if (!copy)
		return -ENOMEM;
	copy->edges = copy->preloads = NULL;
	copy->n_edges = copy->n_preloads = 0;
	copy->scanned = copy->already_loaded = true;
	copy->hidden_from_ldd = false;
	*object = copy;
	r = builder_add_names(builder, &builder->mine, copy);
	if (r == 0)
		r = builder_add_identity(builder, &builder->mine, copy);
	return r == 0 ? builder_append(builder, copy) : r;
}

/* Whether OBJECT is new to the list though it is not newly loaded: the interpreter, once. */
static bool is_first_needed(struct builder *builder, const struct closure_object *object)
{
	if (object != builder->closure->interp || builder->interp_placed)
		return false;
	builder->interp_placed = true;
	return true;
}

/*
 * In the end the interpreter stands right behind the last object before it that was found
 * (elf/rtld.c: "In trace mode there might be an invisible object").
 */
static void settle_interp(struct closure *closure)
{
	size_t from = 0;
	size_t to;

	while (from < closure->n_objects && closure->objects[from] != closure->interp)
		from++;
	if (from == closure->n_objects)
		return;
	for (to = from; to > 1 && closure_is_missing(closure->objects[to - 1]); to--)
		closure->objects[to] = closure->objects[to - 1];
	closure->objects[to] = closure->interp;
}

static bool may_be_missing(const struct builder *builder, const char *name, enum edge_kind kind)
{
	if (kind == EDGE_AUXILIARY)
		return true;
	for (size_t i = 0; i < builder->options->n_allow_missing; i++)
		if (fnmatch(builder->options->allow_missing[i], name, 0) == 0)
			return true;
	return false;
}

/* The object that answers to NAME, or NULL: *OUT. */
static int match_loaded(struct builder *builder, const char *name, struct closure_object **out)
{
	struct closure *closure = builder->closure;
	bool libc = closure->loader->kind == LOADER_MUSL && closure->loader->interp &&
		    (musl_is_reserved(name) || strcmp(name, closure->loader->interp) == 0);

	*out = libc ? closure->interp : NULL;
	if (!*out)
		*out = find_name(&builder->mine, name);
	if (*out)
		return 0;
	*out = libc && builder->libc ? builder->libc : find_name(&builder->preloaded, name);
	return *out ? borrow(builder, out) : 0;
}

/* glibc's loader ends the program here. */
static int stop(struct builder *builder, const char *file, const char *problem)
{
	struct closure *closure = builder->closure;

	closure->stopped = arena_printf(
		builder->arena, "error while loading shared libraries: %s: %s", file, problem);
	return closure->stopped ? SEARCH_STOPPED : -ENOMEM;
}

static int add_missing(struct builder *builder, const struct loaded *requester, const char *name,
		       enum edge_kind kind, const struct search_result *result,
		       struct closure_object **out)
{
	struct closure_object *object;

	object = new_object(builder, name, (struct location){ NULL, NULL }, NULL, requester,
			    FOUND_BY_LOADED);
	if (!object)
		return -ENOMEM;
	object->searched = result->searched;
	object->n_searched = result->n_searched;
	object->allowed_missing = may_be_missing(builder, name, kind);
	if (builder->closure->loader->kind == LOADER_MUSL)
		object->problem = builder->context.last_error ? builder->context.last_error
							      : "No error information";
	*out = object;
	return 0;
}

/*
 * A file that a search ended at: the object that is loaded from it already, under one
 * name more; or a new one.
 */
static int add_found(struct builder *builder, const struct loaded *requester, const char *name,
		     const struct search_result *result, struct closure_object **out, bool *is_new)
{
	const char *problem;
	struct closure_object *object = find_identity(&builder->mine, result->elf);
	int r = 0;

	if (!object) {
		object = find_identity(&builder->preloaded, result->elf);
		if (object)
			r = borrow(builder, &object);
	}
	if (r < 0)
		return r;
	if (object) {
		*out = object;
		return result->found_by == FOUND_BY_PATH &&
				       builder->closure->loader->kind == LOADER_MUSL
			       ? 0
			       : add_name(builder, &builder->mine, name, object);
	}
	problem =
		builder->closure->loader->kind == LOADER_GLIBC ? glibc_refusal(result->elf) : NULL;
	if (problem)
		return stop(builder, name, problem);
	object = new_object(builder, name, result->location, result->elf, requester,
			    result->found_by);
	if (!object)
		return -ENOMEM;
	*is_new = true;
	*out = object;
	r = set_origin(builder, object);
	if (r == 0)
		r = builder_add_identity(builder, &builder->mine, object);
	if (r == 0)
		r = builder_add_names(builder, &builder->mine, object);
	return r;
}

/* Loads what REQUESTER asks for by NAME, its tokens expanded; the rest as for load. */
static int load_name(struct builder *builder, struct closure_object *requester,
		     struct location name, struct closure_edge *edge, bool *is_new)
{
	bool musl = builder->closure->loader->kind == LOADER_MUSL;
	struct search_result result;
	int r;

	r = match_loaded(builder, name.path, &edge->object);
	if (r < 0)
		return r;
	if (edge->object) {
		edge->location = edge->object->loaded.location;
		return 0;
	}
	r = search_library(&builder->context, &requester->loaded, name, &result);
	if (r == SEARCH_STOPPED && !musl)
		return stop(builder, result.location.path, result.problem);
	/* musl goes on, and fails in the end. */
	if (r == SEARCH_NOT_FOUND || r == SEARCH_STOPPED) {
		*is_new = true;
		return add_missing(builder, &requester->loaded, name.path, edge->kind, &result,
				   &edge->object);
	}
	if (r < 0)
		return r;
	edge->found_by = result.found_by;
	edge->location = result.location;
	return add_found(builder, &requester->loaded, name.path, &result, &edge->object, is_new);
}

int builder_load(struct builder *builder, struct closure_object *requester, enum edge_kind kind,
		 const char *text, struct closure_edge *edge, bool *is_new)
{
	bool glibc = builder->closure->loader->kind == LOADER_GLIBC;
	struct location name;
	int r;

	*is_new = false;
	*edge = (struct closure_edge){ .kind = kind, .name = text, .found_by = FOUND_BY_LOADED };
	if (glibc && builder->context.program->secure && expand_has_token(text))
		return stop(builder, text, "DST not allowed in SUID/SGID programs");
	r = search_expand_name(&builder->context, &requester->loaded, text, &name);
	if (r < 0)
		return r;
	if (r == SEARCH_NOT_FOUND)
		return stop(builder, text, "empty dynamic string token substitution");
	r = load_name(builder, requester, name, edge, is_new);
	if (r == SEARCH_STOPPED && kind == EDGE_AUXILIARY) {
		builder->closure->stopped = NULL;
		return 0;
	}
	return r;
}

static size_t position_of(const struct closure *closure, const struct closure_object *object)
{
	size_t position = 0;

	while (position < closure->n_objects && closure->objects[position] != object)
		position++;
	return position;
}

/*
 * A filter's or auxiliary library stands before the object that names it, so that its
 * symbols are found first; one that stands behind is moved there (elf/dl-deps.c).
 */
static int put_before(struct builder *builder, struct closure_object *object,
		      struct closure_object *requester, bool is_new)
{
	struct closure *closure = builder->closure;
	size_t here = position_of(closure, requester);
	size_t there = position_of(closure, object);

	/* The program stays the first; what comes before it is marked, and loaded as if it did. */
	if (here == 0) {
		while (here + 1 < closure->n_objects && closure->objects[here + 1]->hidden_from_ldd)
			here++;
		here++;
		object->hidden_from_ldd = is_new || there >= here;
	}
	if (is_new)
		return insert(builder, object, here);
	if (there <= here || there == closure->n_objects)
		return 0;
	memmove(closure->objects + here + 1, closure->objects + here,
		(there - here) * sizeof(*closure->objects));
	closure->objects[here] = object;
	return 0;
}

static enum edge_kind kind_of_tag(int64_t tag)
{
	return tag == DT_FILTER ? EDGE_FILTER : tag == DT_AUXILIARY ? EDGE_AUXILIARY : EDGE_NEEDED;
}

static int load_dependencies(struct builder *builder, struct closure_object *object)
{
	const struct elf_object *elf = object->loaded.elf;
	bool musl = builder->closure->loader->kind == LOADER_MUSL;
	int r;

	if (!elf || elf->n_dependencies == 0)
		return 0;
	object->edges = arena_array(builder->arena, elf->n_dependencies, sizeof(*object->edges));
	if (!object->edges)
		return -ENOMEM;
	for (size_t i = 0; i < elf->n_dependencies; i++) {
		enum edge_kind kind = kind_of_tag(elf->dependencies[i].tag);
		struct closure_edge *edge = &object->edges[object->n_edges];
		bool is_new;

		if (musl && kind != EDGE_NEEDED)
			continue;
		r = builder_load(builder, object, kind, elf->dependencies[i].name, edge, &is_new);
		if (r != 0)
			return r;
		if (!edge->object)
			continue;
		object->n_edges++;
		is_new |= is_first_needed(builder, edge->object);
		if (kind != EDGE_NEEDED)
			r = put_before(builder, edge->object, object, is_new);
		else if (is_new)
			r = builder_append(builder, edge->object);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Breadth first: an object's dependencies are loaded before any of theirs. */
int builder_load_all(struct builder *builder)
{
	struct closure *closure = builder->closure;
	size_t next = 0;

	while (next < closure->n_objects) {
		struct closure_object *object = closure->objects[next];
		int r;

		if (object->scanned) {
			next++;
			continue;
		}
		object->scanned = true;
		/* Filters put new objects at this very position: it is looked at again. */
		r = load_dependencies(builder, object);
		if (r != 0)
			return r;
	}
	if (closure->interp)
		settle_interp(closure);
	return 0;
}

static int add_program(struct builder *builder, const struct closure_program *given)
{
	struct closure_object *program;
	int r;

	program = new_object(builder, given->location.path, given->location, given->elf, NULL,
			     FOUND_BY_PROGRAM);
	if (!program)
		return -ENOMEM;
	program->loaded.origin = given->origin;
	program->loaded.secure = given->secure;
	builder->context.program = &program->loaded;
	r = builder_append(builder, program);
	/* The loader opened neither the program nor itself: it does not know their files. The
	 * kernel told it no name for the program either: that is "". */
	if (r == 0 && builder->closure->loader->kind == LOADER_GLIBC)
		r = add_name(builder, &builder->mine, "", program);
	if (r == 0 && builder->closure->loader->kind == LOADER_GLIBC)
		r = add_name(builder, &builder->mine, given->elf->soname, program);
	return r;
}

/* PT_INTERP counts as loaded, by that path and by its DT_SONAME (elf/rtld.c). */
static int add_interp(struct builder *builder)
{
	const struct loader *loader = builder->closure->loader;
	struct closure_object *interp;
	int r;

	if (!loader->interp)
		return 0;
	interp = new_object(builder, loader->interp,
			    (struct location){ loader->interp, loader->interp }, loader->elf, NULL,
			    FOUND_BY_INTERP);
	if (!interp)
		return -ENOMEM;
	builder->closure->interp = interp;
	if (!loader->elf)
		return 0;
	r = set_origin(builder, interp);
	if (r == 0 && loader->kind == LOADER_MUSL)
		r = builder_add_identity(builder, &builder->mine, interp);
	return r == 0 ? builder_add_names(builder, &builder->mine, interp) : r;
}

/* The loader goes on without a preload that is absent or bad; --preload asks for more. */
static int add_preloads(struct builder *builder, const char *const *names, size_t count,
			bool may_be_absent)
{
	struct closure_object *program = builder->closure->objects[0];
	int r;

	for (size_t i = 0; i < count; i++) {
		struct closure_edge *edges;
		bool is_new;

		edges = arena_array(builder->arena, program->n_preloads + 1, sizeof(*edges));
		if (!edges)
			return -ENOMEM;
		if (program->n_preloads)
			memcpy(edges, program->preloads, program->n_preloads * sizeof(*edges));
		program->preloads = edges;
		r = builder_load(builder, program, EDGE_PRELOAD, names[i],
				 &edges[program->n_preloads], &is_new);
		if (r == SEARCH_STOPPED && may_be_absent) {
			builder->closure->stopped = NULL;
			continue;
		}
		if (r != 0)
			return r;
		if (is_new || is_first_needed(builder, edges[program->n_preloads].object))
			r = builder_append(builder, edges[program->n_preloads].object);
		edges[program->n_preloads].object->allowed_missing |= may_be_absent;
		program->n_preloads++;
		if (r < 0)
			return r;
	}
	return 0;
}

static const struct closure_object *find_for_versions(void *data, const char *name)
{
	const struct builder *builder = data;

	return find_name(&builder->mine, name);
}

int builder_finish(struct builder *builder, int result)
{
	struct closure *closure = builder->closure;

	if (result < 0)
		return result;
	for (size_t i = 0; i < closure->n_objects; i++)
		closure->objects[i]->index = i;
	closure->cpu_dependent = builder->context.cpu_dependent;
	/* Where the loader stopped it did not come to the versions. */
	if (result == SEARCH_STOPPED)
		return 0;
	return versions_check(builder->arena, closure, find_for_versions, builder);
}

static int build(struct builder *builder, const struct closure_program *program)
{
	const struct closure_options *options = builder->options;
	struct closure *closure = builder->closure;
	int r;

	r = search_prepare(&builder->context);
	if (r == 0)
		r = add_program(builder, program);
	if (r == 0)
		r = add_interp(builder);
	if (r == 0 && closure->loader->kind != LOADER_NONE) {
		r = add_preloads(builder, options->preload, options->n_preload, false);
		if (r == 0)
			r = add_preloads(builder, closure->loader->preload,
					 closure->loader->n_preload, true);
		if (r == 0)
			r = builder_load_all(builder);
	}
	return builder_finish(builder, r);
}

int closure_resolve(struct sysroot *sysroot, const struct closure_program *program,
		    const struct processor *processor, const struct closure_options *options,
		    const struct closure **out)
{
	CLEANUP(builder) struct builder builder = {
		.arena = sysroot->arena,
		.closure = arena_alloc(sysroot->arena, sizeof(struct closure)),
		.options = options,
		.context = {
			.sysroot = sysroot,
			.processor = processor,
			.library_path = options->library_path,
		},
	};

	assert(program->elf);
	if (!builder.closure)
		return -ENOMEM;
	TRY(sysroot_loader(sysroot, program->elf, &builder.context.loader));
	builder.closure->loader = builder.context.loader;
	builder.closure->processor = processor;
	TRY(build(&builder, program));
	*out = builder.closure;
	return 0;
}
