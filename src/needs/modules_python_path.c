/* SPDX-License-Identifier: Apache-2.0 */
/* Where Python looks for modules: site.py, getpath.py, and what distributions made of them. */
#include "base/error.h"
#include "base/path.h"
#include "base/view.h"
#include "needs/modules_python.h"
#include "needs/pattern.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

/* A ".pth" file of a site directory: its lines are further directories. */
static int read_path_file(struct python_modules *python, const char *directory, const char *file)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	const char *path = path_join(python_arena(python), directory, file);
	size_t before = python->modules.path.count;
	struct view rest;
	struct view line;
	char *text;

	if (!scratch || !path)
		return -ENOMEM;
	TRY(modules_read(&python->modules, scratch, path, &text, &rest.size));
	rest.bytes = text;
	while (view_take_line(&rest, &line)) {
		char *entry;

		line = view_trim(line);
		/* A line that begins so is code. */
		if (line.size == 0 || line.bytes[0] == '#' || view_begins(line, "import"))
			continue;
		entry = view_copy(scratch, line);
		entry = entry ? path_normalize(python_arena(python), directory, entry) : NULL;
		if (!entry)
			return -ENOMEM;
		TRY(modules_add_directory(&python->modules, entry, false));
	}
	return python->modules.path.count > before
		       ? modules_add_item(&python->modules, path, directory)
		       : 0;
}

static int add_site(struct python_modules *python, const char *directory)
{
	const struct texts *names;

	TRY(modules_add_directory(&python->modules, directory, false));
	TRY(needs_names(python->modules.needs, directory, &names));
	for (size_t i = 0; i < names->count; i++)
		if (fnmatch("*.pth", names->items[i], 0) == 0)
			TRY(read_path_file(python, directory, names->items[i]));
	return 0;
}

static int add_standard(struct python_modules *python, const char *directory)
{
	const char *native = path_join(python_arena(python), directory, "lib-dynload");

	if (!native)
		return -ENOMEM;
	if (TRY(modules_is_directory(&python->modules, directory)) == 0)
		return 0;
	TRY(texts_add(python_arena(python), &python->standard, directory));
	TRY(texts_add(python_arena(python), &python->standard, native));
	TRY(modules_add_directory(&python->modules, directory, false));
	if (TRY(modules_is_directory(&python->modules, native)) == 0)
		return 0;
	/* By which Python knows where its libraries are. */
	TRY(modules_add_item(&python->modules, native, directory));
	return modules_add_directory(&python->modules, native, false);
}

/* What is below PREFIX, "%s" standing for the version. */
static int add_below(struct python_modules *python, const char *prefix, const char *form,
		     int (*add)(struct python_modules *python, const char *directory))
{
	const char *directory = arena_printf(
		python_arena(python), "%s/%s%s%s", prefix, form[0] == '%' ? "lib/python" : form,
		form[0] == '%' ? python->version : "", form[0] == '%' ? form + 1 : "");

	return directory ? add(python, directory) : -ENOMEM;
}

/* A virtual environment is known by the file beside its interpreter's link. */
static int add_environment(struct python_modules *python)
{
	const char *started = python->modules.need->object->loaded.location.path;
	const char *bin = path_dirname(python_arena(python), started);
	const char *prefix = bin ? path_dirname(python_arena(python), bin) : NULL;
	const char *file = prefix ? path_join(python_arena(python), prefix, "pyvenv.cfg") : NULL;

	if (!file)
		return -ENOMEM;
	if (TRY(needs_exists(python->modules.needs, file, NULL)) == 0)
		return 0;
	TRY(modules_add_item(&python->modules, file, prefix));
	return add_below(python, prefix, "%/site-packages", add_site);
}

int python_add_search_path(struct python_modules *python)
{
	static const char *const standard[] = { "%", "lib64/python" };
	static const char *const sites[] = { "%/dist-packages", "lib/python3/dist-packages",
					     "%/site-packages" };
	const struct modules_script *script = python->modules.script;
	const char *prefix = python->prefix;
	const char *local = arena_printf(python_arena(python), "%s/local", prefix);
	const char *lib64 = arena_printf(python_arena(python), "lib64/python%s", python->version);
	const char *site64 = lib64 ? path_join(python_arena(python), lib64, "site-packages") : NULL;
	const char *own = path_dirname(python_arena(python), script->path);

	if (!local || !lib64 || !site64 || !own)
		return -ENOMEM;
	if (script->in_place)
		TRY(modules_add_directory(&python->modules, own, false));
	TRY(add_below(python, prefix, standard[0], add_standard));
	TRY(add_below(python, prefix, lib64, add_standard));
	TRY(add_environment(python));
	for (size_t i = 0; i < ARRAY_SIZE(sites); i++) {
		TRY(add_below(python, local, sites[i], add_site));
		TRY(add_below(python, prefix, sites[i], add_site));
	}
	TRY(add_below(python, local, site64, add_site));
	return add_below(python, prefix, site64, add_site);
}

/* The interpreter's version and prefix, by the name of its file. */
int python_find_interpreter(struct python_modules *python)
{
	const struct closure_object *object = python->modules.need->object;
	struct pattern_match match;
	struct stat stat;
	char *canonical;

	if (TRY(needs_resolve(python->modules.needs, object->loaded.location.path, &stat,
			      &canonical)) == 0 ||
	    !pattern_matches("{/*}/bin/python{3.*}", canonical, &match))
		return PYTHON_NOT_FOUND;
	python->prefix = arena_strndup(python_arena(python), match.start[0], match.length[0]);
	python->version = arena_strndup(python_arena(python), match.start[1], match.length[1]);
	return python->prefix && python->version ? PYTHON_FOUND : -ENOMEM;
}
