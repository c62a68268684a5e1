/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/needs.h"
#include "base/hash.h"
#include "base/path.h"
#include "needs/belongs.h"
#include "needs/make.h"
#include "needs/pattern.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

enum {
	NAMED_ITEMS_MAX = 4096,
};

/* An object that was looked at for a program, or a row that has its sign there. */
struct looked_key {
	size_t program;
	const void *what; /* struct elf_object, or struct need_rule */
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

/* The strings of an object that may be paths: rules ask for them again and again. */
struct paths_of {
	UT_hash_handle hh;
	const struct elf_object *elf;
	struct arena *arena;
	const char **paths;
	size_t count;
	size_t capacity;
};

const char *need_level_name(enum need_level level)
{
	static const char *const names[] = {
		[NEED_REQUIRED] = "required",
		[NEED_RECOMMENDED] = "recommended",
		[NEED_SUGGESTED] = "suggested",
	};

	return names[level];
}

typedef int rule_fn(void *data, const struct need_rule *rule);

/* Calls FN with every row, until it returns something else than 0. */
static int for_each_rule(rule_fn *fn, void *data)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < need_n_rule_tables; i++)
		for (size_t j = 0; r == 0 && j < *need_rule_table_sizes[i]; j++)
			r = fn(data, &need_rule_tables[i][j]);
	return r;
}

static int is_called(void *data, const struct need_rule *rule)
{
	return strcmp(rule->name, data) == 0;
}

bool needs_has_rule(const char *name)
{
	return for_each_rule(is_called, (void *)(uintptr_t)name) != 0;
}

static int is_valued(void *data, const struct need_rule *rule)
{
	bool valued = false;

	for (size_t i = 0; i < NEED_BRINGS_MAX; i++)
		valued |= need_bring_is_valued(&rule->brings[i]);
	return valued && is_called(data, rule);
}

bool needs_takes_value(const char *name)
{
	return for_each_rule(is_valued, (void *)(uintptr_t)name) != 0;
}

static int add_name(void *data, const struct need_rule *rule)
{
	struct buffer *out = data;
	const char *known = out->bytes;

	/* Rows of one name stand together. */
	for (const char *at = known; at && (at = strstr(at, rule->name)) != NULL; at++)
		if (at[-1] == ' ' && strchr(" ", at[strlen(rule->name)]))
			return 0;
	buffer_printf(out, " %s", rule->name);
	return 0;
}

void needs_add_names(struct buffer *out)
{
	buffer_add_string(out, "known:");
	for_each_rule(add_name, out);
}

struct needs *needs_new(const struct sysroot *sysroot, const struct needs_options *options)
{
	struct arena *arena = sysroot->arena;
	struct needs *needs = arena_alloc(arena, sizeof(*needs));

	if (!needs)
		return NULL;
	*needs = (struct needs){
		.sysroot = sysroot,
		.options = *options,
		.index = symbol_index_new(arena),
		.satisfied = arena_array(arena, options->n_with + 1, sizeof(*needs->satisfied)),
	};
	return needs->index && needs->satisfied ? needs : NULL;
}

void needs_free(struct needs *needs)
{
	if (!needs)
		return;
	HASH_CLEAR(hh, needs->looked);
	HASH_CLEAR(hh, needs->facts);
	HASH_CLEAR(hh, needs->paths);
	gconv_free(needs->gconv);
	belongs_free(needs->belongs);
}

struct need *const *needs_list(const struct needs *needs, size_t *count)
{
	*count = needs->count;
	return needs->items;
}

int needs_remember(struct needs *needs, size_t program, const void *what)
{
	struct looked *looked = arena_alloc(needs->sysroot->arena, sizeof(*looked));
	struct looked *known;

	if (!looked)
		return -ENOMEM;
	looked->key = (struct looked_key){ .program = program, .what = what };
	HASH_FIND(hh, needs->looked, &looked->key, sizeof(looked->key), known);
	if (known)
		return 1;
	HASH_ADD(hh, needs->looked, key, sizeof(looked->key), looked);
	return HASH_HAS(looked) ? 0 : -ENOMEM;
}

static int get_facts(struct needs *needs, const struct elf_object *elf, const struct facts **out)
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

