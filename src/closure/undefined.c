/* SPDX-License-Identifier: Apache-2.0 */
#include "closure/undefined.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/table.h"
#include "loader/rules.h"

#include <errno.h>
#include <string.h>

/* One definition of a name; of one name all stand in a chain in the scope's order. */
struct definition {
	UT_hash_handle hh;
	const char *name;
	const struct closure_object *object;
	const char *version; /* NULL: none, or the base version */
	bool versioned;	     /* the object has versions at all */
	bool hidden;
	struct definition *next;
	struct definition *last; /* of the chain; set in its first */
};

/* The symbols of one object. */
struct table {
	const struct elf_symbol *symbols;
	size_t count;
};

struct checker {
	const struct sysroot *sysroot;
	const struct closure *closure;
	const struct closure_object **scope; /* in search order */
	struct table *tables;
	size_t n_scope;
	struct definition *definitions;
	TABLE(struct closure_fault) faults;
};

static void checker_cleanup(struct checker *checker)
{
	HASH_CLEAR(hh, checker->definitions);
}

/* elf/dl-lookup.c: what a definition can be. */
static bool is_definition(const struct elf_symbol *symbol)
{
	if (!symbol->defined || symbol->version == 0)
		return false;
	if (symbol->bind != STB_GLOBAL && symbol->bind != STB_WEAK &&
	    symbol->bind != STB_GNU_UNIQUE)
		return false;
	switch (symbol->type) {
	case STT_NOTYPE:
	case STT_OBJECT:
	case STT_FUNC:
	case STT_COMMON:
	case STT_TLS:
	case STT_GNU_IFUNC:
		return true;
	default:
		return false;
	}
}

static const struct elf_version_need *needed_version(const struct elf_object *elf, uint16_t index)
{
	for (size_t i = 0; i < elf->n_version_needs; i++)
		if (elf->version_needs[i].index == index)
			return &elf->version_needs[i];
	return NULL;
}

static const char *defined_version(const struct elf_object *elf, uint16_t index)
{
	for (size_t i = 0; i < elf->n_version_definitions; i++)
		if (elf->version_definitions[i].index == index && !elf->version_definitions[i].base)
			return elf->version_definitions[i].name;
	return NULL;
}

static int add_definition(struct checker *checker, const struct closure_object *object,
			  const struct elf_symbol *symbol)
{
	struct definition *definition = arena_alloc(checker->sysroot->arena, sizeof(*definition));
	struct definition *first;

	if (!definition)
		return -ENOMEM;
	definition->name = symbol->name;
	definition->object = object;
	definition->versioned = object->loaded.elf->n_version_definitions > 0;
	definition->version = defined_version(object->loaded.elf, symbol->version);
	definition->hidden = symbol->hidden;
	definition->last = definition;
	HASH_FIND_STR(checker->definitions, symbol->name, first);
	if (first) {
		first->last->next = definition;
		first->last = definition;
		return 0;
	}
	HASH_ADD_KEYPTR(hh, checker->definitions, definition->name, strlen(definition->name),
			definition);
	return HASH_HAS(definition) ? 0 : -ENOMEM;
}

static int read_symbols(const struct sysroot *sysroot, const char *path, struct table *table)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;

	TRY(root_open(sysroot->root, path, &file));
	return elf_object_symbols(&file, sysroot->arena, &table->symbols, &table->count);
}

static int read_table(struct checker *checker, const struct closure_object *object,
		      struct table *table)
{
	const struct sysroot *sysroot = checker->sysroot;
	const char *path = sysroot_absolute(sysroot, object->loaded.location.path);
	int r;

	if (!path)
		return -ENOMEM;
	r = read_symbols(sysroot, path, table);
	return r < 0 ? diag_errno(sysroot->diag, -r, object->loaded.location.path) : 0;
}

