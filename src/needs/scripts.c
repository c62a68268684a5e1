/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/scripts.h"
#include "base/error.h"
#include "base/path.h"
#include "base/texts.h"
#include "needs/belongs.h"
#include "needs/make.h"
#include "needs/modules.h"
#include "needs/scripts_private.h"

#include <errno.h>
#include <string.h>

enum { FIRST_LINE_MAX = 255 };

/* The languages whose imports are read, by what their interpreters define or are called. */
static const struct language {
	const char *symbol;  /* or NULL */
	const char *object;  /* a glob, or NULL */
	modules_fn *modules; /* or NULL */
	const struct calls_language *calls;
	/* What may be imported where that is not known: the library, and what is told of. */
	const char *rows[4];
	const char *word;	   /* in the first line of its scripts */
	const char *extensions[4]; /* of their names */
} languages[] = {
	{
		.symbol = "Py_BytesMain",
		.calls = &calls_python,
		.modules = modules_python,
		.rows = { "python", "site-packages", "dist-packages" },
		.word = "python",
		.extensions = { ".py", ".wsgi", ".pyw" },
	},
	{
		.symbol = "perl_construct",
		.calls = &calls_perl,
		.modules = modules_perl,
		.rows = { "perl", "perl-modules" },
		.word = "perl",
		.extensions = { ".pl", ".psgi", ".pm" },
	},
	{
		.symbol = "ruby_init",
		.calls = &calls_ruby,
		.modules = modules_ruby, /* its library comes in any case */
		.word = "ruby",
		.extensions = { ".rb", ".ru" },
	},
	{
		.symbol = "node_module_register",
		.calls = &calls_node,
		.modules = modules_node,
		.word = "node",
		.extensions = { ".js", ".mjs", ".cjs" },
	},
	{
		.object = "lua*",
		.calls = &calls_lua,
		.modules = modules_lua, /* and what is installed for it, but for native modules */
		.word = "lua",
		.extensions = { ".lua" },
	},
	{
		.object = "liblua*",
		.calls = &calls_lua,
		.modules = modules_lua,
		.word = "lua",
		.extensions = { ".lua" },
	},
	{
		.object = "php*",
		.calls = &calls_php,
		.word = "php",
		.extensions = { ".php" },
	},
	{
		.object = "fish",
		.calls = &calls_fish,
		.word = "fish",
		.extensions = { ".fish" },
	},
	{
		.object = "libtcl*",
		.calls = &calls_tcl,
		.word = "tcl",
		.extensions = { ".tcl", ".exp" },
	},
	{
		.object = "expect",
		.calls = &calls_tcl,
		.word = "expect",
		.extensions = { ".exp" },
	},
	{
		.object = "*awk",
		.calls = &calls_awk,
		.word = "awk",
		.extensions = { ".awk" },
	},
};

static bool is_shell(const struct closure_object *object)
{
	static const char *const names[] = { "sh",   "bash", "dash", "ash",
					     "ksh*", "mksh", "zsh*", "busybox*" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (needs_object_matches(object, names[i]))
			return true;
	return false;
}

/* Who looks for a row by its name. */
struct finding {
	const char *name;
	const struct need_rule *rule;
};

static int find_rule(void *data, const struct need_rule *rule)
{
	struct finding *finding = data;

	if (strcmp(rule->name, finding->name) == 0)
		finding->rule = rule;
	return 0;
}

static const struct need_rule *rule_of(const char *name)
{
	struct finding finding = { .name = name };

	rules_visit(find_rule, &finding);
	return finding.rule;
}

/*
 * Without what is known of imports, all that the language has may be imported: of its library it
 * comes, of what else is there the user is told.
 */
static int add_library(struct needs *needs, const struct needs_script *script,
		       const char *const *rows, enum modules_unknown unknown)
{
	for (; unknown != MODULES_KNOWN && *rows; rows++) {
		struct need need = script_need(needs, script, rule_of(*rows));
		bool told = need.rule->telling == NEED_TOLD_AS_MODULES;

		if (told && unknown != MODULES_ANY)
			continue;
		need.explored = told;
		if (needs_wants(needs, need.rule) || need.explored)
			TRY(needs_add_row(needs, &need));
	}
	return 0;
}

static int read_calls(void *data, const char *path, const char *text, size_t size)
{
	return script_calls_read(data, path, text, size);
}

/* The modules that SOURCE imports, as far as they are wanted. */
static int find_modules(struct needs *needs, const struct needs_script *script,
			const struct language *language, const struct modules_script *source)
{
	enum modules_unknown unknown = MODULES_KNOWN;
	struct need *need = NULL;
	int r;

	if (language->modules)
		TRY(script_add_need(needs, script, &need_rule_imports, &need));
	if (!need)
		return 0;
	needs->filling = need;
	r = language->modules(needs, need, source, &unknown);
	needs->filling = NULL;
	TRY(r);
	need->n_unknown = unknown == MODULES_ANY;
	return add_library(needs, script, language->rows, unknown);
}

static int look_language(struct needs *needs, const struct needs_script *script,
			 const struct language *language)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	struct script_calls *calls = script_calls_new(needs, script, language->calls);
	struct modules_script source = {
		.path = script->path,
		.in_place = script->in_place,
		.read = read_calls,
		.data = calls,
	};
	char *text = NULL;

	if (!scratch || !calls)
		return -ENOMEM;
	if (TRY(script_read_text(needs, scratch, &source.path, &text, &source.size)) > 0)
		return 0;
	source.text = text;
	TRY(script_calls_read(calls, source.path, text, source.size));
	TRY(find_modules(needs, script, language, &source));
	return script_calls_add(calls);
}

