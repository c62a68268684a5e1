/* SPDX-License-Identifier: Apache-2.0 */
#include "closure/version_check.h"
#include "base/error.h"
#include "base/table.h"

#include <errno.h>
#include <string.h>

enum { GLIBC_WANTS_RELR_VERSION = 36 };

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

static int add_fault(struct faults *faults, const struct closure_object *object,
		     const struct closure_object *library, bool harmless, const char *text)
{
	struct closure_fault *fault = TABLE_ADD(faults->arena, &faults->table);

	if (!fault || !text)
		return -ENOMEM;
	fault->object = object;
	fault->subject = library->loaded.location.path;
	fault->harmless = harmless;
	fault->text = text;
	return 0;
}

/* As match_symbol, for the version NEED that OBJECT requires of LIBRARY. */
static int check_version(struct faults *faults, const struct closure_object *object,
			 const struct closure_object *library, const struct elf_version_need *need)
{
	const char *path = object->loaded.location.path;

	if (library->loaded.elf->n_version_definitions == 0)
		return add_fault(faults, object, library, true,
				 arena_printf(faults->arena,
					      "no version information available (required by %s)",
					      path));
	if (defines(library->loaded.elf, need))
		return 0;
	return add_fault(faults, object, library, need->weak,
			 arena_printf(faults->arena, "%sversion `%s' not found (required by %s)",
				      need->weak ? "weak " : "", need->name, path));
}

/* An error for which _dl_check_map_versions ends the program: it names OBJECT, in the words
 * PROBLEM. */
static int stop(struct faults *faults, struct closure *closure, const struct closure_object *object,
		const char *problem)
{
	closure->stopped = problem ? arena_printf(faults->arena,
						  "error while loading shared libraries: %s: %s",
						  object->loaded.location.path, problem)
				   : NULL;
	return closure->stopped ? 0 : -ENOMEM;
}

/* The loader aborts where nothing that is loaded answers to the name of a record's library. */
static int stop_by_assertion(struct faults *faults, struct closure *closure,
			     const struct closure_object *object,
			     const struct elf_version_need *need)
{
	closure->stopped =
		arena_printf(faults->arena,
			     "Inconsistency detected by ld.so: dl-version.c: %s asks for version "
			     "%s of %s, which nothing loads",
			     object->loaded.location.path, need->name, need->file);
	return closure->stopped ? 0 : -ENOMEM;
}

/* From 2.36 on relocations of DT_RELR have to say so by a version that they ask of libc. */
static bool lacks_relr_version(const struct closure *closure, const struct elf_object *elf,
			       bool asked)
{
	if (!elf->has_relr || asked || elf->n_version_needs == 0 ||
	    closure->loader->minor < GLIBC_WANTS_RELR_VERSION)
		return false;
	for (size_t i = 0; i < elf->n_dependencies; i++)
		if (elf->dependencies[i].tag == DT_NEEDED &&
		    strncmp(elf->dependencies[i].name, "libc.so.", 8) == 0)
			return true;
	return false;
}

static int check_object(struct faults *faults, struct closure *closure,
			const struct closure_object *object, versions_find_fn *find, void *data)
{
	const struct elf_object *elf = object->loaded.elf;
	bool asks_for_relr = false;

	if (elf->dynamic && elf->version_needs_form != VER_NEED_CURRENT)
		return stop(faults, closure, object,
			    arena_printf(faults->arena, "unsupported version %u of Verneed record",
					 elf->version_needs_form));
	for (size_t i = 0; i < elf->n_version_needs; i++) {
		const struct elf_version_need *need = &elf->version_needs[i];
		const struct closure_object *library = find(data, need->file);

		if (!library && loader_is_vdso(closure->loader, need->file))
			continue;
		if (!library)
			return stop_by_assertion(faults, closure, object, need);
		if (closure_is_missing(library))
			continue;
		TRY(check_version(faults, object, library, need));
		asks_for_relr |= strcmp(need->name, "GLIBC_ABI_DT_RELR") == 0;
	}
	if (lacks_relr_version(closure, elf, asks_for_relr))
		return stop(faults, closure, object,
			    "DT_RELR without GLIBC_ABI_DT_RELR dependency");
	return 0;
}

/*
 * A filter's library of the program stands before the program, where the loader's count of modules
 * with thread-local storage misses it (elf/rtld.c: init_tls).
 */
static int check_tls(struct faults *faults, struct closure *closure)
{
	for (size_t i = 1; i < closure->n_objects; i++) {
		const struct loaded *loaded = &closure->objects[i]->loaded;

		if (!closure->objects[i]->hidden_from_ldd || !loaded->elf || !loaded->elf->has_tls)
			continue;
		closure->stopped =
			arena_printf(faults->arena,
				     "Inconsistency detected by ld.so: rtld.c: %s has thread-local "
				     "storage and is a filter's library of the program",
				     loaded->location.path);
		return closure->stopped ? 0 : -ENOMEM;
	}
	return 0;
}

int versions_check(struct arena *arena, struct closure *closure, versions_find_fn *find, void *data)
{
	struct faults faults = { .arena = arena };

	TRY(check_tls(&faults, closure));
	for (size_t i = 0; i < closure->n_objects && !closure->stopped; i++)
		if (!closure_is_missing(closure->objects[i]))
			TRY(check_object(&faults, closure, closure->objects[i], find, data));
	closure->faults = faults.table.items;
	closure->n_faults = faults.table.count;
	return 0;
}
