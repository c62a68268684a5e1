/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/needs.h"
#include "base/error.h"
#include "needs/apply.h"
#include "needs/executables.h"
#include "needs/gconv.h"
#include "needs/make.h"
#include "needs/pattern.h"
#include "needs/scripts.h"
#include "needs/started.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

struct needs *needs_new(const struct sysroot *sysroot, const struct needs_options *options)
{
	struct arena *arena = sysroot->arena;
	struct needs *needs = arena_alloc(arena, sizeof(*needs));
	struct texts symbols = { 0 };

	if (!needs || rules_symbols(arena, &symbols) < 0 ||
	    started_add_symbols(arena, &symbols) < 0)
		return NULL;
	*needs = (struct needs){
		.sysroot = sysroot,
		.options = *options,
		.index = symbol_index_new(arena, &symbols),
		.satisfied = arena_array(arena, options->n_with + 1, sizeof(*needs->satisfied)),
	};
	return needs->index && needs->satisfied ? needs : NULL;
}

void needs_free(struct needs *needs)
{
	if (!needs)
		return;
	needs_forget(needs);
	needs_forget_paths(needs);
	gconv_free(needs->gconv);
	executables_free(needs->executables);
}

bool needs_reads_imports(const struct needs *needs)
{
	return needs_wants(needs, &need_rule_imports);
}

struct need *const *needs_list(const struct needs *needs, size_t *count)
{
	*count = needs->count;
	return needs->items;
}

/* A need with values brings what it brings for each of them. */
static int fill_values(struct needs *needs, struct need *need)
{
	bool any = false;
	bool satisfied = false;

	for (size_t i = 0; i < needs->options.n_with; i++) {
		const struct need_request *request = &needs->options.with[i];

		if (!request->value || strcmp(request->name, need->name) != 0)
			continue;
		any = true;
		need->value = request->value;
		TRY(need_fill(needs, need, &needs->satisfied[i]));
	}
	return any ? 0 : need_fill(needs, need, &satisfied);
}

static int add(struct needs *needs, const struct need *template)
{
	struct need *need;

	TRY(needs_put(needs, template, &need));
	need->requested = needs_find_request(needs, need->name) != NULL;
	need->followed = needs_follows(needs, need->rule, need->level);
	return need->followed || need->explored ? fill_values(needs, need) : 0;
}

int needs_add_row(struct needs *needs, const struct need *template)
{
	return TRY(needs_remember(needs, template->program, template->rule, NULL)) > 0
		       ? 0
		       : add(needs, template);
}

/* Someone who looks at an object with all rules. */
struct look {
	struct needs *needs;
	struct need need; /* of which PROGRAM, PROCESS and OBJECT are set */
	const struct facts *facts;
	unsigned as;
	size_t first; /* of the needs that this object adds: its others are by no sign */
};

static int has_string(void *data, const char *string)
{
	struct pattern_match match;

	return pattern_matches(data, string, &match);
}

/* Whether the object has SIGN: 1 or 0; -errno after a diagnostic. */
static int has_sign(const struct look *look, const struct need_sign *sign)
{
	const struct closure_object *object = look->need.object;

	switch (sign->kind) {
	case SIGN_IMPORT:
	case SIGN_EXPORT:
		return facts_has_symbol(look->facts, look->needs->index, sign->text,
					sign->kind == SIGN_EXPORT);
	case SIGN_OBJECT:
		return needs_object_matches(object, sign->text);
	case SIGN_PATH:
		/* Where nobody else reads the strings of all libraries, this is no reason to. */
		if (!(look->as & NEEDS_AS_ASKED) && !needs_wants(look->needs, &need_rule_data))
			return 0;
		if (needs_object_is_of_system(look->need.process, object))
			return 0;
		return needs_visit_paths(look->needs, object, has_string,
					 (void *)(uintptr_t)sign->text);
	case SIGN_NOTE:
		return object->loaded.elf->has_dlopen_note;
	case SIGN_ASKED:
		return (look->as & NEEDS_AS_ASKED) != 0;
	case SIGN_NONE:
		break;
	}
	return 0;
}

