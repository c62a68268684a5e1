/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What scripts in other languages than the shell's start: those programs come that the script's
 * package, or one that it depends on, has; of a FILE's script, what it calls in so many words comes
 * as what a shell script runs does. Texts in quotes are names of programs where packages say that
 * they go together.
 */
#include "base/error.h"
#include "base/path.h"
#include "needs/belongs.h"
#include "needs/command_lines.h"
#include "needs/executables.h"
#include "needs/owning.h"
#include "needs/script_libraries.h"
#include "needs/scripts_private.h"
#include "needs/shell_words.h"
#include "needs/started.h"

#include <errno.h>
#include <string.h>

enum { CALLS_MAX = 2048 };

/* A call, or a text in quotes. */
struct script_call {
	enum call_kind kind;
	const char *text;
};

struct script_calls {
	struct needs *needs;
	const struct needs_script *script;
	const struct calls_language *language;
	const char *path;   /* of what is read, links resolved */
	const char *own;    /* the same of the script */
	struct owner owner; /* of the script */
	struct owner interpreter;
	bool identified;
	bool reads_own; /* what is read is the script's own */
	TABLE(struct script_call) calls;
	struct script_libraries libraries;
	struct need *need; /* the commands; NULL as long as there are none */
	bool wanted;
	bool quoted; /* the line that is read is a text in quotes */
};

struct script_calls *script_calls_new(struct needs *needs, const struct needs_script *script,
				      const struct calls_language *language)
{
	struct script_calls *calls = arena_alloc(needs->sysroot->arena, sizeof(*calls));

	if (!calls)
		return NULL;
	calls->needs = needs;
	calls->script = script;
	calls->language = language;
	calls->libraries.needs = needs;
	calls->wanted = needs_wants(needs, &need_rule_commands);
	return calls;
}

static int identify(struct script_calls *calls)
{
	struct owner *const owners[] = { &calls->owner, &calls->interpreter };
	const struct closure_object *interpreter = calls->script->process->objects[0];
	struct stat stat;
	char *canonical;

	if (calls->identified)
		return 0;
	calls->identified = true;
	calls->owner = (struct owner){ .path = calls->own, .called = calls->script->path };
	calls->interpreter.called = interpreter->loaded.location.path;
	if (TRY(needs_resolve(calls->needs, calls->interpreter.called, &stat, &canonical)) == 0)
		return belongs_identify(calls->needs, owners, 1);
	calls->interpreter.path = canonical;
	return belongs_identify(calls->needs, owners, 2);
}

/* Whether the file at PATH is the script, of its package, or installed below its own prefix. */
static int is_own(struct script_calls *calls, const char *path)
{
	const struct owner *owner = &calls->owner;

	if (strcmp(path, calls->own) == 0)
		return 1;
	TRY(identify(calls));
	/* What comes with the interpreter has its whole library for its modules. */
	if (owner->family)
		return owner->family != calls->interpreter.family && owner_lists(owner, path);
	return strcmp(owner->prefix, "/") != 0 && strcmp(owner->prefix, "/usr") != 0 &&
	       path_is_below(path, owner->prefix);
}

static int keep(void *data, const struct call *call)
{
	struct script_calls *calls = data;
	struct arena *arena = calls->needs->sysroot->arena;
	struct script_call *slot;

	if (call->kind == CALL_LIBRARY || call->kind == CALL_FIND_LIBRARY)
		return script_libraries_note(&calls->libraries, call, calls->path);
	if (!calls->reads_own || !calls->wanted || calls->calls.count >= CALLS_MAX)
		return 0;
	slot = TABLE_ADD(arena, &calls->calls);
	if (!slot)
		return -ENOMEM;
	slot->kind = call->kind;
	slot->text = arena_strdup(arena, call->text);
	return slot->text ? 0 : -ENOMEM;
}

int script_calls_read(struct script_calls *calls, const char *path, const char *text, size_t size)
{
	/* The script itself comes first. */
	if (!calls->own)
		calls->own = arena_strdup(calls->needs->sysroot->arena, path);
	calls->path = arena_strdup(calls->needs->sysroot->arena, path);
	if (!calls->own || !calls->path)
		return -ENOMEM;
	calls->reads_own = TRY(is_own(calls, path)) > 0;
	/* Of others' modules, libraries alone matter. */
	if (!calls->reads_own && !calls_may_load(calls->language, text, size))
		return 0;
	return calls_read(calls->language, text, size, keep, calls);
}

static int get_need(struct script_calls *calls)
{
	return calls->need ? 0
			   : script_add_need(calls->needs, calls->script, &need_rule_commands,
					     &calls->need);
}

static int add(struct script_calls *calls, const struct need_item *item)
{
	TRY(get_need(calls));
	return calls->need ? need_add(calls->needs, calls->need, item) : 0;
}

