/* SPDX-License-Identifier: Apache-2.0 */
#include "closure/builder.h"
#include "base/error.h"
#include "base/path.h"
#include "closure/version_check.h"
#include "loader/rules.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

int builder_begin(struct builder *builder, const struct sysroot *sysroot,
		  const struct loader *loader, const struct processor *processor,
		  const struct closure_options *options)
{
	builder->arena = sysroot->arena;
	builder->options = options;
	builder->closure = arena_alloc(sysroot->arena, sizeof(*builder->closure));
	if (!builder->closure)
		return -ENOMEM;
	builder->closure->loader = loader;
	builder->closure->processor = processor;
	builder->context.sysroot = sysroot;
	builder->context.loader = loader;
	builder->context.processor = processor;
	builder->context.library_path = options->library_path;
	return search_begin(&builder->context);
}

void builder_cleanup(struct builder *builder)
{
	search_end(&builder->context);
	HASH_CLEAR(hh, builder->mine.names);
	HASH_CLEAR(hh, builder->mine.identities);
	HASH_CLEAR(hh, builder->preloaded.names);
	HASH_CLEAR(hh, builder->preloaded.identities);
}

/* The first object keeps a name: the loader looks through its list from the front. */
int builder_add_name(struct builder *builder, struct builder_known *known, const char *name,
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

int builder_add_names(struct builder *builder, struct builder_known *known,
		      struct closure_object *object)
{
	const struct loaded *loaded = &object->loaded;

	TRY(builder_add_name(builder, known, loaded->name, object));
	if (!builder->context.rules->knows_all_names)
		return 0;
	TRY(builder_add_name(builder, known, loaded->location.path, object));
	return loaded->elf ? builder_add_name(builder, known, loaded->elf->soname, object) : 0;
}

struct closure_object *builder_new_object(struct builder *builder, const char *name,
					  struct location location, const struct elf_object *elf,
					  const struct loaded *requester, enum found_by found_by)
{
	struct closure_object *object = arena_alloc(builder->arena, sizeof(*object));

	assert(name);
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

int builder_set_origin(struct builder *builder, struct closure_object *object)
{
	const struct sysroot *sysroot = builder->context.sysroot;
	struct loaded *loaded = &object->loaded;
	const char *path = sysroot_absolute(sysroot, loaded->location.path);
	const char *dest = sysroot_absolute(sysroot, loaded->location.dest);

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

	assert(position <= closure->n_objects);
	if (!table_add(builder->arena, &closure->objects, &closure->n_objects, &builder->capacity,
		       sizeof(*closure->objects)))
		return -ENOMEM;
	memmove(closure->objects + position + 1, closure->objects + position,
		(closure->n_objects - 1 - position) * sizeof(*closure->objects));
	closure->objects[position] = object;
	return 0;
}

int builder_append(struct builder *builder, struct closure_object *object)
{
	return insert(builder, object, builder->closure->n_objects);
}

/*
 * Puts a copy of *OBJECT, which the process has loaded already, into the list, without its needs:
 * those are loaded too.
 */
static int borrow(struct builder *builder, struct closure_object **object)
{
	struct closure_object *copy = arena_memdup(builder->arena, *object, sizeof(*copy));

	if (!copy)
		return -ENOMEM;
	copy->edges = copy->preloads = NULL;
	copy->n_edges = copy->n_preloads = 0;
	copy->scanned = copy->already_loaded = true;
	copy->hidden_from_ldd = false;
	*object = copy;
	TRY(builder_add_names(builder, &builder->mine, copy));
	TRY(builder_add_identity(builder, &builder->mine, copy));
	return builder_append(builder, copy);
}

/* The interpreter is loaded before all others, and new to the list when it is first needed. */
static bool place_interp(struct builder *builder, const struct closure_object *object)
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
	return kind == EDGE_AUXILIARY || closure_may_lack(builder->options, name);
}

/* glibc calls a program that the kernel has mapped by no name (elf/rtld.c: dl_main). */
static struct closure_object *match_program(const struct builder *builder, const char *name)
{
	struct closure *closure = builder->closure;

	if (*name || closure->n_objects == 0 || !builder->context.rules->has_extensions ||
	    !closure->objects[0]->loaded.elf->interp)
		return NULL;
	return closure->objects[0];
}

/* The object that answers to NAME, or NULL: *OUT. */
static int match_loaded(struct builder *builder, const char *name, struct closure_object **out)
{
	struct closure *closure = builder->closure;
	bool libc = builder->context.rules->is_libc(closure->loader, name);

	*out = libc ? closure->interp : match_program(builder, name);
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
		       const struct search_result *result, struct closure_edge *edge)
{
	struct closure_object *object;

	object = builder_new_object(builder, name, location_of(NULL), NULL, requester,
				    FOUND_BY_LOADED);
	if (!object)
		return -ENOMEM;
	object->searched = result->searched.items;
	object->n_searched = result->searched.count;
	object->allowed_missing = may_be_missing(builder, name, edge->kind);
	object->problem = builder->context.last_error;
	edge->object = object;
	return 0;
}

/* The object that is loaded from the file of ELF already, or NULL: *OUT. */
static int match_file(struct builder *builder, const struct elf_object *elf,
		      struct closure_object **out)
{
	*out = find_identity(&builder->mine, elf);
	if (*out)
		return 0;
	*out = find_identity(&builder->preloaded, elf);
	return *out ? borrow(builder, out) : 0;
}

/*
 * A file that a search ended at: the object that is loaded from it already, under one
 * name more; or a new one.
 */
static int add_found(struct builder *builder, const struct loaded *requester, const char *name,
		     const struct search_result *result, struct closure_edge *edge, bool *is_new)
{
	const struct loader_rules *rules = builder->context.rules;
	struct closure_object *object;
	const char *problem;

	edge->found_by = result->found_by;
	edge->location = result->location;
	TRY(match_file(builder, result->elf, &edge->object));
	if (edge->object && !rules->knows_all_names && result->found_by == FOUND_BY_PATH)
		return 0;
	if (edge->object)
		return builder_add_name(builder, &builder->mine, name, edge->object);
	problem = rules->refuse(result->elf);
	if (problem)
		return stop(builder, name, problem);
	object = builder_new_object(builder, name, result->location, result->elf, requester,
				    result->found_by);
	if (!object)
		return -ENOMEM;
	*is_new = true;
	edge->object = object;
	TRY(builder_set_origin(builder, object));
	TRY(builder_add_identity(builder, &builder->mine, object));
	return builder_add_names(builder, &builder->mine, object);
}

/* Loads the library that REQUESTER asks for by NAME, its tokens expanded; as builder_load. */
static int load_name(struct builder *builder, struct closure_object *requester,
		     struct location name, struct closure_edge *edge, bool *is_new)
{
	struct search_result result;
	int r;

	TRY(match_loaded(builder, name.path, &edge->object));
	if (edge->object) {
		edge->location = edge->object->loaded.location;
		return 0;
	}
	r = TRY(search_library(&builder->context, &requester->loaded, name, &result));
	if (r == SEARCH_STOPPED)
		return stop(builder, result.location.path, result.problem);
	if (r != 0) {
		*is_new = true;
		return add_missing(builder, &requester->loaded, name.path, &result, edge);
	}
	return add_found(builder, &requester->loaded, name.path, &result, edge, is_new);
}

int builder_load(struct builder *builder, struct closure_object *requester, enum edge_kind kind,
		 const char *text, struct closure_edge *edge, bool *is_new)
{
	const char *problem;
	struct location name;
	int r;

	*is_new = false;
	*edge = (struct closure_edge){ .kind = kind, .name = text, .found_by = FOUND_BY_LOADED };
	r = TRY(builder->context.rules->expand_name(&builder->context, &requester->loaded, text,
						    &name, &problem));
	if (r == SEARCH_STOPPED)
		return stop(builder, text, problem);
	r = TRY(load_name(builder, requester, name, edge, is_new));
	if (r == SEARCH_STOPPED && kind == EDGE_AUXILIARY) {
		builder->closure->stopped = NULL;
		edge->object = NULL;
		return 0;
	}
	if (r != 0)
		return r;
	*is_new |= place_interp(builder, edge->object);
	return 0;
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

	/*
	 * The program stays the first in the list; a library that belongs before it is marked
	 * instead.
	 */
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

/* Puts the object of EDGE, which REQUESTER asked for, into the list. */
static int put_in_place(struct builder *builder, struct closure_object *requester,
			const struct closure_edge *edge, bool is_new)
{
	if (edge->kind != EDGE_NEEDED)
		return put_before(builder, edge->object, requester, is_new);
	return is_new ? builder_append(builder, edge->object) : 0;
}

static int load_dependencies(struct builder *builder, struct closure_object *object)
{
	const struct elf_object *elf = object->loaded.elf;

	if (!elf || elf->n_dependencies == 0)
		return 0;
	object->edges = arena_array(builder->arena, elf->n_dependencies, sizeof(*object->edges));
	if (!object->edges)
		return -ENOMEM;
	for (size_t i = 0; i < elf->n_dependencies; i++) {
		enum edge_kind kind = kind_of_tag(elf->dependencies[i].tag);
		struct closure_edge *edge = &object->edges[object->n_edges];
		bool is_new;
		int r;

		if (kind != EDGE_NEEDED && !builder->context.rules->has_extensions)
			continue;
		r = builder_load(builder, object, kind, elf->dependencies[i].name, edge, &is_new);
		if (r != 0)
			return r;
		if (!edge->object)
			continue;
		object->n_edges++;
		TRY(put_in_place(builder, object, edge, is_new));
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

/* A library that is missing answers to the name that it was asked for by. */
static const struct closure_object *find_for_versions(void *data, const char *name)
{
	const struct builder *builder = data;
	const struct closure *closure = builder->closure;
	const struct closure_object *found = find_name(&builder->mine, name);

	/* An opened library finds the objects that its process has loaded. */
	if (!found)
		found = find_name(&builder->preloaded, name);
	for (size_t i = 0; !found && i < closure->n_objects; i++)
		if (closure_is_missing(closure->objects[i]) &&
		    strcmp(closure->objects[i]->loaded.name, name) == 0)
			found = closure->objects[i];
	return found;
}

int builder_finish(struct builder *builder, int loaded)
{
	struct closure *closure = builder->closure;

	for (size_t i = 0; i < closure->n_objects; i++)
		closure->objects[i]->index = i;
	closure->cpu_dependent = builder->context.cpu_dependent;
	/* The loader checks versions last: one that stopped did not. */
	if (loaded == SEARCH_STOPPED || !builder->context.rules->has_extensions)
		return 0;
	return versions_check(builder->arena, closure, find_for_versions, builder);
}