/* SIGN of the object in words: "/usr/bin/x imports iconv_open"; NULL when out of memory. */
static const char *describe_sign(const struct look *look, const struct need_sign *sign)
{
	static const char *const verbs[] = {
		[SIGN_IMPORT] = "imports",
		[SIGN_EXPORT] = "defines",
		[SIGN_PATH] = "names",
	};
	const struct loaded *loaded = &look->need.object->loaded;
	struct arena *arena = look->needs->sysroot->arena;
	const char *path = loaded->location.path;

	if (sign->kind == SIGN_ASKED)
		return arena_printf(arena, "%s is asked for", path);
	if (sign->kind == SIGN_NOTE)
		return arena_printf(arena, "%s has a .note.dlopen", path);
	if (sign->kind == SIGN_OBJECT)
		return arena_printf(arena, "%s is %s", path, loaded->requester ? "loaded" : "run");
	assert(verbs[sign->kind]);
	return arena_printf(arena, "%s %s %s", path, verbs[sign->kind], sign->text);
}

/* The first of RULE's signs that the object has, in words, or NULL. */
static int find_sign(const struct look *look, const struct need_rule *rule, const char **out)
{
	*out = NULL;
	for (size_t i = 0; i < NEED_SIGNS_MAX && rule->signs[i].kind; i++) {
		if (TRY(has_sign(look, &rule->signs[i])) == 0)
			continue;
		*out = describe_sign(look, &rule->signs[i]);
		return *out ? 0 : -ENOMEM;
	}
	return 0;
}

/* Whether another row has brought what RULE is called after to the object. */
static bool has_need(const struct look *look, const struct need_rule *rule)
{
	const struct needs *needs = look->needs;

	for (size_t i = needs->count; i-- > look->first;)
		if (needs->items[i]->program == look->need.program &&
		    needs->items[i]->object == look->need.object &&
		    strcmp(needs->items[i]->name, rule->name) == 0)
			return true;
	return false;
}

static int apply_rule(void *data, const struct need_rule *rule)
{
	struct look *look = data;
	struct needs *needs = look->needs;

	if (needs_forbids(needs, rule->name) ||
	    (rule->loader && rule->loader != look->need.process->loader->kind))
		return 0;
	if (rule->except && needs_object_matches(look->need.object, rule->except))
		return 0;
	if (rule->otherwise && has_need(look, rule))
		return 0;
	TRY(find_sign(look, rule, &look->need.sign));
	if (!look->need.sign)
		return 0;
	/* A script that has imports which are not known brings it later. */
	if (rule->by_import && (look->as & NEEDS_FOR_SCRIPTS) &&
	    !needs_find_request(needs, rule->name) && needs_reads_imports(needs))
		return 0;
	if (TRY(needs_remember(needs, look->need.program, rule, NULL)) > 0 && !rule->each)
		return 0;
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
		.first = needs->count,
	};

	if (closure_is_missing(object) ||
	    TRY(needs_remember(needs, program, NULL, object->loaded.elf)) > 0)
		return 0;
	TRY(needs_facts(needs, object->loaded.elf, &look.facts));
	return rules_visit(apply_rule, &look);
}

struct requesting {
	struct needs *needs;
	size_t program;
	const struct closure *process;
};

static int request_rule(void *data, const struct need_rule *rule)
{
	const struct requesting *requesting = data;
	const struct need_request *request = needs_find_request(requesting->needs, rule->name);
	struct need need = {
		.rule = rule,
		.program = requesting->program,
		.process = requesting->process,
		.object = requesting->process->objects[0],
		.signless = true,
	};

	if (!request || (rule->loader && rule->loader != requesting->process->loader->kind))
		return 0;
	if (TRY(needs_remember(requesting->needs, requesting->program, rule, NULL)) > 0)
		return 0;
	need.sign = arena_printf(requesting->needs->sysroot->arena, "--with %s", rule->name);
	return add(requesting->needs, &need);
}

int needs_request(struct needs *needs, size_t program, const struct closure *process)
{
	struct requesting requesting = { .needs = needs, .program = program, .process = process };

	if (needs->options.n_with == 0 || process->n_objects == 0 ||
	    closure_is_missing(process->objects[0]))
		return 0;
	return rules_visit(request_rule, &requesting);
}

const struct need_request *needs_unsatisfied(const struct needs *needs, size_t *at)
{
	for (; *at < needs->options.n_with; ++*at)
		if (needs->options.with[*at].value && !needs->satisfied[*at])
			return &needs->options.with[*at];
	return NULL;
}
