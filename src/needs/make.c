/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/make.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/path.h"
#include "needs/pattern.h"
#include "needs/private.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

enum {
	NAMED_ITEMS_MAX = 4096,
};

/* An object that was looked at for a program, or a row that has its sign there. */
struct looked_key {
	size_t program;
	const struct need_rule *rule;
	const void *what;
};

struct looked {
	UT_hash_handle hh;
	struct looked_key key;
};

struct facts_of {
	UT_hash_handle hh;
	const struct elf_object *elf;
	struct facts facts;
};

/* Those that may be names, one behind the other. */
struct words_of {
	UT_hash_handle hh;
	const struct elf_object *elf;
	const char *words;
	size_t size;
};

/* The names in a directory. */
struct names_of {
	UT_hash_handle hh;
	struct texts names;
};

int needs_remember(struct needs *needs, size_t program, const struct need_rule *rule,
		   const void *what)
{
	struct looked *looked = arena_alloc(needs->sysroot->arena, sizeof(*looked));
	struct looked *known;

	if (!looked)
		return -ENOMEM;
	looked->key = (struct looked_key){ .program = program, .rule = rule, .what = what };
	HASH_FIND(hh, needs->looked, &looked->key, sizeof(looked->key), known);
	if (known)
		return 1;
	HASH_ADD(hh, needs->looked, key, sizeof(looked->key), looked);
	return HASH_HAS(looked) ? 0 : -ENOMEM;
}

int needs_facts(struct needs *needs, const struct elf_object *elf, const struct facts **out)
{
	struct facts_of *known;
	int r;

	HASH_FIND_PTR(needs->facts, &elf, known);
	if (!known) {
		known = arena_alloc(needs->sysroot->arena, sizeof(*known));
		if (!known)
			return -ENOMEM;
		known->elf = elf;
		r = facts_read(needs->sysroot->arena, needs->index, needs->sysroot->root, elf,
			       &known->facts);
		if (r < 0)
			return diag_errno(needs->sysroot->diag, -r, elf->path);
		HASH_ADD_PTR(needs->facts, elf, known);
		if (!HASH_HAS(known))
			return -ENOMEM;
	}
	*out = &known->facts;
	return 0;
}

/* Tells, once for each PATH, that it, or what is in it, stays out because of its FAULT. */
static int report_unreadable(struct needs *needs, const char *path, const char *fault)
{
	const struct need *need = needs->filling;

	if (texts_have(&needs->unreadable, path))
		return 0;
	TRY(texts_add(needs->sysroot->arena, &needs->unreadable, path));
	if (need && need->followed && !need->rule->soft)
		diag_warning(needs->sysroot->diag, path, "%s: what %s needs of it is left out",
			     fault, need->name);
	else
		diag_note(needs->sysroot->diag, path, "%s, and is left out", fault);
	return 0;
}

int needs_absent(struct needs *needs, const char *path, int error)
{
	static const char closed_directory[] = "cannot be looked into";
	const struct root *root = needs->sysroot->root;
	const char *subject = path;
	const struct stat *stat;
	char *canonical;

	assert(error < 0);
	if (root_is_absence(error))
		return 0;
	if (error == -ENOMEM)
		return error;
	if (error == -ELOOP)
		return report_unreadable(needs, path, "leads round in a circle of links");
	if (error != -EACCES && error != -EPERM)
		return diag_errno(needs->sysroot->diag, -error, path);
	/* It may be a directory on the way that keeps all in it from being read. */
	while (root_walk(root, needs->sysroot->arena, subject, true, NULL, NULL, &canonical) < 0) {
		subject = path_dirname(needs->sysroot->arena, subject);
		if (!subject)
			return -ENOMEM;
		if (strcmp(subject, "/") == 0)
			return report_unreadable(needs, subject, closed_directory);
	}
	if (root_look(root, needs->sysroot->arena, canonical, &stat, NULL) == 0 &&
	    S_ISDIR(stat->st_mode))
		return report_unreadable(needs, subject, closed_directory);
	return report_unreadable(needs, subject, "cannot be read");
}

