/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/weight.h"
#include "base/error.h"
#include "base/hash.h"

#include <errno.h>

/* An object that the result has anyhow. */
struct carried_object {
	UT_hash_handle hh;
	const struct elf_object *elf;
};

/* All of them, as far as the follower's lists were read. */
struct carried {
	struct carried_object *objects;
	size_t n_inputs;
	size_t n_programs;
	size_t n_plugins;
};

void weight_free(struct carried *carried)
{
	if (carried)
		HASH_CLEAR(hh, carried->objects);
}

static struct carried_object *find(const struct carried *carried, const struct elf_object *elf)
{
	struct carried_object *found;

	HASH_FIND_PTR(carried->objects, &elf, found);
	return found;
}

static int carry(struct arena *arena, struct carried *carried, const struct elf_object *elf)
{
	struct carried_object *object;

	if (!elf || find(carried, elf))
		return 0;
	object = arena_alloc(arena, sizeof(*object));
	if (!object)
		return -ENOMEM;
	object->elf = elf;
	HASH_ADD_PTR(carried->objects, elf, object);
	return HASH_HAS(object) ? 0 : -ENOMEM;
}

static int carry_closure(struct arena *arena, struct carried *carried,
			 const struct closure *closure)
{
	for (size_t i = 0; i < closure->n_objects; i++)
		TRY(carry(arena, carried, closure->objects[i]->loaded.elf));
	return closure->interp ? carry(arena, carried, closure->interp->loaded.elf) : 0;
}

/* Of programs and plugins the baseline is enough. */
static int update(struct follower *follower, struct carried **out)
{
	struct arena *arena = follower->resolver->sysroot->arena;
	const struct programs *programs = follower->programs;
	struct carried *carried = follower->carried;

	if (!carried)
		carried = follower->carried = arena_alloc(arena, sizeof(*carried));
	if (!carried)
		return -ENOMEM;
	for (; carried->n_inputs < follower->inputs->all.count; carried->n_inputs++) {
		const struct input *input = follower->inputs->all.items[carried->n_inputs];

		if (input->baseline)
			TRY(carry_closure(arena, carried, input->baseline));
	}
	for (; carried->n_programs < programs->all.count; carried->n_programs++)
		TRY(carry_closure(arena, carried,
				  programs->all.items[carried->n_programs]->closures.items[0]));
	for (; carried->n_plugins < follower->plugins.count; carried->n_plugins++)
		TRY(carry_closure(arena, carried,
				  follower->plugins.items[carried->n_plugins].closure));
	*out = carried;
	return 0;
}

int weight_has(struct follower *follower, const struct elf_object *elf)
{
	struct carried *carried;

	TRY(update(follower, &carried));
	return find(carried, elf) != NULL;
}

int weight_of_all(struct follower *follower, const struct dragged *dragged, uint64_t *bytes)
{
	CLEANUP(weight_free) struct carried *seen = NULL;
	struct arena *arena = follower->resolver->sysroot->arena;
	struct carried *carried;

	*bytes = 0;
	TRY(update(follower, &carried));
	seen = arena_alloc(arena, sizeof(*seen));
	if (!seen)
		return -ENOMEM;
	for (size_t i = 0; i < dragged->count; i++)
		for (size_t j = 0; j < dragged->items[i]->n_objects; j++) {
			const struct elf_object *elf = dragged->items[i]->objects[j]->loaded.elf;

			if (!elf || find(carried, elf) || find(seen, elf))
				continue;
			TRY(carry(arena, seen, elf));
			*bytes += elf->size;
		}
	return 0;
}

int weight_add(struct follower *follower, const struct closure *closure, bool first,
	       struct weight *weight)
{
	struct carried *carried;
	uint64_t heaviest = 0;

	TRY(update(follower, &carried));
	for (size_t i = first ? 0 : 1; i < closure->n_objects; i++) {
		const struct loaded *loaded = &closure->objects[i]->loaded;

		if (!loaded->elf || closure->objects[i]->already_loaded ||
		    find(carried, loaded->elf))
			continue;
		weight->bytes += loaded->elf->size;
		if (loaded->elf->size <= heaviest)
			continue;
		heaviest = loaded->elf->size;
		weight->heaviest = loaded->location.path;
	}
	return 0;
}
