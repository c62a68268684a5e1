/* SPDX-License-Identifier: Apache-2.0 */
/* The distributions of Python's that are installed, by their metadata (importlib.metadata). */
#include "base/error.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/view.h"
#include "needs/module_packages.h"
#include "needs/modules_python.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

enum { DEPTH_MAX = 200, DISTRIBUTIONS_MAX = 1 << 14 };

struct python_group {
	UT_hash_handle hh;
	bool named;
};

/* "Foo.Bar-baz" and "foo_bar_baz" are one. */
static void normalize(const char *name, size_t length, char *out)
{
	for (size_t i = 0; i < length; i++)
		*out++ = strchr("-.", name[i]) ? '_' : (char)tolower((unsigned char)name[i]);
	*out = '\0';
}

static bool has_metadata_suffix(const char *file)
{
	size_t length = strlen(file);

	return (length > 10 && strcmp(file + length - 10, ".dist-info") == 0) ||
	       (length > 9 && strcmp(file + length - 9, ".egg-info") == 0);
}

/* Whether FILE is "NAME-1.0.dist-info", "NAME-1.0-py3.egg-info" or "NAME.egg-info". */
static bool is_metadata(const char *file, const char *name)
{
	static const char *const suffixes[] = { ".dist-info", ".egg-info" };
	char normal[PYTHON_NAME_MAX + 1];
	size_t length = strlen(file);

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		size_t size = strlen(suffixes[i]);
		size_t end;

		if (length <= size || strcmp(file + length - size, suffixes[i]) != 0)
			continue;
		end = strcspn(file, "-");
		if (end > length - size)
			end = length - size;
		if (end > PYTHON_NAME_MAX)
			return false;
		normalize(file, end, normal);
		return strcmp(normal, name) == 0;
	}
	return false;
}

/* The name that LINE begins with, as a text; "" where it begins otherwise. */
static void take_name(struct view line, const char *others, char out[PYTHON_NAME_MAX + 1])
{
	size_t length = 0;

	line = view_trim(line);
	while (length < line.size && length < PYTHON_NAME_MAX &&
	       (isalnum((unsigned char)line.bytes[length]) ||
		(line.bytes[length] && strchr(others, line.bytes[length]))))
		length++;
	memcpy(out, line.bytes ? line.bytes : "", length);
	out[length] = '\0';
}

/* "Requires-Dist: y" of its description. */
static int read_description_line(struct python_modules *python, struct view line)
{
	char name[PYTHON_NAME_MAX + 1];
	struct view key;

	if (!view_take(&line, ':', &key) || !view_is(key, "Requires-Dist") ||
	    memchr(line.bytes ? line.bytes : "", ';', line.size))
		return 0;
	take_name(line, "_.-", name);
	return python_add_distribution(python, name);
}

/* What it requires without conditions: "x>=1.0" before the first "[extra]". */
static int read_requirement(struct python_modules *python, struct view line)
{
	char name[PYTHON_NAME_MAX + 1];

	take_name(line, "_.-", name);
	return python_add_distribution(python, name);
}

/* The file of a distribution's metadata, in SCRATCH; empty where there is none. */
static int read_metadata(struct python_modules *python, struct arena *scratch,
			 const char *directory, const char *file, struct view *out)
{
	const char *path = path_join(scratch, directory, file);
	char *text;

	*out = (struct view){ "", 0 };
	if (!path)
		return -ENOMEM;
	if (TRY(modules_has(&python->modules, directory, file)) == 0)
		return 0;
	TRY(modules_read(&python->modules, scratch, path, &text, &out->size));
	if (text)
		out->bytes = text;
	return 0;
}

/* What the distribution whose metadata are in DIRECTORY requires. */
static int add_required(struct python_modules *python, const char *directory)
{
	static const char *const descriptions[] = { "METADATA", "PKG-INFO" };
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	struct view rest;
	struct view line;

	if (!scratch)
		return -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(descriptions); i++) {
		TRY(read_metadata(python, scratch, directory, descriptions[i], &rest));
		/* What is behind the description's head is a text. */
		while (view_take_line(&rest, &line) && view_trim(line).size > 0)
			TRY(read_description_line(python, line));
	}
	TRY(read_metadata(python, scratch, directory, "requires.txt", &rest));
	while (view_take_line(&rest, &line) && !view_begins(line, "["))
		TRY(read_requirement(python, line));
	return 0;
}

static bool is_scripts(const char *group)
{
	return strcmp(group, "console_scripts") == 0 || strcmp(group, "gui_scripts") == 0;
}

