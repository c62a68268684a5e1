/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a result is made of, thing by thing, for programs that link the library: the same facts as
 * those of report/json*.c, in the same order.
 */
#include "api/result_facts.h"
#include "base/error.h"
#include "report/seen.h"

#include <errno.h>

/* An iteration over the facts of a result. */
struct iteration {
	struct arena *arena; /* of what FUNCTION is given, but for strings */
	struct report_input input;
	struct seen seen; /* what was given already */
	void *data;
};

static int iteration_open(struct iteration *iteration, const struct mkrootfs *rootfs, void *data)
{
	iteration->data = data;
	iteration->arena = arena_new();
	return iteration->arena ? result_facts(rootfs, iteration->arena, &iteration->input)
				: -ENOMEM;
}

static void iteration_cleanup(struct iteration *iteration)
{
	seen_reset(&iteration->seen);
	arena_free(iteration->arena);
}

typedef int entry_fn(void *data, const struct mkrootfs_entry *entry);
typedef int object_fn(void *data, const struct mkrootfs_object *object);
typedef int need_fn(void *data, const struct mkrootfs_need *need);
typedef int lookup_fn(void *data, const struct mkrootfs_lookup *lookup);
typedef int missing_fn(void *data, const struct mkrootfs_missing *missing);

int mkrootfs_entries(const struct mkrootfs *rootfs, entry_fn *function, void *data)
{
	static const char types[] = {
		[ENTRY_DIRECTORY] = 'd',
		[ENTRY_FILE] = 'f',
		[ENTRY_SYMLINK] = 'l',
	};
	size_t count;
	const struct entry *const *entries = manifest_entries(rootfs->manifest, &count);

	for (size_t i = 0; i < count; i++) {
		const struct package *package = entries[i]->package;
		const struct mkrootfs_entry entry = {
			.size = sizeof(entry),
			.path = entries[i]->path,
			.type = types[entries[i]->type],
			.mode = entries[i]->mode,
			.uid = entries[i]->uid,
			.gid = entries[i]->gid,
			.bytes = entries[i]->size,
			.target = entries[i]->target,
			.source = entries[i]->source,
			.why = entries[i]->why,
			.package = package ? package->name : NULL,
			.package_version = package ? package->version : NULL,
		};

		TRY_ZERO(function(data, &entry));
	}
	return 0;
}

static struct mkrootfs_edge edge_of(const struct closure_edge *edge)
{
	bool missing = closure_is_missing(edge->object);

	return (struct mkrootfs_edge){
		.size = sizeof(struct mkrootfs_edge),
		.name = edge->name,
		.path = missing ? NULL : edge->object->loaded.location.path,
		.via = missing ? NULL
			       : found_by_name(edge->kind == EDGE_PRELOAD ? FOUND_BY_PRELOAD
									  : edge->found_by),
	};
}

static int visit_object(struct iteration *iteration, const struct closure_object *object,
			object_fn *function)
{
	const struct loaded *loaded = &object->loaded;
	size_t count = object->n_preloads + object->n_edges;
	struct mkrootfs_object out = { .size = sizeof(out) };
	const struct mkrootfs_edge **needed;
	struct mkrootfs_edge *edges;

	if (closure_is_missing(object) ||
	    TRY(seen_add(&iteration->seen, loaded->location.dest, "")) == SEEN_KNOWN)
		return 0;
	edges = arena_array(iteration->arena, count + 1, sizeof(*edges));
	needed = arena_array(iteration->arena, count + 1, sizeof(*needed));
	if (!edges || !needed)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		edges[i] = edge_of(i < object->n_preloads ? &object->preloads[i]
							  : &object->edges[i - object->n_preloads]);
		needed[i] = &edges[i];
	}
	out.path = loaded->location.path;
	out.dest = loaded->location.dest;
	out.soname = loaded->elf->soname;
	out.interp = loaded->elf->interp;
	out.needed = needed;
	out.n_needed = count;
	return function(iteration->data, &out);
}

static int visit_closure(struct iteration *iteration, const struct closure *closure,
			 object_fn *function)
{
	for (size_t i = 0; i < closure->n_objects; i++)
		TRY_ZERO(visit_object(iteration, closure->objects[i], function));
	return closure->interp ? visit_object(iteration, closure->interp, function) : 0;
}

int mkrootfs_objects(const struct mkrootfs *rootfs, object_fn *function, void *data)
{
	CLEANUP(iteration) struct iteration iteration = { 0 };
	const struct report_input *input = &iteration.input;

	TRY(iteration_open(&iteration, rootfs, data));
	for (size_t i = 0; i < input->n_closures; i++)
		TRY_ZERO(visit_closure(&iteration, input->closures[i], function));
	for (size_t i = 0; i < input->n_plugins; i++)
		TRY_ZERO(visit_closure(&iteration, input->plugins[i].closure, function));
	return 0;
}