/* A program that is called. One that packages say nothing of is the FILE's script's own affair. */
static int add_called(struct script_calls *calls, const char *path)
{
	struct need_item item = { .kind = NEED_PATH, .path = path };
	struct stat stat;
	char *canonical;
	bool related;

	if (path_is_kernel(path) ||
	    TRY(needs_resolve(calls->needs, path, &stat, &canonical)) == 0 ||
	    !S_ISREG(stat.st_mode) || !(stat.st_mode & 0111))
		return 0;
	TRY(identify(calls));
	related = TRY(belongs_counts_on(calls->needs, &calls->owner, canonical)) > 0;
	item.sure = related && calls->script->asked;
	if (!calls->script->asked &&
	    (!related || TRY(started_is_helper(calls->needs, path, NULL, NULL)) == 0))
		return 0;
	item.why = "the script starts it";
	/* A package that does not ask for it works without: it has to be small, with all it is. */
	item.optional = !related;
	if (!related && TRY(started_is_helper(calls->needs, path, NULL, NULL)) == 0) {
		item.refused = "the package of the script does not depend on it";
		item.shared = true;
	}
	return add(calls, &item);
}

/* A program that is named in quotes. */
static int add_named(struct script_calls *calls, const char *path)
{
	struct need_item item = { .kind = NEED_PATH, .path = path };
	struct stat stat;
	char *canonical;

	if (TRY(started_is_helper(calls->needs, path, &stat, &canonical)) == 0 ||
	    stat.st_mode & (S_ISUID | S_ISGID))
		return 0;
	TRY(identify(calls));
	if (!calls->owner.family || strcmp(canonical, calls->own) == 0)
		return 0;
	if (owner_lists(&calls->owner, canonical))
		item.why = "it is named, and of the same package";
	else if (TRY(belongs_depends_on(calls->needs, &calls->owner, canonical, &item.optional)) >
		 0)
		item.why = "it is named, and of a package that its own depends on";
	return item.why ? add(calls, &item) : 0;
}

static int add_program(struct script_calls *calls, const char *path)
{
	return calls->quoted ? add_named(calls, path) : add_called(calls, path);
}

static int add_word(void *data, const struct shell_word *word)
{
	struct script_calls *calls = data;
	const char *path;

	switch (word->kind) {
	case SHELL_WORD_COMMAND:
		return TRY(executables_find(calls->needs, word->text, &path)) > 0
			       ? add_program(calls, path)
			       : 0;
	case SHELL_WORD_PROGRAM:
		path = path_normalize(calls->needs->sysroot->arena, "/", word->text);
		return path ? add_program(calls, path) : -ENOMEM;
	case SHELL_WORD_SOURCE:
	case SHELL_WORD_PATH:
		if (word->cut || calls->quoted || !calls->script->asked)
			return 0;
		TRY(get_need(calls));
		return calls->need
			       ? script_add_file(calls->needs, calls->need, calls->own, word->text)
			       : 0;
	default:
		return 0;
	}
}

static int knows(void *data, const char *name)
{
	struct script_calls *calls = data;
	const char *path;

	return executables_find(calls->needs, name, &path);
}

static int add_shell(struct script_calls *calls)
{
	static const char shell[] = "/bin/sh";
	const struct need_item item = { .kind = NEED_PATH,
					.path = shell,
					.why = "the script hands texts to it" };

	if (needs_forbids(calls->needs, "shell") ||
	    TRY(needs_exists(calls->needs, shell, NULL)) == 0)
		return 0;
	return add(calls, &item);
}

static int add_quoted(struct script_calls *calls, const char *text)
{
	const char *path = text;

	if (strcmp(text, "/bin/sh") == 0)
		return add_shell(calls);
	if (strpbrk(text, "%$*:{}") || command_is_ordinary(text))
		return 0;
	if (text[0] != '/' &&
	    (strchr(text, '/') || TRY(executables_find(calls->needs, text, &path)) == 0))
		return 0;
	path = path_normalize(calls->needs->sysroot->arena, "/", path);
	return path ? add_named(calls, path) : -ENOMEM;
}

static int add_call(struct script_calls *calls, const struct script_call *call)
{
	const struct shell_script line = { call->text, strlen(call->text), NULL };
	const struct command_line_reader reader = { knows, add_word, calls };
	struct shell_summary summary;

	calls->quoted = call->kind != CALL_LINE;
	switch (call->kind) {
	case CALL_LINE:
		return shell_words_read(&line, add_word, calls, &summary);
	case CALL_SHELL:
		return add_shell(calls);
	case CALL_QUOTED:
		return add_quoted(calls, call->text);
	default:
		return command_line_read(call->text, &reader);
	}
}

static bool is_quoted(const struct script_call *call)
{
	return call->kind == CALL_QUOTED || call->kind == CALL_QUOTED_LINE;
}

int script_calls_add(struct script_calls *calls)
{
	struct need *need = NULL;

	/* What is called is more than named, and the first of an item's two is the one that counts.
	 */
	for (size_t i = 0; i < calls->calls.count; i++)
		if (!is_quoted(&calls->calls.items[i]))
			TRY(add_call(calls, &calls->calls.items[i]));
	for (size_t i = 0; i < calls->calls.count; i++)
		if (is_quoted(&calls->calls.items[i]))
			TRY(add_call(calls, &calls->calls.items[i]));
	if (calls->libraries.names.count == 0 || !needs_wants(calls->needs, &need_rule_ffi))
		return 0;
	TRY(script_add_need(calls->needs, calls->script, &need_rule_ffi, &need));
	if (!need)
		return 0;
	calls->libraries.by_ldconfig = calls->language == &calls_python;
	return script_libraries_add(&calls->libraries, need, calls->script->asked);
}
