/* SPDX-License-Identifier: Apache-2.0 */
/* What shell scripts run and name, and those that they read as parts of themselves. */
#include "base/error.h"
#include "base/path.h"
#include "base/texts.h"
#include "needs/belongs.h"
#include "needs/executables.h"
#include "needs/owning.h"
#include "needs/scripts_private.h"
#include "needs/shell_words.h"

#include <errno.h>
#include <string.h>

enum {
	SOURCES_MAX = 256,
	SOURCE_DEPTH_MAX = 8,
	BELOW_MAX = 8, /* files of one name */
};

/* A shell script that is read, and those that it reads. */
struct script_reading {
	struct needs *needs;
	struct need *need;
	const char *path;
	struct texts *sources; /* which were read, in the scratch arena */
	struct arena *scratch;
	unsigned depth;
	struct owner owner; /* of the script */
	bool identified;
};

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
	if (reading->sources->count == before || reading->sources->count > SOURCES_MAX ||
	    reading->depth >= SOURCE_DEPTH_MAX ||
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

static int identify(struct script_reading *reading)
{
	struct owner *const owners[] = { &reading->owner };

	if (reading->identified)
		return 0;
	reading->identified = true;
	reading->owner = (struct owner){ .path = reading->path, .called = reading->path };
	return belongs_identify(reading->needs, owners, 1);
}

/* Somebody who looks for files that end in REST among those of the script's packages. */
struct ending {
	struct script_reading *reading;
	const char *rest;
	struct texts found;
};

static int add_ending(void *data, struct view path)
{
	struct ending *ending = data;
	size_t length = strlen(ending->rest);

	if (path.size <= length || ending->found.count >= BELOW_MAX ||
	    memcmp(path.bytes + path.size - length, ending->rest, length) != 0)
		return 0;
	return texts_add(ending->reading->scratch, &ending->found,
			 view_copy(ending->reading->scratch, path));
}

static int find_listed(struct ending *ending)
{
	const struct script_reading *reading = ending->reading;
	const struct installed_package *const *member = owner_packages(&reading->owner);
	struct installed *installed;

	TRY(belongs_packages(reading->needs, &installed));
	for (; member && *member; member++)
		TRY(installed_visit_paths(installed, *member, add_ending, ending));
	return 0;
}

/* Where scripts that no package has keep their parts: beside them, or below the same prefix. */
static int find_beside(struct ending *ending)
{
	static const char *const places[] = {
		".",	    "..",	 "../lib",	  "../libexec",
		"../share", "../lib/%s", "../libexec/%s", "../share/%s"
	};
	const struct script_reading *reading = ending->reading;
	struct arena *arena = reading->needs->sysroot->arena;
	const char *directory = path_dirname(arena, reading->path);

	for (size_t i = 0; directory && i < ARRAY_SIZE(places); i++) {
		const char *hole = strstr(places[i], "%s");
		int length = (int)(hole ? (size_t)(hole - places[i]) : strlen(places[i]));
		const char *relative =
			arena_printf(arena, "%.*s%s%s", length, places[i],
				     hole ? path_basename(reading->path) : "", ending->rest);
		const char *path = relative ? path_normalize(arena, directory, relative) : NULL;
		struct stat stat;

		if (!path)
			return -ENOMEM;
		if (TRY(needs_exists(reading->needs, path, &stat)) == 0 || !S_ISREG(stat.st_mode))
			continue;
		return texts_add(reading->scratch, &ending->found, path);
	}
	return directory ? 0 : -ENOMEM;
}

/* A part in a directory that is computed: that is most often where the package has it. */
static int read_below(struct script_reading *reading, const char *rest)
{
	struct ending ending = { .reading = reading, .rest = arena_strdup(reading->scratch, rest) };

	if (!ending.rest)
		return -ENOMEM;
	TRY(identify(reading));
	TRY(reading->owner.family ? find_listed(&ending) : find_beside(&ending));
	for (size_t i = 0; i < ending.found.count; i++)
		TRY(read_source(reading, ending.found.items[i]));
	return 0;
}

/* Parts of whose names the end is computed: all that begin so. */
static int read_beginning(struct script_reading *reading, const char *beginning)
{
	const char *path = path_normalize(reading->scratch, "/", beginning);
	const char *directory = path ? path_dirname(reading->scratch, path) : NULL;
	const struct texts *names;

	if (!directory)
		return -ENOMEM;
	TRY(needs_names(reading->needs, directory, &names));
	for (size_t i = 0; i < names->count; i++) {
		const char *part = path_basename(path);
		const char *whole;

		if (strncmp(names->items[i], part, strlen(part)) != 0)
			continue;
		whole = path_join(reading->scratch, directory, names->items[i]);
		if (!whole)
			return -ENOMEM;
		TRY(read_source(reading, whole));
	}
	return 0;
}

static int add_word(void *data, const struct shell_word *word)
{
	struct script_reading *reading = data;

	switch (word->kind) {
	case SHELL_WORD_COMMAND:
		return add_command(reading, word->text);
	case SHELL_WORD_SOURCE:
		return read_source(reading, word->text);
	case SHELL_WORD_SOURCE_BELOW:
		return read_below(reading, word->text);
	case SHELL_WORD_SOURCE_BEGINS:
		return read_beginning(reading, word->text);
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

int script_shell_look(struct needs *needs, const struct needs_script *script)
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
	if (!reading.need || TRY(script_read_text(needs, scratch, &reading.path, &text, &size)) > 0)
		return 0;
	needs->filling = reading.need;
	r = read_shell(&reading, script->path, text, size);
	needs->filling = NULL;
	TRY(r);
	return script->asked ? belongs_mark_sure(needs, reading.need, reading.path, script->path)
			     : 0;
}