static int visit_need(const struct iteration *iteration, const struct need *need, need_fn *function)
{
	struct arena *arena = iteration->arena;
	struct mkrootfs_need_item *items = arena_array(arena, need->n_items + 1, sizeof(*items));
	const struct mkrootfs_need_item **list =
		arena_array(arena, need->n_items + 1, sizeof(*list));
	const struct mkrootfs_need out = {
		.size = sizeof(out),
		.name = need->name,
		.level = need_level_name(need->level),
		.program = need->process->objects[0]->loaded.location.path,
		.sign = need->sign,
		.why = need->why,
		.followed = need->followed,
		.items = list,
		.n_items = need->n_items,
	};

	if (!items || !list)
		return -ENOMEM;
	for (size_t i = 0; i < need->n_items; i++) {
		items[i] = (struct mkrootfs_need_item){
			.size = sizeof(*items),
			.path = need->items[i].path,
			.refused = need->items[i].refused,
			.brought = need->items[i].brought,
		};
		list[i] = &items[i];
	}
	return function(iteration->data, &out);
}

int mkrootfs_needs(const struct mkrootfs *rootfs, need_fn *function, void *data)
{
	CLEANUP(iteration) struct iteration iteration = { 0 };

	TRY(iteration_open(&iteration, rootfs, data));
	for (size_t i = 0; i < iteration.input.n_needs; i++)
		TRY_ZERO(visit_need(&iteration, iteration.input.needs[i], function));
	return 0;
}

/* Gives OBJECT, where it is missing, once for each NAME that FROM asks for. */
static int visit_missing(struct iteration *iteration, const struct closure_object *from,
			 const char *name, const struct closure_object *object,
			 missing_fn *function)
{
	const char *needed_by = from->loaded.location.path;
	const struct mkrootfs_missing missing = {
		.size = sizeof(missing),
		.name = name,
		.needed_by = needed_by,
		.searched = object->searched,
		.n_searched = object->n_searched,
		.allowed = object->allowed_missing,
	};

	if (!closure_is_missing(object) ||
	    TRY(seen_add(&iteration->seen, needed_by, name)) == SEEN_KNOWN)
		return 0;
	return function(iteration->data, &missing);
}

static int visit_missing_edges(struct iteration *iteration, const struct closure_object *from,
			       const struct closure_edge *edges, size_t count, missing_fn *function)
{
	for (size_t i = 0; i < count; i++)
		TRY_ZERO(visit_missing(iteration, from, edges[i].name, edges[i].object, function));
	return 0;
}

static int visit_missing_of(struct iteration *iteration, const struct closure *closure,
			    missing_fn *function)
{
	const struct closure_object *program = closure->objects[0];

	if (closure->interp)
		TRY_ZERO(visit_missing(iteration, program, closure->interp->loaded.name,
				       closure->interp, function));
	for (size_t i = 0; i < closure->n_objects; i++) {
		const struct closure_object *from = closure->objects[i];

		TRY_ZERO(visit_missing_edges(iteration, from, from->preloads, from->n_preloads,
					     function));
		TRY_ZERO(
			visit_missing_edges(iteration, from, from->edges, from->n_edges, function));
	}
	return 0;
}

int mkrootfs_missing(const struct mkrootfs *rootfs, missing_fn *function, void *data)
{
	CLEANUP(iteration) struct iteration iteration = { 0 };

	TRY(iteration_open(&iteration, rootfs, data));
	for (size_t i = 0; i < iteration.input.n_closures; i++)
		TRY_ZERO(visit_missing_of(&iteration, iteration.input.closures[i], function));
	return 0;
}

int mkrootfs_lookups(const struct mkrootfs *rootfs, lookup_fn *function, void *data)
{
	const struct report_run *run = &rootfs->proving.report;

	for (size_t i = 0; i < run->n_lookups; i++) {
		const struct lookup *found = &run->lookups[i];
		struct mkrootfs_lookup lookup = {
			.size = sizeof(lookup),
			.path = found->path,
			.kind = lookup_kind_name(found->kind),
			.rank = lookup_rank_name(found->rank),
			.uses = found->uses,
			.need = found->need,
			.option = found->option,
			.refused = found->refused,
			.brought = found->brought,
		};

		while (found->uses[lookup.n_uses])
			lookup.n_uses++;
		TRY_ZERO(function(data, &lookup));
	}
	return 0;
}
