/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/rule.h"
#include "needs/tables.h"

#include <string.h>

const struct need_rule need_rule_data = {
	.name = "data",
	.level = NEED_RECOMMENDED,
	.soft = true,
	.quiet = true,
	.why = "files of its own, named in its strings or of its package",
};

const struct need_rule need_rule_started = {
	.name = "helpers",
	.level = NEED_RECOMMENDED,
	.soft = true,
	.quiet = true,
	.why = "programs that it starts, by its strings and its package",
};

const struct need_rule need_rule_imports = {
	.name = "imports",
	.level = NEED_REQUIRED,
	.quiet = true,
	.why = "modules that a script imports, and those that they import",
};

const struct need_rule need_rule_commands = {
	.name = "commands",
	.level = NEED_RECOMMENDED,
	.soft = true,
	.quiet = true,
	.why = "programs that a script runs, and files that it names",
};

const struct need_rule need_rule_ffi = {
	.name = "ffi",
	.level = NEED_RECOMMENDED,
	.soft = true,
	.quiet = true,
	.why = "libraries that a script opens by their names",
};

const struct need_rule need_rule_config = {
	.name = "config",
	.level = NEED_RECOMMENDED,
	.soft = true,
	.quiet = true,
	.heavy = true,
	.why = "what the configuration that is added names",
};

/* Tables of one row. */
static const size_t n_rules_alone = 1;

const struct need_rule *const need_rule_tables[] = {
	&need_rule_data,      &need_rule_started,  &need_rule_imports, &need_rule_commands,
	&need_rule_ffi,	      &need_rule_config,   need_rules_system,  need_rules_libraries,
	need_rules_languages, need_rules_programs,
};

/* The tables' sizes are known where the tables are. */
const size_t *const need_rule_table_sizes[] = {
	&n_rules_alone,		&n_rules_alone,		 &n_rules_alone,
	&n_rules_alone,		&n_rules_alone,		 &n_rules_alone,
	&need_n_rules_system,	&need_n_rules_libraries, &need_n_rules_languages,
	&need_n_rules_programs,
};

const size_t need_n_rule_tables = ARRAY_SIZE(need_rule_tables);

const char *need_level_name(enum need_level level)
{
	static const char *const names[] = {
		[NEED_REQUIRED] = "required",
		[NEED_RECOMMENDED] = "recommended",
		[NEED_SUGGESTED] = "suggested",
	};

	return names[level];
}

int rules_visit(rule_fn *fn, void *data)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < need_n_rule_tables; i++)
		for (size_t j = 0; r == 0 && j < *need_rule_table_sizes[i]; j++)
			r = fn(data, &need_rule_tables[i][j]);
	return r;
}

/* A list of symbols that grows. */
struct symbols {
	struct arena *arena;
	struct texts *texts;
};

static int add_symbols(void *data, const struct need_rule *rule)
{
	const struct symbols *symbols = data;

	for (size_t i = 0; i < NEED_SIGNS_MAX && rule->signs[i].kind; i++) {
		const struct need_sign *sign = &rule->signs[i];

		if (sign->kind == SIGN_IMPORT || sign->kind == SIGN_EXPORT)
			TRY(texts_add(symbols->arena, symbols->texts, sign->text));
	}
	return 0;
}

int rules_symbols(struct arena *arena, struct texts *symbols)
{
	struct symbols all = { arena, symbols };

	return rules_visit(add_symbols, &all);
}

bool need_bring_is_valued(const struct need_bring *bring)
{
	return bring->valued || (bring->path && strstr(bring->path, "$VALUE"));
}

static int is_called(void *data, const struct need_rule *rule)
{
	return strcmp(rule->name, data) == 0;
}

bool rules_have(const char *name)
{
	return rules_visit(is_called, (void *)(uintptr_t)name) != 0;
}

static int is_valued(void *data, const struct need_rule *rule)
{
	for (size_t i = 0; i < NEED_BRINGS_MAX; i++)
		if (need_bring_is_valued(&rule->brings[i]))
			return is_called(data, rule);
	return 0;
}

bool rules_take_value(const char *name)
{
	return rules_visit(is_valued, (void *)(uintptr_t)name) != 0;
}

/* Whether NAME is one of the words of TEXT, each of which has a blank before it. */
static bool has_word(const char *text, const char *name)
{
	for (; text && (text = strstr(text, name)) != NULL; text++)
		if (text[-1] == ' ' && (text[strlen(name)] == ' ' || !text[strlen(name)]))
			return true;
	return false;
}

static int add_name(void *data, const struct need_rule *rule)
{
	struct buffer *out = data;

	/* Several rows may share a name. */
	if (!has_word(out->bytes, rule->name))
		buffer_printf(out, " %s", rule->name);
	return 0;
}

void rules_add_names(struct buffer *out)
{
	buffer_add_string(out, "known:");
	rules_visit(add_name, out);
}
