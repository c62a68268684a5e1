/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/missing.h"
#include "base/error.h"
#include "base/hash.h"

#include <errno.h>
#include <string.h>

/* A library that was not found. */
struct library {
	UT_hash_handle hh;
	const struct closure_object *object; /* the first of its name: where it was looked for */
	struct buffer needed_by;	     /* paths, with ", " between them */
	struct library *next;		     /* in the order in which they were found */
};

/* REQUESTER needs a missing library: each pair is reported once. */
struct request {
	UT_hash_handle hh;
};

struct missing {
	struct arena *arena;
	struct library *libraries[2]; /* by name; those that may be missing apart */
	struct library *first;
	struct library **end;
	struct request *requests;
};

static void missing_cleanup(struct missing *missing)
{
	HASH_CLEAR(hh, missing->libraries[0]);
	HASH_CLEAR(hh, missing->libraries[1]);
	HASH_CLEAR(hh, missing->requests);
	for (struct library *library = missing->first; library; library = library->next)
		buffer_reset(&library->needed_by);
	arena_free(missing->arena);
}

static int get_library(struct missing *missing, const struct closure_object *object,
		       struct library **out)
{
	struct library **table = &missing->libraries[object->allowed_missing];
	const char *name = object->loaded.name;
	struct library *library;

	HASH_FIND_STR(*table, name, library);
	*out = library;
	if (library)
		return 0;
	*out = library = arena_alloc(missing->arena, sizeof(*library));
	if (!library)
		return -ENOMEM;
	library->object = object;
	HASH_ADD_KEYPTR(hh, *table, name, strlen(name), library);
	if (!HASH_HAS(library))
		return -ENOMEM;
	*missing->end = library;
	missing->end = &library->next;
	return 0;
}

static int add_requester(struct missing *missing, struct library *library, const char *path)
{
	char *key = arena_printf(missing->arena, "%p %s", (void *)library, path);
	struct request *request;

	if (!key)
		return -ENOMEM;
	HASH_FIND_STR(missing->requests, key, request);
	if (request)
		return 0;
	request = arena_alloc(missing->arena, sizeof(*request));
	if (!request)
		return -ENOMEM;
	HASH_ADD_KEYPTR(hh, missing->requests, key, strlen(key), request);
	if (!HASH_HAS(request))
		return -ENOMEM;
	buffer_printf(&library->needed_by, "%s%s", library->needed_by.size > 0 ? ", " : "", path);
	return 0;
}

static int add_edges(struct missing *missing, const struct closure_object *requester,
		     const struct closure_edge *edges, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct closure_object *object = edges[i].object;
		struct library *library;

		/* Nobody asked for a loader by name: who has it as PT_INTERP was told of it. */
		if (!closure_is_missing(object) || !object->loaded.requester)
			continue;
		TRY(get_library(missing, object, &library));
		TRY(add_requester(missing, library, requester->loaded.location.path));
	}
	return 0;
}

static int add_closure(struct missing *missing, const struct closure *closure)
{
	for (size_t i = 0; i < closure->n_objects; i++) {
		const struct closure_object *object = closure->objects[i];

		TRY(add_edges(missing, object, object->preloads, object->n_preloads));
		TRY(add_edges(missing, object, object->edges, object->n_edges));
	}
	return 0;
}

static int report(const struct library *library, const struct diag *diag)
{
	CLEANUP(buffer) struct buffer hint = { 0 };
	const struct closure_object *object = library->object;

	buffer_add_string(&hint, "looked for in ");
	for (size_t i = 0; i < object->n_searched; i++)
		buffer_printf(&hint, "%s%s", i > 0 ? ", " : "", object->searched[i]);
	if (object->n_searched == 0)
		buffer_add_string(&hint, "no directory at all");
	TRY(buffer_error(&hint));
	TRY(buffer_error(&library->needed_by));
	if (object->allowed_missing)
		diag_note(diag, object->loaded.name,
			  "not found, and allowed to be missing; needed by %s",
			  library->needed_by.bytes);
	else
		diag_error_hint(diag, ENOENT, object->loaded.name, hint.bytes,
				"not found, needed by %s", library->needed_by.bytes);
	return 0;
}

int missing_report(const struct programs *programs, const struct diag *diag)
{
	CLEANUP(missing) struct missing missing = { .arena = arena_new() };

	if (!missing.arena)
		return -ENOMEM;
	missing.end = &missing.first;
	for (size_t i = 0; i < programs->all.count; i++)
		for (size_t j = 0; j < programs->all.items[i]->closures.count; j++)
			TRY(add_closure(&missing, programs->all.items[i]->closures.items[j]));
	for (const struct library *library = missing.first; library; library = library->next)
		TRY(report(library, diag));
	return 0;
}
