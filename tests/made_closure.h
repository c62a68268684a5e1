/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Closures made by hand, for suites of reports. They live in ARENA; each test has its own.
 */
#ifndef MKROOTFS_TESTS_MADE_CLOSURE_H
#define MKROOTFS_TESTS_MADE_CLOSURE_H

#include "closure/closure.h"
#include "suite.h"

#include <string.h>

static struct arena *arena;

static const struct processor baseline = { .name = "baseline" };
static const struct elf_object dynamic_elf = { .dynamic = true };
static const struct loader glibc = {
	.kind = LOADER_GLIBC,
	.interp = "/lib64/ld-linux-x86-64.so.2",
	.minor = 36,
};

static inline void setup(void)
{
	arena = arena_new();
	ck_assert_ptr_nonnull(arena);
}

static inline void teardown(void)
{
	arena_free(arena);
}

static inline struct closure_object *make_object(const char *name, const char *path,
						 enum found_by found_by)
{
	struct closure_object *object = arena_alloc(arena, sizeof(*object));

	ck_assert_ptr_nonnull(object);
	object->loaded.name = name;
	object->loaded.location = (struct location){ path, path };
	object->loaded.elf = &dynamic_elf;
	object->found_by = found_by;
	return object;
}

static inline struct closure_object *make_missing(const char *name, const char *const *searched,
						  size_t count)
{
	struct closure_object *object = make_object(name, NULL, FOUND_BY_LOADED);

	object->loaded.elf = NULL;
	object->searched = searched;
	object->n_searched = count;
	return object;
}

static inline void add_edge(struct closure_edge **edges, size_t *count, struct closure_edge edge)
{
	struct closure_edge *more = arena_array(arena, *count + 1, sizeof(*more));

	ck_assert_ptr_nonnull(more);
	if (*count)
		memcpy(more, *edges, *count * sizeof(*more));
	edge.location = edge.object->loaded.location;
	more[(*count)++] = edge;
	*edges = more;
}

/* FROM asks for TO by NAME; VIA is how this search ended. */
static inline void need(struct closure_object *from, const char *name, struct closure_object *to,
			enum found_by found_by)
{
	add_edge(&from->edges, &from->n_edges,
		 (struct closure_edge){ EDGE_NEEDED, name, to, found_by, { NULL, NULL } });
}

static inline void preload(struct closure_object *from, const char *name, struct closure_object *to)
{
	add_edge(&from->preloads, &from->n_preloads,
		 (struct closure_edge){ EDGE_PRELOAD, name, to, to->found_by, { NULL, NULL } });
}

/* Puts OBJECTS, COUNT in the loader's order, into a closure; INTERP may be among them. */
static inline struct closure *make_closure(const struct loader *loader,
					   struct closure_object *interp,
					   struct closure_object *const *objects, size_t count)
{
	struct closure *closure = arena_alloc(arena, sizeof(*closure));

	ck_assert_ptr_nonnull(closure);
	closure->loader = loader;
	closure->processor = &baseline;
	closure->interp = interp;
	closure->objects = arena_memdup(arena, objects, count * sizeof(*objects));
	ck_assert_ptr_nonnull(closure->objects);
	closure->n_objects = count;
	for (size_t i = 0; i < count; i++)
		closure->objects[i]->index = i;
	return closure;
}

#define CLOSURE(loader, interp, ...)                                                               \
	make_closure(loader, interp, (struct closure_object *const[]){ __VA_ARGS__ },              \
		     ARRAY_SIZE(((struct closure_object *const[]){ __VA_ARGS__ })))

static inline struct closure_object *make_interp(const struct loader *loader)
{
	return make_object(loader->interp, loader->interp, FOUND_BY_INTERP);
}

#endif