/* All objects that are there, in search order. */
static int collect_scope(struct checker *checker)
{
	const struct closure *closure = checker->closure;
	struct arena *arena = checker->sysroot->arena;
	bool interp_listed = false;

	checker->scope = arena_array(arena, closure->n_objects + 1, sizeof(*checker->scope));
	checker->tables = arena_array(arena, closure->n_objects + 1, sizeof(*checker->tables));
	if (!checker->scope || !checker->tables)
		return -ENOMEM;
	for (size_t i = 0; i < closure->n_objects; i++) {
		interp_listed |= closure->objects[i] == closure->interp;
		if (!closure_is_missing(closure->objects[i]))
			checker->scope[checker->n_scope++] = closure->objects[i];
	}
	/* musl's loader is its libc, needed by whatever name. */
	if (closure->interp && !interp_listed && !closure_is_missing(closure->interp))
		checker->scope[checker->n_scope++] = closure->interp;
	return 0;
}

static int collect_definitions(struct checker *checker)
{
	for (size_t i = 0; i < checker->n_scope; i++) {
		struct table *table = &checker->tables[i];

		TRY(read_table(checker, checker->scope[i], table));
		for (size_t j = 0; j < table->count; j++)
			if (is_definition(&table->symbols[j]))
				TRY(add_definition(checker, checker->scope[i], &table->symbols[j]));
	}
	return 0;
}

/*
 * Whether DEFINITION serves a reference of VERSION (elf/dl-lookup.c: check_match). An
 * object without versions serves all; a base definition that is not hidden too.
 */
static bool serves(const struct definition *definition, const char *version)
{
	if (!definition->versioned)
		return true;
	if (version)
		return definition->version ? strcmp(definition->version, version) == 0
					   : !definition->hidden;
	return !definition->hidden;
}

static bool is_found(const struct definition *first, const char *version)
{
	for (const struct definition *definition = first; definition; definition = definition->next)
		if (serves(definition, version))
			return true;
	return false;
}

static int add_fault(struct checker *checker, const struct closure_object *object, const char *text)
{
	struct closure_fault *fault = TABLE_ADD(checker->sysroot->arena, &checker->faults);

	if (!fault || !text)
		return -ENOMEM;
	fault->object = object;
	fault->subject = object->loaded.location.path;
	fault->text = text;
	return 0;
}

static int check_symbol(struct checker *checker, const struct closure_object *object,
			const struct elf_symbol *symbol)
{
	const struct loader_rules *rules = search_rules(checker->closure->loader);
	const struct elf_version_need *need = NULL;
	const struct definition *first;

	if (symbol->defined || symbol->bind != STB_GLOBAL || !*symbol->name)
		return 0;
	if (rules->has_extensions && symbol->version > 1)
		need = needed_version(object->loaded.elf, symbol->version);
	HASH_FIND_STR(checker->definitions, symbol->name, first);
	if (is_found(first, need ? need->name : NULL))
		return 0;
	return add_fault(
		checker, object,
		rules->undefined(checker->sysroot->arena, symbol->name, need, first != NULL));
}

static int check_isa(struct checker *checker, const struct closure_object *object,
		     unsigned isa_level)
{
	if (!isa_level || !(object->loaded.elf->x86_isa_needed & ~isa_level))
		return 0;
	return add_fault(checker, object, "CPU ISA level is lower than required");
}

int symbols_check(const struct sysroot *sysroot, const struct closure *closure, unsigned isa_level,
		  const struct closure_fault **faults, size_t *count)
{
	CLEANUP(checker) struct checker checker = { .sysroot = sysroot, .closure = closure };

	TRY(collect_scope(&checker));
	TRY(collect_definitions(&checker));
	for (size_t i = 0; i < checker.n_scope; i++) {
		const struct table *table = &checker.tables[i];

		TRY(check_isa(&checker, checker.scope[i], isa_level));
		for (size_t j = 0; j < table->count; j++)
			TRY(check_symbol(&checker, checker.scope[i], &table->symbols[j]));
	}
	*faults = checker.faults.items;
	*count = checker.faults.count;
	return 0;
}