static const struct need_request *find_request(const struct needs *needs, const char *name)
{
	for (size_t i = needs->options.n_with; i-- > 0;)
		if (strcmp(needs->options.with[i].name, name) == 0)
			return &needs->options.with[i];
	return NULL;
}

static bool is_forbidden(const struct needs *needs, const char *name)
{
	for (size_t i = 0; i < needs->options.n_without; i++)
		if (strcmp(needs->options.without[i], name) == 0)
			return true;
	return false;
}

bool needs_exists(struct needs *needs, const char *path, struct stat *out)
{
	const struct stat *stat;
	char *canonical;

	if (root_walk(needs->sysroot->root, needs->sysroot->arena, path, true, NULL, NULL,
		      &canonical) < 0 ||
	    root_look(needs->sysroot->root, needs->sysroot->arena, canonical, &stat, NULL) < 0)
		return false;
	if (out)
		*out = *stat;
	return true;
}

int needs_read(struct needs *needs, const char *path, size_t limit, char **out, size_t *size)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	int r = root_open(needs->sysroot->root, path, &file);

	if (r == -ENOENT || r == -ENOTDIR || r == -ELOOP)
		return 0;
	if (r == 0 && !S_ISREG(file.stat.st_mode))
		return 0;
	if (r == 0)
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
	int r;

	need->satisfied = true;
	/* In a tree, no path comes twice; elsewhere there are few, unless a file makes them up. */
	for (size_t i = 0; !item->tree && i < need->n_items; i++)
		if (!need->items[i].tree && same_item(&need->items[i], item))
			return 0;
	if (!item->tree && need->n_named++ >= NAMED_ITEMS_MAX) {
		if (need->n_named == NAMED_ITEMS_MAX + 1)
			diag_warning(needs->sysroot->diag, need->sign,
				     "has more than %d names for %s: the "
				     "rest is left out",
				     NAMED_ITEMS_MAX, need->name);
		return 0;
	}
	r = arena_grow(needs->sysroot->arena, &need->items, need->n_items, &need->items_capacity,
		       sizeof(*need->items));
	if (r < 0)
		return r;
	need->items[need->n_items++] = *item;
	return 0;
}

static int keep_path(void *data, const char *string)
{
	struct paths_of *paths = data;
	int r = arena_grow(paths->arena, &paths->paths, paths->count, &paths->capacity,
			   sizeof(*paths->paths));

	if (r < 0)
		return r;
	paths->paths[paths->count] = arena_strdup(paths->arena, string);
	return paths->paths[paths->count++] ? 0 : -ENOMEM;
}

static int get_paths(struct needs *needs, const struct elf_object *elf, struct paths_of **out)
{
	struct paths_of *known;
	int r;

	HASH_FIND_PTR(needs->paths, &elf, known);
	*out = known;
	if (known)
		return 0;
	known = *out = arena_alloc(needs->sysroot->arena, sizeof(*known));
	if (!known)
		return -ENOMEM;
	known->elf = elf;
	known->arena = needs->sysroot->arena;
	r = facts_visit_paths(needs->sysroot->root, elf, keep_path, known);
	if (r < 0)
		return diag_errno(needs->sysroot->diag, -r, elf->path);
	HASH_ADD_PTR(needs->paths, elf, known);
	return HASH_HAS(known) ? 0 : -ENOMEM;
}

int needs_visit_paths(struct needs *needs, const struct closure_object *object,
		      facts_string_fn *visit, void *data)
{
	struct paths_of *paths;
	int r = get_paths(needs, object->loaded.elf, &paths);

	for (size_t i = 0; r == 0 && i < paths->count; i++)
		r = visit(data, paths->paths[i]);
	return r;
}

int needs_visit_strings(struct needs *needs, const struct closure_object *object, char mark,
			facts_string_fn *visit, void *data)
{
	const struct elf_object *elf = object->loaded.elf;
	int r = facts_visit_strings(needs->sysroot->root, elf, mark, visit, data);

	return r == -EIO || r == -EACCES ? diag_errno(needs->sysroot->diag, -r, elf->path) : r;
}