int needs_resolve(struct needs *needs, const char *path, struct stat *out, char **canonical)
{
	const struct sysroot *sysroot = needs->sysroot;
	const struct stat *stat = NULL;
	int r = root_resolve(sysroot->root, sysroot->arena, path, &stat, canonical);

	if (r < 0)
		return needs_absent(needs, path, r);
	assert(stat);
	*out = *stat;
	return 1;
}

int needs_names(struct needs *needs, const char *directory, const struct texts **out)
{
	struct arena *arena = needs->sysroot->arena;
	struct names_of *known;
	int r;

	HASH_FIND_STR(needs->names, directory, known);
	if (!known) {
		known = arena_alloc(arena, sizeof(*known));
		directory = arena_strdup(arena, directory);
		if (!known || !directory)
			return -ENOMEM;
		r = root_names(needs->sysroot->root, arena, directory, &known->names);
		if (r < 0)
			TRY(needs_absent(needs, directory, r));
		HASH_ADD_KEYPTR(hh, needs->names, directory, strlen(directory), known);
		if (!HASH_HAS(known))
			return -ENOMEM;
	}
	*out = &known->names;
	return 0;
}

int needs_exists(struct needs *needs, const char *path, struct stat *out)
{
	struct stat stat;
	char *canonical;

	return needs_resolve(needs, path, out ? out : &stat, &canonical);
}

int needs_is_private(struct needs *needs, const char *path, bool listed, const char **reason)
{
	const struct sysroot *sysroot = needs->sysroot;
	int r = private_path(sysroot->root, sysroot->arena, path, listed, reason);

	return r < 0 ? diag_errno(sysroot->diag, -r, path) : r;
}

int needs_read(struct needs *needs, const char *path, size_t limit, char **out, size_t *size)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	int r = root_open(needs->sysroot->root, path, &file);

	if (r < 0)
		return needs_absent(needs, path, r);
	if (!S_ISREG(file.stat.st_mode))
		return 0;
	r = root_file_read(&file, needs->sysroot->arena, limit, out, size);
	return r < 0 ? diag_errno(needs->sysroot->diag, -r, path) : 1;
}

/* Whether either item can do what the other does. */
static bool same_item(const struct need_item *left, const struct need_item *right)
{
	const char *const *a = left->alternatives;
	const char *const *b = right->alternatives;

	if (left->kind != right->kind || strcmp(left->path, right->path) != 0 ||
	    left->level != right->level)
		return false;
	for (; a && b && *a && *b; a++, b++)
		if (strcmp(*a, *b) != 0)
			return false;
	return (!a || !*a) && (!b || !*b);
}

int need_add(struct needs *needs, struct need *need, const struct need_item *item)
{
	struct need_item *kept;

	assert(item->path);
	need->satisfied = true;
	/* In a tree, no path comes twice; elsewhere there are few, unless a file makes them up. */
	for (size_t i = 0; !item->tree && i < need->n_items; i++)
		if (!need->items[i].tree && same_item(&need->items[i], item))
			return 0;
	if (!item->tree && need->n_named++ >= NAMED_ITEMS_MAX) {
		if (need->n_named == NAMED_ITEMS_MAX + 1)
			diag_warning(needs->sysroot->diag, need->sign,
				     "has more than %d names for %s: the rest is left out",
				     NAMED_ITEMS_MAX, need->name);
		return 0;
	}
	kept = table_add(needs->sysroot->arena, &need->items, &need->n_items, &need->items_capacity,
			 sizeof(*need->items));
	if (!kept)
		return -ENOMEM;
	*kept = *item;
	return 0;
}

static int get_words(struct needs *needs, const struct elf_object *elf, struct words_of **out)
{
	CLEANUP(buffer) struct buffer words = { 0 };
	struct words_of *known;
	int r;

	HASH_FIND_PTR(needs->words, &elf, *out);
	if (*out)
		return 0;
	r = facts_read_words(needs->sysroot->root, elf, &words);
	if (r < 0)
		return diag_errno(needs->sysroot->diag, -r, elf->path);
	*out = known = arena_alloc(needs->sysroot->arena, sizeof(*known));
	if (!known)
		return -ENOMEM;
	known->elf = elf;
	known->size = words.size;
	known->words = arena_memdup(needs->sysroot->arena, words.bytes, words.size);
	if (words.size > 0 && !known->words)
		return -ENOMEM;
	HASH_ADD_PTR(needs->words, elf, known);
	return HASH_HAS(known) ? 0 : -ENOMEM;
}

