/* SPDX-License-Identifier: Apache-2.0 */
#include "closure/known.h"
#include "base/cleanup.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	NAMES_MAX = 3, /* of one object: what it was asked by, its path, its DT_SONAME */
};

struct known_name {
	const char *name;
	size_t position; /* in the order in which the loader looks */
	struct closure_object *object;
};

struct known_file {
	dev_t dev;
	ino_t ino;
	size_t position;
	struct closure_object *object;
};

/* Sorted; of several for one name or file, the first of the loader's comes first. */
struct known_objects {
	struct known_name *names;
	size_t n_names;
	struct known_file *files;
	size_t n_files;
};

static int compare_positions(size_t left, size_t right)
{
	return (left > right) - (left < right);
}

static int compare_names(const void *left, const void *right)
{
	const struct known_name *a = left;
	const struct known_name *b = right;

	return strcmp(a->name, b->name) ?: compare_positions(a->position, b->position);
}

static int compare_file(const struct known_file *left, dev_t dev, ino_t ino)
{
	return left->ino != ino ? (left->ino > ino ? 1 : -1)
				: (left->dev > dev) - (left->dev < dev);
}

static int compare_files(const void *left, const void *right)
{
	const struct known_file *a = left;
	const struct known_file *b = right;

	return compare_file(a, b->dev, b->ino) ?: compare_positions(a->position, b->position);
}

static void add_name(struct known_objects *known, const char *name, struct closure_object *object)
{
	if (!name)
		return;
	known->names[known->n_names] = (struct known_name){ name, known->n_names, object };
	known->n_names++;
}

static void add_names(struct known_objects *known, const struct loader_rules *rules,
		      struct closure_object *object)
{
	const struct loaded *loaded = &object->loaded;

	add_name(known, loaded->name, object);
	if (!rules->knows_all_names)
		return;
	add_name(known, loaded->location.path, object);
	add_name(known, loaded->elf->soname, object);
}

static void add_file(struct known_objects *known, struct closure_object *object)
{
	known->files[known->n_files] = (struct known_file){
		.dev = object->loaded.elf->dev,
		.ino = object->loaded.elf->ino,
		.position = known->n_files,
		.object = object,
	};
	known->n_files++;
}

static void fill(struct known_objects *known, const struct closure *closure, bool is_program,
		 const struct loader_rules *rules)
{
	for (size_t i = 0; i < closure->n_objects; i++) {
		struct closure_object *object = closure->objects[i];
		bool own = object == closure->interp || (i == 0 && is_program);

		if (closure_is_missing(object))
			continue;
		add_names(known, rules, object);
		if (!own || rules->knows_own_file)
			add_file(known, object);
	}
	if (closure->interp && !closure_is_missing(closure->interp))
		add_names(known, rules, closure->interp);
}

const struct known_objects *known_objects_of(struct arena *arena, const struct closure *closure,
					     bool is_program, const struct loader_rules *rules)
{
	struct known_objects *known = closure->known;

	assert(known);
	if (known->names)
		return known;
	known->names =
		arena_array(arena, NAMES_MAX * (closure->n_objects + 1), sizeof(*known->names));
	known->files = arena_array(arena, closure->n_objects + 1, sizeof(*known->files));
	if (!known->names || !known->files)
		return NULL;
	fill(known, closure, is_program, rules);
	qsort(known->names, known->n_names, sizeof(*known->names), compare_names);
	qsort(known->files, known->n_files, sizeof(*known->files), compare_files);
	return known;
}

struct known_objects *known_objects_new(struct arena *arena)
{
	return arena_alloc(arena, sizeof(struct known_objects));
}

struct closure_object *known_by_name(const struct known_objects *known, const char *name)
{
	size_t low = 0;
	size_t high = known->n_names;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(known->names[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < known->n_names && strcmp(known->names[low].name, name) == 0
		       ? known->names[low].object
		       : NULL;
}

struct closure_object *known_by_file(const struct known_objects *known,
				     const struct elf_object *elf)
{
	size_t low = 0;
	size_t high = known->n_files;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_file(&known->files[middle], elf->dev, elf->ino) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < known->n_files && compare_file(&known->files[low], elf->dev, elf->ino) == 0
		       ? known->files[low].object
		       : NULL;
}