struct matches {
	struct needs *needs;
	const char *pattern;
	facts_string_fn *visit;
	void *data;
};

static int visit_match(void *data, const char *string)
{
	const struct matches *matches = data;
	struct pattern_match match;
	const char *capture;

	if (!pattern_matches(matches->pattern, string, &match) || match.count == 0)
		return 0;
	capture = arena_strndup(matches->needs->sysroot->arena, match.start[0], match.length[0]);
	return capture ? matches->visit(matches->data, capture) : -ENOMEM;
}

int needs_visit_matches(struct needs *needs, const struct closure_object *object,
			const char *pattern, facts_string_fn *visit, void *data)
{
	struct matches matches = { needs, pattern, visit, data };

	return needs_visit_paths(needs, object, visit_match, &matches);
}

bool needs_object_matches(const struct closure_object *object, const char *glob)
{
	const struct elf_object *elf = object->loaded.elf;

	return elf && ((elf->soname && fnmatch(glob, elf->soname, 0) == 0) ||
		       fnmatch(glob, path_basename(object->loaded.location.path), 0) == 0);
}

const struct closure_object *needs_find_object(const struct closure *process, const char *glob)
{
	for (size_t i = 0; i < process->n_objects; i++)
		if (needs_object_matches(process->objects[i], glob))
			return process->objects[i];
	return NULL;
}

bool needs_follows(const struct needs *needs, const struct need_rule *rule, enum need_level level)
{
	if (find_request(needs, rule->name))
		return true;
	return !rule->manual && level <= needs->options.level;
}