/* Visits each "x = a.b:c" in DIRECTORY's entry points: the group, and the module a.b. */
typedef int entry_point_fn(struct python_modules *python, const char *group, const char *module);
static int visit_entry_points(struct python_modules *python, const char *directory,
			      entry_point_fn *visit)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	char group[PYTHON_NAME_MAX + 1] = "";
	char module[PYTHON_NAME_MAX + 1];
	struct view rest;
	struct view line;
	struct view key;

	if (!scratch)
		return -ENOMEM;
	TRY(read_metadata(python, scratch, directory, "entry_points.txt", &rest));
	while (view_take_line(&rest, &line)) {
		line = view_trim(line);
		if (view_begins(line, "[")) {
			take_name(view_skip(line, 1), "_.-:", group);
			continue;
		}
		if (!view_take(&line, '=', &key))
			continue;
		take_name(line, "_.", module);
		if (*group && *module)
			TRY(visit(python, group, module));
	}
	return 0;
}

static int resolve_script(struct python_modules *python, const char *group, const char *module)
{
	return is_scripts(group) ? python_resolve(python, module) : 0;
}

static bool is_nothing(struct modules *modules, const char *directory, const char *name)
{
	return false;
}

/* All of a distribution's metadata, but for the list of its files. */
static int add_metadata(struct python_modules *python, const char *directory, const char *file)
{
	const char *path = path_join(python_arena(python), directory, file);

	if (!path)
		return -ENOMEM;
	if (TRY(modules_is_directory(&python->modules, path)) == 0)
		return modules_add_item(&python->modules, path, directory);
	return modules_add_data(&python->modules, path, is_nothing, is_nothing, 0);
}

static int open_metadata(struct python_modules *python, const char *directory, const char *file)
{
	const char *path = path_join(python_arena(python), directory, file);

	if (!path)
		return -ENOMEM;
	TRY(add_metadata(python, directory, file));
	TRY(visit_entry_points(python, path, resolve_script));
	return add_required(python, path);
}

/* The description of an installed distribution, what its launchers call, and what it requires. */
int python_add_distribution(struct python_modules *python, const char *name)
{
	char normal[PYTHON_NAME_MAX + 1];
	const char *key;

	if (strlen(name) > PYTHON_NAME_MAX || python->depth > DEPTH_MAX)
		return 0;
	normalize(name, strlen(name), normal);
	key = arena_printf(python_arena(python), "distribution %s", normal);
	if (!key)
		return -ENOMEM;
	if (TRY(modules_see(&python->modules, key)) > 0)
		return 0;
	python->depth++;
	for (size_t i = 0; i < python->modules.path.count; i++) {
		const char *directory = python->modules.path.items[i];
		const struct texts *names;

		TRY(needs_names(python->modules.needs, directory, &names));
		for (size_t j = 0; j < names->count; j++)
			if (is_metadata(names->items[j], normal))
				TRY(open_metadata(python, directory, names->items[j]));
	}
	python->depth--;
	return 0;
}

static int add_group(struct python_modules *python, const char *name, const char *module)
{
	struct python_group *group;

	HASH_FIND_STR(python->groups, name, group);
	if (group || is_scripts(name))
		return 0;
	group = arena_alloc(python_arena(python), sizeof(*group));
	name = arena_strdup(python_arena(python), name);
	if (!group || !name)
		return -ENOMEM;
	HASH_ADD_KEYPTR(hh, python->groups, name, strlen(name), group);
	return HASH_HAS(group) ? 0 : -ENOMEM;
}

/* The modules of the top level that the distribution in FILE says to have, or its own name. */
static int list_modules(struct python_modules *python, struct python_distribution *distribution)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	const char *path =
		path_join(python_arena(python), distribution->directory, distribution->file);
	size_t length = strcspn(distribution->file, "-");
	char *name = arena_strndup(python_arena(python), distribution->file, length);
	struct view rest;
	struct view line;

	if (!scratch || !path || !name)
		return -ENOMEM;
	TRY(read_metadata(python, scratch, path, "top_level.txt", &rest));
	while (view_take_line(&rest, &line))
		if (view_trim(line).size > 0)
			TRY(texts_add(python_arena(python), &distribution->modules,
				      view_copy(python_arena(python), view_trim(line))));
	if (distribution->modules.count == 0) {
		name[strcspn(name, ".")] = '\0';
		TRY(texts_add(python_arena(python), &distribution->modules, name));
		normalize(name, strlen(name), name);
		TRY(texts_add_once(python_arena(python), &distribution->modules, name));
	}
	return visit_entry_points(python, path, add_group);
}

