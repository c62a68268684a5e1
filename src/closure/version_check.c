/* SPDX-License-Identifier: Apache-2.0 */
#include "closure/version_check.h"
#include "base/error.h"
#include "base/table.h"

#include <errno.h>
#include <string.h>

struct faults {
	struct arena *arena;
	TABLE(struct closure_fault) table;
};

static bool defines(const struct elf_object *elf, const struct elf_version_need *need)
{
	for (size_t i = 0; i < elf->n_version_definitions; i++) {
		const struct elf_version_definition *definition = &elf->version_definitions[i];

		if (definition->hash == need->hash && strcmp(definition->name, need->name) == 0)
			return true;
	}
	return false;
}

static int check_object(struct faults *faults, const struct closure_object *object,
			versions_find_fn *find, void *data)
{
	const struct elf_object *elf = object->loaded.elf;

	for (size_t i = 0; i < elf->n_version_needs; i++) {
		const struct elf_version_need *need = &elf->version_needs[i];
		const struct closure_object *library = find(data, need->file);
		struct closure_fault *fault;

		if (!library || closure_is_missing(library) || need->weak)
			continue;
		/* The loader only warns of a library that defines no version at all. */
		if (library->loaded.elf->n_version_definitions == 0 ||
		    defines(library->loaded.elf, need))
			continue;
		fault = TABLE_ADD(faults->arena, &faults->table);
		if (!fault)
			return -ENOMEM;
		fault->object = object;
		fault->subject = library->loaded.location.path;
		fault->text = arena_printf(faults->arena, "version `%s' not found (required by %s)",
					   need->name, object->loaded.location.path);
		if (!fault->text)
			return -ENOMEM;
	}
	return 0;
}

int versions_check(struct arena *arena, struct closure *closure, versions_find_fn *find, void *data)
{
	struct faults faults = { .arena = arena };

	for (size_t i = 0; i < closure->n_objects; i++)
		if (!closure_is_missing(closure->objects[i]))
			TRY(check_object(&faults, closure->objects[i], find, data));
	closure->faults = faults.table.items;
	closure->n_faults = faults.table.count;
	return 0;
}
