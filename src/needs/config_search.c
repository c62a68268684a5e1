/* SPDX-License-Identifier: Apache-2.0 */
/* Where what a configuration calls by a name alone is: in the directories that programs name. */
#include "base/error.h"
#include "base/path.h"
#include "needs/config_private.h"
#include "needs/own_paths.h"
#include "needs/path_strings.h"

#include <errno.h>
#include <string.h>

int config_has(struct config_work *work, const char *directory, const char *name)
{
	const struct texts *names;
	const char *first;

	while (strncmp(name, "./", 2) == 0)
		name += 2;
	if (strncmp(name, "../", 3) == 0)
		return 1;
	first = arena_strndup(work->needs->sysroot->arena, name, strcspn(name, "/"));
	if (!first)
		return -ENOMEM;
	TRY(needs_names(work->needs, directory, &names));
	return strpbrk(first, "*?[") || texts_find(names->items, names->count, first);
}

/* A directory, unless it is everybody's. */
static int add_place(struct config_work *work, const char *path)
{
	struct arena *arena = work->needs->sysroot->arena;
	struct stat stat;

	if (own_path_is_shared(path) || path_is_kernel(path) ||
	    work->places.count >= CONFIG_PLACES_MAX || texts_have(&work->places, path) ||
	    TRY(needs_exists(work->needs, path, &stat)) == 0 || !S_ISDIR(stat.st_mode))
		return 0;
	return texts_add(arena, &work->places, arena_strdup(arena, path));
}

/* Someone who reads the strings of an object. */
struct reading {
	struct config_work *work;
	const char *origin;
	const char *prefix;
};

/* The directory that a string names, and the one that it is in: "html" has "modules" beside it. */
static int add_path_string(void *data, const struct path_string *string)
{
	struct reading *reading = data;
	struct arena *arena = reading->work->needs->sysroot->arena;
	const char *base = string->kind == PATH_STRING_ORIGIN ? reading->origin : reading->prefix;
	const char *path = path_normalize(arena, base, string->path);
	const char *parent = path ? path_dirname(arena, path) : NULL;

	if (!parent)
		return -ENOMEM;
	TRY(add_place(reading->work, path));
	return add_place(reading->work, parent);
}

static int add_string(void *data, const char *text)
{
	return path_strings_visit(text, add_path_string, data);
}

int config_find_places(struct config_work *work, const struct closure *process)
{
	const struct sysroot *sysroot = work->needs->sysroot;

	for (size_t i = 0; i < process->n_objects; i++) {
		const struct closure_object *object = process->objects[i];
		struct reading reading = { .work = work };
		char *canonical;
		int r;

		if (closure_is_missing(object) || object == process->interp ||
		    needs_object_matches(object, "libc.so.*"))
			continue;
		r = root_walk(sysroot->root, sysroot->arena, object->loaded.elf->path, true, NULL,
			      NULL, &canonical);
		if (r < 0 && TRY(needs_absent(work->needs, object->loaded.elf->path, r)) == 0)
			continue;
		reading.origin = path_dirname(sysroot->arena, canonical);
		reading.prefix = own_path_prefix(sysroot->arena, canonical);
		if (!reading.origin || !reading.prefix)
			return -ENOMEM;
		TRY(needs_visit_paths(work->needs, object, add_string, &reading));
	}
	return 0;
}

/* The length of NAME before ".so", ".la", ".c" (as some call a plugin by its source). */
static size_t stem_length(const char *name)
{
	static const char *const suffixes[] = { ".so", ".la", ".c" };

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		const char *at = strstr(name, suffixes[i]);
		char next = at ? at[strlen(suffixes[i])] : 'x';

		if (at && at > name && (next == '\0' || next == '.'))
			return (size_t)(at - name);
	}
	return strlen(name);
}

static bool is_library(const char *name)
{
	return strstr(name, ".so") && name[stem_length(name)] == '.';
}

static bool is_joint(char c)
{
	return c == '_' || c == '-';
}

/* Whether others in the directory begin with the LENGTH bytes of NAME, or end in what TAIL is. */
static bool is_custom(const struct texts *names, const char *name, size_t length, const char *tail)
{
	size_t tail_length = strlen(tail);

	for (size_t i = 0; i < names->count; i++) {
		const char *other = names->items[i];
		size_t size = strlen(other);

		if (other != name && is_library(other) && size > length + tail_length &&
		    strncmp(other, name, length) == 0 &&
		    strcmp(other + size - tail_length, tail) == 0)
			return true;
	}
	return false;
}

/* Whether the file NAME is that of the plugin WORD, of LENGTH bytes. */
static bool is_module(const struct texts *names, const char *name, const char *word, size_t length)
{
	size_t stem = stem_length(name);

	if (!is_library(name) || stem < length)
		return false;
	for (size_t at = 0; at + length <= stem; at++) {
		bool begins = at == 0 || is_joint(name[at - 1]) ||
			      (at == 3 && strncmp(name, "lib", 3) == 0);
		bool ends = at + length == stem || is_joint(name[at + length]);

		if (begins && ends && strncmp(name + at, word, length) == 0 &&
		    ((at == 0 && at + length == stem) ||
		     (is_custom(names, name, at, "") &&
		      (at + length == stem || is_custom(names, name, 0, name + at + length)))))
			return true;
	}
	return false;
}

int config_find_module(struct config_work *work, const char *directory, const char *name,
		       const char **out)
{
	const char *word = path_basename(name);
	size_t length = stem_length(word);
	const char *found = NULL;
	const struct texts *names;

	*out = NULL;
	if (word != name) {
		directory = path_join(work->needs->sysroot->arena, directory, name);
		directory = directory ? path_dirname(work->needs->sysroot->arena, directory) : NULL;
		if (!directory)
			return -ENOMEM;
	}
	TRY(needs_names(work->needs, directory, &names));
	for (size_t i = 0; i < names->count; i++) {
		if (strchr(word, '.') && strcmp(names->items[i], word) == 0) {
			found = names->items[i];
			break;
		}
		/* The one with the least around the word. */
		if (is_module(names, names->items[i], word, length) &&
		    (!found || strlen(names->items[i]) < strlen(found)))
			found = names->items[i];
	}
	if (!found)
		return 0;
	*out = path_join(work->needs->sysroot->arena, directory, found);
	return *out ? 0 : -ENOMEM;
}