/* What is installed in the search path. */
static int index_distributions(struct python_modules *python)
{
	if (python->indexed)
		return 0;
	python->indexed = true;
	for (size_t i = 0; i < python->modules.path.count; i++) {
		const char *directory = python->modules.path.items[i];
		const struct texts *names;

		TRY(needs_names(python->modules.needs, directory, &names));
		for (size_t j = 0; j < names->count; j++) {
			struct python_distribution *distribution;

			if (!has_metadata_suffix(names->items[j]) ||
			    python->distributions.count >= DISTRIBUTIONS_MAX)
				continue;
			distribution = TABLE_ADD(python_arena(python), &python->distributions);
			if (!distribution)
				return -ENOMEM;
			distribution->directory = directory;
			distribution->file = names->items[j];
			TRY(list_modules(python, distribution));
		}
	}
	return 0;
}

/* The distributions that MODULE came with. */
static int describe(struct python_modules *python, const struct python_top *module)
{
	for (size_t i = 0; i < python->distributions.count; i++) {
		struct python_distribution *distribution = &python->distributions.items[i];

		if (distribution->added ||
		    strcmp(distribution->directory, module->directory) != 0 ||
		    !texts_have(&distribution->modules, module->name))
			continue;
		distribution->added = true;
		TRY(add_metadata(python, distribution->directory, distribution->file));
	}
	return 0;
}

int python_describe_modules(struct python_modules *python)
{
	if (python->n_described < python->tops.count)
		TRY(index_distributions(python));
	for (; python->n_described < python->tops.count; python->n_described++)
		TRY(describe(python, &python->tops.items[python->n_described]));
	return 0;
}

int python_note_group(struct python_modules *python, const char *string)
{
	struct python_group *group;

	TRY(index_distributions(python));
	HASH_FIND_STR(python->groups, string, group);
	if (group)
		group->named = true;
	return 0;
}

static int resolve_entry_point(struct python_modules *python, const char *name, const char *module)
{
	struct python_group *group;

	HASH_FIND_STR(python->groups, name, group);
	if (!group || !group->named)
		return 0;
	/* It is of what was brought already. */
	python->importer = arena_strndup(python_arena(python), module, strcspn(module, "."));
	return python->importer ? python_resolve(python, module) : -ENOMEM;
}

/* Whether the script's package counts on that of a module of DISTRIBUTION: plugins of its own. */
static int is_counted_on(struct python_modules *python,
			 const struct python_distribution *distribution)
{
	struct needs *needs = python->modules.needs;
	const struct installed_package *from;
	const struct installed_package *to;

	TRY(module_packages_of_command(needs, python->modules.script->path, &from));
	for (size_t i = 0; from && i < distribution->modules.count; i++) {
		TRY(module_packages_of_python(needs, distribution->modules.items[i], &to));
		if (to && TRY(module_packages_may_count_on(needs, from, to)) > 0)
			return 1;
	}
	return 0;
}

int python_add_entry_points(struct python_modules *python)
{
	for (size_t i = 0; i < python->distributions.count; i++) {
		const struct python_distribution *distribution = &python->distributions.items[i];
		const char *path = path_join(python_arena(python), distribution->directory,
					     distribution->file);

		if (!path)
			return -ENOMEM;
		if (distribution->added || TRY(is_counted_on(python, distribution)) > 0)
			TRY(visit_entry_points(python, path, resolve_entry_point));
	}
	return 0;
}

/* "/usr/lib/python3/dist-packages/x.py", ".../x/y.py" */
static int resolve_listed(void *data, struct view path)
{
	static const char packages[] = "-packages/";
	const char *found = memmem(path.bytes, path.size, packages, strlen(packages));
	struct python_modules *python = data;
	char name[PYTHON_NAME_MAX + 1];
	size_t length = 0;

	if (!found)
		return 0;
	path = view_skip(path, (size_t)(found - path.bytes) + strlen(packages));
	while (length < path.size && length < PYTHON_NAME_MAX && !strchr("/.-", path.bytes[length]))
		length++;
	/* "x-1.0.dist-info" is no module. */
	if (length == 0 || length == path.size || path.bytes[length] == '-')
		return 0;
	memcpy(name, path.bytes, length);
	name[length] = '\0';
	return python_resolve(python, name);
}

int python_add_required(struct python_modules *python)
{
	python->importer = NULL;
	return modules_visit_required(&python->modules, resolve_listed, python);
}

void python_forget_groups(struct python_modules *python)
{
	HASH_CLEAR(hh, python->groups);
}