static int defines(struct needs *needs, const struct closure *process, const char *symbol)
{
	for (size_t i = 0; i < process->n_objects; i++) {
		const struct facts *facts;

		if (closure_is_missing(process->objects[i]))
			continue;
		TRY(needs_facts(needs, process->objects[i]->loaded.elf, &facts));
		if (facts_has_symbol(facts, needs->index, symbol, true))
			return 1;
	}
	return 0;
}

/* Whether PROCESS interprets LANGUAGE: 1, 0, -errno after a diagnostic. */
static int interprets(struct needs *needs, const struct closure *process,
		      const struct language *language)
{
	if (language->object)
		return needs_find_object(process, language->object) != NULL;
	return defines(needs, process, language->symbol);
}

int needs_look_script(struct needs *needs, const struct needs_script *script)
{
	const struct closure *process = script->process;

	if (process->n_objects == 0 || closure_is_missing(process->objects[0]))
		return 0;
	if (is_shell(process->objects[0]))
		return script_shell_look(needs, script);
	for (size_t i = 0; i < ARRAY_SIZE(languages); i++)
		if (TRY(interprets(needs, process, &languages[i])) > 0)
			return look_language(needs, script, &languages[i]);
	return 0;
}

static bool has_extension(const char *path, const char *extension)
{
	size_t length = strlen(path);
	size_t size = strlen(extension);

	return length > size && strcmp(path + length - size, extension) == 0;
}

/* Whether a file at PATH that begins with the line FIRST ("" where that is no "#!") is LANGUAGE. */
static bool is_of_language(const struct language *language, const char *path, const char *first)
{
	for (size_t i = 0; i < ARRAY_SIZE(language->extensions) && language->extensions[i]; i++)
		if (has_extension(path, language->extensions[i]))
			return true;
	return strstr(first, language->word) != NULL;
}

/* The first line of the file at PATH, if it is that of a script; else "". */
static int read_first_line(struct needs *needs, const char *path, char *out, size_t size)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	int r = root_open(needs->sysroot->root, path, &file);
	ssize_t n;

	out[0] = '\0';
	if (r < 0)
		return needs_absent(needs, path, r);
	if (!S_ISREG(file.stat.st_mode))
		return 0;
	n = root_file_pread(&file, out, size - 1, 0);
	if (n < 0)
		return diag_errno(needs->sysroot->diag, (int)-n, path);
	out[n] = '\0';
	out[strcspn(out, "\n")] = '\0';
	if (strncmp(out, "#!", 2) != 0)
		out[0] = '\0';
	return 0;
}

int needs_look_source(struct needs *needs, const struct needs_script *source)
{
	const struct closure *process = source->process;
	char first[FIRST_LINE_MAX + 1];

	if (process->n_objects == 0 || closure_is_missing(process->objects[0]))
		return 0;
	TRY(read_first_line(needs, source->path, first, sizeof(first)));
	if (is_shell(process->objects[0])) {
		if (!has_extension(source->path, ".sh") && !strstr(first, "sh"))
			return 0;
		TRY(script_shell_look(needs, source));
		return 1;
	}
	for (size_t i = 0; i < ARRAY_SIZE(languages); i++)
		if (is_of_language(&languages[i], source->path, first) &&
		    TRY(interprets(needs, process, &languages[i])) > 0) {
			TRY(look_language(needs, source, &languages[i]));
			return 1;
		}
	return 0;
}