bool needs_wants(const struct needs *needs, const struct need_rule *rule)
{
	return !is_forbidden(needs, rule->name) && needs_follows(needs, rule, rule->level);
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

int needs_put(struct needs *needs, const struct need *template, struct need **out)
{
	struct need *need = arena_memdup(needs->sysroot->arena, template, sizeof(*need));
	int r;

	if (!need || !need->sign)
		return -ENOMEM;
	need->name = need->rule->name;
	need->why = need->rule->why;
	need->level = need->rule->level;
	r = arena_grow(needs->sysroot->arena, &needs->items, needs->count, &needs->capacity,
		       sizeof(*needs->items));
	if (r < 0)
		return r;
	*out = needs->items[needs->count++] = need;
	return 0;
}

/* A need with values brings what it brings for each of them. */
static int fill_values(struct needs *needs, struct need *need)
{
	bool any = false;
	bool satisfied = false;
	int r = 0;

	for (size_t i = 0; r == 0 && i < needs->options.n_with; i++) {
		const struct need_request *request = &needs->options.with[i];

		if (!request->value || strcmp(request->name, need->name) != 0)
			continue;
		any = true;
		need->value = request->value;
		r = need_fill(needs, need, &needs->satisfied[i]);
	}
	return any ? r : need_fill(needs, need, &satisfied);
}

static int add(struct needs *needs, const struct need *template)
{
	struct need *need;
	int r = needs_put(needs, template, &need);

	if (r < 0)
		return r;
	need->requested = find_request(needs, need->name) != NULL;
	need->followed = needs_follows(needs, need->rule, need->level);
	return need->followed || need->explored ? fill_values(needs, need) : 0;
}

/* Someone who looks at an object with all rules. */
struct look {
	struct needs *needs;
	struct need need; /* of which PROGRAM, PROCESS and OBJECT are set */
	const struct facts *facts;
	unsigned as;
};

static int has_string(void *data, const char *string)
{
	struct pattern_match match;

	return pattern_matches(data, string, &match);
}

/* The sign in words: NULL where the object does not have it. */
static int read_sign(struct look *look, const struct need_sign *sign, const char **out)
{
	struct needs *needs = look->needs;
	const struct closure_object *object = look->need.object;
	const char *path = object->loaded.location.path;
	const char *form = NULL;
	const char *named;
	int r = 0;

	switch (sign->kind) {
	case SIGN_IMPORT:
		if (facts_has_symbol(look->facts, needs->index, sign->text, false))
			form = "imports";
		break;
	case SIGN_EXPORT:
		if (facts_has_symbol(look->facts, needs->index, sign->text, true))
			form = "defines";
		break;
	case SIGN_OBJECT:
		if (needs_object_matches(object, sign->text))
			form = object->loaded.requester ? "is loaded" : "is run";
		break;
	case SIGN_STRING:
		/* To read all strings of all libraries would take longer than all the rest. */
		if (look->as & NEEDS_AS_ASKED)
			r = needs_visit_strings(needs, object, '\0', has_string,
						(void *)(uintptr_t)sign->text);
		if (r > 0)
			form = "names";
		break;
	case SIGN_NOTE:
		if (object->loaded.elf->has_dlopen_note)
			form = "has a .note.dlopen";
		break;
	case SIGN_NONE:
		break;
	}
	named = sign->kind == SIGN_OBJECT || sign->kind == SIGN_NOTE ? NULL : sign->text;
	*out = form ? arena_printf(needs->sysroot->arena, "%s %s%s%s", path, form, named ? " " : "",
				   named ? named : "")
		    : NULL;
	return r < 0 ? r : form && !*out ? -ENOMEM : 0;
}

static int apply_rule(void *data, const struct need_rule *rule)
{
	struct look *look = data;
	struct needs *needs = look->needs;
	int r;

	if (is_forbidden(needs, rule->name) ||
	    (rule->loader && rule->loader != look->need.process->loader->kind))
		return 0;
	if (rule->except && needs_object_matches(look->need.object, rule->except))
		return 0;
	look->need.sign = NULL;
	for (size_t i = 0; i < NEED_SIGNS_MAX && rule->signs[i].kind && !look->need.sign; i++) {
		r = read_sign(look, &rule->signs[i], &look->need.sign);
		if (r < 0)
			return r;
	}
	if (!look->need.sign)
		return 0;
	r = needs_remember(needs, look->need.program, rule);
	if (r < 0 || (r > 0 && !rule->each))
		return r < 0 ? r : 0;
	look->need.rule = rule;
	look->need.explored = needs->options.explore ||
			      (look->as & NEEDS_AS_ASKED && rule->manual) ||
			      (look->as & NEEDS_AS_SCRIPT && rule->telling == NEED_TOLD_AS_MODULES);
	return add(needs, &look->need);
}

int needs_look(struct needs *needs, size_t program, const struct closure *process,
	       const struct closure_object *object, unsigned as)
{
	struct look look = {
		.needs = needs,
		.need = { .program = program, .process = process, .object = object },
		.as = as,
	};
	int r;

	if (closure_is_missing(object))
		return 0;
	r = needs_remember(needs, program, object->loaded.elf);
	if (r != 0)
		return r < 0 ? r : 0;
	r = get_facts(needs, object->loaded.elf, &look.facts);
	return r < 0 ? r : for_each_rule(apply_rule, &look);
}

struct requesting {
	struct needs *needs;
	size_t program;
	const struct closure *process;
};

static int request_rule(void *data, const struct need_rule *rule)
{
	const struct requesting *requesting = data;
	const struct need_request *request = find_request(requesting->needs, rule->name);
	struct need need = {
		.rule = rule,
		.program = requesting->program,
		.process = requesting->process,
		.object = requesting->process->objects[0],
		.signless = true,
	};
	int r;

	if (!request || (rule->loader && rule->loader != requesting->process->loader->kind))
		return 0;
	r = needs_remember(requesting->needs, requesting->program, rule);
	if (r != 0)
		return r < 0 ? r : 0;
	need.sign = arena_printf(requesting->needs->sysroot->arena, "--with %s", rule->name);
	return add(requesting->needs, &need);
}

int needs_request(struct needs *needs, size_t program, const struct closure *process)
{
	struct requesting requesting = { .needs = needs, .program = program, .process = process };

	if (needs->options.n_with == 0 || process->n_objects == 0 ||
	    closure_is_missing(process->objects[0]))
		return 0;
	return for_each_rule(request_rule, &requesting);
}

const struct need_request *needs_unsatisfied(const struct needs *needs, size_t *at)
{
	for (; *at < needs->options.n_with; ++*at)
		if (needs->options.with[*at].value && !needs->satisfied[*at])
			return &needs->options.with[*at];
	return NULL;
}
