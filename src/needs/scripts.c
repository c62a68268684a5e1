/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/scripts.h"
#include "base/error.h"
#include "base/path.h"
#include "base/texts.h"
#include "needs/belongs.h"
#include "needs/executables.h"
#include "needs/make.h"
#include "needs/modules.h"
#include "needs/scripts_private.h"
#include "needs/shell_words.h"

#include <errno.h>
#include <string.h>

enum {
	SCRIPT_SIZE_MAX = 16 << 20,
	SOURCE_DEPTH_MAX = 8,
	FIRST_LINE_MAX = 255,
};

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
		.object = "*awk",
		.calls = &calls_awk,
		.word = "awk",
		.extensions = { ".awk" },
	},
};

/* A shell script that is read, and those that it reads. */
struct script_reading {
	struct needs *needs;
	struct need *need;
	const char *path;
	struct texts *sources; /* which were read, in the scratch arena */
	struct arena *scratch;
	unsigned depth;
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

static int add_command(struct script_reading *reading, const char *name)
{
	const char *path;

	return TRY(executables_find(reading->needs, name, &path)) > 0
		       ? need_add_path(reading->needs, reading->need, path)
		       : 0;
}

static int add_file(struct script_reading *reading, const char *path)
{
	return script_add_file(reading->needs, reading->need, reading->path, path);
}

static int read_shell(struct script_reading *reading, const char *path, const char *text,
		      size_t size);

/* A part of the script in a file of its own. */
static int read_source(struct script_reading *reading, const char *path)
{
	const struct sysroot *sysroot = reading->needs->sysroot;
	size_t before = reading->sources->count;
	struct stat stat;
	size_t size = 0;
	char *text = NULL;
	int r;

	TRY(add_file(reading, path));
	TRY(texts_add_once(reading->scratch, reading->sources,
			   arena_strdup(reading->scratch, path)));
	if (reading->sources->count == before || reading->depth >= SOURCE_DEPTH_MAX ||
	    TRY(needs_exists(reading->needs, path, &stat)) == 0 || !S_ISREG(stat.st_mode))
		return 0;
	r = root_read(sysroot->root, reading->scratch, path, SCRIPT_SIZE_MAX, &text, &size);
	if (r < 0)
		return needs_absent(reading->needs, path, r);
	reading->depth++;
	r = read_shell(reading, path, text, size);
	reading->depth--;
	return r;
}

static int add_word(void *data, const struct shell_word *word)
{
	struct script_reading *reading = data;

	switch (word->kind) {
	case SHELL_WORD_COMMAND:
		return add_command(reading, word->text);
	case SHELL_WORD_SOURCE:
		return read_source(reading, word->text);
	case SHELL_WORD_PROGRAM:
		return add_file(reading, word->text);
	default:
		return word->cut ? 0 : add_file(reading, word->text);
	}
}

static int read_shell(struct script_reading *reading, const char *path, const char *text,
		      size_t size)
{
	const struct shell_script script = { text, size, path };
	struct shell_summary summary;

	TRY(shell_words_read(&script, add_word, reading, &summary));
	/* What it reads is not run by itself: "$0" is the script there too. */
	if (reading->depth == 0)
		reading->need->n_unknown += summary.n_unknown + summary.incomplete;
	return 0;
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

/* The text of the script at *PATH, which becomes where its links lead. */
static int read_text(struct needs *needs, struct arena *scratch, const char **path, char **text,
		     size_t *size)
{
	const struct sysroot *sysroot = needs->sysroot;
	char *canonical = NULL;
	int r = root_read(sysroot->root, scratch, *path, SCRIPT_SIZE_MAX, text, size);

	if (r == -EFBIG) {
		diag_warning(sysroot->diag, *path, "is too long to be read for what it needs");
		return 1;
	}
	if (r < 0)
		return diag_errno(sysroot->diag, -r, *path);
	r = root_walk(sysroot->root, sysroot->arena, *path, true, NULL, NULL, &canonical);
	if (r < 0)
		return diag_errno(sysroot->diag, -r, *path);
	*path = canonical;
	return 0;
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
	if (TRY(read_text(needs, scratch, &source.path, &text, &source.size)) > 0)
		return 0;
	source.text = text;
	TRY(script_calls_read(calls, source.path, text, source.size));
	TRY(find_modules(needs, script, language, &source));
	return script_calls_add(calls);
}

static int look_commands(struct needs *needs, const struct needs_script *script)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	struct texts sources = { 0 };
	struct script_reading reading = {
		.needs = needs,
		.path = script->path,
		.sources = &sources,
		.scratch = scratch,
	};
	size_t size = 0;
	char *text = NULL;
	int r;

	if (!scratch)
		return -ENOMEM;
	TRY(script_add_need(needs, script, &need_rule_commands, &reading.need));
	if (!reading.need || TRY(read_text(needs, scratch, &reading.path, &text, &size)) > 0)
		return 0;
	needs->filling = reading.need;
	r = read_shell(&reading, script->path, text, size);
	needs->filling = NULL;
	TRY(r);
	return script->asked ? belongs_mark_sure(needs, reading.need, reading.path, script->path)
			     : 0;
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
		return look_commands(needs, script);
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
		TRY(look_commands(needs, source));
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