int needs_visit_words(struct needs *needs, const struct closure_object *object,
		      facts_string_fn *visit, void *data)
{
	struct words_of *known = NULL;
	int r;

	TRY(get_words(needs, object->loaded.elf, &known));
	for (size_t at = 0; known && at < known->size; at += strlen(known->words + at) + 1) {
		r = visit(data, known->words + at);
		if (r != 0)
			return r;
	}
	return 0;
}

int needs_visit_strings(struct needs *needs, const struct closure_object *object, char mark,
			facts_string_fn *visit, void *data)
{
	const struct elf_object *elf = object->loaded.elf;
	int r = facts_visit_strings(needs->sysroot->root, elf, mark, visit, data);

	return r == -EIO || r == -EACCES ? diag_errno(needs->sysroot->diag, -r, elf->path) : r;
}

bool needs_object_matches(const struct closure_object *object, const char *glob)
{
	const struct elf_object *elf = object->loaded.elf;

	return elf && ((elf->soname && pattern_glob_matches(glob, elf->soname)) ||
		       pattern_glob_matches(glob, path_basename(object->loaded.location.path)));
}

bool needs_object_is_of_system(const struct closure *process, const struct closure_object *object)
{
	return object == process->interp || needs_object_matches(object, "libc.so.*") ||
	       needs_object_matches(object, "ld-*.so.*");
}

const struct closure_object *needs_find_object(const struct closure *process, const char *glob)
{
	for (size_t i = 0; i < process->n_objects; i++)
		if (needs_object_matches(process->objects[i], glob))
			return process->objects[i];
	return NULL;
}

const struct need_request *needs_find_request(const struct needs *needs, const char *name)
{
	for (size_t i = needs->options.n_with; i-- > 0;)
		if (strcmp(needs->options.with[i].name, name) == 0)
			return &needs->options.with[i];
	return NULL;
}

bool needs_is_given(const struct needs *needs, const char *path)
{
	for (size_t i = 0; i < needs->options.n_given; i++)
		if (path_is_below(path, needs->options.given[i]))
			return true;
	return false;
}

bool needs_forbids(const struct needs *needs, const char *name)
{
	for (size_t i = 0; i < needs->options.n_without; i++)
		if (strcmp(needs->options.without[i], name) == 0)
			return true;
	return false;
}

bool needs_follows(const struct needs *needs, const struct need_rule *rule, enum need_level level)
{
	if (needs_find_request(needs, rule->name))
		return true;
	return !rule->manual && level <= needs->options.level;
}

bool needs_wants(const struct needs *needs, const struct need_rule *rule)
{
	return !needs_forbids(needs, rule->name) && needs_follows(needs, rule, rule->level);
}

bool needs_follows_item(const struct needs *needs, const struct need *need,
			const struct need_item *item)
{
	return need->followed &&
	       (!item->level || need->requested || item->level <= needs->options.level);
}

enum found_by need_found_by(const struct need *need)
{
	/* FOUND_BY_PROGRAM, the zero, is no way of a need. */
	return need->rule->found_by ? need->rule->found_by : FOUND_BY_RULE;
}

void needs_forget(struct needs *needs)
{
	HASH_CLEAR(hh, needs->looked);
	HASH_CLEAR(hh, needs->facts);
	HASH_CLEAR(hh, needs->words);
	HASH_CLEAR(hh, needs->names);
}

int needs_put(struct needs *needs, const struct need *template, struct need **out)
{
	struct need *need = arena_memdup(needs->sysroot->arena, template, sizeof(*need));
	struct need **kept;

	if (!need || !need->sign)
		return -ENOMEM;
	need->name = need->rule->name;
	need->why = need->rule->why;
	need->level = need->rule->level;
	kept = TABLE_ADD(needs->sysroot->arena, needs);
	if (!kept)
		return -ENOMEM;
	*out = *kept = need;
	return 0;
}
